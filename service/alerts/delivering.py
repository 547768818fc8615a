"""Alerts on their way to webhooks: at least once, signed, tried again more and more seldom, given up with a reason."""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from models import Alert, DeliveryState, User, Webhook, WebhookDelivery, now, record_event
from models.settings import Settings
from service.accounts.service import load_actor
from service.alerts import repository
from service.alerts.detecting import ACTOR
from service.alerts.digest import own_address
from service.alerts.posting import NotPosted
from service.alerts.repository import AlertRow
from service.alerts.saying import path_of, say
from service.alerts.signing import secrets_of, send_signed
from service.alerts.visibility import visible_to
from service.alerts.webhooks import new_message_id
from service.language import Language
from service.sealing import Keys

BACK_OFF_MINUTES = (1, 5, 30, 120, 300, 600)
"""After each failure; after the last one it is dead, 17 hours on."""
CLAIM_MINUTES = 5
MOST_QUEUED = 200
PASS_SECONDS = 120
GONE = 410
OK = range(200, 300)
UNREADABLE = "its secret cannot be read: NETRA_SECRET_KEY has changed; change the secret of the webhook"


def queue_deliveries(sessions: sessionmaker[Session]) -> int:
    """One delivery for each alert that a webhook's owner may see; returns how many are new."""
    with sessions.begin() as session:
        query = select(Webhook, User).join(User, User.id == Webhook.owner_id).where(Webhook.ended_at.is_(None), User.is_active)
        return sum(_queue_for(session, webhook, user) for webhook, user in session.execute(query.order_by(Webhook.id)).all())


def deliver_due(sessions: sessionmaker[Session], settings: Settings) -> dict[DeliveryState, int]:
    """Send what is due, for two minutes at most. A receiver that fails is asked no more in this pass."""
    keys, failed, done = Keys.of(settings), set[int](), dict[DeliveryState, int]()
    ends = time.monotonic() + PASS_SECONDS
    while time.monotonic() < ends:
        with sessions.begin() as session:
            claimed = _claim(session, now(), failed)
        if claimed is None:
            break
        delivery, webhook = claimed
        status, reason = _send(sessions, settings, keys, delivery, webhook)
        with sessions.begin() as session:
            state = settle(session, delivery.id, status, reason, now())
        if state is not DeliveryState.SENT:
            failed.add(webhook.id)
        done[state] = done.get(state, 0) + 1
    return done


def send_test(sessions: sessionmaker[Session], settings: Settings, webhook_id: int) -> str | None:
    """A test, sent at once: what went wrong, empty where it arrived, None where there is no such webhook."""
    with sessions() as session:
        webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.ended_at is not None:
        return None
    secrets = secrets_of(Keys.of(settings), webhook, now())
    if not secrets:
        return UNREADABLE
    try:
        status = send_signed(settings, webhook.url, secrets, new_message_id(), say_as_json(settings, None))
    except NotPosted as error:
        return str(error)
    return "" if status in OK else f"answered {status}"


def say_as_json(settings: Settings, row: AlertRow | None) -> dict[str, Any]:
    """What is told. `data` of a test is empty."""
    if row is None:
        return {"type": "netra.test", "timestamp": now().isoformat(timespec="seconds"), "data": {}}
    alert = row.alert
    data = {
        "id": alert.id,
        "kind": alert.kind.value,
        "region_code": alert.region_code,
        "message": say(Language("id"), row, is_for_mail=True),
        "detail": alert.detail,
        "flag_id": alert.flag_id,
        "source": row.source.slug if row.source else None,
        "url": own_address(settings) + path_of(row),
    }
    return {"type": f"netra.{alert.kind.value}", "timestamp": alert.created_at.isoformat(timespec="seconds"), "data": data}


def settle(session: Session, delivery_id: int, status: int | None, reason: str, at: datetime) -> DeliveryState:
    """Write down how it went, and when it is tried again."""
    delivery = session.get_one(WebhookDelivery, delivery_id)
    delivery.status, delivery.reason = status, reason[:300]
    if status in OK:
        delivery.state, delivery.sent_at, delivery.next_at = DeliveryState.SENT, at, None
    elif status == GONE or delivery.attempts > len(BACK_OFF_MINUTES):
        delivery.state, delivery.next_at = DeliveryState.DEAD, None
        detail = {"pengantaran": delivery.id, "sebab": delivery.reason}
        session.flush()
        record_event(session, "webhook.menyerah", actor=ACTOR, subject=("webhook", delivery.webhook_id), detail=detail)
    else:
        delivery.next_at = at + timedelta(minutes=BACK_OFF_MINUTES[delivery.attempts - 1])
    return delivery.state


def _queue_for(session: Session, webhook: Webhook, user: User) -> int:
    actor = load_actor(session, user)
    visible = select(Alert.id).where(Alert.id > webhook.last_alert_id, visible_to(actor))
    alert_ids = list(session.scalars(visible.order_by(Alert.id).limit(MOST_QUEUED)))
    if not alert_ids:
        return 0
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "webhook_id": webhook.id,
            "alert_id": alert_id,
            "message_id": new_message_id(),
            "state": DeliveryState.WAITING,
            "attempts": 0,
            "reason": "",
            "next_at": now(),
            "created_at": now(),
        }
        for alert_id in alert_ids
    ]
    made = session.scalars(insert(WebhookDelivery).values(rows).on_conflict_do_nothing().returning(WebhookDelivery.id)).all()
    session.execute(update(Webhook).where(Webhook.id == webhook.id).values(last_alert_id=alert_ids[-1]))
    return len(made)


def _claim(session: Session, at: datetime, failed: set[int]) -> tuple[WebhookDelivery, Webhook] | None:
    """The next one that is due, held for some minutes: whoever dies with it leaves it to the next run. What belongs to a
    disabled person waits until they may come in again."""
    due = (
        select(WebhookDelivery.id)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .join(User, User.id == Webhook.owner_id)
        .where(WebhookDelivery.state == DeliveryState.WAITING, WebhookDelivery.next_at <= at)
        .where(Webhook.ended_at.is_(None), User.is_active, Webhook.id.not_in(failed))
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
    )
    delivery_id = session.scalar(due)
    if delivery_id is None:
        return None
    delivery = session.get_one(WebhookDelivery, delivery_id)
    delivery.attempts += 1
    delivery.next_at = at + timedelta(minutes=CLAIM_MINUTES)
    session.flush()
    return delivery, session.get_one(Webhook, delivery.webhook_id)


def _send(
    sessions: sessionmaker[Session], settings: Settings, keys: Keys, delivery: WebhookDelivery, webhook: Webhook
) -> tuple[int | None, str]:
    secrets = secrets_of(keys, webhook, now())
    if not secrets:
        return None, UNREADABLE
    with sessions() as session:
        row = _row_of(session, delivery, webhook)
    if delivery.alert_id is not None and row is None:
        return GONE, "the owner may not see it any more"
    try:
        status = send_signed(settings, webhook.url, secrets, delivery.message_id, say_as_json(settings, row))
    except NotPosted as error:
        return None, str(error)
    return status, "" if status in OK else f"answered {status}"


def _row_of(session: Session, delivery: WebhookDelivery, webhook: Webhook) -> AlertRow | None:
    """The alert as the owner may see it now: rights that were taken away meanwhile count."""
    if delivery.alert_id is None:
        return None
    actor = load_actor(session, session.get_one(User, webhook.owner_id))
    return repository.get_row(session, actor, delivery.alert_id)
