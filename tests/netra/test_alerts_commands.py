"""`netra alerts` as cron and an operator meet it: a real mail server, a real receiver, and processes that are killed."""

import json
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from models import AlertSubscription, Cadence, User, Webhook, now
from models.database import make_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts.service import load_actor
from service.alerts import webhooks
from service.sealing import Keys
from tests.factories import make_flag, make_item, make_user
from tests.processes import run_netra, start_netra
from tests.receivers import PostOffice, Receiver, accepts, mail_server, webhook_receiver


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    with mail_server() as taken:
        settings.mail_from, settings.smtp_host, settings.smtp_security = "netra@contoh.test", "127.0.0.1", "none"
        settings.smtp_port = taken.port
        yield taken


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.alerts_private_hosts = True
    with webhook_receiver() as heard:
        yield heard


def subscribe(engine: Engine) -> None:
    """Somebody whose digest is due, and one flag whose last day is today."""
    with make_session(engine).begin() as session:
        user = make_user(session, role="koordinator")
        session.add(
            AlertSubscription(
                user_id=user.id, email="sari@contoh.test", cadence=Cadence.HOURLY, next_at=now() - timedelta(minutes=1)
            )
        )
        make_flag(session, make_item(session, region_code="33.24"), due_on=local_day(now(), "33"))


def add_webhook(engine: Engine, settings: Settings, url: str) -> str:
    with make_session(engine).begin() as session:
        actor = load_actor(session, session.scalars(select(User).order_by(User.id).limit(1)).one())
        return webhooks.add_webhook(session, actor, Keys.of(settings), "Ruang", url, allows_private=True)[1]


def test_one_pass_finds_mails_and_tells_and_the_next_one_says_nothing_twice(settings, engine, office, receiver) -> None:
    subscribe(engine)
    secret = add_webhook(engine, settings, receiver.url)
    first = run_netra(settings, "alerts", "run", "--json")
    assert (first.returncode, json.loads(first.stdout)) == (
        0,
        {"found": {"tenggat": 1}, "queued": 1, "deliveries": {"terkirim": 1}, "mails": 1, "problems": []},
    )
    second = run_netra(settings, "alerts", "run")
    assert (second.returncode, second.stdout) == (0, "alerts: nothing new; webhooks: none due; mails: 0\n")
    headers, body = receiver.requests[0]
    assert accepts(secret, headers, body, at=now().timestamp(), known=set())
    assert [mail["To"] for mail in office.taken] == ["sari@contoh.test"]


def test_what_could_not_be_sent_ends_with_exit_code_1_and_a_reason(settings, engine, office, receiver) -> None:
    subscribe(engine)
    add_webhook(engine, settings, receiver.url)
    receiver.answers, settings.smtp_port = [500], 9
    result = run_netra(settings, "alerts", "run")
    assert result.returncode == 1
    assert "1 webhook deliveries failed; /peringatan/webhook says why" in result.stderr
    assert "the mail server cannot be used: ConnectionRefusedError" in result.stderr
    assert "sari" not in result.stderr


def test_a_process_that_is_killed_between_sending_and_noting_sends_once_more_and_loses_nothing(settings, engine, office) -> None:
    subscribe(engine)
    process = start_netra(settings, "alerts", "run")
    office.on_taking = lambda: process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert process.stdout is not None
    process.stdout.close()
    office.on_taking = lambda: None
    assert json.loads(run_netra(settings, "alerts", "run", "--json").stdout)["mails"] == 0  # The dead one holds it still.
    with make_session(engine).begin() as session:
        session.execute(update(AlertSubscription).values(claimed_until=now() - timedelta(seconds=1)))
    assert [json.loads(run_netra(settings, "alerts", "run", "--json").stdout)["mails"] for _ in range(2)] == [1, 0]
    ids = [mail["Message-ID"] for mail in office.taken]
    assert (len(ids), len(set(ids))) == (2, 1)


def test_the_test_sends_one_mail_without_any_alert(sqlite_settings, sqlite_engine) -> None:
    with mail_server() as office:
        settings = sqlite_settings.model_copy(
            update={"mail_from": "netra@contoh.test", "smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_security": "none"}
        )
        result = run_netra(settings, "alerts", "test", "--email", "sari@contoh.test", "--json")
        assert (result.returncode, json.loads(result.stdout)) == (0, {"email": "sent"})
        assert office.taken[0]["Subject"] == "netra: surel uji coba"


def test_the_test_sends_one_signed_request_and_says_what_the_receiver_answered(sqlite_settings, sqlite_engine) -> None:
    settings = sqlite_settings.model_copy(update={"alerts_private_hosts": True})
    with make_session(sqlite_engine).begin() as session:
        make_user(session, role="koordinator")
    with webhook_receiver() as receiver:
        secret = add_webhook(sqlite_engine, settings, receiver.url)
        receiver.answers = [200, 404]
        said = [run_netra(settings, "alerts", "test", "--webhook", "1") for _ in range(2)]
    assert [(one.returncode, one.stdout) for one in said] == [(0, "webhook: sent\n"), (1, "webhook: answered 404\n")]
    headers, body = receiver.requests[0]
    assert accepts(secret, headers, body, at=now().timestamp(), known=set())
    assert json.loads(body)["type"] == "netra.test"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say --email ADDRESS or --webhook NUMBER."),
        (("--webhook", "7"), "there is no webhook 7."),
        (("--email", "sari@contoh.test"), "Set NETRA_MAIL_FROM"),
    ],
)
def test_what_cannot_be_tested_says_how_to_mend_it(sqlite_settings, sqlite_engine, arguments, words: str) -> None:
    result = run_netra(sqlite_settings, "alerts", "test", *arguments)
    assert (result.returncode, words in result.stderr) == (2, True)


def test_a_key_of_the_house_that_has_changed_is_said_and_sends_nothing(sqlite_settings, sqlite_engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        make_user(session, role="koordinator")
    add_webhook(sqlite_engine, sqlite_settings, "https://contoh.test/netra")
    with make_session(sqlite_engine).begin() as session:
        session.execute(update(Webhook).values(secret_sealed="kunci lain"))
    result = run_netra(sqlite_settings, "alerts", "test", "--webhook", "1")
    assert (result.returncode, "NETRA_SECRET_KEY has changed" in result.stdout) == (1, True)
