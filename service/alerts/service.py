"""Reading alerts: one page, one that was read, all that are on screen, and back."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import AlertRead, now, record_event
from service.accounts.actor import Actor
from service.alerts import repository
from service.alerts.repository import PAGE_SIZE, AlertRow
from service.errors import NotFound

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class AlertPage:
    rows: list[AlertRow]
    next_before: int | None


def read_page(session: Session, actor: Actor, *, unread_only: bool, before: int | None) -> AlertPage:
    rows = repository.list_alerts(session, actor, unread_only=unread_only, before=before)
    page = rows[:PAGE_SIZE]
    return AlertPage(page, page[-1].alert.id if len(rows) > len(page) else None)


def mark_read(session: Session, actor: Actor, alert_id: int) -> AlertRow:
    row = _get(session, actor, alert_id)
    repository.mark_read(session, actor, [alert_id], now())
    record_event(session, "peringatan.baca", actor=actor.username, actor_id=actor.id, subject=("alert", alert_id))
    return row


def mark_unread(session: Session, actor: Actor, alert_id: int) -> AlertRow:
    row = _get(session, actor, alert_id)
    session.execute(delete(AlertRead).where(AlertRead.alert_id == alert_id, AlertRead.user_id == actor.id))
    record_event(session, "peringatan.belum_baca", actor=actor.username, actor_id=actor.id, subject=("alert", alert_id))
    return row


def mark_all_read(session: Session, actor: Actor, *, up_to: int) -> int:
    """What was there when the page was made, and nothing that came since. Returns how many."""
    alert_ids = repository.list_unread_ids(session, actor, up_to=up_to, limit=MOST_AT_ONCE)
    done = repository.mark_read(session, actor, alert_ids, now())
    detail = {"sampai": up_to, "jumlah": len(done)}
    record_event(
        session, "peringatan.baca_semua", actor=actor.username, actor_id=actor.id, subject=("alert", None), detail=detail
    )
    return len(done)


def _get(session: Session, actor: Actor, alert_id: int) -> AlertRow:
    row = repository.get_row(session, actor, alert_id)
    if row is None:
        raise NotFound
    return row
