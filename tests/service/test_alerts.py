"""Alerts: found once, seen by whom they concern, sent by mail and by webhook, at least once and never to a private network."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from models import (
    Alert,
    AlertKind,
    AlertSubscription,
    AnsweredRequest,
    AuditEvent,
    Cadence,
    Cluster,
    ClusterMember,
    DeliveryState,
    HealthState,
    ItemVersion,
    SignInFailure,
    SourceAlarm,
    User,
    WebhookDelivery,
    now,
)
from models.database import make_reading_session, make_session
from models.legal.deadline import local_day
from models.settings import Settings
from models.tip_items import METHOD, SOURCE_SLUG
from service.accounts.service import load_actor
from service.alerts import posting, subscriptions, watching, webhooks
from service.alerts.delivering import BACK_OFF_MINUTES, deliver_due, queue_deliveries
from service.alerts.detecting import Limits, detect
from service.alerts.passes import run_pass
from service.alerts.signing import sign
from service.alerts.watching import NewWatch
from service.sealing import Keys
from tests.factories import make_flag, make_item, make_source, make_user
from tests.receivers import Receiver, accepts, mail_server, webhook_receiver
from tests.statements import counted_statements

Seen = Callable[..., list[Any]]
FAR = local_day(now(), "33") + timedelta(days=30)


@pytest.fixture
def seen(engine: Engine) -> Seen:
    def ask(query: Any) -> list[Any]:
        with make_reading_session(engine)() as session:
            return list(session.scalars(query))

    return ask


@pytest.fixture
def look(engine: Engine, session: Session) -> Callable[[], dict[AlertKind, int]]:
    """One pass of the detectors over what was made so far."""

    def detect_now() -> dict[AlertKind, int]:
        session.commit()
        return detect(make_session(engine), now(), Limits(outlets=3, days=2))

    return detect_now


def watch(session: Session, user: User, **fields: Any) -> int:
    return watching.add_watch(session, load_actor(session, user), NewWatch("Nama Rahasia", **fields)).id


def test_the_trail_keeps_of_the_words_of_a_watch_list_how_long_they_were(session, seen) -> None:
    watch(session, make_user(session, region_code="33"), words="rekaan wiradharma")
    session.commit()
    event = seen(select(AuditEvent).where(AuditEvent.action == "pantauan.tambah"))[0]
    assert (event.detail["kata"], "rekaan" in str(event.detail)) == ("17 huruf", False)


def test_while_it_looks_nobody_waits_to_write(session, look, engine: Engine) -> None:
    watch(session, make_user(session, region_code="33"), office="camat")
    make_flag(session, make_item(session, region_code="33"), office="camat", due_on=local_day(now(), "33"))
    with counted_statements(engine, of_writers=True) as held:
        assert look()[AlertKind.WATCH] == 1
    assert [statement for statement in held if "FROM flags" in statement or "JOIN flags" in statement] == []


def test_a_watch_list_tells_of_new_flags_that_fit_in_its_owners_area_once(session, look, seen) -> None:
    user = make_user(session, region_code="33")
    watch(session, user, office="camat", words="rapat dinas")
    fitting = make_flag(session, make_item(session, region_code="33.24"), office="camat", due_on=FAR)
    make_flag(session, make_item(session, region_code="33.24", text="Lurah hadir di lapangan itu."), office="camat", due_on=FAR)
    make_flag(session, make_item(session, region_code="51"), office="camat", due_on=FAR)
    assert (look(), look()) == ({AlertKind.WATCH: 1}, {})
    alert = seen(select(Alert))[0]
    assert (alert.flag_id, alert.user_id, alert.region_code) == (fitting.id, user.id, "33.24")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "pantauan_kosong"),
        ({"region_code": "51"}, "pantauan_wilayah"),
        ({"office": "raja"}, "nilai"),
        ({"source": "tak-ada"}, "nilai"),
        ({"words": "@akun"}, "pantauan_kata"),
    ],
)
def test_a_watch_list_asks_for_something_known_in_ones_own_area(session: Session, fields, problem: str) -> None:
    with pytest.raises(Exception, match=r".") as refused:
        watch(session, make_user(session, region_code="33"), **fields)
    assert getattr(refused.value, "reason", "") == problem


def test_deadlines_are_told_by_region_and_day(session, look, seen) -> None:
    today = local_day(now(), "33.24")
    for days in (0, 2, 3, -1, -1):
        make_flag(session, make_item(session, region_code="33.24"), due_on=today + timedelta(days=days))
    assert look() == {AlertKind.DEADLINE: 1, AlertKind.EXPIRED: 1}
    assert {alert.kind: alert.detail["count"] for alert in seen(select(Alert))} == {AlertKind.DEADLINE: 2, AlertKind.EXPIRED: 2}
    assert look() == {}


def test_a_story_in_many_outlets_is_told_again_at_its_doubling(session, look) -> None:
    cluster = Cluster()
    session.add(cluster)
    session.flush()

    def add(count: int) -> None:
        for _ in range(count):
            item = make_item(session, source=make_source(session))
            session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0))
            make_flag(session, item, cluster_id=cluster.id, due_on=FAR)

    found = list[int]()
    for count in (2, 1, 2, 1):
        add(count)
        found.append(look().get(AlertKind.CLUSTER, 0))
    assert found == [0, 1, 0, 1]


def test_what_the_public_sent_is_no_outlet_that_carries_a_story(session, look) -> None:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    for slug in ("harian-a", "harian-b", SOURCE_SLUG):
        item = make_item(session, source=make_source(session, slug=slug))
        session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0))
        make_flag(session, item, cluster_id=cluster.id, due_on=FAR)
    assert look() == {}


def test_a_tip_on_the_erased_page_of_an_outlet_is_no_outlet_that_carries_a_story(session, look) -> None:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    for method in ("uji", "uji", METHOD):
        item = make_item(session, source=make_source(session))
        session.get_one(ItemVersion, item.current_version_id).method = method
        session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0))
        make_flag(session, item, cluster_id=cluster.id, due_on=FAR)
    assert look() == {}


def test_a_day_that_its_past_does_not_explain_is_a_spike(session, look, seen) -> None:
    at = now()
    for days in (40, 20, 10):
        make_flag(session, make_item(session, region_code="33.24"), created_at=at - timedelta(days=days), due_on=FAR)
    for _ in range(8):
        make_flag(session, make_item(session, region_code="33.01"), created_at=at - timedelta(hours=2), due_on=FAR)
    assert look()[AlertKind.SPIKE] == 3
    told = {(alert.region_code, alert.detail["act"], alert.detail["count"]) for alert in seen(select(Alert))}
    assert told == {("33", "", 8), ("33", "kegiatan_berpihak", 8), (None, "kegiatan_berpihak", 8)}
    assert look() == {}


def test_without_a_past_nothing_is_a_spike(session, look) -> None:
    for _ in range(20):
        make_flag(session, due_on=FAR)
    assert look() == {}


def test_a_silent_source_is_told_to_whoever_reads_sources(session, look, sign_in) -> None:
    source = make_source(session, region_code="33", name="Harian Sunyi")
    session.add(SourceAlarm(source_id=source.id, kind=HealthState.SILENT, message="sunyi"))
    assert look() == {AlertKind.SILENT: 1}
    assert "Harian Sunyi" in sign_in(role="operator").get("/peringatan").text
    assert "Harian Sunyi" not in sign_in(role="pengawas").get("/peringatan").text
    assert "Harian Sunyi" not in sign_in(role="operator", region_code="51").get("/peringatan").text


def test_the_header_counts_what_is_unread_and_reading_is_each_persons_own(session, look, sign_in) -> None:
    make_flag(session, make_item(session, region_code="33.24"), due_on=local_day(now(), "33"))
    make_flag(session, make_item(session, region_code="51"), due_on=local_day(now(), "51"))
    look()
    browser, other = sign_in(region_code="33"), sign_in(region_code="33.24")
    assert '<span class="count">1<span' in browser.get("/antrean?rak=semua").text
    alert_id = browser.get("/api/v1/alerts").json()["alerts"][0]["id"]
    assert browser.post(f"/peringatan/{alert_id}/buka").headers["location"].startswith("/antrean?rak=semua&wilayah=33.24")
    assert '<span class="count">1<span' not in browser.get("/antrean?rak=semua").text
    assert '<span class="count">1<span' in other.get("/antrean?rak=semua").text
    assert browser.post(f"/peringatan/{alert_id}/belum").status_code == 303
    assert browser.get("/api/v1/alerts").json()["unread"] == 1
    assert sign_in(region_code="51").post(f"/peringatan/{alert_id}/dibaca").status_code == 404


@pytest.fixture
def post_office(settings: Settings) -> Iterator[list[EmailMessage]]:
    """What a mail server of this test took."""
    with mail_server() as office:
        settings.mail_from, settings.smtp_host, settings.smtp_security = "netra@contoh.test", "127.0.0.1", "none"
        settings.smtp_port = office.port
        yield office.taken


def test_a_digest_names_places_and_no_person_and_comes_once(session, engine, settings, post_office, seen) -> None:
    at = (now() + timedelta(days=1)).replace(hour=3)  # Its day is the same everywhere for hours to come.
    user = make_user(session, region_code="33")
    actor = load_actor(session, user)
    subscriptions.subscribe(session, actor, "sari@contoh.test", Cadence.HOURLY)
    watch(session, user, words="rapat")
    make_flag(session, make_item(session, region_code="33.24", title="Judul dengan Nama Orang"), due_on=local_day(at, "33"))
    make_flag(session, make_item(session, region_code="51"), due_on=local_day(at, "51"))
    session.commit()
    sessions = make_session(engine)
    assert [run_pass(sessions, settings, at=at).mails for _ in range(2)] == [1, 0]
    mail = post_office[0]
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    assert len(parts) == 2
    for part in parts:
        assert "Kabupaten Kendal" in part
        assert "/peringatan/langganan" in part
        assert "Nama" not in part
        assert "Bali" not in part
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == ["text/plain", "text/html"]
    assert mail["Subject"] == "netra: 2 peringatan baru"
    assert run_pass(sessions, settings, at=at + timedelta(hours=2)).mails == 0
    assert "langganan.kirim" in seen(select(AuditEvent.action))


def test_a_mail_server_that_is_away_is_tried_again_and_in_the_end_no_more(session, engine, settings, post_office, seen) -> None:
    subscriptions.subscribe(session, load_actor(session, make_user(session)), "sari@contoh.test", Cadence.HOURLY)
    make_flag(session, due_on=local_day(now(), "33"))
    session.commit()
    settings.smtp_port = 9
    sessions, at = make_session(engine), now() + timedelta(hours=1)
    for _ in range(10):
        assert run_pass(sessions, settings, at=at).problems
        at += timedelta(days=1)
    stored = seen(select(AlertSubscription))[0]
    assert (stored.cadence, stored.last_alert_id, stored.problem != "") == (Cadence.OFF, 0, True)


def test_a_pass_forgets_what_was_kept_for_a_day_or_two_also_where_nothing_new_comes(session, engine, settings, seen) -> None:
    user_id, at = make_user(session).id, now()
    for hours in (23, 25, 47, 49):
        name, moment = f"{hours:064}", at - timedelta(hours=hours)
        session.add(SignInFailure(account=name, address=name, at=moment))
        session.add(AnsweredRequest(user_id=user_id, key=name, request_sha256=name, status=200, body="{}", created_at=moment))
    session.commit()
    run_pass(make_session(engine), settings, at=at)
    kept = [{int(name) for name in seen(select(column))} for column in (SignInFailure.account, AnsweredRequest.key)]
    assert kept == [{23, 25, 47}, {23}]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.alerts_private_hosts = True
    with webhook_receiver() as heard:
        yield heard


@pytest.fixture
def told(session: Session, settings: Settings, receiver: Receiver, engine: Engine) -> tuple[sessionmaker[Session], str]:
    """A webhook of a coordinator of Jawa Tengah, and one alert of theirs that waits for it."""
    actor = load_actor(session, make_user(session, role="koordinator", region_code="33"))
    _, secret = webhooks.add_webhook(session, actor, Keys.of(settings), "Ruang", receiver.url, allows_private=True)
    for region_code in ("33.24", "51"):
        make_flag(session, make_item(session, region_code=region_code), due_on=local_day(now(), region_code))
    session.commit()
    sessions = make_session(engine)
    detect(sessions, now(), Limits(outlets=5, days=2))
    assert [queue_deliveries(sessions), queue_deliveries(sessions)] == [1, 0]
    return sessions, secret


def test_a_webhook_is_signed_and_told_what_its_owner_may_see(settings, receiver, told) -> None:
    sessions, secret = told
    assert deliver_due(sessions, settings) == {DeliveryState.SENT: 1}
    headers, body = receiver.requests[0]
    assert accepts(secret, headers, body, at=now().timestamp(), known=set())
    said = json.loads(body)
    assert (said["type"], said["data"]["region_code"]) == ("netra.tenggat", "33.24")
    assert deliver_due(sessions, settings) == {}


def test_a_failed_delivery_keeps_its_id_and_dies_after_its_last_attempt(session, settings, receiver, told, seen) -> None:
    sessions, _ = told
    receiver.answers = [500, 302, *[503] * len(BACK_OFF_MINUTES)]
    states = list[DeliveryState]()
    for _ in range(len(BACK_OFF_MINUTES) + 1):
        states += deliver_due(sessions, settings)
        for delivery in session.scalars(select(WebhookDelivery)):
            delivery.next_at = now() if delivery.next_at else None
        session.commit()
    assert states == [DeliveryState.WAITING] * len(BACK_OFF_MINUTES) + [DeliveryState.DEAD]
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert not any("lain" in headers.get("host", "") for headers, _ in receiver.requests)
    assert seen(select(WebhookDelivery.reason)) == ["answered 503"]
    assert "webhook.menyerah" in seen(select(AuditEvent.action))


def test_two_runs_at_once_send_one_delivery_once(settings, receiver, told) -> None:
    sessions, _ = told
    threads = [threading.Thread(target=deliver_due, args=(sessions, settings)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.requests) == 1


def test_the_test_vector_of_standard_webhooks() -> None:
    secret = "whsec_plJ3nmyCDGBKInavdOK15jsl"
    body = b'{"event_type":"ping","data":{"success":true}}'
    assert sign(secret, "msg_loFOjxBNrRLzqYUf", 1731705121, body) == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "https://localhost/x",
        "http://contoh.test/x",
        "https://user:pass@contoh.test/",
        "ftp://contoh.test/",
        "https://contoh.test/\r\nHost: jahat.test",
        "javascript:alert(1)",
    ],
)
def test_nothing_is_posted_into_a_private_network(url: str) -> None:
    with pytest.raises(posting.NotPosted):
        posting.post(url, b"{}", {}, allows_private=False)


def test_hostile_names_of_lists_and_webhooks_are_text(sign_in, settings: Settings) -> None:
    browser = sign_in(role="koordinator")
    name = "<script>alert(1)</script>"
    assert browser.post("/peringatan/pantauan", data={"nama": name, "kata": "<img src=x onerror=1> rapat"}).status_code == 303
    assert browser.post("/peringatan/webhook", data={"nama": name, "alamat": "https://contoh.test/<b>"}).status_code == 200
    bad = browser.post("/peringatan/langganan", data={"surel": "a@b.test\r\nBcc: x@y.test", "irama": "harian"})
    assert bad.status_code == 422
    pages = "".join(browser.get(path).text for path in ("/peringatan/pantauan", "/peringatan/webhook", "/peringatan/langganan"))
    assert "<script>alert" not in pages
    assert "<img" not in pages
    assert "<b>" not in pages


def test_what_belongs_to_another_person_is_not_there(session: Session, sign_in, settings: Settings) -> None:
    owner = make_user(session, role="koordinator")
    actor = load_actor(session, owner)
    number = watch(session, owner, words="rapat")
    hook, secret = webhooks.add_webhook(session, actor, Keys.of(settings), "Ruang", "https://contoh.test/", allows_private=False)
    hook_id = hook.id
    browser = sign_in(role="koordinator")
    statuses = {browser.post(f"/peringatan/pantauan/{number}/hapus").status_code}
    statuses |= {browser.post(f"/peringatan/webhook/{hook_id}/{deed}").status_code for deed in ("uji", "hapus")}
    assert statuses == {404}
    assert secret not in sign_in(owner).get("/peringatan/webhook").text
    assert sign_in(role="pengawas").get("/peringatan/webhook").status_code == 403
