"""Texts that no machine flagged, put before people: a random draw that measures recall, and one of uncertain texts that teaches.

A draw is chosen in a reading session, which may take a minute and holds up nobody, and written in one short
transaction. Whoever is killed in between leaves nothing; what is drawn has a flag, so that no later draw takes it again.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from classifier.flags import insert_flag
from classifier.scorer import FOREIGN_LABEL
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
    # Items in the order of their key, and per item one index look-up in predictions and one in flags; ids alone come
    # back, in chunks. Neither texts nor their table are touched, nothing is sorted and memory stays flat: cost grows
    # straight with the items, also where ORDER BY random() would sort ten million of them.
    query = _unflagged(artifact, select(Item.id)).order_by(Item.id).execution_options(yield_per=CHUNK)
    for item_ids in session.scalars(query).partitions():
        kept = nsmallest(size, [*kept, *zip(random.random(len(item_ids)).tolist(), item_ids, strict=True)])
        counted += len(item_ids)
        if on_progress:
            on_progress(counted)
    return counted, tuple(item_id for _, item_id in kept)


def list_uncertain(session: Session, artifact: Artifact, size: int, *, besides: Sequence[int] = ()) -> list[Candidate]:
    """The unflagged texts nearest below the line, without those whose story was before people already."""
    own, mate, flag = aliased(ClusterMember), aliased(ClusterMember), aliased(Flag)
    is_known_story = exists().where(own.item_id == Item.id, mate.cluster_id == own.cluster_id, flag.item_id == mate.item_id)
    columns = select(Item.id, Prediction.probability, Item.source_id, Item.region_code, ClusterMember.cluster_id)
    query = (
        _unflagged(artifact, columns)
        .outerjoin(ClusterMember, ClusterMember.item_id == Item.id)
        .where(~is_known_story, Item.id.not_in(besides))
        .order_by(Prediction.probability.desc(), Item.id)
        .limit(POOL * size)
    )
    return [Candidate(*row) for row in session.execute(query)]


def spread(candidates: Sequence[Candidate], size: int, read_line: float) -> list[int]:
    """Items of candidates, one a cluster at most: first from the reading line up, then below; of every source and region in turn."""
    taken, ranked, clusters = defaultdict[tuple[bool, int, str | None], int](int), list[tuple[Any, ...]](), set[int]()
    for candidate in sorted(candidates, key=lambda own: (-own.probability, own.item_id)):
        if candidate.cluster_id in clusters:
            continue
        if candidate.cluster_id is not None:
            clusters.add(candidate.cluster_id)
        is_below = candidate.probability < read_line
        group = (is_below, candidate.source_id, candidate.region_code)
        ranked.append((is_below, taken[group], -candidate.probability, candidate.item_id))
        taken[group] += 1
    return [item_id for *_, item_id in sorted(ranked)[:size]]


def record_draws(session: Session, artifact: Artifact, choice: Choice, *, seed: int) -> list[Drawn]:
    """Write the draws with their flags and samples. What somebody flagged since it was chosen is left out."""
    chosen = {DrawPurpose.AUDIT: choice.audit, DrawPurpose.LEARNING: choice.learning}
    places = _draw_places(session, len(choice.audit) + len(choice.learning), seed=seed)
    made = [_record(session, artifact, choice, purpose, ids, places, seed) for purpose, ids in chosen.items() if ids]
    drawn = [own for own in made if own is not None]
    for own in drawn:  # Counts alone: a list of the flags would tell readers of the trail which ones are the sample.
        detail = {
            "artefak": artifact.name,
            "tujuan": own.purpose.value,
            "populasi": own.population,
            "benih": seed,
            "penanda": own.flags,
        }
        record_event(session, "undian.tarik", actor=ACTOR, subject=("audit_draw", own.id), detail=detail)
    return drawn


def _record(
    session: Session,
    artifact: Artifact,
    choice: Choice,
    purpose: DrawPurpose,
    item_ids: Sequence[int],
    places: list[float],
    seed: int,
) -> Drawn | None:
    rows = _lock_unflagged(session, artifact, item_ids)
    if not rows:
        return None
    draw = AuditDraw(purpose=purpose, artifact_id=artifact.id, population=choice.population, seed=seed)
    session.add(draw)
    session.flush()
    samples = list[AuditSample]()
    for item, version, prediction in rows:
        flag_id = insert_flag(session, item, version, prediction, reason=FlagReason.AUDIT, priority=places.pop())
        if flag_id is not None:
            own = AuditSample(
                draw_id=draw.id, flag_id=flag_id, item_version_id=version.id, probability=prediction.probability
            )
            samples.append(own)
    session.add_all(samples)
    session.flush()
    return Drawn(draw.id, purpose, choice.population, seed, len(samples))


def _unflagged(artifact: Artifact, columns: Select[Any]) -> Select[Any]:
    """Items whose current text the artifact put below its line and nobody flagged, in a language that it reads."""
    asked = exists().where(
        Flag.item_id == Item.id,
        or_(Flag.item_version_id == Item.current_version_id, Flag.state != FlagState.ASSESSED),
    )
    return (
        columns.select_from(Item)
        .join(Prediction, Prediction.item_version_id == Item.current_version_id)
        .where(
            Prediction.artifact_id == artifact.id,
            Prediction.probability < artifact.threshold,
            Prediction.label != FOREIGN_LABEL,
            ~asked,
        )
    )


def _lock_unflagged(session: Session, artifact: Artifact, item_ids: Sequence[int]) -> list[tuple[Item, ItemVersion, Prediction]]:
    """Chosen items that are still unflagged, held until the commit: scoring waits, or we do."""
    locked = select(Item.id).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update(key_share=True)
    held = list(session.scalars(locked))
    query = (
        _unflagged(artifact, select(Item, ItemVersion, Prediction))
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.id.in_(held))
        .order_by(Item.id)
    )
    return [(item, version, prediction) for item, version, prediction in session.execute(query)]


def _draw_places(session: Session, count: int, *, seed: int) -> list[float]:
    """Priorities as the open queue has them, so that nobody knows a drawn text by its place."""
    known = list(session.scalars(select(Flag.priority).where(Flag.state != FlagState.ASSESSED).order_by(Flag.id)))
    return np.random.default_rng(seed).choice(known or [MIDDLE], size=count).tolist()
