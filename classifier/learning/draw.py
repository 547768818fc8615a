"""Texts that no machine flagged, put before people: a random draw that measures recall, and one of uncertain texts that teaches.

A draw is chosen in a reading session, which may take a minute and holds up nobody, and written in one short
transaction. Whoever is killed in between leaves nothing; what is drawn has a flag, so that no later draw takes it again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from classifier.scoring.scorer import FOREIGN_LABEL
from models import (
    Artifact,
    AuditDraw,
    AuditSample,
    ClusterMember,
    DrawPurpose,
    Flag,
    FlagReason,
    FlagState,
    Item,
    ItemVersion,
    Prediction,
    record_event,
)
from models.queue.priority import NO_SEVERITY
from models.queue.raising import Borrowed, raise_flag

ACTOR = "sistem:undian"
CHUNK = 10_000
POOL = 20
"""Uncertain texts that are looked at for each one that is drawn: enough to choose different sources from."""
MIDDLE = 0.5

Progress = Callable[[int], None]
"""Called with the number of texts counted so far."""


@dataclass(frozen=True)
class Choice:
    """Items chosen for the two draws, in the order of the draw, and from how many."""

    population: int
    audit: tuple[int, ...]
    learning: tuple[int, ...]


@dataclass(frozen=True)
class Drawn:
    """A draw as it was written."""

    id: int
    purpose: DrawPurpose
    population: int
    seed: int
    flags: int


class Candidate(NamedTuple):
    """An uncertain text, with what makes it different from others."""

    item_id: int
    probability: float
    source_id: int
    region_code: str | None
    cluster_id: int | None


def choose_texts(
    session: Session, artifact: Artifact, *, audit: int, learn: int, seed: int, on_progress: Progress | None = None
) -> Choice:
    """Choose both draws. The random one comes first: no other choice may leave a gap in what it is drawn from."""
    population, chosen = draw_randomly(session, artifact, audit, seed=seed, on_progress=on_progress)
    candidates = list_uncertain(session, artifact, learn, besides=chosen) if learn else []
    return Choice(population, chosen, tuple(spread(candidates, learn, artifact.read_line)))


def draw_randomly(
    session: Session, artifact: Artifact, size: int, *, seed: int, on_progress: Progress | None = None
) -> tuple[int, tuple[int, ...]]:
    """How many texts nobody flagged, and a plain random sample of their items.

    One statement, so that count and sample speak of one moment. Every item gets a random number and those with the
    smallest are drawn: each set of `size` items is equally likely, and the same seed draws the same from the same rows.
    """
    random, counted, kept = np.random.default_rng(seed), 0, list[tuple[float, int]]()
    # Items in the order of their key, and per item one index look-up in predictions, in versions and in flags; ids alone
    # come back, in chunks. No text is read, nothing is sorted and memory stays flat: cost grows straight with the items,
    # also where ORDER BY random() would sort ten million of them.
    query = select(Item.id).join(Prediction, _is_unflagged(artifact)).order_by(Item.id).execution_options(yield_per=CHUNK)
    for item_ids in session.scalars(query).partitions():
        kept = nsmallest(size, [*kept, *zip(random.random(len(item_ids)).tolist(), item_ids, strict=True)])
        counted += len(item_ids)
        if on_progress:
            on_progress(counted)
    return counted, tuple(item_id for _, item_id in kept)


def list_uncertain(session: Session, artifact: Artifact, size: int, *, besides: Sequence[int] = ()) -> list[Candidate]:
    """The unflagged texts nearest below the line, without those whose story was before people already."""
    own, mate, flag = aliased(ClusterMember), aliased(ClusterMember), aliased(Flag)
    is_before_people = or_(exists().where(flag.item_id == mate.item_id), mate.item_id.in_(besides))
    is_known_story = exists().where(own.item_id == Item.id, mate.cluster_id == own.cluster_id, is_before_people)
    query = (
        select(Item.id, Prediction.probability, Item.source_id, Item.region_code, ClusterMember.cluster_id)
        .select_from(Item)
        .join(Prediction, _is_unflagged(artifact))
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .where(~is_known_story, Item.id.not_in(besides))
        .order_by(Prediction.probability.desc(), Item.id)
        .limit(POOL * size)
    )
    return [Candidate(*row) for row in session.execute(query)]


def spread(candidates: Sequence[Candidate], size: int, read_line: float) -> list[int]:
    """Items from every source and region in turn, at most one a cluster; what lies below the reading line comes last."""
    taken, ranked = Counter[tuple[bool, int, str | None]](), list[tuple[bool, int, float, int]]()
    for own in _one_a_cluster(candidates):
        is_below = own.probability < read_line
        group = (is_below, own.source_id, own.region_code)
        ranked.append((is_below, taken[group], -own.probability, own.item_id))
        taken[group] += 1
    return [item_id for *_, item_id in sorted(ranked)[:size]]


def _one_a_cluster(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The highest of each cluster, and whatever stands in none; the highest first."""
    ordered = sorted(candidates, key=lambda own: (-own.probability, own.item_id))
    first = {own.cluster_id: own for own in reversed(ordered)}
    return [own for own in ordered if own.cluster_id is None or first[own.cluster_id] is own]


def record_draws(session: Session, artifact: Artifact, choice: Choice, *, seed: int) -> list[Drawn]:
    """Write the draws with their flags and samples. What somebody flagged since it was chosen is left out."""
    _lock_items(session, sorted({*choice.audit, *choice.learning}))
    places = _draw_places(session, len(choice.audit) + len(choice.learning), seed=seed)
    chosen = ((DrawPurpose.AUDIT, choice.audit), (DrawPurpose.LEARNING, choice.learning))
    made = list[Drawn]()
    for purpose, item_ids in chosen:
        if rows := _read_unflagged(session, artifact, item_ids):
            draw = AuditDraw(purpose=purpose, artifact_id=artifact.id, population=choice.population, seed=seed)
            made.append(_record(session, draw, rows, places))
    for own in made:  # Counts alone: a list of flags would tell whoever reads the trail which ones are the sample.
        detail = {"artefak": artifact.name, "tujuan": own.purpose.value, "benih": seed}
        detail |= {"populasi": own.population, "penanda": own.flags}
        record_event(session, "undian.tarik", actor=ACTOR, subject=("audit_draw", own.id), detail=detail)
    return made


def _record(
    session: Session, draw: AuditDraw, rows: Sequence[tuple[Item, ItemVersion, Prediction]], places: list[Borrowed]
) -> Drawn:
    session.add(draw)
    session.flush()
    flags = 0
    for item, version, prediction in rows:
        flag_id = raise_flag(session, item, version, prediction, reason=FlagReason.AUDIT, borrowed=places.pop())
        if flag_id is not None:
            shown = {"item_version_id": version.id, "probability": prediction.probability}
            session.add(AuditSample(draw_id=draw.id, flag_id=flag_id, **shown))
            flags += 1
    session.flush()
    return Drawn(draw.id, draw.purpose, draw.population, draw.seed, flags)


def _is_unflagged(artifact: Artifact) -> ColumnElement[bool]:
    """Item and its current prediction: below the line of the artifact, in a language that it reads, and flagged by nobody.

    What was erased has no words for anybody to read.
    """
    asked = exists().where(
        Flag.item_id == Item.id,
        or_(Flag.item_version_id == Item.current_version_id, Flag.state != FlagState.ASSESSED),
    )
    shown = aliased(ItemVersion)
    has_words = exists().where(shown.id == Item.current_version_id, shown.erased_at.is_(None))
    return and_(
        Prediction.item_version_id == Item.current_version_id,
        Prediction.artifact_id == artifact.id,
        Prediction.probability < artifact.threshold,
        Prediction.label != FOREIGN_LABEL,
        has_words,
        ~asked,
    )


def _lock_items(session: Session, item_ids: Sequence[int]) -> None:
    """Hold the items until the commit: scoring waits, or we do. All at once and in order, as scoring does: no deadlock."""
    session.execute(select(Item.id).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update(key_share=True))


def _read_unflagged(session: Session, artifact: Artifact, item_ids: Sequence[int]) -> list[tuple[Item, ItemVersion, Prediction]]:
    """Those of the items that are still unflagged."""
    query = (
        select(Item, ItemVersion, Prediction)
        .select_from(Item)
        .join(Prediction, _is_unflagged(artifact))
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.id.in_(item_ids))
        .order_by(Item.id)
    )
    return [(item, version, prediction) for item, version, prediction in session.execute(query)]


def _draw_places(session: Session, count: int, *, seed: int) -> list[Borrowed]:
    """What flags of the open queue are placed by, so that nobody knows a drawn text by its place."""
    query = select(func.coalesce(Flag.score, Flag.priority), Flag.severity, Flag.novelty)
    known = [Borrowed(*row) for row in session.execute(query.where(Flag.state != FlagState.ASSESSED).order_by(Flag.id))]
    known = known or [Borrowed(MIDDLE, NO_SEVERITY, 1.0)]
    return [known[at] for at in np.random.default_rng(seed).choice(len(known), size=count)]
