"""Estimates are kept as they were said, once a day and figure, and nobody edits them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from classifier.learning.estimates import keep_estimates
from classifier.learning.recall import ArtifactRecall, Estimate
from models import AuditEvent, RecallEstimate, RecallMethod
from tests.factories import make_artifact

DAY = date(2024, 11, 4)
POOLED = Estimate(
    population=1_000, drawn=32, read=30, missed=1, undecided=2, found=50, known_missed=3, waiting=7, floor=1, ceiling=971
)


def recall_of(session: Session, pooled: Estimate = POOLED) -> list[ArtifactRecall]:
    return [ArtifactRecall(make_artifact(session).name, 0.5, [], pooled)]


def test_an_estimate_is_kept_with_its_interval_method_and_population(session: Session) -> None:
    row = keep_estimates(session, recall_of(session), DAY)[0]
    assert POOLED.recall is not None
    assert (row.recall, row.recall_low, row.recall_high) == tuple(POOLED.recall)
    assert (row.share, row.population, row.on_day, row.method) == (1 / 30, 1_000, DAY, RecallMethod.POOLED_DRAWS)
    assert session.scalar(select(func.count()).where(AuditEvent.action == "taksiran.catat")) == 1


def test_the_same_figures_of_a_day_stand_once_and_a_new_reading_adds_a_row(session: Session) -> None:
    kept = [len(keep_estimates(session, recall_of(session), DAY)) for _ in range(2)]
    kept.append(len(keep_estimates(session, recall_of(session, replace(POOLED, read=31)), DAY)))
    kept.append(len(keep_estimates(session, recall_of(session, replace(POOLED, read=31)), date(2024, 11, 11))))
    assert kept == [1, 0, 1, 1]


def test_without_a_reading_or_a_find_nothing_is_made_up(session: Session) -> None:
    assert keep_estimates(session, recall_of(session, replace(POOLED, read=0, missed=0)), DAY) == []
    assert keep_estimates(session, recall_of(session, replace(POOLED, found=0)), DAY)[0].recall is None


def test_what_was_said_is_not_edited(session: Session) -> None:
    keep_estimates(session, recall_of(session), DAY)
    with pytest.raises(DatabaseError):
        session.execute(update(RecallEstimate).values(recall=1.0))
