"""Alerts of whoever works for one agency alone: counted over the agency's flags, and nothing else gets out on any way."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    Agency,
    AgencyTask,
    Alert,
    AlertKind,
    Cadence,
    Cluster,
    ClusterMember,
    DeliveryState,
    Flag,
    HealthState,
    SourceAlarm,
    User,
    UserRole,
    now,
)
from models.database import make_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts.service import load_actor
from service.alerts import repository, subscriptions, watching, webhooks
from service.alerts.delivering import deliver_due, queue_deliveries
from service.alerts.detecting import Limits, detect
from service.alerts.passes import run_pass
from service.alerts.watching import NewWatch
from service.sealing import Keys
from tests.factories import make_flag, make_item, make_source, make_user
from tests.receivers import mail_server, webhook_receiver

HOME = "33.24"

Told = Callable[[User], list[tuple[AlertKind, str | None, Any]]]
Person = Callable[..., User]


@dataclass(frozen=True)
class House:
    """Whoever works for the agency alone, and a coordinator of its whole region."""

    person: User
    regional: User


@pytest.fixture
def agency_id(session: Session) -> int:
    agency = Agency(slug="pemkab-uji", name="Pemerintah Kabupaten Uji", task=AgencyTask.EMPLOYS, region_code=HOME)
    session.add(agency)
    session.flush()
    return agency.id


@pytest.fixture
def works_for(session: Session, agency_id: int) -> Person:
    def make(**values: Any) -> User:
        user = make_user(session, role="koordinator", **values)
        row = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).one()
        row.region_code, row.agency_id = None, agency_id
        session.flush()
        return user

    return make


@pytest.fixture
def house(session: Session, works_for: Person) -> House:
    return House(works_for(), make_user(session, role="koordinator", region_code=HOME))


def in_days(days: int) -> date:
    """Counted from the day of whoever asks: midnight may pass between two tests."""
    return local_day(now(), HOME) + timedelta(days=days)


def raise_flags(session: Session, **values: Any) -> Flag:
    """One of the agency, and around it one without an office and one of an office elsewhere. Returns the agency's."""
    make_flag(session, make_item(session, region_code=HOME), **values)
    make_flag(session, make_item(session, region_code="33.25"), office="camat", **values)
    return make_flag(session, make_item(session, region_code=HOME), office="camat", **values)


@pytest.fixture
def look(engine: Engine, session: Session) -> Callable[[], dict[AlertKind, int]]:
    def detect_now() -> dict[AlertKind, int]:
        session.commit()
        return detect(make_session(engine), now(), Limits(outlets=2, days=2))

    return detect_now


@pytest.fixture
def told(session: Session) -> Told:
    """What a person is told: kind, region, and the count or the flag."""

    def ask(user: User) -> list[tuple[AlertKind, str | None, Any]]:
        rows = [row.alert for row in repository.list_alerts(session, load_actor(session, user))]
        return sorted((one.kind, one.region_code, one.flag_id or one.detail.get("count")) for one in rows)

    return ask


def test_deadlines_are_counted_over_the_agencys_flags_alone(session, house: House, look, told: Told) -> None:
    raise_flags(session, due_on=in_days(0))
    raise_flags(session, due_on=in_days(-1))
    assert look() == {AlertKind.DEADLINE: 3, AlertKind.EXPIRED: 3}
    assert told(house.person) == [(AlertKind.EXPIRED, HOME, 1), (AlertKind.DEADLINE, HOME, 1)]
    assert told(house.regional) == [(AlertKind.EXPIRED, HOME, 2), (AlertKind.DEADLINE, HOME, 2)]
    assert look() == {}


def test_an_agency_for_which_nobody_works_is_told_of_with_its_region(session, agency_id: int, look) -> None:
    raise_flags(session, due_on=in_days(0))
    assert look() == {AlertKind.DEADLINE: 2}


def test_a_watch_list_finds_the_agencys_flags_alone(session, house: House, look, told: Told) -> None:
    watching.add_watch(session, load_actor(session, house.person), NewWatch("Semua", region_code=HOME))
    its = raise_flags(session, due_on=in_days(30))
    assert look() == {AlertKind.WATCH: 1}
    assert told(house.person) == [(AlertKind.WATCH, HOME, its.id)]
    its.office = None
    session.commit()
    assert told(house.person) == []


@pytest.mark.parametrize("code", ["33.25", "33", "51", "33.24\0"])
def test_a_watch_list_names_no_region_but_the_agencys(session, house: House, code: str) -> None:
    with pytest.raises(Exception, match=r".") as refused:
        watching.add_watch(session, load_actor(session, house.person), NewWatch("Lain", region_code=code))
    assert getattr(refused.value, "reason", "") == "pantauan_wilayah"


def test_what_a_region_shares_stays_there_and_what_a_colleague_shares_is_told(
    session, house: House, works_for: Person, look, told: Told
) -> None:
    for owner, name in ((house.regional, "Yang dicari kabupaten"), (works_for(), "Yang dicari rekan")):
        asked = NewWatch(name, office="camat", is_shared=True)
        watching.add_watch(session, load_actor(session, owner), asked)
    its = raise_flags(session, due_on=in_days(30))
    assert look() == {AlertKind.WATCH: 2}
    actor = load_actor(session, house.person)
    assert told(house.person) == [(AlertKind.WATCH, HOME, its.id)]
    assert [row.watch.name for row in repository.list_alerts(session, actor) if row.watch] == ["Yang dicari rekan"]
    assert [row.watch.name for row in watching.list_watches(session, actor)] == ["Yang dicari rekan"]


def test_spikes_and_stories_are_those_of_the_agency(session, house: House, look, told: Told) -> None:
    for days in (40, 20, 10):
        make_flag(session, make_item(session, region_code=HOME), created_at=now() - timedelta(days=days), due_on=in_days(30))
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    for number in range(8):
        item = make_item(session, source=make_source(session), region_code=HOME)
        session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0))
        make_flag(session, item, cluster_id=cluster.id, due_on=in_days(30), office="camat" if number < 6 else None)
    look()
    assert told(house.person) == [(AlertKind.CLUSTER, HOME, 8), (AlertKind.SPIKE, HOME, 6), (AlertKind.SPIKE, HOME, 6)]


def test_sources_belong_to_no_agency(session, house: House, look, told: Told) -> None:
    source = make_source(session, region_code=HOME, name="Harian Sunyi")
    session.add(SourceAlarm(source_id=source.id, kind=HealthState.SILENT, message="sunyi"))
    assert look() == {AlertKind.SILENT: 1}
    assert told(house.person) == []


def test_who_also_reads_the_region_is_told_once(session, house: House, look, told: Told) -> None:
    session.add(UserRole(user_id=house.person.id, role_name="koordinator", region_code="33"))
    raise_flags(session, due_on=in_days(0))
    look()
    assert told(house.person) == [(AlertKind.DEADLINE, HOME, 2), (AlertKind.DEADLINE, "33.25", 1)]


def test_the_page_the_header_and_the_api_say_the_same(session, house: House, look, sign_in) -> None:
    raise_flags(session, due_on=in_days(0))
    look()
    browser = sign_in(house.person)
    page = browser.get("/peringatan").text
    assert "1 penanda di instansi Kabupaten Kendal" in page
    assert '<span class="count">1<span' in page
    assert browser.get("/api/v1/alerts").json()["unread"] == 1
    others = session.scalars(select(Alert.id).where(~Alert.is_of_agency)).all()
    session.rollback()  # SQLite has one writer at a time.
    assert {browser.post(f"/peringatan/{alert_id}/dibaca").status_code for alert_id in others} == {404}


def test_a_digest_counts_and_names_nothing_else(session, engine, settings: Settings, house: House) -> None:
    subscriptions.subscribe(session, load_actor(session, house.person), "instansi@contoh.test", Cadence.HOURLY)
    raise_flags(session, due_on=in_days(0), act="foto_simbol")
    session.commit()
    with mail_server() as office:
        settings.mail_from, settings.smtp_host, settings.smtp_security = "netra@contoh.test", "127.0.0.1", "none"
        settings.smtp_port = office.port
        assert run_pass(make_session(engine), settings, at=now() + timedelta(hours=1)).mails == 1
    mail = office.taken[0]
    text = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    assert mail["Subject"] == "netra: 1 peringatan baru"
    assert "1 penanda di instansi Kabupaten Kendal" in text
    assert "2 penanda" not in text
    assert "33.25" not in text


def test_a_webhook_is_told_of_the_agencys_flags_alone(session, engine, settings: Settings, house: House, look) -> None:
    settings.alerts_private_hosts = True
    with webhook_receiver() as receiver:
        actor = load_actor(session, house.person)
        webhooks.add_webhook(session, actor, Keys.of(settings), "Ruang", receiver.url, allows_private=True)
        raise_flags(session, due_on=in_days(0))
        look()
        assert queue_deliveries(make_session(engine)) == 1
        assert deliver_due(make_session(engine), settings) == {DeliveryState.SENT: 1}
    said = json.loads(receiver.requests[0][1])["data"]
    assert (said["region_code"], said["detail"]["count"], "instansi" in said["message"]) == (HOME, 1, True)


def test_a_role_that_is_taken_away_takes_effect_before_a_delivery(
    session, engine, settings: Settings, house: House, look
) -> None:
    settings.alerts_private_hosts = True
    with webhook_receiver() as receiver:
        actor = load_actor(session, house.person)
        webhooks.add_webhook(session, actor, Keys.of(settings), "Ruang", receiver.url, allows_private=True)
        raise_flags(session, due_on=in_days(0))
        look()
        assert queue_deliveries(make_session(engine)) == 1
        session.scalars(select(UserRole).where(UserRole.user_id == house.person.id)).one().region_code = "51"
        session.commit()
        assert deliver_due(make_session(engine), settings) == {DeliveryState.DEAD: 1}
    assert receiver.requests == []
