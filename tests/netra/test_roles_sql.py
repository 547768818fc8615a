"""The roles that `netra db roles` prints, made on a real server: each does its whole work, and PostgreSQL refuses the rest."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from migrations.grants import APPEND_ONLY, CRAWLER, OWNER, READER, SCORER, SERVICE, WORKER
from migrations.lacking import list_lacking
from migrations.revisions import head_revision
from migrations.roles import write_roles
from migrations.upgrade import upgrade_database
from models import (
    Assessment,
    Correction,
    CorrectionAsk,
    Flag,
    FlagState,
    Item,
    ItemVersion,
    Outcome,
    Prediction,
    RunState,
    TrainingText,
    User,
    now,
    verify_chain,
)
from models.database import make_engine, make_session
from models.settings import Settings
from netra.erasing import RequestErasing
from netra.jobs.queueing import prepare_queue
from netra.keeping.backup import make_backup
from service.accounts.service import load_actor
from service.corrections import deeds
from service.corrections.targets import get_target
from tests.factories import PARTISAN, PASSWORD, make_flag, make_item, make_source, make_user
from tests.netra.crawls.little_web import LittleWeb
from tests.netra.jobs.houses import list_runs, wait_for, worker
from tests.processes import run_netra, serving
from tests.service.corrections.desk import make_correction

pytestmark = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)

OWN_FORM = {"sec-fetch-site": "same-origin"}
FORBIDDEN = [
    (SERVICE, "UPDATE audit_events SET actor = 'lain'"),
    (SERVICE, "DELETE FROM assessments"),
    (SERVICE, "DELETE FROM items"),
    (SERVICE, "UPDATE violation_types SET sanction = 'tidak_ada'"),
    (SERVICE, "UPDATE roles SET permissions = '[]'"),
    (SERVICE, "UPDATE artifacts SET threshold = 2"),
    (SERVICE, "UPDATE predictions SET probability = 0"),
    (SERVICE, "UPDATE fetch_events SET url = ''"),
    (SERVICE, "TRUNCATE flags CASCADE"),
    (SERVICE, "ALTER TABLE audit_events DISABLE TRIGGER USER"),
    (SERVICE, "DROP TABLE tips"),
    (SERVICE, "CREATE TABLE lain (id int)"),
    (WORKER, "UPDATE audit_events SET actor = 'lain'"),
    (WORKER, "DELETE FROM items"),
    (WORKER, "UPDATE artifacts SET threshold = 2"),
    (CRAWLER, "SELECT password_hash FROM users"),
    (CRAWLER, "SELECT * FROM user_sessions"),
    (CRAWLER, "SELECT * FROM assessments"),
    (CRAWLER, "UPDATE flags SET state = 'dinilai'"),
    (CRAWLER, "DELETE FROM items"),
    (CRAWLER, "UPDATE fetch_events SET reason = ''"),
    (CRAWLER, "DELETE FROM audit_events"),
    (SCORER, "SELECT password_hash FROM users"),
    (SCORER, "SELECT * FROM tips"),
    (SCORER, "UPDATE item_versions SET text = ''"),
    (SCORER, "INSERT INTO assessments DEFAULT VALUES"),
    (SCORER, "DELETE FROM flags"),
    (SCORER, "UPDATE sources SET is_enabled = false"),
    (READER, "SELECT password_hash FROM users"),
    (READER, "SELECT * FROM api_tokens"),
    (READER, "SELECT * FROM tips"),
    (READER, "INSERT INTO saved_searches DEFAULT VALUES"),
    (OWNER, "CREATE ROLE lain"),
]


@pytest.fixture
def with_roles(engine: Engine) -> Engine:
    for _ in range(2):  # As it is run again after an upgrade.
        make_roles(engine)
    return engine


def make_roles(engine: Engine) -> None:
    with engine.connect() as connection:
        cast(Any, connection.connection.driver_connection).execute("\n".join(write_roles()))


def address_of(settings: Settings, role: str) -> str:
    return make_url(settings.database_address).set(username=role).render_as_string(hide_password=False)


def settings_of(settings: Settings, role: str, **values: object) -> Settings:
    return settings.model_copy(update={"database_url": address_of(settings, role), **values})


@pytest.mark.parametrize(
    ("taken", "lacking"),
    [
        ("REVOKE INSERT ON shadow_scores FROM netra_scorer", [SCORER]),
        ("REVOKE UPDATE (evidence) ON predictions FROM netra_service, netra_worker", [SERVICE, WORKER]),
        ("REVOKE USAGE ON SCHEMA netra_jobs FROM netra_crawler", [CRAWLER]),
    ],
)
def test_an_upgrade_names_the_roles_that_lack_a_right(settings: Settings, engine: Engine, taken: str, lacking: list[str]) -> None:
    prepare_queue(engine)
    make_roles(engine)
    assert list_lacking(engine) == []
    with engine.begin() as connection:
        connection.exec_driver_sql(taken)
    assert list_lacking(engine) == lacking
    told = run_netra(settings, "db", "upgrade")
    assert told.returncode == 0
    assert f"{', '.join(lacking)} lack rights here" in told.stderr


def test_a_monitors_day_works_as_the_service(settings: Settings, with_roles: Engine, session: Session) -> None:
    make_user(session, username="rina", role="koordinator")
    for number in range(3):
        make_flag(session, make_item(session), probability=0.9 - number / 10)
    session.commit()
    with (
        serving(settings_of(settings, SERVICE, second_factor_hours=0)) as (address, _),
        httpx.Client(base_url=address, headers=OWN_FORM, timeout=90) as browser,
    ):
        assert browser.post("/masuk", data={"nama": "rina", "sandi": PASSWORD}).headers["location"] == "/"
        assert browser.get("/antrean").status_code == 200
        path = browser.post("/antrean/ambil").headers["location"].partition("?")[0]
        decided = browser.post(f"{path}/nilai", data={"hasil": "duplikat"}).headers["location"]
        assert browser.post(f"{decided.partition('?')[0]}/lepas").status_code == 303
        exported = browser.post(
            "/ekspor/antrean", data={"tujuan": "pelaporan", "catatan": "uji peran", "bentuk": "csv", "saring": ""}
        )
        assert exported.headers.get("x-export-rows") == "2", exported.text
        assert browser.post("/keluar").status_code == 303
    assert session.scalar(select(func.count()).select_from(Assessment)) == 1
    assert verify_chain(session).breaks == []


@pytest.mark.parametrize("role", [SERVICE, WORKER])
def test_an_erasure_that_was_granted_is_carried_out_by_the_room(
    settings: Settings, with_roles: Engine, session: Session, role: str
) -> None:
    flag = make_flag(session, state=FlagState.ASSESSED, outcome=Outcome.NO_VIOLATION.value, assessed_at=now())
    session.add(TrainingText(origin="a.csv", text_sha256="1" * 64, kind="news", text=PARTISAN, label="ikrar", imported_by="sari"))
    correction_id = make_correction(session, asked=CorrectionAsk.ERASE, identity_at=now()).id
    user_id = make_user(session, username="rina", role="koordinator", region_code="33").id
    session.commit()
    room = make_engine(address_of(settings, role))
    with make_session(room).begin() as own:
        actor = load_actor(own, own.get_one(User, user_id))
        target = get_target(own, actor, "penanda", flag.id)
        deeds.erase(own, actor, own.get_one(Correction, correction_id), target, RequestErasing())
    room.dispose()
    prediction = session.get_one(Prediction, flag.prediction_id, populate_existing=True)
    version = session.get_one(ItemVersion, flag.item_version_id, populate_existing=True)
    assert (version.text, prediction.evidence) == ("", [])
    assert session.scalars(select(TrainingText)).all() == []
    assert verify_chain(session).breaks == []


@pytest.fixture
def web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": 4}) as web:
        yield web


@pytest.mark.parametrize(("role", "command"), [(CRAWLER, "user list"), (SCORER, "db upgrade")])
def test_a_command_of_the_owner_as_another_role_is_one_line(
    settings: Settings, with_roles: Engine, role: str, command: str
) -> None:
    told = run_netra(settings_of(settings, role), *command.split())
    assert (told.returncode, len(told.stderr.strip().splitlines())) == (2, 1), told.stderr
    assert "netra_owner" in told.stderr


def test_a_crawl_is_stored_as_the_crawler(settings: Settings, with_roles: Engine, session: Session, web: LittleWeb) -> None:
    local = settings_of(web.settings_for(settings), CRAWLER)
    told = run_netra(local, "schedule", "--once")
    assert told.returncode == 0, told.stderr
    assert session.scalar(select(func.count()).select_from(Item)) == 4


def test_a_flag_follows_its_text_into_a_cluster_as_the_crawler(settings: Settings, with_roles: Engine, session: Session) -> None:
    flag = make_flag(session)
    session.commit()
    crawler = make_engine(address_of(settings, CRAWLER))
    with crawler.begin() as connection:
        made = text("INSERT INTO clusters (first_item_id, created_at) VALUES (:item, now()) RETURNING id")
        cluster_id = connection.scalar(made, {"item": flag.item_id})
        joined = text(
            "INSERT INTO cluster_members (item_id, cluster_id, state, basis, similarity, created_at)"
            " VALUES (:item, :cluster, 'usulan', 'salinan', 1, now())"
        )
        connection.execute(joined, {"item": flag.item_id, "cluster": cluster_id})
    crawler.dispose()
    session.refresh(flag)
    assert flag.cluster_id == cluster_id


def test_texts_are_scored_as_the_scorer(with_live_artifact: Settings, with_roles: Engine, session: Session) -> None:
    source = make_source(session)
    for number in range(4):
        make_item(session, source=source, text=f"{PARTISAN} Butir {number}.")
    session.commit()
    told = run_netra(settings_of(with_live_artifact, SCORER), "score")
    assert told.returncode == 0, told.stderr
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Prediction, Flag)] == [4, 4]


def test_workers_share_the_queue_of_jobs_and_the_service_does_not(settings: Settings, engine: Engine) -> None:
    prepare_queue(engine)
    make_roles(engine)
    count = "SELECT count(*) FROM netra_jobs.procrastinate_jobs"
    assert [is_refused(settings, role, count) for role in (WORKER, CRAWLER, SCORER, SERVICE, READER)] == [False] * 3 + [True] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "queue", "jobs"),
    [(WORKER, "review", {"watch", "digest", "refresh"}), (CRAWLER, "crawl", {"crawl:satu"}), (SCORER, "score", {"score"})],
)
def test_a_worker_does_its_queue_in_its_own_role(
    settings: Settings, engine: Engine, web: LittleWeb, role: str, queue: str, jobs: set[str]
) -> None:
    prepare_queue(engine)
    make_roles(engine)
    with worker(settings_of(web.settings_for(settings), role), queue) as own:
        wait_for(lambda: all(RunState.FINISHED in list_runs(engine, job) for job in jobs))
        assert own.process.poll() is None
    assert "permission denied" not in own.said()


def test_the_owner_upgrades(settings: Settings, with_roles: Engine) -> None:
    owner = make_engine(address_of(settings, OWNER))
    assert upgrade_database(owner) == head_revision()
    prepare_queue(owner)
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE flags ADD COLUMN later int"))
    owner.dispose()


def test_the_owner_brings_a_backup_back_over_what_is_there(
    settings: Settings, with_roles: Engine, session: Session, tmp_path: Path
) -> None:
    make_flag(session)
    session.commit()
    session.close()
    owner = settings_of(settings, OWNER)
    archive = make_backup(owner, with_roles, tmp_path / "rumah.tar", with_key=False, on_progress=lambda *_: None).path
    done = run_netra(owner, "restore", str(archive), "--replace", "--yes")
    assert "What was there is kept in" in done.stdout, done.stderr
    make_roles(with_roles)
    service = make_engine(address_of(settings, SERVICE))
    with service.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM flags")) == 1
    service.dispose()


def test_the_reader_counts_and_changes_nothing(settings: Settings, with_roles: Engine, session: Session) -> None:
    make_flag(session)
    session.commit()
    reader = make_engine(address_of(settings, READER))
    with reader.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM flags JOIN items ON items.id = flags.item_id")) == 1
        assert connection.scalars(text("SELECT username FROM users")).all() == []
        assert connection.scalar(text("SHOW default_transaction_read_only")) == "on"
    reader.dispose()


def test_postgresql_itself_refuses_what_a_role_may_not(settings: Settings, with_roles: Engine) -> None:
    allowed = [f"{role}: {statement}" for role, statement in FORBIDDEN if not is_refused(settings, role, statement)]
    assert allowed == []


def is_refused(settings: Settings, role: str, statement: str) -> bool:
    engine = make_engine(address_of(settings, role))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        return bool(re.search("permission denied|must be owner|read-only transaction", str(error.orig)))
    finally:
        engine.dispose()
    return False


def test_no_role_may_change_what_is_history(with_roles: Engine) -> None:
    """A table that a migration makes append-only must be named in migrations/grants.py."""
    query = text(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE proname = 'refuse_change' AND tgqual IS NULL AND tgattr = '' AND (tgtype & 16) <> 0 AND (tgtype & 8) <> 0"
    )
    with with_roles.connect() as connection:
        assert set(connection.scalars(query)) == APPEND_ONLY


def test_a_later_table_is_the_services_alone(session: Session, with_roles: Engine) -> None:
    rights = text("SELECT has_table_privilege(:role, 'saved_searches', 'INSERT')")
    assert [session.scalar(rights, {"role": role}) for role in (SERVICE, CRAWLER, SCORER, READER)] == [True, False, False, False]


def test_the_command_prints_what_was_tested(settings: Settings) -> None:
    assert run_netra(settings, "db", "roles").stdout.split() == "\n\n".join(write_roles()).split()
