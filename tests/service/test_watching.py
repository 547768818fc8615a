"""/metrics, /readyz and what they cost."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models import (
    Case,
    CaseClock,
    ConnectorCursor,
    CrawlRun,
    Feed,
    FeedKind,
    FetchCause,
    FetchEvent,
    FetchOutcome,
    FlagState,
    HostClaim,
    RunState,
    SourceKind,
    SourceSchedule,
    now,
    record_event,
)
from models.database import make_engine, make_reading_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.app import create_app
from service.watching.collector import CACHE_SECONDS, DatabaseCollector
from service.watching.evidence_size import EvidenceSize
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user
from tests.service.corrections.desk import make_correction
from tests.statements import counted_statements

HERE = "http://127.0.0.1"


def registry_of(engine: Engine, folder: Path, clock: list[float] | None = None) -> CollectorRegistry:
    moments = clock or [0.0]
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(make_reading_session(engine), folder, clock=lambda: moments[-1]))
    return registry


def write_month(folder: Path, month: str, size: int, *, name: str = "a") -> Path:
    """A file of evidence, where the crawls of a month write."""
    path = folder / month / f"{name}.warc.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def crawl(session: Session, slug: str, state: RunState = RunState.FINISHED) -> None:
    """A source with a feed that was due an hour ago, a run, and what it gave."""
    source = make_source(session, slug=slug)
    moment = now()
    session.add(
        Feed(source_id=source.id, kind=FeedKind.RSS, url=f"https://{slug}.test/rss", next_poll_at=moment - timedelta(hours=1))
    )
    run = CrawlRun(source_id=source.id, state=state, counts={})
    session.add(run)
    session.flush()
    for outcome, cause, days in ((FetchOutcome.STORED, FetchCause.NONE, 2), (FetchOutcome.FAILED, FetchCause.DNS, 0)):
        at = moment - timedelta(days=days)
        session.add(FetchEvent(run_id=run.id, source_id=source.id, url="https://a.test/", outcome=outcome, cause=cause, at=at))
    session.flush()


def test_the_queue_is_counted_by_state_age_and_days_left(session: Session, engine: Engine, tmp_path: Path) -> None:
    today, moment = local_day(now(), None), now()
    flags = [(-3, FlagState.OPEN), (-1, FlagState.OPEN), (10, FlagState.OPEN), (10, FlagState.SECOND), (-3, FlagState.ASSESSED)]
    for days, state in (*flags, (-3, FlagState.RESTRICTED)):
        due, made = today + timedelta(days=days), moment - timedelta(hours=1 if days > 0 else 90)
        make_flag(session, due_on=due, state=state, created_at=made)
    session.commit()
    value = registry_of(engine, tmp_path).get_sample_value
    assert [value("netra_queue_flags", {"state": state}) for state in ("terbuka", "menunggu_penilai_kedua")] == [3, 1]
    assert [value("netra_queue_days_left", {"days": days}) for days in ("late", "-1", "0", "1-2", "3+")] == [1, 1, 0, 0, 2]
    assert 3600 <= (value("netra_queue_oldest_age_seconds", {"state": "terbuka"}) or 0) < 3700


def test_clocks_of_running_cases_are_counted_by_days_left(session: Session, engine: Engine, tmp_path: Path) -> None:
    person, today = make_user(session), local_day(now(), None)
    for days, met, ended in ((-3, False, False), (10, False, False), (10, True, False), (10, False, True)):
        opened = Case(title="Perkara uji", discovered_at=now(), opened_by_id=person.id, ended_on=today if ended else None)
        session.add(opened)
        session.flush()
        due, met_on = today + timedelta(days=days), today if met else None
        session.add(CaseClock(case_id=opened.id, rule="temuan_pemilu", starts_on=today, due_on=due, met_on=met_on))
    session.commit()
    value = registry_of(engine, tmp_path).get_sample_value
    assert [value("netra_case_clocks", {"days": days}) for days in ("late", "0", "1-2", "3+")] == [1, 0, 0, 1]


def test_requests_for_correction_are_counted_by_hours_left(session: Session, engine: Engine, tmp_path: Path) -> None:
    for hours, values in ((-1, {}), (5, {}), (70, {}), (-1, {"withdrawn_at": now()}), (5, {"answered_at": now()})):
        make_correction(session, due_at=now() + timedelta(hours=hours), **values)
    session.commit()
    value = registry_of(engine, tmp_path).get_sample_value
    assert [value("netra_corrections", {"hours": hours}) for hours in ("late", "0-24", "24+")] == [1, 1, 1]


def test_the_last_backup_is_a_moment_and_none_is_no_series(session: Session, engine: Engine, tmp_path: Path) -> None:
    name = "netra_backup_last_timestamp_seconds"
    assert registry_of(engine, tmp_path).get_sample_value(name) is None
    for action in ("cadangan.buat", "cadangan.pulihkan"):
        record_event(session, action, actor="sistem:cadangan", subject=("backup", None))
    session.commit()
    assert abs((registry_of(engine, tmp_path).get_sample_value(name) or 0) - now().timestamp()) < 60


def test_scoring_lag_is_that_of_the_oldest_current_text(session: Session, engine: Engine, tmp_path: Path) -> None:
    make_item(session, created_at=now() - timedelta(hours=2))
    make_item(session)
    make_item(session, created_at=now() - timedelta(days=3)).current_version_id = None  # An older version waits for nobody.
    make_artifact(session)
    session.commit()
    registry = registry_of(engine, tmp_path)
    assert registry.get_sample_value("netra_scoring_unscored_items") == 2
    assert 7200 <= (registry.get_sample_value("netra_scoring_lag_seconds") or 0) < 7300
    assert registry.get_sample_value("netra_artifact_live_info", {"name": "uji-1", "sha256": "0" * 12}) == 1


def test_sources_runs_and_events_are_figures(session: Session, engine: Engine, tmp_path: Path) -> None:
    crawl(session, "antara", RunState.FAILED)
    make_source(session, slug="akun", kind=SourceKind.SOCIAL)
    make_source(session, slug="kliping", kind=SourceKind.IMPORT)
    session.commit()
    value = registry_of(engine, tmp_path).get_sample_value
    assert 2 * 86400 <= (value("netra_source_silence_seconds", {"source": "antara"}) or 0) < 2 * 86400 + 100
    assert 3600 <= (value("netra_source_poll_overdue_seconds", {"source": "antara"}) or 0) < 3700
    assert value("netra_source_silence_seconds", {"source": "kliping"}) is None
    assert value("netra_source_state", {"source": "antara", "state": "gagal"}) == 1
    assert value("netra_source_state", {"source": "akun", "state": "belum_pernah"}) == 1
    assert value("netra_crawl_runs_last_day", {"state": "gagal"}) == 1
    assert value("netra_fetch_events_last_day", {"outcome": "gagal", "cause": "dns"}) == 1
    assert value("netra_fetch_events_last_day", {"outcome": "disimpan", "cause": ""}) is None
    assert (value("netra_database_bytes") or 0) > 10_000


def test_a_pause_after_a_failure_is_no_neglect(session: Session, engine: Engine, tmp_path: Path) -> None:
    source = make_source(session, slug="akun", kind=SourceKind.SOCIAL)
    session.add(HostClaim(host="akun.test"))
    session.flush()
    moment = now()
    planned = SourceSchedule(source_id=source.id, host="akun.test", next_at=moment - timedelta(hours=2))
    session.add(planned)
    session.commit()
    name, labels = "netra_source_poll_overdue_seconds", {"source": "akun"}
    assert 7200 <= (registry_of(engine, tmp_path).get_sample_value(name, labels) or 0) < 7300
    planned.not_before = moment + timedelta(minutes=5)
    session.commit()
    assert registry_of(engine, tmp_path).get_sample_value(name, labels) == 0
    planned.not_before = None
    session.add(ConnectorCursor(source_id=source.id, query="pegawai", wait_until=moment + timedelta(hours=9)))
    session.commit()
    assert registry_of(engine, tmp_path).get_sample_value(name, labels) == 0, "its platform asked for a day without us"


def test_evidence_is_measured(engine: Engine, tmp_path: Path) -> None:
    write_month(tmp_path, "2026/11", 500)
    write_month(tmp_path, "2026/10", 30)
    write_month(tmp_path, "2025/12", 7)
    assert registry_of(engine, tmp_path).get_sample_value("netra_evidence_bytes") == 537


def test_months_that_are_over_are_added_up_once(tmp_path: Path) -> None:
    moments = iter((0.0, 60.0, 700.0, 1_400.0))
    size = EvidenceSize(tmp_path, clock=lambda: next(moments))
    old = write_month(tmp_path, "2026/01", 500)
    written = write_month(tmp_path, "2026/10", 30)
    write_month(tmp_path, "2026/11", 0)
    assert size.measure() == 530
    written.write_bytes(b"x" * 40)
    old.write_bytes(b"x" * 501)
    assert size.measure() == 530, "a look every ten minutes is enough"
    assert size.measure() == 540, "a file that grows makes no month that is over be looked at again"
    write_month(tmp_path, "2026/01", 9, name="b")
    assert size.measure() == 550


def test_a_file_that_goes_while_it_is_measured_takes_no_figure_with_it(engine: Engine, tmp_path: Path) -> None:
    """The draft of a seal gets its last name as a crawl ends: listed a moment before, it is not there any more."""
    written = write_month(tmp_path, "2026/11", 500)
    written.with_name("b.warc.gz.sha256.new").symlink_to("b.warc.gz.sha256")
    assert registry_of(engine, tmp_path).get_sample_value("netra_evidence_bytes") == 500


def test_the_number_of_statements_does_not_grow_with_what_is_stored(session: Session, engine: Engine, tmp_path: Path) -> None:
    def scrape() -> int:
        with counted_statements(engine) as statements:
            list(registry_of(engine, tmp_path).collect())
        return len(statements)

    empty = scrape()
    for number in range(20):
        crawl(session, f"sumber-{number}")
        make_flag(session)
    session.commit()
    assert scrape() == empty <= 12


def test_whoever_asks_again_at_once_costs_nothing(engine: Engine, tmp_path: Path) -> None:
    clock = [0.0]
    registry = registry_of(engine, tmp_path, clock)
    list(registry.collect())
    with counted_statements(engine) as statements:
        clock.append(CACHE_SECONDS - 1)
        list(registry.collect())
        assert statements == []
        clock.append(CACHE_SECONDS)
        list(registry.collect())
        assert statements != []


def test_a_database_that_is_away_is_a_figure(tmp_path: Path) -> None:
    engine = make_engine("postgresql://netra@127.0.0.1:1/netra")
    registry = registry_of(engine, tmp_path)
    assert registry.get_sample_value("netra_database_up") == 0
    assert registry.get_sample_value("netra_queue_flags", {"state": "terbuka"}) is None


def test_the_queue_is_read_by_its_partial_index(sqlite_engine: Engine, tmp_path: Path) -> None:
    with counted_statements(sqlite_engine) as statements:
        list(registry_of(sqlite_engine, tmp_path).collect())
    (statement,) = [found for found in statements if "flags" in found]
    assert "'dinilai'" in statement


@pytest.mark.parametrize(
    ("client", "base", "headers", "status"),
    [
        ("127.0.0.1", HERE, {}, 200),
        ("::1", "http://localhost:8000", {}, 200),
        ("10.1.2.3", HERE, {}, 403),
        ("127.0.0.1", HERE, {"X-Forwarded-For": "10.1.2.3"}, 403),
        ("127.0.0.1", HERE, {"Forwarded": "for=10.1.2.3"}, 403),
        ("127.0.0.1", "http://jahat.test", {}, 403),
        ("10.1.2.3", "http://netra.test", {"Authorization": "Bearer benar"}, 200),
        ("10.1.2.3", "http://netra.test", {"Authorization": "Bearer salah"}, 403),
        ("10.1.2.3", "http://netra.test", {"Authorization": "Bearer "}, 403),
    ],
)
def test_metrics_are_for_this_machine_and_for_the_token(
    sqlite_settings: Settings, client: str, base: str, headers: dict[str, str], status: int
) -> None:
    app = create_app(sqlite_settings.model_copy(update={"metrics_token": SecretStr("benar")}))
    assert TestClient(app, base_url=base, client=(client, 1)).get("/metrics", headers=headers).status_code == status


def test_without_a_token_no_token_opens_metrics(sqlite_settings: Settings) -> None:
    browser = TestClient(create_app(sqlite_settings), client=("10.1.2.3", 1))
    assert browser.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


def test_behind_a_proxy_metrics_need_the_token(sqlite_settings: Settings) -> None:
    app = create_app(sqlite_settings.model_copy(update={"public_url": "https://netra.test"}))
    assert TestClient(app, base_url=HERE, client=("127.0.0.1", 1)).get("/metrics").status_code == 403


def test_metrics_speak_the_format_of_prometheus(settings: Settings) -> None:
    with TestClient(create_app(settings), base_url=HERE, client=("127.0.0.1", 1)) as browser:
        answer = browser.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\nnetra_database_up 1.0\n" in answer.text
    assert "\nprocess_resident_memory_bytes " in answer.text


def test_it_is_ready_when_a_classifier_is_live(session: Session, visitor: TestClient) -> None:
    before = visitor.get("/readyz")
    assert (before.status_code, before.json()["checks"]["artifact"]["ok"]) == (503, False)
    make_artifact(session)
    session.commit()
    after = visitor.get("/readyz")
    assert (after.status_code, after.json()["ready"]) == (200, True)


def test_it_is_not_ready_with_the_tables_of_another_version(session: Session, visitor: TestClient) -> None:
    make_artifact(session)
    session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    session.commit()
    checks = visitor.get("/readyz").json()["checks"]
    assert {name: check["ok"] for name, check in checks.items()} == {"database": True, "migrations": False, "artifact": True}
    assert "netra db upgrade" in checks["migrations"]["detail"]


def test_it_is_not_ready_without_tables(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(home=tmp_path, _env_file=None))) as browser:
        answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]["ok"]) == (503, False)


def test_it_is_not_ready_without_its_database(tmp_path: Path) -> None:
    away = Settings(home=tmp_path, database_url="postgresql://netra:rahasia@127.0.0.1:1/netra", _env_file=None)
    with TestClient(create_app(away)) as browser:
        answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]["ok"]) == (503, False)
    assert "rahasia" not in answer.text
