"""Webhooks over time: replays refused by the receiver, given up and sent again, and a secret that is changed."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from models import AuditEvent, DeliveryState, User, Webhook, WebhookDelivery, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from service.accounts.people import disable_user, enable_user
from service.accounts.service import load_actor
from service.alerts import webhooks
from service.alerts.delivering import BACK_OFF_MINUTES, deliver_due, settle
from service.alerts.signing import send_signed
from service.sealing import Keys
from tests.factories import make_user
from tests.receivers import TOLERANCE, Receiver, accepts, webhook_receiver

SECRET = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.alerts_private_hosts = True
    with webhook_receiver() as heard:
        yield heard


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_session(engine)


@pytest.fixture
def seen(engine: Engine) -> Callable[..., list[Any]]:
    def ask(query: Any) -> list[Any]:
        with make_reading_session(engine)() as session:
            return list(session.scalars(query))

    return ask


@pytest.fixture
def hook(session: Session, settings: Settings, receiver: Receiver) -> tuple[User, int, str]:
    """A coordinator, the number of their webhook, and its secret. One test waits for it."""
    user = make_user(session, role="koordinator")
    actor = load_actor(session, user)
    webhook, secret = webhooks.add_webhook(session, actor, Keys.of(settings), "Ruang", receiver.url, allows_private=True)
    webhooks.queue_test(session, actor, webhook.id)
    number = webhook.id
    session.commit()
    return user, number, secret


def test_a_receiver_refuses_a_replay_a_stale_moment_and_a_changed_body(settings: Settings, receiver: Receiver) -> None:
    assert send_signed(settings, receiver.url, [SECRET], "msg_1", {"type": "netra.test"}) == 204
    (headers, body), at, known = receiver.requests[0], time.time(), set[str]()
    assert not accepts(SECRET, headers, body, at=at + TOLERANCE + 1, known=known)
    assert not accepts(SECRET, headers, body.replace(b"test", b"tipu"), at=at, known=known)
    forged = headers | {"webhook-timestamp": str(int(at) + TOLERANCE + 1)}
    assert not accepts(SECRET, forged, body, at=at + TOLERANCE + 1, known=known)
    assert accepts(SECRET, headers, body, at=at, known=known)
    assert not accepts(SECRET, headers, body, at=at, known=known)


def test_every_failure_waits_longer_than_the_one_before(session: Session, hook, seen) -> None:
    delivery_id, at = seen(select(WebhookDelivery.id))[0], now()
    waits = list[float]()
    for attempt in range(1, len(BACK_OFF_MINUTES) + 1):
        delivery = session.get_one(WebhookDelivery, delivery_id)
        delivery.attempts = attempt
        settle(session, delivery_id, 503, "answered 503", at)
        assert delivery.next_at is not None
        waits.append((delivery.next_at - at) / timedelta(minutes=1))
    assert waits == list(BACK_OFF_MINUTES) == sorted(waits)
    assert settle(session, delivery_id, 410, "answered 410", at) is DeliveryState.DEAD


def test_what_was_given_up_is_shown_and_sent_again_under_its_id(
    session, settings, receiver, hook, sessions, seen, sign_in
) -> None:
    user, number, _ = hook
    receiver.answers = [410]
    assert deliver_due(sessions, settings) == {DeliveryState.DEAD: 1}
    browser = sign_in(user)
    page = browser.get("/peringatan/webhook").text
    assert "answered 410" in page
    assert "Kirim lagi 1 yang menyerah" in page
    delivery_id = seen(select(WebhookDelivery.id))[0]
    assert browser.post(f"/peringatan/webhook/{number}/kirim-lagi", data={"pengantaran": delivery_id}).status_code == 303
    assert deliver_due(sessions, settings) == {DeliveryState.SENT: 1}
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert len(receiver.requests) == 2
    assert browser.post(f"/peringatan/webhook/{number}/kirim-lagi").status_code == 409
    assert "Kirim lagi" not in browser.get("/peringatan/webhook").text


def test_nothing_goes_out_for_a_person_who_may_not_come_in(session, settings, receiver, hook, sessions) -> None:
    user, _, _ = hook
    disable_user(session, user)
    session.commit()
    assert deliver_due(sessions, settings) == {}
    assert receiver.requests == []
    enable_user(session, user)
    session.commit()
    assert deliver_due(sessions, settings) == {DeliveryState.SENT: 1}


def test_dead_letters_stay_on_screen_behind_newer_deliveries(session, hook, sign_in) -> None:
    user, number, _ = hook
    session.execute(update(WebhookDelivery).values(state=DeliveryState.DEAD, reason="answered 404"))
    for _ in range(webhooks.SHOWN_DELIVERIES + 1):
        webhooks.queue_test(session, load_actor(session, user), number)
    session.commit()
    assert "answered 404" in sign_in(user).get("/peringatan/webhook").text


def test_a_changed_secret_signs_beside_the_former_one_for_a_day_and_loses_nothing(
    session, settings, receiver, hook, sessions, seen, sign_in
) -> None:
    user, number, former = hook
    page = sign_in(user).post(f"/peringatan/webhook/{number}/rahasia").text
    new = next(word for word in page.replace("<", " ").replace(">", " ").split() if word.startswith("whsec_"))
    assert deliver_due(sessions, settings) == {DeliveryState.SENT: 1}
    headers, body = receiver.requests[0]
    assert [accepts(secret, headers, body, at=time.time(), known=set()) for secret in (former, new)] == [True, True]
    assert new not in sign_in(user).get("/peringatan/webhook").text
    with sessions.begin() as other:
        assert webhooks.forget_former_secrets(other, now()) == 0
        assert webhooks.forget_former_secrets(other, now() + timedelta(hours=webhooks.FORMER_HOURS)) == 1
        webhooks.queue_test(other, load_actor(other, other.get_one(User, seen(select(Webhook.owner_id))[0])), number)
    assert deliver_due(sessions, settings) == {DeliveryState.SENT: 1}
    headers, body = receiver.requests[1]
    assert [accepts(secret, headers, body, at=time.time(), known=set()) for secret in (former, new)] == [False, True]
    assert {"webhook.ganti_rahasia", "webhook.rahasia_lama_hapus"} <= set(seen(select(AuditEvent.action)))


def test_a_secret_that_leaked_is_gone_when_it_is_changed_twice(session, settings, receiver, hook, sessions, sign_in) -> None:
    user, number, leaked = hook
    browser = sign_in(user)
    for _ in range(2):
        assert browser.post(f"/api/v1/webhooks/{number}/secret").json()["secret"].startswith("whsec_")
    deliver_due(sessions, settings)
    headers, body = receiver.requests[0]
    assert not accepts(leaked, headers, body, at=time.time(), known=set())


def test_nobody_else_changes_a_secret_or_sends_again(session, hook, sign_in) -> None:
    _, number, _ = hook
    browser = sign_in(role="koordinator")
    statuses = {browser.post(f"/peringatan/webhook/{number}/{deed}").status_code for deed in ("rahasia", "kirim-lagi")}
    statuses |= {browser.post(f"/api/v1/webhooks/{number}/{deed}").status_code for deed in ("secret", "resend")}
    assert statuses == {404}
