"""Where a person's digest goes, and how often. Whoever is told chooses; the page and the mail both lead to the way out."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import AlertSubscription, Cadence, now, record_event
from service.accounts.actor import Actor
from service.alerts import repository
from service.errors import InvalidInput

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])\.[A-Za-z]{2,24}")
LONGEST_ADDRESS = 254
DAILY_HOUR = 7
ZONE = ZoneInfo("Asia/Jakarta")


def get_subscription(session: Session, actor: Actor) -> AlertSubscription:
    """The stored one, or one that is off."""
    stored = session.get(AlertSubscription, actor.id)
    return stored or AlertSubscription(user_id=actor.id, email="", cadence=Cadence.OFF, problem="", failures=0)


def subscribe(session: Session, actor: Actor, email: str, cadence: Cadence) -> AlertSubscription:
    """Send digests from now on: the first one names what comes after this moment. `mati` ends them and forgets the address."""
    email = email.strip()
    if cadence is not Cadence.OFF and (len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email)):
        raise InvalidInput("peringatan_surel")
    stored = session.get(AlertSubscription, actor.id)
    if stored is None:
        stored = AlertSubscription(user_id=actor.id, last_alert_id=repository.newest_id(session))
        session.add(stored)
    elif stored.cadence is Cadence.OFF:
        stored.last_alert_id = repository.newest_id(session)
    is_on = cadence is not Cadence.OFF
    stored.email, stored.cadence, stored.failures, stored.problem = email if is_on else "", cadence, 0, ""
    stored.next_at = next_sending(cadence, now()) if is_on else None
    session.flush()
    detail = {"irama": cadence.value}
    record_event(
        session, "langganan.ubah", actor=actor.username, actor_id=actor.id, subject=("subscription", actor.id), detail=detail
    )
    return stored


def next_sending(cadence: Cadence, at: datetime) -> datetime:
    """The next full hour, or the next morning at seven in Jakarta."""
    local = at.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    if cadence is Cadence.HOURLY:
        return local + timedelta(hours=1)
    morning = local.replace(hour=DAILY_HOUR)
    return morning if morning > at else morning + timedelta(days=1)
