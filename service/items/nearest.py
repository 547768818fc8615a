"""The three earlier decisions that are most like a flag: by act, office, region, and the words they share.

Candidates come by three indexes, a few dozen each, so that the cost does not grow with the years; what they share with the
flag is weighed here. Words are compared by their stems, over title and the beginning of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, func, select
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Item, ItemVersion, Outcome, Permission, Source, User, prepared
from models.base import BigId
from models.database import table_of
from models.queue.words import words_of
from service.accounts.actor import Actor, Areas, within
from service.items.repository import source_of
from service.review.conditions import state_is
from service.review.repository import QueueRow

MOST = 3
NEWEST, OF_PLACE, OF_CLUSTER = 60, 40, 10
READ_CLOSELY = 24
"""Candidates whose words are compared; the others share less already."""
BEGINNING = 600
"""Characters of a text that tell what it is about."""
MOST_READ = 512
"""Beginnings whose stems are kept: the newest decisions are held against one flag after the other."""
SHORTEST = 4
"""Stems of fewer letters stand everywhere."""
ACT, OFFICE, REGION, PROVINCE, CLUSTER, WORDS = 1.0, 0.7, 0.6, 0.2, 1.0, 2.0
LEAST = 0.75


@dataclass(frozen=True)
class Decision:
    """An earlier decision, and what it shares with the flag."""

    flag: Flag
    item: Item
    version: ItemVersion
    source: Source
    assessment: Assessment
    author: User
    shared: tuple[str, ...]
    """Of perbuatan, jabatan, wilayah, klaster, kata."""
    closeness: float


Decided = tuple[Flag, Item, ItemVersion, Source, Assessment, User]


class Candidate(NamedTuple):
    """What of a finished flag tells whether it may be near."""

    id: int
    item_id: int
    version_id: int
    act: str | None
    office: str | None
    region_code: str | None
    cluster_id: int | None


class _Weighed(NamedTuple):
    flag_id: int
    shared: tuple[str, ...]
    closeness: float


def list_nearest(session: Session, actor: Actor, row: QueueRow, *, tells_own: bool = True) -> list[Decision]:
    """The nearest decisions that this person may see; none that shares next to nothing.

    Without `tells_own` none on the same item or the same story, where a decision on this very text may be repeated.
    """
    found = {candidate.id: candidate for candidate in _candidates(session, actor, row.flag)}
    if not tells_own:
        found = {number: candidate for number, candidate in found.items() if not _is_same_story(row.flag, candidate)}
    roughly = sorted(found.values(), key=lambda one: (-_likeness(row.flag, one)[0], -one.id))[:READ_CLOSELY]
    near = [one for one in _weigh(session, row, roughly) if one.closeness >= LEAST]
    nearest = sorted(near, key=lambda one: (-one.closeness, -one.flag_id))[:MOST]
    decided = _last_words(session, [one.flag_id for one in nearest])
    return [Decision(*decided[one.flag_id], one.shared, one.closeness) for one in nearest if one.flag_id in decided]


def _candidates(session: Session, actor: Actor, flag: Flag) -> list[Candidate]:
    areas = actor.areas(Permission.READ_QUEUE)
    found = prepared.run(session, _newest, areas, own=flag.id)
    if flag.region_code and flag.office:
        found += prepared.run(session, _of_place_alike, areas, own=flag.id, region_code=flag.region_code, office=flag.office)
    if flag.cluster_id:
        found += prepared.run(session, _of_cluster, areas, own=flag.id, cluster_id=flag.cluster_id)
    return [Candidate(*one) for one in found]


def _newest(areas: Areas) -> Select[*tuple[Any, ...]]:
    return _finished(areas).order_by(Flag.id.desc()).limit(NEWEST)


def _of_place_alike(areas: Areas) -> Select[*tuple[Any, ...]]:
    is_there = (Flag.region_code == bindparam("region_code", None, String), Flag.office == bindparam("office", None, String))
    return _finished(areas).where(*is_there).order_by(Flag.created_at.desc()).limit(OF_PLACE)


def _of_cluster(areas: Areas) -> Select[*tuple[Any, ...]]:
    return _finished(areas).where(Flag.cluster_id == bindparam("cluster_id", None, BigId)).limit(OF_CLUSTER)


def _finished(areas: Areas) -> Select[*tuple[Any, ...]]:
    own = (Flag.id, Flag.item_id, Flag.item_version_id, Flag.act, Flag.office, Flag.region_code, Flag.cluster_id)
    others = (within(Flag.region_code, areas), Flag.id != bindparam("own", None, BigId))
    return select(*own).where(state_is(FlagState.ASSESSED), *others)


def _is_same_story(flag: Flag, other: Candidate) -> bool:
    return flag.item_id == other.item_id or (flag.cluster_id is not None and flag.cluster_id == other.cluster_id)


def _likeness(flag: Flag, other: Candidate) -> tuple[float, list[str]]:
    """What two flags share by their columns."""
    same = {
        "perbuatan": ACT * (flag.act is not None and flag.act == other.act),
        "jabatan": OFFICE * (flag.office is not None and flag.office == other.office),
        "wilayah": _of_place(flag.region_code, other.region_code),
        "klaster": CLUSTER * (flag.cluster_id is not None and flag.cluster_id == other.cluster_id),
    }
    return sum(same.values()), [name for name, weight in same.items() if weight]


def _of_place(code: str | None, other: str | None) -> float:
    if not code or not other:
        return 0.0
    return REGION if code == other else PROVINCE * (code[:2] == other[:2])


def _weigh(session: Session, row: QueueRow, candidates: Sequence[Candidate]) -> list[_Weighed]:
    beginnings = _beginnings(session, [one.version_id for one in candidates])
    own = f"{row.version.title}\n{row.version.text[:BEGINNING]}"
    weighed = list[_Weighed]()
    for one in candidates:
        closeness, shared = _likeness(row.flag, one)
        words = share_of_words(own, beginnings[one.version_id])
        names = (*shared, *(["kata"] if words >= 0.1 else []))
        weighed.append(_Weighed(one.id, names, closeness + WORDS * words))
    return weighed


def share_of_words(text: str, other: str) -> float:
    """Part of the different stems of both texts together that stand in both.

    >>> share_of_words("Camat mengajak warga memilih", "Camat mengajak warga agar pilih")
    0.8
    """
    one, two = _stems_of(text), _stems_of(other)
    return len(one & two) / len(one | two) if one | two else 0.0


@lru_cache(maxsize=MOST_READ)
def _stems_of(passage: str) -> frozenset[str]:
    return frozenset(word for word in words_of(passage) if len(word) >= SHORTEST)


def _beginnings(session: Session, version_ids: Sequence[int]) -> dict[int, str]:
    """Title and the first words of each version."""
    found = prepared.run_for(session, _beginning, ids=version_ids)
    return {version_id: f"{title}\n{text}" for version_id, title, text in found}


def _beginning(dialect: str) -> Select[*tuple[Any, ...]]:
    version = table_of(ItemVersion).c
    text = func.substr(version.text, 1, BEGINNING)
    return select(version.id, version.title, text).where(prepared.is_among(dialect, version.id))


def _last_words(session: Session, flag_ids: Sequence[int]) -> dict[int, Decided]:
    """Each finished flag with its newest assessment: the one that stands."""
    newest = dict[int, Decided]()
    found = session.execute(_decided(), {"ids": flag_ids}).all() if flag_ids else ()
    for flag, item, version, source, assessment, author in found:
        newest[flag.id] = (flag, item, version, source_of(session, version, source), assessment, author)
    return {flag_id: row for flag_id, row in newest.items() if row[4].outcome is not Outcome.WITHDRAWN}


@cache
def _decided() -> Select[Flag, Item, ItemVersion, Source, Assessment, User]:
    return (
        select(Flag, Item, ItemVersion, Source, Assessment, User)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .join(Assessment, Assessment.flag_id == Flag.id)
        .join(User, User.id == Assessment.user_id)
        .where(Flag.id.in_(bindparam("ids", expanding=True)))
        .order_by(Assessment.id)
    )
