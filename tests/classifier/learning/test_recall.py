"""What a sample says of what is missed: against numbers worked out by hand, and against a world whose recall is known."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.learning.draw import choose_texts, record_draws
from classifier.learning.estimates import keep_estimates
from classifier.learning.recall import (
    Estimate,
    bound_share,
    count_more,
    describe,
    estimate_recall,
    pool,
    recall_width,
    share_width,
)
from models import Answer, Artifact, AuditDraw, AuditSample, Flag, FlagReason, FlagState, NoViolationReason, Outcome, now
from tests.classifier.learning.rows import judge, score_item, write_item
from tests.factories import make_artifact, make_flag, make_item, make_source


def make_estimate(*, population: int = 1000, read: int = 30, missed: int = 0, found: int = 40, known: int = 0) -> Estimate:
    return Estimate(
        population=population,
        drawn=read,
        read=read,
        missed=missed,
        undecided=0,
        found=found,
        known_missed=known,
        waiting=0,
        floor=missed,
        ceiling=population - (read - missed),
    )


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (0, 30, 0.0, 1 - 0.025 ** (1 / 30)),  # With no hit the bound has this closed form: 0.1157.
        (30, 30, 0.025 ** (1 / 30), 1.0),
        (1, 10, 1 - 0.975 ** (1 / 10), 0.4450),  # Clopper and Pearson's own table: 0.0025 to 0.445.
        (5, 10, 0.1871, 0.8129),
    ],
)
def test_share_is_bounded_as_in_the_tables(hits: int, count: int, low: float, high: float) -> None:
    share = bound_share(hits, count)
    assert share.value == hits / count
    assert (share.low, share.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_missed_and_recall_follow_from_the_share() -> None:
    """2 of 20 among 1,000: 100 missed. With 80 found and 20 known below the line recall is 80 / 200."""
    estimate = make_estimate(read=20, missed=2, found=80, known=20)
    low, high = estimate.share.low, estimate.share.high
    assert estimate.missed_texts == pytest.approx((100, 1000 * low, 1000 * high))
    assert estimate.recall == pytest.approx((0.4, 80 / (100 + 1000 * high), 80 / (100 + 1000 * low)))


def test_what_was_seen_bounds_the_estimate() -> None:
    whole = make_estimate(population=30, read=30, missed=3)
    assert whole.missed_texts == (3, 3, 3)
    assert make_estimate(population=32, read=30).missed_texts.high == 2


def test_recall_is_not_said_without_something_found_or_read() -> None:
    assert make_estimate(found=0, missed=1).recall is None
    assert make_estimate(read=0).recall is None


def test_draws_are_pooled_over_the_newest_population() -> None:
    pooled = pool([make_estimate(population=500, missed=1), make_estimate(read=20, missed=1, found=9, known=2)])
    assert (pooled.read, pooled.missed, pooled.population, pooled.found, pooled.known_missed) == (50, 2, 1000, 9, 2)
    assert pooled.missed_texts.value == 40


def test_reading_on_is_counted() -> None:
    """With no hit the width is 1 - 0.025 ** (1 / n): 0.0501 for 71 texts, 0.0499 for 72."""
    assert count_more(make_estimate(population=10_000), 0.05, share_width) == 72 - 30
    assert count_more(make_estimate(), 0.2, share_width) == 0
    assert count_more(make_estimate(population=31), 0.001, share_width) == 1
    assert count_more(make_estimate(population=10_000), 0.1, recall_width) > 1000


def test_sentences_are_plain() -> None:
    said = describe(make_estimate(), 0.05)
    assert said[0] == "0 of 30 missed: at most 11.6% with 95% confidence."
    assert said[1] == "Of 1,000 unflagged texts about 0 show an act (between 0 and 116)."
    assert said[2] == "Recall 100.0%, between 25.7% and 100.0% (40 found)."
    assert said[3].startswith("To know the missed share within 5% points, read 42 more")
    assert describe(make_estimate(read=0), 0.05) == [
        "None of the 0 drawn texts has an answer yet: nothing can be said before people read them."
    ]


def draw(session: Session, size: int, *, seed: int = 1) -> list[Flag]:
    artifact = make_artifact(session)
    choice = choose_texts(session, artifact, audit=size, learn=0, seed=seed)
    (drawn,) = record_draws(session, artifact, choice, seed=seed)
    query = select(Flag).join(AuditSample, AuditSample.flag_id == Flag.id).where(AuditSample.draw_id == drawn.id)
    return list(session.scalars(query.order_by(Flag.id)))


def test_only_finished_readings_count(session: Session) -> None:
    source = make_source(session)
    for _ in range(6):
        score_item(session, source, 0.1)
    missed, clean, unsure, second, undone, _unread = draw(session, 6)
    judge(session, missed, is_act=True)
    judge(session, clean, is_act=False)
    judge(session, unsure, is_act=False, outcome=Outcome.UNVERIFIABLE, no_violation_reason=None)
    judge(session, second, is_act=True)
    second.state = FlagState.SECOND
    first = judge(session, undone, is_act=True)
    judge(session, undone, is_act=False, outcome=Outcome.WITHDRAWN, no_violation_reason=None, undoes_id=first.id)
    undone.state = FlagState.OPEN
    (found,) = estimate_recall(session)
    estimate = found.draws[0].estimate
    assert (estimate.drawn, estimate.read, estimate.missed, estimate.undecided, estimate.pending) == (6, 2, 1, 1, 1)


@pytest.mark.parametrize("state", [FlagState.SECOND, FlagState.DISPUTED])
def test_nothing_is_said_while_a_reading_waits_for_another(session: Session, state: FlagState) -> None:
    """Signs wait and other answers do not: 28 of 28 that are finished show no act, and 2 of the 30 that were read do."""
    source, before = make_source(session), now() - timedelta(days=1)
    judge(session, make_flag(session, created_at=before), is_act=True)
    for _ in range(30):
        score_item(session, source, 0.1)
    flags = draw(session, 30)
    for flag in flags:
        judge(session, flag, is_act=flag in flags[:2])
    flags[0].state = flags[1].state = state
    found = estimate_recall(session)
    pooled, (said,) = found[0].pooled, describe(found[0].pooled, 0.1)
    assert (pooled.read, pooled.pending, pooled.recall, keep_estimates(session, found, now().date())) == (28, 2, None, [])
    assert said.startswith("2 of the 30 drawn texts were read once and wait for a second reading or a last word")
    flags[0].state = flags[1].state = FlagState.ASSESSED
    assert estimate_recall(session)[0].pooled.share.value == 2 / 30


def test_what_lies_still_on_request_holds_nothing_up(session: Session) -> None:
    score_item(session, make_source(session), 0.1)
    (flag,) = draw(session, 1)
    judge(session, flag, is_act=True)
    flag.state = FlagState.RESTRICTED
    pooled = estimate_recall(session)[0].pooled
    assert (pooled.read, pooled.pending) == (0, 0)


def test_newest_reading_decides(session: Session) -> None:
    score_item(session, make_source(session), 0.1)
    (flag,) = draw(session, 1)
    judge(session, flag, is_act=True)
    judge(session, flag, is_act=False, is_second=True)
    assert estimate_recall(session)[0].pooled.missed == 0


def test_changed_text_says_nothing_of_the_sample(session: Session) -> None:
    score_item(session, make_source(session), 0.1)
    (flag,) = draw(session, 1)
    other = make_item(session).current_version_id
    judge(session, flag, is_act=True, item_version_id=other)
    pooled = estimate_recall(session)[0].pooled
    assert (pooled.read, pooled.undecided) == (0, 1)


def test_found_and_known_missed_come_from_the_artifacts_own_probability(session: Session) -> None:
    source, before = make_source(session), now() - timedelta(days=1)
    score_item(session, source, 0.1)
    judge(session, make_flag(session, write_item(session), probability=0.9, created_at=before), is_act=True)
    judge(session, make_flag(session, write_item(session), probability=0.8, created_at=before), is_act=False)
    judge(
        session, make_flag(session, write_item(session), probability=0.2, reason=FlagReason.TIP, created_at=before), is_act=True
    )
    make_flag(session, write_item(session), probability=0.7, created_at=before)
    draw(session, 1)
    judge(session, make_flag(session, write_item(session), probability=0.9, created_at=now() + timedelta(days=1)), is_act=True)
    pooled = estimate_recall(session)[0].pooled
    assert (pooled.found, pooled.known_missed, pooled.waiting) == (1, 1, 1)


def test_answers_to_content_and_person_are_enough(session: Session) -> None:
    score_item(session, make_source(session), 0.1)
    (flag,) = draw(session, 1)
    answers = {"content_partisan": Answer.YES, "person_asn": Answer.YES}
    judge(session, flag, is_act=False, outcome=Outcome.OUT_OF_AREA, no_violation_reason=None, **answers)
    assert estimate_recall(session)[0].pooled.missed == 1


def test_no_draw_gives_no_artifact_and_an_empty_draw_no_number(session: Session) -> None:
    assert estimate_recall(session) == []
    session.add(AuditDraw(purpose="audit", artifact_id=make_artifact(session).id, population=9, seed=1))
    session.flush()
    pooled = estimate_recall(session)[0].pooled
    assert (pooled.drawn, pooled.read, pooled.recall) == (0, 0, None)


def test_interval_covers_the_true_recall_of_a_simulated_world() -> None:
    """400 unflagged texts with 40 acts and 60 found: recall is 0.6. Of 20 draws of 60 at most three may fail to cover it.

    Nineteen are expected to cover it; four or more failures would happen once in 60 runs by chance, and the seed is fixed.
    """
    world = np.random.default_rng(5)
    covered = 0
    for _ in range(20):
        missed = int(world.hypergeometric(40, 360, 60))
        recall = make_estimate(population=400, read=60, missed=missed, found=60).recall
        assert recall is not None
        covered += recall.low <= 0.6 <= recall.high
    assert covered >= 17


def test_drawn_and_read_world_tells_its_recall(session: Session) -> None:
    """120 texts below the line of which every sixth shows an act, 30 found above it: recall is 30 / 50."""
    source, before = make_source(session), now() - timedelta(days=1)
    unflagged = [score_item(session, source, 0.1).id for _ in range(120)]
    acts = set(unflagged[::6])
    for _ in range(30):
        judge(session, make_flag(session, write_item(session, source=source), created_at=before), is_act=True)
    for seed in (1, 2):
        for flag in draw(session, 25, seed=seed):
            judge(session, flag, is_act=flag.item_id in acts)
    (found,) = estimate_recall(session)
    first, second = (own.estimate for own in found.draws)
    assert (first.population, second.population, second.known_missed) == (120, 95, first.missed)
    assert found.pooled.recall is not None
    assert found.pooled.recall.low <= 0.6 <= found.pooled.recall.high
    assert first.recall is not None
    assert found.pooled.recall.width < first.recall.width


def test_each_artifact_has_its_own_estimate(session: Session) -> None:
    score_item(session, make_source(session), 0.1)
    draw(session, 1)
    other = Artifact(name="uji-0", sha256="1" * 64, threshold=0.5)
    session.add(other)
    session.flush()
    session.add(AuditDraw(purpose="belajar", artifact_id=other.id, population=9, seed=1))
    session.flush()
    assert [own.name for own in estimate_recall(session)] == ["uji-1"]


def read_again(session: Session, flag: Flag, **values: Any) -> None:
    """As an objection has it read: by a flag of its own, after the first one was finished."""
    names = ("item_id", "item_version_id", "priority", "discovered_at", "due_on")
    other = Flag(reason=FlagReason.OBJECTION, **{name: getattr(flag, name) for name in names})
    session.add(other)
    session.flush()
    judge(session, other, **values)


@pytest.mark.parametrize("reason", [NoViolationReason.APPEAL, NoViolationReason.OLD])
def test_an_overruled_decision_is_neither_found_nor_missed(session: Session, reason: NoViolationReason) -> None:
    """What is old news was confirmed all the same, and nothing counts twice."""
    before = now() - timedelta(days=1)
    score_item(session, make_source(session), 0.1)
    confirmed = make_flag(session, write_item(session), probability=0.9, created_at=before)
    judge(session, confirmed, is_act=True)
    (drawn,) = draw(session, 1)
    judge(session, drawn, is_act=True)
    for flag in (confirmed, drawn):
        read_again(session, flag, is_act=False, no_violation_reason=reason)
    pooled = estimate_recall(session)[0].pooled
    assert (pooled.found, pooled.missed, pooled.read) == ((0, 0, 1) if reason is NoViolationReason.APPEAL else (1, 1, 1))


def test_a_text_that_was_confirmed_twice_is_found_once(session: Session) -> None:
    score_item(session, make_source(session), 0.1)
    confirmed = make_flag(session, write_item(session), probability=0.9, created_at=now() - timedelta(days=1))
    judge(session, confirmed, is_act=True)
    draw(session, 1)
    read_again(session, confirmed, is_act=True)
    assert estimate_recall(session)[0].pooled.found == 1


def test_a_newer_decision_on_the_same_words_holds_for_each_version_of_them(session: Session) -> None:
    before = now() - timedelta(days=1)
    score_item(session, make_source(session), 0.1)
    copies = [make_flag(session, make_item(session, title=title), created_at=before) for title in ("Satu", "Dua")]
    for flag, is_act in zip(copies, (True, False), strict=True):
        judge(session, flag, is_act=is_act)
    draw(session, 1)
    assert estimate_recall(session)[0].pooled.found == 0
    other = make_flag(session, make_item(session, author_name="akun.lain"), created_at=before)
    judge(session, other, is_act=True)
    assert estimate_recall(session)[0].pooled.found == 1
    read_again(session, copies[0], is_act=True)
    assert estimate_recall(session)[0].pooled.found == 3
