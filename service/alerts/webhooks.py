"""Webhooks: who is told, by which secret, and how the last deliveries went."""

import base64
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import DeliveryState, User, Webhook, WebhookDelivery, now, record_event
from service.accounts.actor import Actor
from service.alerts import repository
from service.alerts.posting import judge_url
from service.errors import InvalidInput, NotFound
from service.sealing import Keys

MOST_WEBHOOKS = 10
LONGEST_NAME = 80
SHOWN_DELIVERIES = 10
PURPOSE = "webhook"
PREFIX = "whsec_"
SECRET_BYTES = 24


@dataclass(frozen=True)
class WebhookRow:
    webhook: Webhook
    owner: User
    deliveries: list[WebhookDelivery]
    """The newest first."""
    waiting: int
    dead: int


def list_webhooks(session: Session, actor: Actor) -> list[WebhookRow]:
    """A person's own: a webhook sees what its owner sees, so it is nobody else's."""
    query = select(Webhook, User).join(User, User.id == Webhook.owner_id)
    query = query.where(Webhook.owner_id == actor.id, Webhook.ended_at.is_(None)).order_by(Webhook.id)
    return [_row(session, webhook, owner) for webhook, owner in session.execute(query)]


def add_webhook(session: Session, actor: Actor, keys: Keys, name: str, url: str, *, allows_private: bool) -> tuple[Webhook, str]:
    """The webhook, and its secret in clear: it is shown once."""
    name, url = " ".join(name.replace("\0", "").split()), url.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("pencarian_nama")
    if problem := judge_url(url, allows_private=allows_private):
        raise InvalidInput(problem)
    own = select(func.count()).select_from(Webhook).where(Webhook.owner_id == actor.id, Webhook.ended_at.is_(None))
    if (session.scalar(own) or 0) >= MOST_WEBHOOKS:
        raise InvalidInput("webhook_banyak")
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    webhook = Webhook(
        owner_id=actor.id,
        name=name,
        url=url,
        secret_sealed=keys.seal(PURPOSE, secret),
        last_alert_id=repository.newest_id(session),
    )
    session.add(webhook)
    session.flush()
    detail = {"nama": name, "alamat": url}
    record_event(
        session, "webhook.tambah", actor=actor.username, actor_id=actor.id, subject=("webhook", webhook.id), detail=detail
    )
    return webhook, secret


def end_webhook(session: Session, actor: Actor, webhook_id: int) -> None:
    """Nothing goes there any more; what was waiting is given up."""
    webhook = _get(session, actor, webhook_id)
    webhook.ended_at = now()
    session.flush()
    record_event(session, "webhook.hapus", actor=actor.username, actor_id=actor.id, subject=("webhook", webhook.id))


def queue_test(session: Session, actor: Actor, webhook_id: int) -> WebhookDelivery:
    """A delivery without an alert. The next `netra alerts run` sends it: no page of ours waits for another machine."""
    webhook = _get(session, actor, webhook_id)
    delivery = WebhookDelivery(webhook_id=webhook.id, message_id=new_message_id(), next_at=now())
    session.add(delivery)
    session.flush()
    record_event(session, "webhook.uji", actor=actor.username, actor_id=actor.id, subject=("webhook", webhook.id))
    return delivery


def new_message_id() -> str:
    return f"msg_{secrets.token_hex(12)}"


def _row(session: Session, webhook: Webhook, owner: User) -> WebhookRow:
    own = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    newest = list(session.scalars(own.order_by(WebhookDelivery.id.desc()).limit(SHOWN_DELIVERIES)))
    counts = select(WebhookDelivery.state, func.count()).where(WebhookDelivery.webhook_id == webhook.id)
    by_state = {row[0]: row[1] for row in session.execute(counts.group_by(WebhookDelivery.state))}
    return WebhookRow(webhook, owner, newest, by_state.get(DeliveryState.WAITING, 0), by_state.get(DeliveryState.DEAD, 0))


def _get(session: Session, actor: Actor, webhook_id: int) -> Webhook:
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.owner_id == actor.id, Webhook.ended_at.is_(None))
    webhook = session.scalar(query)
    if webhook is None:
        raise NotFound
    return webhook
