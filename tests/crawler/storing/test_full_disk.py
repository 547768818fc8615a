"""A disk that takes nothing more ends the run with its reason; the next run goes on where it stopped."""

from pathlib import Path

from sqlalchemy import select

from models import CrawlRun, Item, RunState
from models.database import make_engine, make_reading_session
from models.settings import Settings
from tests.crawler.outlet import Outlet, crawl_outlet


def test_a_run_that_cannot_keep_evidence_says_so_and_leaves_its_pages_waiting(tmp_path: Path) -> None:
    _block_evidence(tmp_path)
    crawl_outlet(tmp_path, Outlet())
    assert _last_run(tmp_path) == (RunState.FAILED, True)
    (tmp_path / "evidence").unlink()
    crawl_outlet(tmp_path, Outlet())
    assert _last_run(tmp_path) == (RunState.FINISHED, False)
    assert _count_items(tmp_path) == 1


def test_a_list_that_cannot_be_kept_ends_the_run_too(tmp_path: Path) -> None:
    _block_evidence(tmp_path)
    crawl_outlet(tmp_path, Outlet(rights="metadata_only"))
    assert _last_run(tmp_path) == (RunState.FAILED, True)


def _block_evidence(home: Path) -> None:
    """Tests may run as root, whom no permission stops; a file where the folder should be stops everyone."""
    (home / "evidence").write_bytes(b"")


def _last_run(home: Path) -> tuple[RunState, bool]:
    engine = make_engine(Settings(home=home).database_address)
    with make_reading_session(engine)() as session:
        run = session.scalars(select(CrawlRun).order_by(CrawlRun.id.desc()).limit(1)).one()
    engine.dispose()
    return run.state, run.reason.startswith("penyimpanan gagal")


def _count_items(home: Path) -> int:
    engine = make_engine(Settings(home=home).database_address)
    with make_reading_session(engine)() as session:
        items = session.scalars(select(Item)).all()
    engine.dispose()
    return len(items)
