"""The board of sources by roles, its pages, its API, and the deed of acknowledging an alarm."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    CrawlRun,
    Feed,
    FeedKind,
    FetchCause,
    HealthState,
    QuarantinedPage,
    RobotsFile,
    RunState,
    Snapshot,
    Source,
    SourceAlarm,
    SourceDay,
    SourceDayCause,
    SourceKind,
    now,
)
from models.health.tally import SUMS, day_of
from service.language import read_catalogue
from service.sources.filters import Order
from tests.factories import make_source

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def ran(session: Session, source: Source, state: RunState = RunState.FINISHED, reason: str = "selesai") -> CrawlRun:
    run = CrawlRun(source_id=source.id, state=state, reason=reason, counts={"disimpan": 2})
    session.add(run)
    session.flush()
    return run


def alarm_of(session: Session, source: Source, message: str = "1 konten baru dalam 24 jam") -> SourceAlarm:
    alarm = SourceAlarm(source_id=source.id, kind=HealthState.SILENT, message=message)
    session.add(alarm)
    session.flush()
    return alarm


def fill(session: Session, source: Source) -> None:
    """One of everything that a page of a source shows, hostile wherever somebody else chose the words."""
    ran(session, source, RunState.FAILED, HOSTILE)
    alarm_of(session, source, HOSTILE)
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url=f"https://a.test/{HOSTILE}", failures=4, next_poll_at=now()))
    counts = dict.fromkeys(SUMS, 0) | {"stored": 7, "refused": 3, "lists": 2, "rated": 2, "quality": 1.5}
    session.add(SourceDay(source_id=source.id, on_day=day_of(now()), last_stored_at=now(), **counts))
    session.add(SourceDayCause(source_id=source.id, on_day=day_of(now()), cause=FetchCause.CAPTCHA, count=3))
    session.add(RobotsFile(source_id=source.id, host=HOSTILE, status=200, sha256="0" * 64, forbidden=[HOSTILE], crawl_delay=5))
    copy = Snapshot(url="https://a.test/1", sha256="0" * 64, byte_count=1, warc_file="x", warc_offset=0)
    session.add(copy)
    session.flush()
    page = QuarantinedPage(source_id=source.id, url=f"https://a.test/{HOSTILE}", url_key="1" * 64, snapshot_id=copy.id)
    page.reason, page.cause = HOSTILE, FetchCause.READER
    session.add(page)
    session.flush()


def test_the_worst_stand_first_and_the_states_are_counted(session: Session, sign_in) -> None:
    make_source(session, slug="a", name="Aman", is_enabled=False)
    ran(session, make_source(session, slug="b", name="Baik"))
    ran(session, make_source(session, slug="c", name="Celaka"), RunState.FAILED, "disk penuh")
    text = sign_in(role="operator").get("/sumber").text
    assert text.index("Celaka") < text.index("Baik") < text.index("Aman")
    assert "disk penuh" in text
    assert "netra sources check c" in text
    assert 'gagal <span class="count">1</span>' in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("wilayah=33", {"jateng", "boyolali"}),
        ("jenis=resmi", {"boyolali"}),
        ("cari=harian+JATENG", {"jateng"}),
        ("keadaan=dimatikan", {"bali"}),
        ("keadaan=sunyi", set()),
    ],
)
def test_filters_stand_in_the_address(session: Session, sign_in, query: str, shown: set[str]) -> None:
    make_source(session, slug="jateng", name="Harian Jateng", region_code="33")
    make_source(session, slug="boyolali", region_code="33.09", kind=SourceKind.OFFICIAL)
    make_source(session, slug="bali", region_code="51", is_enabled=False)
    text = sign_in(role="operator").get(f"/sumber?{query}").text
    assert {slug for slug in ("jateng", "boyolali", "bali") if f'href="/sumber/{slug}"' in text} == shown
    assert ("Tidak ada sumber yang cocok" in text) == (not shown)


@pytest.mark.parametrize("query", ["keadaan=lain", "wilayah=" + "3" * 14, "urut=x", "jenis=x"])
def test_a_filter_that_no_form_of_ours_sends_is_refused(sign_in, query: str) -> None:
    assert sign_in(role="operator").get(f"/sumber?{query}").status_code == 422


@pytest.mark.parametrize("order", Order)
def test_every_order_is_a_page(session: Session, sign_in, order: Order) -> None:
    fill(session, make_source(session, slug="a"))
    make_source(session, slug="b")
    assert sign_in(role="operator").get(f"/sumber?urut={order}").status_code == 200


def test_the_page_of_a_source_shows_everything_and_escapes_it(session: Session, sign_in) -> None:
    fill(session, make_source(session, slug="a"))
    browser = sign_in(role="operator")
    text = browser.get("/sumber/a").text
    for part in ("captcha 3", "gagal 4 kali berturut-turut", "jeda 5 detik", "Di atas garis", "kesalahan pembaca", "75%"):
        assert part in text
    assert text.count("<rect") == 2
    for page in (text, browser.get("/sumber").text):
        assert "<script>alert" not in page
        assert "<img" not in page


def test_a_source_of_which_nothing_is_known_has_a_page(session: Session, sign_in) -> None:
    make_source(session, slug="a")
    browser = sign_in(role="operator")
    text = browser.get("/sumber/a").text
    for words in ("Belum pernah ada alarm", "Tidak ada halaman yang menunggu", "Sumber ini tidak punya kanal", "belum pernah"):
        assert words in text
    assert browser.get("/sumber/tidak-ada").status_code == 404


def test_an_operator_acknowledges_once_and_the_trail_says_who(session: Session, sign_in) -> None:
    alarm = alarm_of(session, make_source(session, slug="a"))
    browser = sign_in(role="operator")
    assert "Tandai sudah diketahui" in browser.get("/sumber/a").text
    answer = browser.post(f"/sumber/alarm/{alarm.id}/tahu")
    assert answer.headers["location"] == "/sumber/a?pesan=tahu"
    assert "Tercatat" in browser.get("/sumber/a?pesan=tahu").text
    assert browser.post(f"/sumber/alarm/{alarm.id}/tahu").status_code == 409
    session.expire_all()
    event = session.query(AuditEvent).filter_by(action="sumber.alarm_tahu").one()
    assert (event.subject_id, event.actor_id, alarm.closed_at) == (alarm.id, alarm.acknowledged_by_id, None)


@pytest.mark.parametrize(("role", "reads", "acknowledges"), [("auditor", 200, 403), ("pengawas", 403, 403), ("admin", 200, 303)])
def test_only_operators_and_admins_acknowledge(session: Session, sign_in, role: str, reads: int, acknowledges: int) -> None:
    alarm = alarm_of(session, make_source(session, slug="a"))
    browser = sign_in(role=role)
    page = browser.get("/sumber/a")
    assert page.status_code == browser.get("/api/v1/sources").status_code == reads
    assert ("Tandai sudah diketahui" in page.text) == (acknowledges == 303)
    assert browser.post(f"/sumber/alarm/{alarm.id}/tahu").status_code == acknowledges


def test_an_alarm_that_is_over_or_unknown_cannot_be_acknowledged(session: Session, sign_in) -> None:
    alarm = alarm_of(session, make_source(session))
    alarm.closed_at = now() - timedelta(hours=1)
    browser = sign_in(role="operator")
    assert browser.post(f"/sumber/alarm/{alarm.id}/tahu").status_code == 409
    assert browser.post("/sumber/alarm/99/tahu").status_code == 404
    assert browser.post(f"/sumber/alarm/{alarm.id}/tahu", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_the_api_says_the_same(session: Session, sign_in) -> None:
    fill(session, make_source(session, slug="a", region_code="33"))
    make_source(session, slug="b", is_enabled=False)
    browser = sign_in(role="operator")
    answer = browser.get("/api/v1/sources").json()
    assert [(found["slug"], found["health"]) for found in answer["sources"]] == [("a", "gagal"), ("b", "dimatikan")]
    assert answer["counts"] == {"gagal": 1, "dimatikan": 1}
    assert [found["slug"] for found in browser.get("/api/v1/sources?state=gagal&region=33").json()["sources"]] == ["a"]
    detail = browser.get("/api/v1/sources/a").json()
    assert (detail["causes_28d"], detail["days"][0]["quality"], detail["robots"][0]["crawl_delay"]) == ({"captcha": 3}, 0.75, 5)
    assert (detail["quarantined"], detail["quarantine"][0]["reason"], len(detail["history"])) == (1, HOSTILE, 1)
    assert browser.get("/api/v1/sources/zz").status_code == 404


def test_every_cause_state_kind_and_order_has_its_words() -> None:
    shown = {"sebab": FetchCause, "keadaan": HealthState, "sumber.jenis": SourceKind, "sumber.urut": Order}
    keys = {f"{prefix}.{member}" for prefix, enum in shown.items() for member in enum if member}
    assert keys - set(read_catalogue()) == set()
