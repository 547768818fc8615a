"""The three earlier decisions that are most like a flag: by act, office, region, and the words they share.

Candidates come by three indexes, a few dozen each, so that the cost does not grow with the years; what they share with the
flag is weighed here. Words are compared by their stems, over title and the beginning of the text.
"""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Item, ItemVersion, Outcome, Source, User
from models.queue.words import words_of
from service.accounts.actor import Actor
from service.review.conditions import state_is
from service.review.repository import QueueRow, visible

MOST = 3
NEWEST, OF_PLACE, OF_CLUSTER = 60, 40, 10
READ_CLOSELY = 24
"""Candidates whose words are compared; the others share less already."""
BEGINNING = 600
"""Characters of a text that tell what it is about."""
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


def list_nearest(session: Session, actor: Actor, row: QueueRow, *, tells_own: bool = True) -> list[Decision]:
    """The nearest decisions that this person may see; none that shares next to nothing.

    Without `tells_own` none on the same item or the same story, where a decision on this very text may be repeated.
    """
    found = {candidate[0].id: candidate for candidate in _candidates(session, actor, row.flag)}
    if not tells_own:
        found = {number: candidate for number, candidate in found.items() if not _is_same_story(row.flag, candidate[0])}
    roughly = sorted(found.values(), key=lambda one: (-_likeness(row.flag, one[0])[0], -one[0].id))[:READ_CLOSELY]
    weighed = [_weigh(row, candidate) for candidate in roughly]
    near = sorted((one for one in weighed if one.closeness >= LEAST), key=lambda one: (-one.closeness, -one.candidate[0].id))
    decided = _last_words(session, [one.candidate[0].id for one in near[:MOST]])
    return [
        Decision(*one.candidate, *decided[one.candidate[0].id], one.shared, one.closeness)
        for one in near[:MOST]
        if one.candidate[0].id in decided
    ]


Candidate = tuple[Flag, Item, ItemVersion, Source]


@dataclass(frozen=True)
class _Weighed:
    candidate: Candidate
    shared: tuple[str, ...]
    closeness: float


def _candidates(session: Session, actor: Actor, flag: Flag) -> list[Candidate]:
    newest = _finished(actor, flag).order_by(Flag.id.desc()).limit(NEWEST)
    queries = [newest]
    if flag.region_code and flag.office:
        place = _finished(actor, flag).where(Flag.region_code == flag.region_code, Flag.office == flag.office)
        queries.append(place.order_by(Flag.created_at.desc()).limit(OF_PLACE))
    if flag.cluster_id:
        queries.append(_finished(actor, flag).where(Flag.cluster_id == flag.cluster_id).limit(OF_CLUSTER))
    return [(row[0], row[1], row[2], row[3]) for query in queries for row in session.execute(query)]


def _finished(actor: Actor, flag: Flag) -> Select[Flag, Item, ItemVersion, Source]:
    return (
        select(Flag, Item, ItemVersion, Source)
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .where(state_is(FlagState.ASSESSED), visible(actor), Flag.id != flag.id)
    )


def _is_same_story(flag: Flag, other: Flag) -> bool:
    return flag.item_id == other.item_id or (flag.cluster_id is not None and flag.cluster_id == other.cluster_id)


def _likeness(flag: Flag, other: Flag) -> tuple[float, list[str]]:
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


def _weigh(row: QueueRow, candidate: Candidate) -> _Weighed:
    closeness, shared = _likeness(row.flag, candidate[0])
    words = share_of_words(_beginning(row.version), _beginning(candidate[2]))
    names = (*shared, *(["kata"] if words >= 0.1 else []))
    return _Weighed(candidate, names, closeness + WORDS * words)


def share_of_words(text: str, other: str) -> float:
    """Part of the different stems of both texts together that stand in both.

    >>> share_of_words("Camat mengajak warga memilih", "Camat mengajak warga agar pilih")
    0.8
    """
    one, two = ({word for word in words_of(passage) if len(word) >= SHORTEST} for passage in (text, other))
    return len(one & two) / len(one | two) if one | two else 0.0


def _beginning(version: ItemVersion) -> str:
    return f"{version.title}\n{version.text[:BEGINNING]}"


def _last_words(session: Session, flag_ids: list[int]) -> dict[int, tuple[Assessment, User]]:
    """The newest assessment of each finished flag: the one that stands."""
    query = select(Assessment, User).join(User, User.id == Assessment.user_id).where(Assessment.flag_id.in_(flag_ids))
    newest = {assessment.flag_id: (assessment, author) for assessment, author in session.execute(query.order_by(Assessment.id))}
    return {flag_id: pair for flag_id, pair in newest.items() if pair[0].outcome is not Outcome.WITHDRAWN}
