"""Near-duplicates: one story that many outlets carry."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, words


class ClusterState(StrEnum):
    SUGGESTED = "dugaan"
    """Near-duplicates by the machine's measure."""
    CONFIRMED = "pasti"
    """A person agreed."""


class Cluster(Base):
    """Klaster: items that carry the same story."""

    __tablename__ = "clusters"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]


class ClusterMember(Base):
    """An item stands in one cluster at most; how it got there is said by `similarity` and `state`."""

    __tablename__ = "cluster_members"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    cluster_id: Mapped[int] = mapped_column(BigId, ForeignKey("clusters.id"), index=True)
    similarity: Mapped[float]
    """Estimated Jaccard similarity (0 to 1) with the member that was there first."""
    state: Mapped[ClusterState] = mapped_column(words(ClusterState), default=ClusterState.SUGGESTED)
    created_at: Mapped[CreatedAt]


class MinHashSignature(Base):
    """The MinHash of an item's current text, as little-endian 32-bit numbers."""

    __tablename__ = "minhash_signatures"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class MinHashBand(Base):
    """One band of an item's signature; equal bands make candidates."""

    __tablename__ = "minhash_bands"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    band: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    value: Mapped[int] = mapped_column(BigId)

    __table_args__ = (Index("ix_minhash_bands_band_value", "band", "value"),)
