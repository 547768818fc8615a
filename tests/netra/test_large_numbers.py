"""Numbers that no database keeps end in a sentence, not in a traceback."""

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from models.settings import Settings
from netra.cli import app

BEYOND = "99999999999999999999"


@pytest.fixture(autouse=True)
def home(sqlite_settings: Settings, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_HOME", str(sqlite_settings.home))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.parametrize(
    "command",
    [
        "import --undo {}",
        "quarantine show {}",
        "clusters list --before {}",
        "clusters show {}",
        "clusters split 1 {} --why x",
        "clusters merge 1 {} --why x",
        "clusters confirm {} --why x",
        "clusters undo {} --why x",
        "evidence verify {}",
        "evidence export 1 {} --output a.wacz",
        "evidence stamp {}",
        "golden add {} ikrar",
        "golden remove {}",
        "golden suggest --limit {}",
        "alerts test --webhook {}",
        "corrections show {}",
        "retention hold {} --reason x",
        "retention release {}",
        "retention erase {} --reason x",
        "artifacts shadow a --show --limit {}",
        "labels export x.jsonl --format jsonl --unlabelled {}",
        "user token sari --name x --days {}",
    ],
)
def test_a_number_that_no_database_keeps_is_refused_with_the_largest_that_is_kept(command: str) -> None:
    result = CliRunner().invoke(app, command.format(BEYOND).split())
    said = " ".join(result.output.split())
    assert (result.exit_code, "the largest is 9223372036854775807" in said or "less than or equal to" in said) == (2, True), said
