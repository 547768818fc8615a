"""Near-duplicates: one story that many outlets carry."""

from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, words


class ClusterState(StrEnum):
    SUGGESTED = "dugaan"
    """Near-duplicates by the machine's measure."""
    CONFIRMED = "pasti"
    """A person agreed, or there was nothing to judge: the words are the same."""


class MembershipBasis(StrEnum):
    FIRST = "pertama"
    """It was there before its copies."""
    IDENTICAL = "sama"
    """The same words, whatever their case, punctuation and spaces."""
    SIMILAR = "mirip"
    """Most of both texts is the same."""
    CONTAINED = "memuat"
    """Most of the shorter text stands in the longer one."""
    CHANGED = "berubah"
    """It was alike once; its text has changed since."""
    PERSON = "orang"
    """A person put it here."""


class OverlapKind(StrEnum):
    QUOTE = "kutipan"
    """Two stories share a passage."""
    MERGE = "gabung"
    """Perhaps one story: a person decides whether their clusters are one."""


class Cluster(Base):
    """Klaster: items that carry the same story. One that was merged into another keeps its row, without members."""

    __tablename__ = "clusters"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    first_item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("items.id"))
    """The member that was seen first; newcomers are held against it, so that a cluster does not drift."""
    decided_by: Mapped[str | None] = mapped_column(String(80))
    """Who confirmed, split or merged it last; where a person decided, the machine moves nothing."""


class ClusterMember(Base):
    """An item stands in one cluster at most; how it got there is said by `basis` and by its figures."""

    __tablename__ = "cluster_members"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    cluster_id: Mapped[int] = mapped_column(BigId, ForeignKey("clusters.id"), index=True)
    similarity: Mapped[float]
    """Part of both texts together that is the same (0 to 1), against the member beside which it was found."""
    containment: Mapped[float] = mapped_column(default=1.0, server_default="1")
    """Part of the shorter text that stands in the other."""
    basis: Mapped[MembershipBasis] = mapped_column(
        words(MembershipBasis), default=MembershipBasis.SIMILAR, server_default=MembershipBasis.SIMILAR.value
    )
    state: Mapped[ClusterState] = mapped_column(words(ClusterState), default=ClusterState.SUGGESTED)
    created_at: Mapped[CreatedAt]


class Overlap(Base):
    """Two items that share words and do not stand in one cluster for it."""

    __tablename__ = "overlaps"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False, index=True)
    kind: Mapped[OverlapKind] = mapped_column(words(OverlapKind))
    similarity: Mapped[float]
    containment: Mapped[float]
    created_at: Mapped[CreatedAt]


class ItemSketch(Base):
    """What an item's current text is compared by."""

    __tablename__ = "item_sketches"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"), primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    """The smallest hashes of its word triples: little-endian 32-bit numbers, ascending."""
    text_hash: Mapped[int] = mapped_column(BigId)
    word_count: Mapped[int]


class SketchKey(Base):
    """A hash under which an item is found; a full one takes no more items, so that no candidates grow without end.

    It names its item without a foreign key: checking one for each of a dozen rows costs more than storing them. A stray
    row does no harm, for what is found is compared.
    """

    __tablename__ = "sketch_keys"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own name and form

    value: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
