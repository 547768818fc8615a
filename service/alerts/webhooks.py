"""Webhooks: who is told, by which secret, and how the last deliveries went."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import DeliveryState, User, Webhook, WebhookDelivery, now, record_event
from service.accounts.actor import Actor
from service.alerts import repository
from service.alerts.posting import judge_url
from service.errors import Conflict, InvalidInput, NotFound
from service.sealing import Keys

MOST_WEBHOOKS = 10
LONGEST_NAME = 80
SHOWN_DELIVERIES = 10
SHOWN_DEAD = 20
MOST_AGAIN = 500
FORMER_HOURS = 24
"""How long a former secret still signs beside the new one."""
PURPOSE = "webhook"
SYSTEM = "sistem:peringatan"
PREFIX = "whsec_"
SECRET_BYTES = 24


@dataclass(frozen=True)
class WebhookRow:
    webhook: Webhook
    owner: User
    deliveries: list[WebhookDelivery]
    """The newest first: the last ones, and the last ones that were given up."""
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
    secret = _new_secret()
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


def change_secret(session: Session, actor: Actor, keys: Keys, webhook_id: int) -> str:
    """A new secret, in clear: it is shown once. For a day both sign, the former and the new one, and no delivery is lost.

    Asked for twice within that day, the first secret is gone at once: so one that leaked is got rid of.
    """
    webhook, secret = _get(session, actor, webhook_id), _new_secret()
    webhook.former_secret_sealed, webhook.secret_sealed = webhook.secret_sealed, keys.seal(PURPOSE, secret)
    webhook.former_until = until = now() + timedelta(hours=FORMER_HOURS)
    session.flush()
    detail = {"yang_lama_sampai": until.isoformat(timespec="seconds")}
    record_event(
        session,
        "webhook.ganti_rahasia",
        actor=actor.username,
        actor_id=actor.id,
        subject=("webhook", webhook.id),
        detail=detail,
    )
    return secret


def forget_former_secrets(session: Session, at: datetime) -> int:
    """Delete secrets that sign no more; returns how many."""
    passed = update(Webhook).where(Webhook.former_until <= at).values(former_secret_sealed=None, former_until=None)
    count = len(session.scalars(passed.returning(Webhook.id)).all())
    if count:
        detail = {"jumlah": count}
        record_event(session, "webhook.rahasia_lama_hapus", actor=SYSTEM, subject=("webhook", None), detail=detail)
    return count


def send_again(session: Session, actor: Actor, webhook_id: int, delivery_id: int | None = None) -> int:
    """Queue what was given up anew, all of it or one delivery, under the ids that it had. Returns how many."""
    webhook = _get(session, actor, webhook_id)
    dead = select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == webhook.id)
    dead = dead.where(WebhookDelivery.state == DeliveryState.DEAD)
    if delivery_id is not None:
        dead = dead.where(WebhookDelivery.id == delivery_id)
    again = update(WebhookDelivery).where(WebhookDelivery.id.in_(dead.order_by(WebhookDelivery.id).limit(MOST_AGAIN)))
    again = again.values(state=DeliveryState.WAITING, attempts=0, next_at=now()).returning(WebhookDelivery.id)
    queued = sorted(session.scalars(again, execution_options={"synchronize_session": False}))
    if not queued:
        raise Conflict
    record_event(
        session,
        "webhook.kirim_lagi",
        actor=actor.username,
        actor_id=actor.id,
        subject=("webhook", webhook.id),
        detail={"pengantaran": queued},
    )
    return len(queued)


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


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _row(session: Session, webhook: Webhook, owner: User) -> WebhookRow:
    own = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    last_first = own.order_by(WebhookDelivery.id.desc())
    dead = last_first.where(WebhookDelivery.state == DeliveryState.DEAD).limit(SHOWN_DEAD)
    found = {one.id: one for query in (last_first.limit(SHOWN_DELIVERIES), dead) for one in session.scalars(query)}
    newest = [found[number] for number in sorted(found, reverse=True)]
    counts = select(WebhookDelivery.state, func.count()).where(WebhookDelivery.webhook_id == webhook.id)
    by_state = {row[0]: row[1] for row in session.execute(counts.group_by(WebhookDelivery.state))}
    return WebhookRow(webhook, owner, newest, by_state.get(DeliveryState.WAITING, 0), by_state.get(DeliveryState.DEAD, 0))


def _get(session: Session, actor: Actor, webhook_id: int) -> Webhook:
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.owner_id == actor.id, Webhook.ended_at.is_(None))
    webhook = session.scalar(query)
    if webhook is None:
        raise NotFound
    return webhook
