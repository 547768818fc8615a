"""The promise to who asks for a correction is kept by the pass that runs everywhere, without a timer of retention."""

from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, Correction, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.retention.rules import load_rules
from service.alerts.passes import run_pass
from service.corrections.forgetting import CONTACT_KEPT
from tests.service.corrections.desk import make_correction


def test_a_pass_deletes_contacts_thirty_days_after_the_answer_and_says_how_many(
    engine: Engine, session: Session, settings: Settings
) -> None:
    at = now()
    for answered_at in (at - timedelta(days=31), at - timedelta(days=29), None):
        make_correction(session, contact_sealed="tersegel", answered_at=answered_at)
    session.commit()
    for _ in range(2):
        run_pass(make_session(engine), settings, at=at)
    with make_reading_session(engine)() as reading:
        assert list(reading.scalars(select(Correction.contact_sealed).order_by(Correction.id))) == [None, "tersegel", "tersegel"]
        told = reading.scalars(select(AuditEvent.detail).where(AuditEvent.action == "koreksi.lupa")).all()
    assert told == [{"jumlah": 1}]


def test_retention_means_the_same_days() -> None:
    assert CONTACT_KEPT.days == next(rule.days for rule in load_rules({}) if rule.slug == "kontak_koreksi")
