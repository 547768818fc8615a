"""A disk without space: everybody says so, nothing half is written, and all go on by themselves when there is space again."""

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import Engine

from classifier.artifacts.artifact import SavedArtifact, load_artifact, save_artifact
from models.settings import Settings
from tests.faults.house import PATIENCE, House, at_work, fill, monitors_at, wait_until_saved
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.soundness import check_all
from tests.netra.crawls.little_web import LittleWeb
from tests.processes import run_netra

pytestmark = pytest.mark.usefixtures("with_live_artifact")

PAGES, TEXTS, MONITORS = 40, 600, 2


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "kecil", 64) as disk:
        yield disk


@pytest.fixture
def settings(disk: SmallDisk, sqlite_template: Path) -> Settings:
    shutil.copy(sqlite_template, disk.folder / "netra.sqlite3")
    return Settings(home=disk.folder, _env_file=None)


def wait_for_refusals(monitors, house: House, count: int) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + PATIENCE
    while sum(len(monitor.refused) for monitor in monitors) < count:
        house.check_alive()
        assert time.monotonic() < end, "nobody was refused"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_house_on_a_full_disk_refuses_whole_and_goes_on(
    disk: SmallDisk, settings: Settings, engine: Engine, tmp_path: Path, chance: random.Random
) -> None:
    tokens = fill(engine, TEXTS, monitors=MONITORS)
    with LittleWeb(tmp_path, {"satu": PAGES, "dua": PAGES}, slow={"satu": 0.05, "dua": 0.1}) as web:
        local = web.settings_for(settings)
        with at_work(local) as house, monitors_at(house, tokens, chance) as monitors:
            for _ in range(2):
                wait_until_saved(monitors, 5, house)
                before = sum(len(monitor.refused) for monitor in monitors)
                disk.fill()
                wait_for_refusals(monitors, house, before + 3)
                assert httpx.get(f"{house.address}/masuk", timeout=90).status_code == 200  # Reading needs no space.
                disk.empty()
            wait_until_saved(monitors, 20, house)
            house.check_alive()
        problems = {(answer.json()["code"], answer.headers["Retry-After"]) for monitor in monitors for answer in monitor.refused}
        assert problems == {("penyimpanan_penuh", "60")}
        check_all(local, engine, monitors, pages=2 * PAGES, texts=TEXTS)


def test_an_artifact_that_finds_no_space_leaves_nothing_and_the_live_one_goes_on(
    disk: SmallDisk, settings: Settings, engine: Engine, artifact: SavedArtifact
) -> None:
    parameters, out = load_artifact(artifact.folder).parameters, settings.home / "calon"
    before = disk.folder / "seperlima"
    before.write_bytes(b"\0" * 100_000)
    disk.fill()
    before.unlink()
    with pytest.raises(OSError, match="No space left"):
        save_artifact(out, parameters, metrics={}, corpus_sha256="")
    assert list(out.iterdir()) == []
    disk.empty()
    saved = save_artifact(out, parameters, metrics={}, corpus_sha256="")
    assert load_artifact(saved.folder).sha256 == saved.sha256


TRAIN = pytest.param(("train", "--corpus-only"), marks=pytest.mark.long)


@pytest.mark.parametrize("command", [("backup", "."), ("crawl", "satu"), TRAIN])
def test_commands_say_that_there_is_no_space_and_leave_nothing(
    disk: SmallDisk, settings: Settings, engine: Engine, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with LittleWeb(tmp_path, {"satu": 3}) as web:
        local = web.settings_for(settings)
        names = {path.name for path in disk.folder.rglob("*")}
        disk.fill()
        done = run_netra(local, *(str(disk.folder) if word == "." else word for word in command))
        assert done.returncode in (1, 2), done.stdout
        assert "space" in done.stderr or "full" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        disk.empty()
        left = {path.name for path in disk.folder.rglob("*")} - names
        assert not [name for name in left if name.startswith((".netra-", ".artifact-")) or name.endswith(".tar")]
