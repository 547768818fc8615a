import json

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from models.database import make_session
from models.settings import Settings
from netra.cli import app
from netra.jobs.rhythm import get_job
from netra.stopping import Stop
from tests.factories import make_flag


def test_refresh_counts_what_changed_and_anew_counts_all(
    sqlite_settings: Settings, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRA_HOME", str(sqlite_settings.home))
    sessions: sessionmaker[Session] = make_session(sqlite_engine)
    with sessions.begin() as session:
        make_flag(session)
        make_flag(session)
    counted = [run("--json"), run("--json"), run("--anew", "--json")]
    assert [json.loads(one)["changes"] for one in counted] == [2, 0, 2]
    assert "counted already" in run()


def test_publish_counts_each_period_once_and_only_where_the_house_shows_figures(
    sqlite_settings: Settings, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRA_HOME", str(sqlite_settings.home))
    closed = CliRunner().invoke(app, ["statistics", "publish"])
    assert closed.exit_code == 2
    assert "NETRA_PUBLIC_STATISTICS=true" in closed.stderr
    monkeypatch.setenv("NETRA_PUBLIC_STATISTICS", "true")
    done = json.loads(run("--json", command="publish"))
    assert [edition["months"] for edition in done[:3]] == [6, 6, 1]
    assert "published already" in run(command="publish")
    job = get_job(Settings(), "publish")
    assert job.is_on(Settings())
    assert job.work(Settings(), sqlite_engine, Stop()).said == "published 0 periods"


def run(*options: str, command: str = "refresh") -> str:
    result = CliRunner().invoke(app, ["statistics", command, *options])
    assert result.exit_code == 0, result.output
    return result.stdout
