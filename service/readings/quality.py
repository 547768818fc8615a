"""How well readers agree with one another and with golden items, from readings of the last months.

Every text with signs is read twice and only a few of the others, so all of them together would say more of signs than of
the day's work. The lot falls on flags whatever their first reading says: those that it falls on are the day's work.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from models import Assessment, BulkAction, Flag, GoldenReading, Outcome, Permission, User, now
from service.accounts.actor import Actor, within
from service.readings.agreement import Agreement, Share, measure, share_of
from service.readings.comparing import QUESTIONS, disagrees
from service.readings.lots import Lots

DAYS = (30, 90, 365)
MOST_PAIRS = 20_000
MOST_GOLDEN = 20_000
ALL, SIGNS, LOT = "semua", "indikasi", "undian"


@dataclass(frozen=True)
class Pair:
    """Two people's readings of one text."""

    first: Assessment
    second: Assessment
    lot_of: int
    """The flag whose number the lot falls on: of a copy that a decision covered, that of the decision."""


@dataclass(frozen=True)
class Line:
    """One row of a table: what or who it is about, and the figures."""

    names: tuple[str, ...]
    agreement: Agreement


@dataclass(frozen=True)
class GoldenLine:
    name: str
    right: Share
    unsaid: int
    """Answers that tell neither act nor look-alike."""


@dataclass(frozen=True)
class Quality:
    since: date
    days: int
    groups: tuple[Line, ...]
    """The outcome, over all readings, those of signs, and those on which the lot falls."""
    questions: tuple[Line, ...]
    outcomes: tuple[Line, ...]
    """Each outcome against all others."""
    pairs: tuple[Line, ...]
    people: tuple[Line, ...]
    golden: tuple[GoldenLine, ...]
    disputes: int
    resolved: int
    is_cut: bool
    """More readings than are counted."""


def read_quality(session: Session, actor: Actor, lots: Lots, days: int) -> Quality:
    """Figures of the area in which this person manages the queue."""
    since = now() - timedelta(days=days)
    found = _list_pairs(session, actor, since)
    pairs = _once_a_decision(found)
    names = _read_names(session, {reading.user_id for pair in pairs for reading in (pair.first, pair.second)})
    return Quality(
        since=since.date(),
        days=days,
        groups=tuple(Line((name,), measure([_outcomes(pair) for pair in chosen])) for name, chosen in _group(pairs, lots)),
        questions=tuple(_of_question(name, pairs) for name in QUESTIONS),
        outcomes=tuple(_of_outcome(outcome, pairs) for outcome in Outcome if outcome is not Outcome.WITHDRAWN),
        pairs=_of_keys((_both(pair, names), _outcomes(pair)) for pair in pairs),
        people=_of_keys(said for pair in pairs for said in _each(pair, names)),
        golden=_read_golden(session, actor, since),
        disputes=sum(disagrees(pair.first, pair.second) for pair in pairs),
        resolved=_count_resolved(session, actor, since),
        is_cut=len(found) >= MOST_PAIRS,
    )


def _list_pairs(session: Session, actor: Actor, since: datetime) -> list[Pair]:
    """Standing first and second readings, the newest second ones first."""
    first, second = aliased(Assessment), aliased(Assessment)
    query = (
        select(first, second, BulkAction.values)
        .join(second, second.flag_id == first.flag_id)
        .join(Flag, Flag.id == second.flag_id)
        .outerjoin(BulkAction, BulkAction.id == first.bulk_id)
        .where(second.is_second, ~second.is_final, second.created_at >= since, _stands(second), _stands(first))
        .where(~first.is_second, within(Flag.region_code, actor.areas(Permission.MANAGE_QUEUE)))
        .order_by(second.created_at.desc(), second.id.desc())
        .limit(MOST_PAIRS)
    )
    return [Pair(one, two, (deed or {}).get("penanda", one.flag_id)) for one, two, deed in session.execute(query)]


def _stands(reading: type[Assessment]) -> ColumnElement[bool]:
    undoing = aliased(Assessment)
    is_undone = select(undoing.id).where(undoing.undoes_id == reading.id).exists()
    return and_(reading.outcome != Outcome.WITHDRAWN, ~is_undone)


def _once_a_decision(pairs: Iterable[Pair]) -> list[Pair]:
    """Copies that one decision covered are one reading, not many."""
    kept = dict[object, Pair]()
    for pair in pairs:
        covered = pair.first.bulk_id, pair.second.bulk_id
        kept.setdefault(covered if any(covered) else pair.second.id, pair)
    return list(kept.values())


def _outcomes(pair: Pair) -> tuple[str, str]:
    return pair.first.outcome.value, pair.second.outcome.value


def _group(pairs: Sequence[Pair], lots: Lots) -> list[tuple[str, Sequence[Pair]]]:
    signs = [pair for pair in pairs if pair.first.outcome is Outcome.INDICATION]
    drawn = [pair for pair in pairs if lots.asks_second(pair.lot_of)]
    return [(ALL, pairs), (SIGNS, signs), (LOT, drawn)]


def _of_question(name: str, pairs: Sequence[Pair]) -> Line:
    """Only texts for which both answered it: outcomes other than signs leave it open."""
    answers = [(getattr(pair.first, name), getattr(pair.second, name)) for pair in pairs]
    return Line((name,), measure([(one.value, two.value) for one, two in answers if one and two]))


def _of_outcome(outcome: Outcome, pairs: Sequence[Pair]) -> Line:
    """Texts that at least one of the two gave this outcome would say nothing of chance, so all of them are counted."""
    said = [(pair.first.outcome is outcome, pair.second.outcome is outcome) for pair in pairs]
    return Line((outcome.value,), measure([(str(one), str(two)) for one, two in said]))


def _both(pair: Pair, names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(sorted((names[pair.first.user_id], names[pair.second.user_id])))


def _each(pair: Pair, names: Mapping[int, str]) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    """The same pair as either of the two sees it: what one said, and what the other did."""
    one, two = _outcomes(pair)
    return [((names[pair.first.user_id],), (one, two)), ((names[pair.second.user_id],), (two, one))]


def _of_keys(said: Iterable[tuple[tuple[str, ...], tuple[str, str]]]) -> tuple[Line, ...]:
    groups = defaultdict[tuple[str, ...], list[tuple[str, str]]](list)
    for names, pair in said:
        groups[names].append(pair)
    return tuple(Line(names, measure(groups[names])) for names in sorted(groups))


def _read_golden(session: Session, actor: Actor, since: datetime) -> tuple[GoldenLine, ...]:
    query = (
        select(GoldenReading.user_id, GoldenReading.is_right)
        .join(Flag, Flag.id == GoldenReading.flag_id)
        .where(GoldenReading.answered_at >= since, within(Flag.region_code, actor.areas(Permission.MANAGE_QUEUE)))
        .order_by(GoldenReading.answered_at.desc())
        .limit(MOST_GOLDEN)
    )
    answers = defaultdict[int, list[bool | None]](list)
    for user_id, is_right in session.execute(query):
        answers[user_id].append(is_right)
    names = _read_names(session, set(answers))
    return tuple(_golden_line(names[user_id], answers[user_id]) for user_id in sorted(answers, key=names.__getitem__))


def _golden_line(name: str, answers: Sequence[bool | None]) -> GoldenLine:
    said = [answer for answer in answers if answer is not None]
    return GoldenLine(name, share_of(sum(said), len(said)), len(answers) - len(said))


def _count_resolved(session: Session, actor: Actor, since: datetime) -> int:
    decision = func.coalesce(Assessment.bulk_id, -Assessment.id)  # Copies that one last word covered are one.
    query = select(func.count(decision.distinct())).join(Flag, Flag.id == Assessment.flag_id)
    final = query.where(Assessment.is_second, Assessment.is_final, Assessment.created_at >= since, _stands(Assessment))
    return session.scalar(final.where(within(Flag.region_code, actor.areas(Permission.MANAGE_QUEUE)))) or 0


def _read_names(session: Session, user_ids: set[int]) -> dict[int, str]:
    """Two people of the same name are told apart by their usernames."""
    rows = session.execute(select(User.id, User.name, User.username).where(User.id.in_(user_ids))).all()
    count = Counter(row.name for row in rows)
    return {row.id: row.name if count[row.name] == 1 else f"{row.name} ({row.username})" for row in rows}
