"""A Dask cluster of real processes: one that is there already, and one of our own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from models.settings import Settings
from netra.crawls.crawling import environment
from netra.rescoring.cluster import unpack
from netra.rescoring.errors import Misplaced
from netra.rescoring.scorers import ArtifactPlace
from tests.netra.rescoring.archives import assert_each_scored_once, count_predictions, fill_sparsely
from tests.netra.rescoring.waiting import end, wait_for
from tests.processes import kill, run_netra, start_netra

DASK = Path(sys.executable).with_name("dask")
TEXTS = 2_400


@contextmanager
def running(variables: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [DASK, *arguments],
        env=os.environ | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


@pytest.fixture
def cluster(home: Settings, tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address and two workers, which know the database and have no artifact."""
    file = tmp_path / "scheduler.json"
    variables = environment(home) | {"NETRA_DATABASE_URL": home.database_address, "NETRA_HOME": str(tmp_path / "empty")}
    (tmp_path / "empty").mkdir()
    with ExitStack() as stack:
        quiet = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        scheduler = stack.enter_context(running({}, "scheduler", *quiet))
        wait_for(file.exists, scheduler)
        worker = (
            "worker",
            "--scheduler-file",
            str(file),
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
        )
        folder = ("--local-directory", str(tmp_path / "dask"))
        workers = [stack.enter_context(running(variables, *worker, *folder)) for _ in range(2)]
        yield json.loads(file.read_text())["address"], workers


@pytest.mark.slow
def test_killed_worker_of_a_cluster_leaves_its_ranges_to_another(
    home: Settings, engine: Engine, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    fill_sparsely(engine, TEXTS)
    address, workers = cluster
    process = start_netra(home, "rescore", "--engine", "dask", "--scheduler", address)
    wait_for(lambda: count_predictions(engine) > 0, process)
    kill(workers[0])
    assert count_predictions(engine) < TEXTS
    said = end(process)
    assert process.returncode == 0, said
    assert_each_scored_once(engine, TEXTS)


@pytest.mark.slow
def test_cluster_of_our_own_mends_itself_and_leaves_no_process(small_home: Settings, sqlite_engine: Engine) -> None:
    fill_sparsely(sqlite_engine, TEXTS)
    process = start_netra(small_home, "rescore", "--engine", "dask", "--workers", "2")
    wait_for(lambda: count_predictions(sqlite_engine) > 0, process)
    children = psutil.Process(process.pid).children(recursive=True)
    next(child for child in children if "spawn_main" in " ".join(child.cmdline())).kill()
    said = end(process)
    assert process.returncode == 0, said
    assert_each_scored_once(sqlite_engine, TEXTS)
    assert psutil.wait_procs(children, timeout=120)[1] == []


def test_cluster_that_is_not_there_is_one_line(small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("rescore", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
    told = run_netra(small_home, *arguments, DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s")
    assert told.returncode == 2
    assert "Check the address" in told.stderr


def test_artifact_that_arrives_broken_is_refused(tmp_path: Path, place: ArtifactPlace) -> None:
    files = {path.name: path.read_bytes() for path in Path(place.folder).iterdir()}
    with pytest.raises(Misplaced, match="cannot read the artifact"):
        unpack(place, files | {"artifact.json": b"{}"}, tmp_path)
