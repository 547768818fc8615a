"""Adds up what changed of flags since the last time. Bounded, safe to kill, and to run twice at once."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, case, cast, delete, func, literal, null, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from models.base import UTCDateTime, now
from models.database import table_of
from models.flag import Artifact, Flag, FlagReason, FlagState, Prediction
from models.item import ItemVersion
from models.legal.deadline import local_day
from models.queue.sides import find_sides
from models.reference import province_of
from models.statistics import ALL_ACTS, NATION, FlagChange, FlagTally, Measure, agencies_in

BATCH = 1_000
COPIED = (
    *("created_at", "assessed_at", "due_on", "region_code", "act", "office", "source_id", "phase", "reason", "sides"),
    "prediction_id",
)
"""What a change says as its flag does."""
COUNTED_TO = 10_000
UNFINISHED = (FlagState.OPEN.value, FlagState.SECOND.value, FlagState.DISPUTED.value, FlagState.RESTRICTED.value)
IN_TIME, LATE = "tepat", "lewat"
WAITS = (("1_jam", 1), ("4_jam", 4), ("24_jam", 24), ("3_hari", 72), ("7_hari", 168))
"""Up to so many hours from the flag to its assessment."""
LONGER = "lebih"
BY_DAY = frozenset({Measure.RAISED, Measure.DECIDED, Measure.DUE})
FOR_EVERY_ACT = frozenset({Measure.DUE, Measure.WAITED, Measure.ARTIFACT})
"""Not told apart by act: clocks, and the classifier as a whole."""

Progress = Callable[[int], None]


class Cell(NamedTuple):
    """The key of one tally."""

    measure: Measure
    region_code: str
    act: str
    outcome: str
    on_day: date
    value: str


class Freshness(NamedTuple):
    """How far the tallies reach."""

    as_of: datetime
    waiting: int
    """Changes that are not added up yet, counted to 10,000."""


def read_freshness(session: Session) -> Freshness:
    oldest = session.scalar(select(FlagChange.at).order_by(FlagChange.id).limit(1))
    some = select(FlagChange.id).limit(COUNTED_TO).subquery()
    return Freshness(oldest or now(), session.scalar(select(func.count()).select_from(some)) or 0)


def catch_up(
    sessions: sessionmaker[Session],
    *,
    most: int | None = None,
    on_progress: Progress | None = None,
    must_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Add up what waits, in short transactions; `most` bounds how many changes. Returns how many it were."""
    done = 0
    while (most is None or done < most) and not must_stop():
        with sessions.begin() as session:
            folded = add_up(session, BATCH if most is None else min(BATCH, most - done))
        done += folded
        if on_progress:
            on_progress(done)
        if not folded:
            break
    return done


def add_up(session: Session, size: int = BATCH) -> int:
    """Take the oldest changes that nobody else is taking, and add them to the tallies."""
    oldest = select(FlagChange.id).order_by(FlagChange.id).limit(size).with_for_update(skip_locked=True)
    taken = delete(FlagChange).where(FlagChange.id.in_(oldest)).returning(FlagChange)
    changes = list(session.scalars(taken, execution_options={"synchronize_session": False}))
    if changes:
        artifacts, counts = _name_artifacts(session, changes), Counter[Cell]()
        for change in changes:
            for cell in cells_of(change, artifacts.get(change.prediction_id or 0, "")):
                counts[cell] += change.sign
        _add(session, {cell: count for cell, count in counts.items() if count})
    return len(changes)


def count_anew(session: Session) -> None:
    """Forget all tallies and let every flag wait to be counted: after rows were loaded or mended without the triggers.

    On PostgreSQL nobody writes flags meanwhile; on SQLite nobody can.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE flags IN SHARE MODE"))
    flags, changes = table_of(Flag), table_of(FlagChange)
    session.execute(delete(table_of(FlagTally)))
    session.execute(delete(changes))
    copied = select(literal(now(), UTCDateTime), literal(1), *(flags.c[name] for name in COPIED), _outcome())
    session.execute(changes.insert().from_select(["at", "sign", *COPIED, "outcome"], copied))


def cells_of(change: FlagChange, artifact: str = "") -> Iterator[Cell]:
    """Every tally that a flag counts in."""
    regions = _levels_of(change.region_code, change.office)
    for measure, day, value in _facts_of(change, artifact):
        for region in regions:
            for act in {ALL_ACTS, change.act or ALL_ACTS} if measure not in FOR_EVERY_ACT else {ALL_ACTS}:
                on_day = day if measure in BY_DAY and is_daily(region, act) else day.replace(day=1)
                yield Cell(measure, region, act, change.outcome, on_day, value)


def is_daily(region_code: str, act: str) -> bool:
    """Single acts of a single regency are counted by month: by day they would be as many rows as flags."""
    return act == ALL_ACTS or "." not in region_code


def name_missing_sides(sessions: sessionmaker[Session]) -> int:
    """Say of flags from before there were sides whom their text names. Finds nothing from the second time on."""
    done, last = 0, 0
    flags = table_of(Flag)
    while True:
        with sessions.begin() as session:
            query = select(Flag.id, ItemVersion.title, ItemVersion.text).join(ItemVersion, ItemVersion.id == Flag.item_version_id)
            rows = session.execute(query.where(Flag.sides.is_(null()), Flag.id > last).order_by(Flag.id).limit(BATCH)).all()
            for flag_id, title, passage in rows:
                named = update(flags).where(flags.c.id == flag_id).values(sides=find_sides(f"{title}\n{passage}"))
                session.execute(named)
        if not rows:
            return done
        done, last = done + len(rows), rows[-1][0]


def _outcome() -> ColumnElement[str]:
    """The outcome of a finished flag, the state of any other."""
    flags = table_of(Flag)
    is_finished = flags.c.state == FlagState.ASSESSED
    return case((is_finished, func.coalesce(flags.c.outcome, FlagState.ASSESSED.value)), else_=cast(flags.c.state, String))


def _levels_of(region_code: str | None, office: str | None) -> list[str]:
    if not region_code:
        return [NATION]
    province = province_of(region_code)
    levels = [NATION, province] if region_code == province else [NATION, province, region_code]
    return [*levels, agencies_in(region_code)] if office else levels


def _facts_of(change: FlagChange, artifact: str) -> Iterator[tuple[Measure, date, str]]:
    raised = local_day(change.created_at, change.region_code)
    yield Measure.RAISED, raised, change.reason.value
    yield Measure.SOURCE, raised, str(change.source_id or "")
    yield Measure.PHASE, raised, change.phase or ""
    for side in change.sides or ():
        yield Measure.SIDE, raised, side
    is_finished = change.outcome not in UNFINISHED and change.assessed_at is not None
    decided = local_day(change.assessed_at, change.region_code) if is_finished and change.assessed_at else None
    yield Measure.DUE, change.due_on, "" if decided is None else IN_TIME if decided <= change.due_on else LATE
    if decided and change.assessed_at:
        yield Measure.DECIDED, decided, change.reason.value
        yield Measure.WAITED, decided, _wait_of(change.assessed_at - change.created_at)
        if artifact and change.reason is FlagReason.MODEL:
            yield Measure.ARTIFACT, decided, artifact


def _wait_of(wait: timedelta) -> str:
    hours = wait.total_seconds() / 3600
    return next((name for name, most in WAITS if hours <= most), LONGER)


def _name_artifacts(session: Session, changes: Sequence[FlagChange]) -> dict[int, str]:
    asked = {change.prediction_id for change in changes if change.prediction_id and change.outcome not in UNFINISHED}
    query = select(Prediction.id, Artifact.name).join(Artifact, Artifact.id == Prediction.artifact_id)
    return {row[0]: row[1] for row in session.execute(query.where(Prediction.id.in_(asked)))} if asked else {}


def _add(session: Session, counts: dict[Cell, int]) -> None:
    """In the order of their keys, so that two who add at once wait for one another and never deadlock."""
    tallies = table_of(FlagTally)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(tallies)
    added = insert.on_conflict_do_update(
        index_elements=list(Cell._fields), set_={"count": tallies.c.count + insert.excluded["count"]}
    )
    rows: list[dict[str, Any]] = [{**cell._asdict(), "count": count} for cell, count in sorted(counts.items())]
    if rows:
        session.connection().execute(added, rows)
        session.connection().execute(delete(tallies).where(tallies.c.count == 0))
