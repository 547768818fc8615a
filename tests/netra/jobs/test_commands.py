"""`netra jobs` and `netra worker`, as operators meet them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import JobRun, JobTurn, RunState, now
from models.database import make_session
from models.settings import Settings
from netra.jobs.turns import LEASE
from tests.processes import run_netra


def test_the_list_shows_what_was_done_by_hand(settings: Settings, engine: Engine) -> None:
    assert run_netra(settings, "jobs", "run", "refresh").stdout == "moved 0 flags, counted 0 changes\n"
    lines = {line["name"]: line for line in json.loads(run_netra(settings, "jobs", "list", "--json").stdout)}
    assert (lines["refresh"]["outcome"], lines["refresh"]["failures"], lines["refresh"]["holders"]) == ("selesai", 0, [])
    assert lines["refresh"]["next_at"] > lines["refresh"]["last_at"]
    assert lines["digest"]["last_at"] is None
    assert "NETRA_RETENTION_DAYS" in lines["retention"]["off"]
    table = run_netra(settings, "jobs", "list")
    assert (table.returncode, "selesai" in table.stdout, "crawl is off" in table.stdout) == (0, True, True)


def test_a_failure_is_told_with_its_reason_and_exit_code_1(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    settings = sqlite_settings.model_copy(update={"interchange_houses": "http://127.0.0.1:9=/tidak/ada"})
    result = run_netra(settings, "jobs", "run", "pull")
    assert (result.returncode, "/tidak/ada cannot be read" in result.stderr) == (1, True)
    listed = run_netra(settings, "jobs", "list")
    assert "pull failed 1 times in a row: " in listed.stderr


def test_of_several_turns_the_one_that_fails_is_named_with_its_own_reason(
    sqlite_settings: Settings, sqlite_engine: Engine
) -> None:
    with make_session(sqlite_engine).begin() as session:
        session.add_all([JobTurn(name="score", due_at=now()), JobTurn(name="score:2", due_at=now(), failures=3)])
        ends = (("score:2", RunState.FAILED, "ValueError: kosong"), ("score", RunState.FINISHED, "scored 200, flagged 3"))
        for turn, state, said in ends:
            session.add(JobRun(job=turn, holder="mesin:7:a", state=state, said=said, ended_at=now()))
        session.add(JobRun(job="score:2", holder="mesin:7:a"))
    listed = run_netra(sqlite_settings, "jobs", "list")
    assert listed.stderr == "score:2 failed 3 times in a row: ValueError: kosong\n"


def test_a_house_whose_token_is_missing_keeps_no_other_from_being_asked(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "mitra.token").write_text("rahasia-mitra", encoding="ascii")
    houses = f"http://127.0.0.1:9=/tidak/ada, http://127.0.0.1:10={tmp_path / 'mitra.token'}"
    result = run_netra(sqlite_settings.model_copy(update={"interchange_houses": houses}), "jobs", "run", "pull")
    assert result.returncode == 1
    assert ["/tidak/ada cannot be read" in result.stderr, "http://127.0.0.1:10: " in result.stderr] == [True, True]


def test_what_somebody_else_does_is_refused_with_their_name(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        session.add(JobTurn(name="digest", holder="mesin-lain:7:a", taken_at=now(), expires_at=now() + LEASE))
    result = run_netra(sqlite_settings, "jobs", "run", "digest")
    assert (result.returncode, "digest is done by mesin-lain:7:a since" in result.stderr) == (2, True)
    assert run_netra(sqlite_settings, "jobs", "run", "digest", "--if-due").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("worker",), "on SQLite one machine does everything. Run: netra up"),
        (("worker", "--queues", "nix"), "there is no queue nix. Queues: crawl, score,"),
        (("jobs", "run", "nix"), "there is no job 'nix'. Jobs: crawl, score,"),
        (("jobs", "run", "pull"), "set NETRA_INTERCHANGE_HOUSES"),
        (("jobs", "run", "digest", "--stay"), "Leave --stay out"),
    ],
)
def test_what_cannot_be_done_says_how_to_mend_it(sqlite_settings: Settings, arguments: tuple[str, ...], words: str) -> None:
    result = run_netra(sqlite_settings, *arguments)
    assert (result.returncode, words in result.stderr) == (2, True)
