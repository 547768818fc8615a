"""Two real houses, one on each engine: there and back again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Case,
    ExternalStatus,
    ReceivedCase,
    ReceivedEntry,
    Stage,
)
from models.database import make_session
from models.settings import Settings
from service.accounts.service import create_api_token
from service.cases.schemas import FollowUpEntry
from service.followup.service import enter_follow_up
from service.interchange import desk
from tests.factories import make_user
from tests.processes import run_netra, serving
from tests.service.interchange.house import DAY, actor_of, make_case, name_subject, take_back


@pytest.fixture
def houses(sqlite_settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Settings]]:
    """One on SQLite, one on PostgreSQL, in the order that the test asks for: the first refers, the second answers."""
    import os

    from tests.conftest import _database, _run_sql  # pyright: ignore[reportPrivateUsage]

    url, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    name = f"netra_other_{os.getpid()}"
    _run_sql(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    other = Settings(home=tmp_path / "other", database_url=_database(url, name), _env_file=None)  # pyright: ignore[reportCallIssue]
    yield [sqlite_settings, other] if request.param == "sqlite first" else [other, sqlite_settings]
    _run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")


def make_partner(session: Session, *, opens_names: bool) -> str:
    """A partner's token; its scopes say whether names go with the cases."""
    role = "mitra_nama" if opens_names else "mitra"
    scopes = ["pertukaran.baca", *(["pribadi.buka"] if opens_names else [])]
    return create_api_token(session, make_user(session, role=role), "tarik", 1, can_write=opens_names, scopes=scopes)


@pytest.mark.parametrize(("houses", "opens_names"), [("sqlite first", False), ("postgresql first", True)], indirect=["houses"])
def test_a_case_goes_to_another_house_and_its_answer_comes_back(
    houses: list[Settings], tmp_path: Path, opens_names: bool
) -> None:
    from models.database import make_engine

    engines = [make_engine(settings.database_address) for settings in houses]
    here, there = (make_session(engine) for engine in engines)
    tokens = [tmp_path / "a.token", tmp_path / "b.token"]
    for sessions, path in zip((here, there), tokens, strict=True):
        with sessions.begin() as session:
            path.write_text(make_partner(session, opens_names=opens_names))
    with here.begin() as session:
        bawaslu = actor_of(make_user(session, role="admin"))
        case = make_case(session, bawaslu)
        name_subject(session, bawaslu, case)
    with serving(houses[0]) as (here_url, _), serving(houses[1]) as (there_url, _):
        out = ("interchange", "pull", here_url, "--token-file", str(tokens[0]), "--json")
        back = ("interchange", "pull", there_url, "--token-file", str(tokens[1]), "--json")
        first = run_netra(houses[1], *out)
        assert json.loads(first.stdout)["new"] == 1, first.stderr
        with there.begin() as session:
            bkn = actor_of(make_user(session, role="admin"))
            received = session.scalars(select(ReceivedCase)).one()
            assert ("Kartikasari" in json.dumps(received.document)) is opens_names
            own = desk.adopt(session, bkn, received.id)
            assert own.subject_name == ("Rina Kartikasari" if opens_names else "")
            enter_follow_up(session, bkn, own.id, FollowUpEntry(stage=Stage.SANCTIONED, on_day=DAY, document_number="9/B"))
        assert json.loads(run_netra(houses[0], *back).stdout)["new"] == 1
        again = json.loads(run_netra(houses[0], *back).stdout)
        assert (again["new"], again["changed"]) == (0, 0)
        with here.begin() as session:
            take_back(session, bawaslu, session.get_one(Case, case.id), ExternalStatus.REFERRED)
        assert json.loads(run_netra(houses[1], *out).stdout)["withdrawn"] == 1
    assert all(run_netra(settings, "interchange", "verify").returncode == 0 for settings in houses)
    with here() as session:
        answer, entry = session.scalars(select(ReceivedCase)).one(), session.scalars(select(ReceivedEntry)).one()
        assert (answer.case_id, answer.is_ours) == (case.id, True)
        assert (entry.value, entry.document_number) == ("sanksi", "9/B")
    for engine in engines:
        engine.dispose()
