"""Scored texts and judged flags, as the learning loop finds them."""

from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Item, NoViolationReason, Outcome, Prediction, Source, User, now
from tests.factories import PARTISAN, make_artifact, make_item, make_user

_numbers = count(1)


def write_item(session: Session, **values: Any) -> Item:
    """An item with words of its own: of the same words the newest decision holds, whatever item they came with."""
    return make_item(session, **({"text": f"{PARTISAN} Butir {next(_numbers)}."} | values))


def score_item(session: Session, source: Source, probability: float, *, label: str = "lain", **values: Any) -> Item:
    """An item with a prediction of the live artifact and no flag."""
    item = write_item(session, source=source, **values)
    assert item.current_version_id is not None
    prediction = Prediction(
        item_version_id=item.current_version_id,
        artifact_id=make_artifact(session).id,
        probability=probability,
        label=label,
    )
    session.add(prediction)
    session.flush()
    return item


def judge(session: Session, flag: Flag, *, is_act: bool, **values: Any) -> Assessment:
    """A finished reading of a flag."""
    flag.state, flag.assessed_at = FlagState.ASSESSED, now()
    answer: dict[str, Any] = (
        {"outcome": Outcome.INDICATION, "act": "kegiatan_berpihak"}
        if is_act
        else {"outcome": Outcome.NO_VIOLATION, "no_violation_reason": NoViolationReason.APPEAL}
    )
    user = session.scalars(select(User)).first() or make_user(session)
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": user.id}
    assessment = Assessment(**(about | answer | values))
    session.add(assessment)
    session.flush()
    return assessment
