"""How much the classifier misses: from random draws of unflagged texts that people have read.

Found are the texts that people confirmed and that the artifact itself puts at or above its line. Missed are those
below it: known ones, which a tip, a rule or an earlier draw brought up, and the share of the sample times the
population that it was drawn from.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import NamedTuple

from scipy.special import betaincinv  # scipy.stats has it too, and takes a second to load.
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from classifier.learning.decided import Decided, count_waiting, list_decided, read_samples
from models import Artifact, AuditDraw, DrawPurpose

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """The likeliest value, and between which two it lies with `CONFIDENCE`."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Estimate:
    """What people read of a sample, and what it says of all texts below the line."""

    population: int
    drawn: int
    read: float
    """Texts with an answer: an act, or none. A fraction where `count_more` asks what reading on would bring."""
    missed: float
    undecided: int
    """Read, but neither this nor that: not to be verified, another area, or the text changed meanwhile."""
    found: int
    known_missed: int
    waiting: int
    """Flags of the artifact that nobody has finished: what is found can only grow."""
    pending: int = 0
    """Drawn texts with a first reading that wait for a second one or for a last word. Signs always wait and other answers
    hardly ever, so that what is finished meanwhile is no random part of the draw."""
    floor: float = 0.0
    """Missed texts that were seen in this very population."""
    ceiling: float = field(default=float("inf"))
    """The population without the texts that were seen to be no act."""

    @property
    def is_told(self) -> bool:
        """Whether the sample says anything: somebody has read of it, and nothing that was read waits."""
        return bool(self.read) and not self.pending

    @property
    def share(self) -> Interval:
        """Share of the unflagged texts that shows an act (exact interval of Clopper and Pearson)."""
        return bound_share(self.missed, self.read)

    @property
    def missed_texts(self) -> Interval:
        """The share times the population, within what is certain."""
        top = min(self.ceiling, self.population)
        value, low, high = (min(max(share * self.population, self.floor), top) for share in self.share)
        return Interval(value, low, high)

    @property
    def recall(self) -> Interval | None:
        """Found by found and missed; None while nothing was found, or the sample says nothing."""
        if not self.found or not self.is_told:
            return None
        value, low, high = (self.found / (self.found + self.known_missed + missed) for missed in self.missed_texts)
        return Interval(value, high, low)


@dataclass(frozen=True)
class DrawEstimate:
    """One draw with its estimate."""

    id: int
    drawn_at: datetime
    seed: int
    estimate: Estimate


@dataclass(frozen=True)
class ArtifactRecall:
    """All random draws of one artifact, oldest first, and what they say together of the newest population."""

    name: str
    threshold: float
    draws: list[DrawEstimate]
    pooled: Estimate


def bound_share(hits: float, count: float) -> Interval:
    """The exact two-sided binomial interval; everything from 0 to 1 where nothing was counted.

    >>> [round(value, 4) for value in bound_share(0, 30)]
    [0.0, 0.0, 0.1157]
    """
    if not count:
        return Interval(0.0, 0.0, 1.0)
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(hits, count - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, count - hits, 1 - tail)) if hits < count else 1.0
    return Interval(hits / count, low, high)


def estimate_recall(session: Session) -> list[ArtifactRecall]:
    """Every artifact with a random draw, the newest first."""
    query = (
        select(Artifact)
        .where(exists().where(AuditDraw.artifact_id == Artifact.id, AuditDraw.purpose == DrawPurpose.AUDIT))
        .order_by(Artifact.id.desc())
    )
    return [_estimate_artifact(session, artifact) for artifact in session.scalars(query)]


def pool(estimates: Sequence[Estimate]) -> Estimate:
    """Draws of one artifact together: the share from all that were read, over the population of the newest."""
    newest = estimates[-1]
    return replace(
        newest,
        drawn=sum(own.drawn for own in estimates),
        read=sum(own.read for own in estimates),
        missed=sum(own.missed for own in estimates),
        undecided=sum(own.undecided for own in estimates),
        pending=sum(own.pending for own in estimates),
    )


def count_more(estimate: Estimate, width: float, measure: Callable[[Estimate], float]) -> int:
    """How many more texts to read until `measure` (the width of an interval) is at most `width`, if the share stays as it is.

    After every text of the population is read nothing is left to estimate, so that there is always an answer.
    """
    low, high = int(estimate.read), max(estimate.population, int(estimate.read))
    if measure(estimate) <= width:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if measure(_read_on(estimate, middle)) <= width else (middle, high)
    return high - int(estimate.read)


def share_width(estimate: Estimate) -> float:
    """Width of the share's interval, for `count_more`."""
    return estimate.missed_texts.width / max(estimate.population, 1)


def recall_width(estimate: Estimate) -> float:
    """Width of recall's interval, for `count_more`."""
    return estimate.recall.width if estimate.recall else 1.0


def describe(estimate: Estimate, width: float) -> list[str]:
    """The estimate in plain sentences."""
    if estimate.pending:
        return [_tell_pending(estimate)]
    if not estimate.read:
        return [f"None of the {estimate.drawn} drawn texts has an answer yet: nothing can be said before people read them."]
    return [_tell_share(estimate), _tell_missed(estimate), _tell_recall(estimate), *_tell_more(estimate, width)]


def _read_on(estimate: Estimate, read: int) -> Estimate:
    share = estimate.missed / estimate.read if estimate.read else 0.0
    more = read - estimate.read
    floor, ceiling = estimate.floor + share * more, estimate.ceiling - (1 - share) * more
    return replace(estimate, read=read, missed=share * read, floor=floor, ceiling=max(ceiling, floor))


def _tell_pending(estimate: Estimate) -> str:
    return (
        f"{estimate.pending} of the {estimate.drawn} drawn texts were read once and wait for a second reading or a last word: "
        "nothing can be said before that, for signs of a violation always wait and other answers hardly ever."
    )


def _tell_share(estimate: Estimate) -> str:
    value, low, high = estimate.share
    said = f"{estimate.missed:.0f} of {estimate.read:.0f} missed"
    if not estimate.missed:
        return f"{said}: at most {high:.1%} with {CONFIDENCE:.0%} confidence."
    return f"{said}: {value:.1%}, between {low:.1%} and {high:.1%} with {CONFIDENCE:.0%} confidence."


def _tell_missed(estimate: Estimate) -> str:
    value, low, high = estimate.missed_texts
    known = f", and {estimate.known_missed} more are known" if estimate.known_missed else ""
    return (
        f"Of {estimate.population:,} unflagged texts about {value:,.0f} show an act "
        f"(between {low:,.0f} and {ceil(high):,}){known}."
    )


def _tell_recall(estimate: Estimate) -> str:
    if estimate.recall is None:
        return "Recall cannot be said: people have confirmed no flag of this artifact yet."
    value, low, high = estimate.recall
    waits = f"; {estimate.waiting:,} flags still wait, and those that people confirm will raise it" if estimate.waiting else ""
    return f"Recall {value:.1%}, between {low:.1%} and {high:.1%} ({estimate.found:,} found{waits})."


def _tell_more(estimate: Estimate, width: float) -> list[str]:
    asked = {"the missed share": share_width} | ({"recall": recall_width} if estimate.recall else {})
    more = {what: count_more(estimate, width, measure) for what, measure in asked.items()}
    return [f"To know {what} within {width:.0%} points, read {count:,} more." for what, count in more.items() if count]


def _estimate_artifact(session: Session, artifact: Artifact) -> ArtifactRecall:
    is_own = AuditDraw.artifact_id == artifact.id, AuditDraw.purpose == DrawPurpose.AUDIT
    rows = list(session.scalars(select(AuditDraw).where(*is_own).order_by(AuditDraw.id)))
    decided = list_decided(session, artifact)
    answers = read_samples(session, rows, decided)
    draws = [
        DrawEstimate(draw.id, draw.drawn_at, draw.seed, _estimate(session, artifact, draw, answers[draw.id], decided))
        for draw in rows
    ]
    return ArtifactRecall(artifact.name, artifact.threshold, draws, pool([own.estimate for own in draws]))


def _estimate(
    session: Session, artifact: Artifact, draw: AuditDraw, answers: Counter[str], decided: Mapping[int, Decided]
) -> Estimate:
    before = Counter(own.is_found for own in decided.values() if own.is_act and own.raised_at < draw.drawn_at)
    read, missed = answers["missed"] + answers["clean"], answers["missed"]
    return Estimate(
        population=draw.population,
        drawn=answers.total(),
        read=read,
        missed=missed,
        undecided=answers["undecided"],
        found=before[True],
        known_missed=before[False],
        waiting=count_waiting(session, artifact, draw.drawn_at),
        pending=answers["pending"],
        floor=missed,
        ceiling=draw.population - answers["clean"],
    )
