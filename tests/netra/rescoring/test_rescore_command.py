"""`netra rescore` as real processes: stopped, killed, and asked for what cannot be."""

import json
import signal
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

from models.settings import Settings
from tests.engines import sqlite_every_day
from tests.factories import PARTISAN
from tests.netra.rescoring.archives import (
    assert_each_scored_once,
    count_flags,
    count_predictions,
    fill,
    fill_sparsely,
)
from tests.netra.rescoring.waiting import PATIENCE, end, wait_for
from tests.processes import Process, kill, run_netra, start_netra

TEXTS = 2_400


def list_workers(process: Process) -> list[psutil.Process]:
    """Processes that score, in the order in which they were started."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def await_workers(process: Process, count: int) -> list[psutil.Process]:
    """Listed before they score: to list them takes as long as some hundred texts."""
    wait_for(lambda: len(list_workers(process)) == count, process)
    return list_workers(process)


@pytest.mark.slow
def test_killed_worker_leaves_its_range_to_another(home: Settings, engine: Engine) -> None:
    fill_sparsely(engine, TEXTS)
    process = start_netra(home, "rescore", "--workers", "2")
    workers = await_workers(process, 2)
    wait_for(lambda: count_predictions(engine) > 0, process)
    workers[0].kill()
    assert count_predictions(engine) < TEXTS
    said = end(process)
    assert process.returncode == 0, said
    assert_each_scored_once(engine, TEXTS)
    assert count_flags(engine) == 0


@sqlite_every_day
def test_killed_as_a_whole_it_goes_on_where_it_was_and_leaves_no_process(home: Settings, engine: Engine) -> None:
    fill_sparsely(engine, TEXTS)
    process = start_netra(home, "rescore", "--workers", "2", "--flag")
    workers = await_workers(process, 2)
    wait_for(lambda: count_predictions(engine) > 0, process)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
    kill(process)
    assert alive == []
    scored = count_predictions(engine)
    assert 0 < scored < TEXTS
    second = run_netra(home, "rescore", "--workers", "1", "--flag", "--json")
    assert (second.returncode, json.loads(second.stdout)["scored"]) == (0, TEXTS - scored)
    assert_each_scored_once(engine, TEXTS)
    assert count_flags(engine) == TEXTS // 5


@pytest.mark.slow
def test_ctrl_c_ends_it_after_what_is_at_hand(small_home: Settings, sqlite_engine: Engine) -> None:
    fill_sparsely(sqlite_engine, TEXTS)
    process = start_netra(small_home, "rescore", "--workers", "2")
    wait_for(lambda: count_predictions(sqlite_engine) > 0, process)
    process.send_signal(signal.SIGINT)  # type: ignore[union-attr]
    said = end(process)
    assert process.returncode == 130, said
    assert "run the same command to go on" in said
    assert run_netra(small_home, "rescore", "--workers", "1").returncode == 0
    assert_each_scored_once(sqlite_engine, TEXTS)


@pytest.mark.slow
def test_two_commands_at_once_make_no_doubles(home: Settings, engine: Engine) -> None:
    fill_sparsely(engine, TEXTS)
    both = [start_netra(home, "rescore", "--workers", "1", *flag) for flag in ([], ["--flag"])]
    said = [end(process) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert_each_scored_once(engine, TEXTS)
    assert count_flags(engine) == TEXTS // 5


def test_dry_run_counts_and_writes_nothing(home: Settings, engine: Engine) -> None:
    fill(engine, 30)
    told = run_netra(home, "rescore", "--dry-run", "--json")
    found = json.loads(told.stdout)
    assert (told.returncode, found["texts"], count_predictions(engine)) == (0, 30, 0)
    assert found["seconds_a_text"] > 0


def test_parquet_without_a_database(tmp_path: Path, small_home: Settings) -> None:
    folder, out = tmp_path / "arsip", tmp_path / "skor"
    folder.mkdir()
    pq.write_table(pa.table({"id": [1, 2, 3], "text": [PARTISAN, None, "Hujan turun."]}), folder / "satu.parquet")
    (folder / "rusak.parquet").write_bytes(b"PAR1")
    arguments = ("rescore", "--input", str(folder), "--output", str(out), "--workers", "1", "--json")
    dry, first, second = (run_netra(small_home, *arguments, *more) for more in (["--dry-run"], [], []))
    assert json.loads(dry.stdout)["texts"] == 3
    told = json.loads(first.stdout)
    assert (first.returncode, told["scored"], told["bad"], told["problem_count"]) == (1, 2, 1, 1)
    assert "rusak.parquet" in told["problems"][0]
    assert json.loads(second.stdout)["scored"] == 0
    assert [path.name for path in (out / "satu").iterdir()] == ["part-000000000000.parquet"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scheduler", "tcp://127.0.0.1:1"], "--engine dask"),
        (["--input", "arsip"], "belong together"),
        (["--input", "arsip", "--output", "skor", "--flag"], "for the database"),
        (["--column", "text=isi"], "for Parquet"),
        (["--source", "harian-tiada"], "harian-tiada"),
        (["--engine", "dask", "--scheduler", "tcp://10.255.255.1:8786"], "SQLite belongs to one machine"),
        (["--artifact", "tiada"], "there is no artifact"),
    ],
)
def test_what_cannot_be_is_one_line_and_code_2(small_home: Settings, arguments: list[str], said: str) -> None:
    told = run_netra(small_home, "rescore", *arguments)
    assert told.returncode == 2
    assert said in told.stderr


def test_only_the_live_artifact_raises_flags(small_home: Settings, sqlite_engine: Engine, candidate: str) -> None:
    told = run_netra(small_home, "rescore", "--artifact", candidate, "--flag")
    assert (told.returncode, "only the live artifact raises flags" in told.stderr) == (2, True)
