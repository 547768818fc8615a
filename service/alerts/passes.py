"""One pass: find, tell webhooks, send digests, forget what is past its time. Two at once do nothing twice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from models import AlertKind, AlertSubscription, Cadence, DeliveryState, User, now, record_event
from models.answered import forget_answers
from models.settings import Settings
from service.accounts.limits import forget_failures
from service.accounts.service import load_actor
from service.alerts import repository
from service.alerts.delivering import deliver_due, queue_deliveries
from service.alerts.detecting import ACTOR, Limits, detect
from service.alerts.digest import MOST_LINES, make_digest, own_address
from service.alerts.mail import MailRefused, send_mail
from service.alerts.repository import AlertRow
from service.alerts.subscriptions import next_sending
from service.alerts.unsubscribing import make_link
from service.alerts.webhooks import forget_former_secrets
from service.corrections import forgetting
from service.sealing import Keys
from service.tips.sending import forget

CLAIM_MINUTES = 5
MAIL_SECONDS = 600
"""After which a pass begins no mail: a server that swallows all takes its timeout for each, and whoever is left comes first in
the next pass."""
MOST_FAILURES = 10
"""In a row; then the subscription is off, and its page says why."""
BACK_OFF_MINUTES = 15


@dataclass
class PassReport:
    """What one pass did."""

    found: dict[AlertKind, int] = field(default_factory=dict[AlertKind, int])
    queued: int = 0
    deliveries: dict[DeliveryState, int] = field(default_factory=dict[DeliveryState, int])
    mails: int = 0
    problems: list[str] = field(default_factory=list[str])


def run_pass(sessions: sessionmaker[Session], settings: Settings, *, at: datetime | None = None) -> PassReport:
    moment = at or now()
    limits = Limits(settings.alerts_cluster_outlets, settings.alerts_deadline_days)
    report = PassReport(found=detect(sessions, moment, limits))
    report.queued = queue_deliveries(sessions)
    report.deliveries = deliver_due(sessions, settings)
    if failed := sum(count for state, count in report.deliveries.items() if state is not DeliveryState.SENT):
        report.problems.append(f"{failed} webhook deliveries failed; /peringatan/webhook says why")
    send_digests(sessions, settings, report, at=at)
    with sessions.begin() as session:
        forget(session, moment)
        forgetting.forget(session, moment)
        forget_former_secrets(session, moment)
        forget_failures(session, moment)
        forget_answers(session, moment)
    return report


def send_digests(sessions: sessionmaker[Session], settings: Settings, report: PassReport, *, at: datetime | None = None) -> None:
    """To everybody whose time has come. Without a mail server set, nothing is due: the page keeps what is unread.

    Each is claimed from the moment of its own sending on: many together take longer than a claim holds.
    """
    if not settings.mail_from:
        return
    tried, ends = set[int](), monotonic() + MAIL_SECONDS
    while monotonic() < ends:
        moment = at or now()
        with sessions.begin() as session:
            claimed = _claim(session, moment, tried)
        if claimed is None:
            return
        tried.add(claimed.user_id)
        _send_one(sessions, settings, claimed, moment, report)


def _claim(session: Session, at: datetime, tried: set[int]) -> AlertSubscription | None:
    due = select(AlertSubscription).join(User, User.id == AlertSubscription.user_id)
    due = due.where(
        User.is_active,
        AlertSubscription.cadence != Cadence.OFF,
        AlertSubscription.next_at <= at,
        or_(AlertSubscription.claimed_until.is_(None), AlertSubscription.claimed_until <= at),
        AlertSubscription.user_id.not_in(tried),
    )
    found = session.scalar(
        due.order_by(AlertSubscription.next_at).limit(1).with_for_update(skip_locked=True, of=AlertSubscription)
    )
    if found is not None:
        found.claimed_until = at + timedelta(minutes=CLAIM_MINUTES)
        session.flush()
    return found


def _send_one(
    sessions: sessionmaker[Session], settings: Settings, subscription: AlertSubscription, at: datetime, report: PassReport
) -> None:
    rows = _list_new(sessions, subscription)
    problem = ""
    if rows:
        name = f"peringatan-{subscription.user_id}-{rows[:MOST_LINES][-1].alert.id}"
        way_out = own_address(settings) + make_link(Keys.of(settings), subscription.user_id, subscription.email)
        more = len(rows) > MOST_LINES
        mail = make_digest(settings, subscription.email, rows[:MOST_LINES], more=more, name=name, way_out=way_out)
        try:
            send_mail(settings, mail)
            report.mails += 1
        except MailRefused as error:
            problem = str(error)
            report.problems.append(problem)
    with sessions.begin() as session:
        _settle(session, subscription, rows[:MOST_LINES], problem, at)


def _list_new(sessions: sessionmaker[Session], subscription: AlertSubscription) -> list[AlertRow]:
    with sessions() as session:
        actor = load_actor(session, session.get_one(User, subscription.user_id))
        return repository.list_new(session, actor, subscription.last_alert_id, MOST_LINES + 1)


def _settle(session: Session, was: AlertSubscription, rows: list[AlertRow], problem: str, at: datetime) -> None:
    """Go on past what was sent. A person who changed their subscription meanwhile is not overruled."""
    failures = was.failures + 1 if problem else 0
    values: dict[str, object] = {"claimed_until": None, "failures": failures, "problem": problem[:300]}
    values["next_at"] = at + timedelta(minutes=BACK_OFF_MINUTES * failures) if problem else next_sending(was.cadence, at)
    if failures >= MOST_FAILURES:
        values |= {"cadence": Cadence.OFF, "next_at": None}
    if rows and not problem:
        values["last_alert_id"] = rows[-1].alert.id
    same = update(AlertSubscription).where(
        AlertSubscription.user_id == was.user_id, AlertSubscription.cadence == was.cadence, AlertSubscription.email == was.email
    )
    session.execute(same.values(**values))
    if rows:
        detail = {"jumlah": len(rows), "gagal": problem or None}
        record_event(session, "langganan.kirim", actor=ACTOR, subject=("subscription", was.user_id), detail=detail)
