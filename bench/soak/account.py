"""What was promised held against what is stored."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Engine, func, select

from bench.memory import Growth, Sample
from bench.soak.monitors import Decided, Heard
from bench.soak.programs import hear
from models import Artifact, ArtifactState, Assessment, Item, ItemVersion, Prediction, User
from models.settings import Settings

HEAD = "| engine | what | counted | lost | doubled |\n|---|---|---|---|---|"
SHOWN_ERRORS = 10
FETCHED = Item.url.like("http://127.0.1.%")
"""Of the outlets. What waits from the beginning is made up, and has no copies."""


class Counted(NamedTuple):
    expected: int
    lost: int
    doubled: int


@dataclass
class Account:
    engine: str
    heard: Heard = field(default_factory=Heard)
    rows: dict[str, Counted] = field(default_factory=dict[str, Counted])
    codes: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Exit codes of the commands that were run again and again."""
    memory: dict[str, tuple[Growth, Growth]] = field(default_factory=dict[str, tuple[Growth, Growth]])
    """After the first minutes, and at the end: all of it, and what no file holds."""
    samples: dict[str, list[Sample]] = field(default_factory=dict[str, list[Sample]])
    ended: dict[str, str] = field(default_factory=dict[str, str])
    """What was run after the hour, by command: nothing where it ended well, else what it said."""

    @property
    def is_sound(self) -> bool:
        counted = all(not row.lost and not row.doubled for row in self.rows.values())
        ran = all(code == 0 for codes in self.codes.values() for code in codes)
        return counted and ran and not self.heard.errors and not any(self.ended.values())

    def lines(self) -> Iterator[str]:
        for what, row in self.rows.items():
            yield f"| {self.engine} | {what} | {row.expected:,} | {row.lost:,} | {row.doubled:,} |"
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(self.heard.statuses.items()))
        yield f"\n{self.engine}: answers to the monitors by status: {statuses}; errors of the server: {len(self.heard.errors)}."
        yield from (f"- {error}" for error in self.heard.errors[:SHOWN_ERRORS])
        for name, codes in self.codes.items():
            yield f"- netra {name}: {len(codes)} runs, {sum(code != 0 for code in codes)} of them failed"
        for name, (own, anonymous) in self.memory.items():
            yield f"- memory of netra {name}: {own}; without pages of files {anonymous}"
        for name, said in self.ended.items():
            yield f"- netra {name} afterwards: {said or 'sound'}"


def count_pages(engine: Engine, published: set[str]) -> Counted:
    with engine.connect() as connection:
        stored = Counter(connection.scalars(select(Item.url).where(FETCHED)))
    return Counted(len(published), len(published - set(stored)), sum(times > 1 for times in stored.values()))


def count_scores(engine: Engine) -> Counted:
    """Current texts of the outlets, by how many predictions each has of the classifier that is live."""
    live = select(Artifact.id).where(Artifact.state == ArtifactState.LIVE).scalar_subquery()
    asked = (
        select(func.count(Prediction.id))
        .select_from(Item)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .outerjoin(Prediction, (Prediction.item_version_id == ItemVersion.id) & (Prediction.artifact_id == live))
        .where(FETCHED)
        .group_by(Item.id)
    )
    with engine.connect() as connection:
        times = list(connection.scalars(asked))
    return Counted(len(times), sum(count == 0 for count in times), sum(count > 1 for count in times))


def count_decisions(engine: Engine, decided: list[Decided]) -> Counted:
    asked = select(User.username, Assessment.flag_id).join(User, User.id == Assessment.user_id)
    with engine.connect() as connection:
        stored = Counter(Decided(*row) for row in connection.execute(asked))
    told = Counter(decided)
    return Counted(told.total(), (told - stored).total(), (stored - told).total())


def verify_house(settings: Settings, engine: Engine) -> Iterator[tuple[str, str]]:
    """Each command, and what it said at last where it found damage."""
    with engine.connect() as connection:
        fetched = list(map(str, connection.scalars(select(Item.id).where(FETCHED))))
    yield "audit verify", hear(settings, "audit", "verify")
    yield "evidence verify", hear(settings, "evidence", "verify", *fetched)
