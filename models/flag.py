"""What a machine claims: artifacts, their predictions, and the flags that people work through."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, Slug, words
from models.item import ItemKind
from models.queue.priority import SUNK


class ArtifactState(StrEnum):
    CANDIDATE = "calon"
    SHADOW = "bayangan"
    """Tried out beside the live one: it scores, and raises no flag."""
    LIVE = "aktif"
    RETIRED = "pensiun"


class Artifact(Base):
    """A trained classifier on disk, under `NETRA_HOME/artifacts/<name>`."""

    __tablename__ = "artifacts"

    id: Mapped[Id]
    name: Mapped[Slug] = mapped_column(unique=True)
    sha256: Mapped[Sha256]
    state: Mapped[ArtifactState] = mapped_column(words(ArtifactState), default=ArtifactState.CANDIDATE)
    threshold: Mapped[float]
    """The line: a probability at or above it raises a flag."""
    read_line: Mapped[float] = mapped_column(default=0.0)
    """From here to the line a text is "perlu dibaca"."""
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    trained_at: Mapped[CreatedAt]


class Prediction(Base):
    """Prakiraan: what one artifact says of one version of an item."""

    __tablename__ = "predictions"
    __table_args__ = (UniqueConstraint("item_version_id", "artifact_id"),)

    id: Mapped[Id]
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    artifact_id: Mapped[int] = mapped_column(BigId, ForeignKey("artifacts.id"), index=True)
    probability: Mapped[float]
    label: Mapped[str] = mapped_column(String(40))
    """The most likely class: an act, or a look-alike such as ikrar."""
    act: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Spans of the stored text: start, end (characters), weight, words, signs."""
    created_at: Mapped[CreatedAt]


class FlagReason(StrEnum):
    MODEL = "model"
    RULE = "aturan"
    TIP = "informasi_masyarakat"
    AUDIT = "sampel_audit"
    OBJECTION = "keberatan"
    """Its person objected to the machine's estimate (UU 27/2022 Ps 10): a person reads it, and no score is joined to it."""


class FlagState(StrEnum):
    OPEN = "terbuka"
    SECOND = "menunggu_penilai_kedua"
    """One person has read it and a second one must (never the same): signs of a violation always, the rest by lot."""
    DISPUTED = "beda_pendapat"
    """Two readers disagree; a coordinator who is neither of them has the last word."""
    ASSESSED = "dinilai"
    RESTRICTED = "dibatasi"
    """Its person asked that it lies still (UU 27/2022 Ps 11): nobody is given it until that is decided."""


FILTERED = ("region_code", "source_id", "act", "office", "phase", "reason", "due_on", "kind")
"""What the queue is narrowed by: each has the queue's order in an index of its own, so that a rare value costs little."""
ASKED = ("state", *FILTERED)
"""What stands at the end of these indexes: a filter of several fields is answered without a look at the flags themselves."""


def _partial(name: str, *columns: Any, where: ColumnElement[bool], unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _for_each(columns: tuple[str, ...], *others: Any) -> list[tuple[Any, ...]]:
    """A comprehension in a class body sees nothing of the class but this list."""
    return [(column, *others) for column in columns]


def _but(column: str) -> list[str]:
    return [name for name in ASKED if name != column]


class Flag(Base):
    """Penanda: why an item is before people. An item has one unfinished flag at most."""

    __tablename__ = "flags"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("items.id"))
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    prediction_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("predictions.id"))
    reason: Mapped[FlagReason] = mapped_column(words(FlagReason))
    state: Mapped[FlagState] = mapped_column(words(FlagState), default=FlagState.OPEN)
    priority: Mapped[float] = mapped_column()
    """Larger comes first; the queue's order rests on this column alone. `models.queue.priority.place_of` says how it is made."""
    region_code: Mapped[RegionCode | None]
    election_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("elections.id"))
    discovered_at: Mapped[datetime]
    """When the item was first seen: the legal clock starts here."""
    due_on: Mapped[date]
    """Last day of the legal clock, in the region's own zone."""
    created_at: Mapped[CreatedAt]

    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sources.id"))
    kind: Mapped[ItemKind | None] = mapped_column(words(ItemKind))
    act: Mapped[str | None] = mapped_column(String(40))
    office: Mapped[str | None] = mapped_column(String(40))
    """Kind of the office that is named near the evidence, as in models/data/offices.yml; None where none is."""
    phase: Mapped[str | None] = mapped_column(String(80))
    """Stage of the election on the day of the text."""
    cluster_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("clusters.id"))
    """The item's cluster; triggers on cluster_members keep it right."""
    sides: Mapped[list[str] | None]
    """Parties and ballot numbers that the text names, as in models/data/sides.yml: for the audit of balance, outside of the
    score. None marks a flag from before they were kept."""

    score: Mapped[float | None]
    """The probability, or what a draw was given in its place. None marks a flag that was never placed: a refresh will."""
    severity: Mapped[str | None] = mapped_column(String(40))
    """Heaviest sanction of the violation type that the act would be on that day; `tidak_ada` where it would be none."""
    reach: Mapped[int] = mapped_column(default=1, server_default="1")
    """Items of its cluster, as counted by the last refresh."""
    novelty: Mapped[float] = mapped_column(default=1.0, server_default="1")
    """1 for the first of its kind, less for each flag like it that was raised in the week before."""
    priority_before: Mapped[float | None]
    """Its place before `placed_in`: who walks through the list of an older generation still finds it there."""
    placed_in: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    """The generation from which on `priority` holds in lists."""

    holder_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    held_until: Mapped[datetime | None] = mapped_column()
    first_assessor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    """Who saw signs of a violation first, while a second reader is awaited."""
    assessed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
    """Of the newest assessment, once it is finished; a trigger on assessments writes it."""
    hold_reason: Mapped[str | None] = mapped_column(String(500))
    """Why somebody holds it for days; None for an ordinary lease."""
    handed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    handed_at: Mapped[datetime | None]
    """Set while a flag that was handed over waits for its receiver to open it."""
    hand_note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        _partial("ix_flags_queue", priority.desc(), "id", "state", where=(state != FlagState.ASSESSED)),
        *[
            _partial(
                f"ix_flags_queue_{column}", column, priority.desc(), "id", *_but(column), where=(state != FlagState.ASSESSED)
            )
            for column, priority, state in _for_each(FILTERED, priority, state)
        ],
        _partial("ix_flags_free", priority.desc(), "id", where=and_(state != FlagState.ASSESSED, holder_id.is_(None))),
        _partial("ix_flags_free_waiting", "created_at", "id", where=and_(state != FlagState.ASSESSED, holder_id.is_(None))),
        _partial("ix_flags_holder", "holder_id", "held_until", "state", where=holder_id.is_not(None)),
        _partial("ix_flags_running_out", "held_until", where=held_until.is_not(None)),
        _partial("ix_flags_second", priority.desc(), "id", *FILTERED, where=(state == FlagState.SECOND)),
        _partial("ix_flags_assessed", "id", where=(state == FlagState.ASSESSED)),
        _partial("ix_flags_disputed", "id", where=(state == FlagState.DISPUTED)),
        _partial("ix_flags_waiting", "created_at", "id", where=(state != FlagState.ASSESSED)),
        _partial("ix_flags_in_time", "due_on", where=and_(state != FlagState.ASSESSED, priority > -SUNK / 2)),
        _partial("ix_flags_placed_in", "placed_in", where=(placed_in > 0)),
        _partial("uq_flags_unfinished_item", "item_id", where=(state != FlagState.ASSESSED), unique=True),
        Index("ix_flags_item_id", "item_id"),
        Index("ix_flags_region_code", "region_code"),
        Index("ix_flags_cluster_id", "cluster_id"),
        Index("ix_flags_region_office", "region_code", "office", "created_at"),
    )


class LeaseEnd(StrEnum):
    RELEASED = "dilepas"
    HANDED = "diserahkan"
    ASSESSED = "dinilai"
    EXPIRED = "habis_waktu"


class Lease(Base):
    """Ambil: who held which flag, from when to when. The flag's `holder_id` decides; this is its history."""

    __tablename__ = "leases"

    id: Mapped[Id]
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"), index=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    turn: Mapped[int | None]
    """The how-manieth "take next" of this person it was; None where they chose the flag themselves."""
    taken_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None] = mapped_column()
    ended_by: Mapped[LeaseEnd | None] = mapped_column(words(LeaseEnd))

    __table_args__ = (
        _partial("uq_leases_running", "flag_id", where=ended_at.is_(None), unique=True),
        Index("ix_leases_turn", "user_id", "turn"),
    )
