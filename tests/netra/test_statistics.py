import json

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from models.database import make_session
from models.settings import Settings
from netra.cli import app
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


def run(*options: str) -> str:
    result = CliRunner().invoke(app, ["statistics", "refresh", *options])
    assert result.exit_code == 0, result.output
    return result.stdout
