"""Backups of a house in full work: outlets are crawled, people ask the review room, and the disk is small."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, select

from models import Item, ItemVersion, Snapshot, verify_chain
from models.database import make_reading_session
from models.evidence.store import read_evidence
from models.settings import Settings
from netra.crawls.crawling import environment
from netra.demo.site import DemoSite
from tests.faults.small_disk import small_disk
from tests.netra.demo.test_crawl import start
from tests.netra.keeping.houses import digests_of
from tests.processes import NETRA, run_netra, serving

pytestmark = pytest.mark.long
Opened = Callable[[str], Engine]
OUTLETS = ("antaranews", "badung-inews", "kendal-bawaslu", "wapresri")


def test_a_backup_amid_crawls_and_requests_is_of_one_moment(settings: Settings, tmp_path: Path, opened: Opened) -> None:
    with DemoSite() as site, serving(settings) as (address, _):
        crawls = [start(settings, site, slug) for slug in OUTLETS]
        made = list[Path]()
        while any(crawl.poll() is None for crawl in crawls):
            assert httpx.get(f"{address}/masuk").status_code == 200
            made.append(tmp_path / f"{len(made)}.tar")
            assert run_netra(settings, "backup", str(made[-1])).returncode == 0
        assert [crawl.wait() for crawl in crawls] == [0] * len(OUTLETS)
    counts = [_restored(settings, path, tmp_path / path.stem, opened) for path in made]
    assert counts == sorted(counts)
    assert counts[-1] > 0


def _restored(settings: Settings, archive: Path, home: Path, opened: Opened) -> int:
    """The number of items in a backup, each with its version and its bytes, and the trail whole."""
    done = run_netra(settings, "restore", str(archive), "--into", str(home))
    assert done.returncode == 0, done.stderr
    with make_reading_session(opened(f"sqlite:///{home}/netra.sqlite3"))() as session:
        query = select(Snapshot).join(ItemVersion, ItemVersion.snapshot_id == Snapshot.id)
        rows = session.scalars(query.join(Item, Item.current_version_id == ItemVersion.id)).all()
        assert all(read_evidence(home / "evidence", row) for row in rows)
        assert verify_chain(session).breaks == []
    return len(rows)


@pytest.mark.parametrize("megabytes", [1, 3, 8])
def test_a_disk_that_is_really_full_loses_nothing(
    sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path, megabytes: int
) -> None:
    (sqlite_house.artifacts_dir / "uji-1" / "besar.npz").write_bytes(os.urandom(9_000_000))
    before = digests_of(sqlite_engine)
    with small_disk(tmp_path / "kecil", megabytes) as disk:
        for arguments in (["backup", disk.folder], ["db", "copy", "--to", f"sqlite:///{disk.folder}/lain.sqlite3"]):
            done = subprocess.run([NETRA, *arguments], env=environment(sqlite_house), capture_output=True, text=True)
            assert done.returncode == 2 or (arguments[0] == "db" and megabytes > 1), done.stderr
        assert list(disk.folder.glob("*.tar")) == []
    assert digests_of(sqlite_engine) == before


def test_a_restore_onto_a_disk_that_is_too_small_touches_nothing(sqlite_house: Settings, tmp_path: Path) -> None:
    (sqlite_house.artifacts_dir / "uji-1" / "besar.npz").write_bytes(os.urandom(9_000_000))
    archive = tmp_path / "rumah.tar"
    assert run_netra(sqlite_house, "backup", str(archive)).returncode == 0
    with small_disk(tmp_path / "kecil", 8) as disk:
        done = run_netra(sqlite_house, "restore", str(archive), "--into", str(disk.folder))
        assert (done.returncode, list(disk.folder.iterdir())) == (2, [])
        assert "Make room" in done.stderr
