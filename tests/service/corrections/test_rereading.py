"""What is read again after a draw: its place in the queue tells nothing, and it is read as it was drawn."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditDraw, AuditSample, CorrectionAsk, DrawPurpose, Flag, FlagReason, Item, ItemVersion, Prediction
from models.queue.raising import Borrowed, raise_flag
from service.accounts.by import By
from service.corrections import deeds
from service.corrections.errors import DeedStands, DrawnAsItWas
from tests.factories import make_artifact, make_item
from tests.service.corrections.conftest import Office

PLACE = Borrowed(score=0.83, severity="sedang", novelty=0.5)


def draw(session: Session) -> Flag:
    """A text with a low number at the place of another flag."""
    artifact, item = make_artifact(session), make_item(session, region_code="33")
    version = session.get_one(ItemVersion, item.current_version_id)
    values = {"probability": 0.07, "label": "bukan", "evidence": []}
    prediction = Prediction(item_version_id=version.id, artifact_id=artifact.id, **values)
    drawn = AuditDraw(purpose=DrawPurpose.AUDIT, artifact_id=artifact.id, population=9, seed=1)
    session.add_all([prediction, drawn])
    session.flush()
    flag_id = raise_flag(session, item, version, prediction, reason=FlagReason.AUDIT, borrowed=PLACE)
    session.add(AuditSample(draw_id=drawn.id, flag_id=flag_id, item_version_id=version.id, probability=0.07))
    session.flush()
    return session.get_one(Flag, flag_id)


def place_of(flag: Flag) -> tuple[object, ...]:
    return flag.reason, flag.score, flag.severity, flag.novelty, flag.priority


def add_version(session: Session, item: Item) -> None:
    values = {"title": "Ralat", "text": "Ralat: sekretaris.", "text_sha256": "0" * 64, "language": "id", "method": "uji"}
    version = ItemVersion(item_id=item.id, number=2, **values)
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    session.flush()


@pytest.mark.parametrize("is_old", [False, True])
def test_a_drawn_flag_goes_back_to_a_place_that_tells_nothing(office: Office, is_old: bool) -> None:
    flag, one = draw(office.session), office.request(CorrectionAsk.OBJECT)
    before = place_of(flag)
    deed = deeds.reread(office.session, office.actor, one, office.target("penanda", flag.id))
    assert (flag.reason, flag.prediction_id, flag.score) == (FlagReason.OBJECTION, None, 0.7)
    if is_old:  # A row that does not tell what was borrowed.
        deed.before = {name: deed.before[name] for name in ("versi", "prakiraan", "sebab")}
        before = (FlagReason.AUDIT, *place_of(flag)[1:])
    deeds.undo(office.session, By.of(office.actor), one, deed.id)
    assert place_of(flag) == before
    assert flag.score != 0.07


@pytest.mark.parametrize("is_objected", [False, True])
def test_a_drawn_text_is_read_in_the_version_that_was_drawn(office: Office, is_objected: bool) -> None:
    flag, one = draw(office.session), office.request(CorrectionAsk.OBJECT)
    if is_objected:
        deeds.reread(office.session, office.actor, one, office.target("penanda", flag.id))
    before, version_id = place_of(flag), flag.item_version_id
    add_version(office.session, office.session.get_one(Item, flag.item_id))
    with pytest.raises(DrawnAsItWas):
        deeds.show_newest(office.session, office.actor, one, office.target("penanda", flag.id))
    assert (place_of(flag), flag.item_version_id) == (before, version_id)
    assert office.session.scalars(select(AuditSample.item_version_id)).all() == [version_id]


def test_deeds_on_one_flag_go_back_the_newest_first(office: Office) -> None:
    flag, one, other = office.flag, office.request(), office.request(CorrectionAsk.OBJECT)
    before = (flag.reason, flag.item_version_id, flag.prediction_id)
    add_version(office.session, office.item)
    newer = deeds.show_newest(office.session, office.actor, one, office.target())
    objected = deeds.reread(office.session, office.actor, other, office.target())
    with pytest.raises(DeedStands):
        deeds.undo(office.session, By.of(office.actor), one, newer.id)
    assert (flag.reason, flag.prediction_id) == (FlagReason.OBJECTION, None)
    deeds.undo(office.session, By.of(office.actor), other, objected.id)
    deeds.undo(office.session, By.of(office.actor), one, newer.id)
    assert (flag.reason, flag.item_version_id, flag.prediction_id) == before
