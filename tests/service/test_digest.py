"""The digest: deadlines as the law of each flag counts them, each person's own area, and a way out that asks for no sign-in."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Alert, AlertKind, AlertSubscription, Cadence, Clock, Election, User, now
from models.database import make_reading_session, make_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts.service import load_actor
from service.alerts import repository, subscriptions
from service.alerts.detecting import Limits, detect
from service.alerts.passes import run_pass
from service.alerts.saying import path_of, say
from service.alerts.unsubscribing import make_link
from service.language import Language
from service.sealing import Keys
from tests.factories import make_flag, make_item, make_user
from tests.receivers import mail_server

FRIDAY = datetime(2024, 2, 2, 3, tzinfo=UTC)


def elect(session: Session, clock: Clock) -> int:
    return session.scalars(select(Election.id).where(Election.clock == clock).order_by(Election.id)).first() or 0


def sentences(engine: Engine, user_id: int) -> list[str]:
    with make_reading_session(engine)() as session:
        actor = load_actor(session, session.get_one(User, user_id))
        rows = repository.list_new(session, actor, 0, 50)
        return [say(Language("id"), row, is_for_mail=True) for row in rows]


def test_days_left_are_working_days_in_a_pemilu_and_calendar_days_in_a_pilkada(session: Session, engine: Engine) -> None:
    for clock in Clock:
        for day in (4, 6, 7):
            flag = make_flag(session, make_item(session, region_code="33.24"), due_on=date(2024, 2, day))
            flag.election_id = elect(session, clock)
    make_flag(session, make_item(session, region_code="51"), due_on=date(2024, 2, 4))
    user_id = make_user(session, region_code="33").id
    session.commit()
    assert detect(make_session(engine), FRIDAY, Limits(5, days=2))[AlertKind.DEADLINE] == 3
    assert sorted(sentences(engine, user_id)) == [
        "1 penanda di Kabupaten Kendal bertenggat paling lama 2 hari lagi",
        "2 penanda di Kabupaten Kendal bertenggat paling lama 2 hari kerja lagi (Pemilu), yang terakhir 6 Feb 2024",
    ]
    assert AlertKind.DEADLINE not in detect(make_session(engine), FRIDAY, Limits(5, days=2))


def test_a_day_is_that_of_the_region(session: Session, engine: Engine) -> None:
    make_flag(session, make_item(session, region_code="94"), due_on=date(2024, 2, 2))
    session.commit()
    late_in_jayapura = datetime(2024, 2, 2, 15, 30, tzinfo=UTC)
    found = detect(make_session(engine), late_in_jayapura, Limits(5, days=2))
    assert (AlertKind.DEADLINE in found, AlertKind.EXPIRED in found) == (False, True)


def test_a_deadline_of_working_days_leads_to_all_of_its_region(session: Session, engine: Engine) -> None:
    make_flag(session, make_item(session, region_code="33.24"), due_on=date(2024, 2, 4)).election_id = elect(
        session, Clock.PEMILU
    )
    make_flag(session, make_item(session, region_code="33.24"), due_on=date(2024, 2, 4))
    actor = load_actor(session, make_user(session))
    session.commit()
    detect(make_session(engine), FRIDAY, Limits(5, days=2))
    paths = {path_of(row) for row in repository.list_new(session, actor, 0, 50)}
    assert paths == {"/antrean?rak=semua&wilayah=33.24", "/antrean?rak=semua&wilayah=33.24&sisa=0-2"}


@pytest.fixture
def way_out(session: Session, settings: Settings) -> str:
    """The link of a person who gets a digest every hour."""
    user = make_user(session)
    subscriptions.subscribe(session, load_actor(session, user), "sari@contoh.test", Cadence.HOURLY)
    make_flag(session, due_on=local_day(now(), "33"))
    session.commit()
    return make_link(Keys.of(settings), user.id, "sari@contoh.test")


def cadence_of(engine: Engine) -> Cadence:
    with make_reading_session(engine)() as session:
        return session.scalars(select(AlertSubscription.cadence)).one()


def test_a_mail_program_ends_a_digest_by_one_click(engine, settings, way_out: str, visitor: TestClient) -> None:
    with mail_server() as office:
        settings.mail_from, settings.smtp_port = "netra@contoh.test", office.port
        settings.smtp_host, settings.smtp_security = "127.0.0.1", "none"
        run_pass(make_session(engine), settings, at=now() + timedelta(hours=1))
        mail = office.taken[0]
    assert mail["List-Unsubscribe"].endswith(f"{way_out}>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not [word for word in ("sari", "33", "Jawa") if word in mail["Subject"]]
    answer = visitor.post(way_out, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, cadence_of(engine)) == (200, Cadence.OFF)
    assert visitor.post(way_out).status_code == 404


def test_following_the_link_ends_nothing_before_the_button(engine, way_out: str, visitor: TestClient) -> None:
    page = visitor.get(way_out)
    assert (page.status_code, cadence_of(engine)) == (200, Cadence.HOURLY)
    assert "Berhenti berlangganan" in page.text
    assert "sari@contoh.test" not in page.text


@pytest.mark.parametrize("change", [("orang=", "orang=9"), ("bukti=", "bukti=0"), ("bukti=", "bukti=%C3%A9")])
def test_a_link_that_nobody_signed_ends_nothing(engine, way_out: str, visitor: TestClient, change: tuple[str, str]) -> None:
    assert visitor.post(way_out.replace(*change)[:200]).status_code in {404, 422}
    assert cadence_of(engine) is Cadence.HOURLY


@pytest.mark.parametrize("letter", ["%C3%A9", "_"])
def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(way_out: str, visitor: TestClient, letter: str) -> None:
    for link in (way_out, way_out.replace("orang=", "orang=9")):
        assert visitor.post(link[:-1] + letter).status_code == 404


def test_a_mail_that_was_taken_does_not_go_out_again_for_a_parting_word(engine, settings, way_out: str) -> None:
    with mail_server(parting="421 busy") as office:
        settings.mail_from, settings.smtp_port = "netra@contoh.test", office.port
        settings.smtp_host, settings.smtp_security = "127.0.0.1", "none"
        for hours in (1, 1.1):
            run_pass(make_session(engine), settings, at=now() + timedelta(hours=hours))
        assert len(office.taken) == 1


def test_two_passes_at_once_send_each_digest_once_however_long_one_takes(
    session: Session, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, taken = [now() + timedelta(hours=1)], list[str]()
    for name in ("sari", "wira"):
        subscriptions.subscribe(session, load_actor(session, make_user(session)), f"{name}@contoh.test", Cadence.HOURLY)
    make_flag(session, due_on=local_day(now(), "33"))
    session.commit()

    def take(_: Settings, mail: EmailMessage) -> None:
        taken.append(mail["To"])
        clock[0] += timedelta(minutes=6) if len(taken) == 1 else timedelta()
        if len(taken) == 2:
            run_pass(make_session(engine), settings)

    settings.mail_from = "netra@contoh.test"
    monkeypatch.setattr("service.alerts.passes.send_mail", take)
    monkeypatch.setattr("service.alerts.passes.now", lambda: clock[0])
    run_pass(make_session(engine), settings)
    assert taken == ["sari@contoh.test", "wira@contoh.test"]


def test_a_pass_begins_no_mail_after_ten_minutes_and_the_next_one_goes_on(
    session: Session, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server that swallows all costs its timeout each time; the job ends soundly before its process is ended."""
    clock, taken = [0.0], list[str]()
    for name in ("sari", "wira", "tika"):
        subscriptions.subscribe(session, load_actor(session, make_user(session)), f"{name}@contoh.test", Cadence.HOURLY)
    make_flag(session, due_on=local_day(now(), "33"))
    session.commit()

    def take(_: Settings, mail: EmailMessage) -> None:
        taken.append(mail["To"])
        clock[0] += 400

    settings.mail_from = "netra@contoh.test"
    monkeypatch.setattr("service.alerts.passes.send_mail", take)
    monkeypatch.setattr("service.alerts.passes.monotonic", lambda: clock[0], raising=False)
    mails = [run_pass(make_session(engine), settings, at=now() + timedelta(hours=1)).mails for _ in range(3)]
    assert (mails, len(set(taken))) == ([2, 1, 0], 3)


def test_a_link_dies_with_the_address_that_it_was_sent_to(session, engine, settings, way_out: str, visitor: TestClient) -> None:
    stored = session.scalars(select(AlertSubscription)).one()
    stored.email = "lain@contoh.test"
    session.commit()
    assert visitor.post(way_out).status_code == 404
    assert cadence_of(engine) is Cadence.HOURLY
    assert session.scalars(select(Alert)).all() == []
