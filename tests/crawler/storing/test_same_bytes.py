"""Bytes that are kept already are not written again, and each fetch keeps its own address and time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawler.items import FetchedArticle
from crawler.storing.conflicts import hold_store
from crawler.storing.snapshots import keep_snapshots
from crawler.storing.storage import store_article
from models import Item, Snapshot, now
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched, read_evidence, read_unit
from netra.retention.burying import bury
from netra.retention.items import erase_items
from tests.factories import make_source

BYTES = Fetched("http://a.test/1", b"<p>Camat dipanggil.</p>" * 300, "text/html", 200, (("ETag", "x"),))


def store(session: Session, folder: Path, *numbers: int) -> list[Snapshot]:
    source = make_source(session)
    with EvidenceWriter(folder) as writer:
        for number in numbers:
            article = FetchedArticle(f"http://a.test/{number}", f"Judul {number}", "Camat dipanggil.", method="uji")
            store_article(session, writer, article, source, fetched=replace(BYTES, url=f"http://a.test/{number}"))
    return list(session.scalars(select(Snapshot).order_by(Snapshot.id)))


def test_two_addresses_that_answer_alike_share_their_bytes(tmp_path: Path, session: Session) -> None:
    snapshots = store(session, tmp_path, 1, 2, 3)
    assert [read_evidence(tmp_path, snapshot) for snapshot in snapshots] == [BYTES.body] * 3
    assert [snapshot.url[-1] for snapshot in snapshots] == ["1", "2", "3"]
    (path,) = tmp_path.glob("*/*/*.warc.gz")
    assert b"revisit" in path.read_bytes()[snapshots[1].warc_offset :]
    assert len({snapshot.sha256 for snapshot in snapshots}) == 1


def test_bytes_that_were_lost_are_kept_when_they_come_again(tmp_path: Path, session: Session) -> None:
    (first,) = store(session, tmp_path, 1)
    (tmp_path / first.warc_file).unlink()
    _, second = store(session, tmp_path, 2)
    assert read_evidence(tmp_path, second) == BYTES.body


def test_bytes_that_were_erased_are_kept_anew_and_outlive_the_overwriting(
    engine: Engine, session: Session, tmp_path: Path
) -> None:
    store(session, tmp_path, 1)
    erase_items(session, list(session.scalars(select(Item.id))), "permintaan", now())
    erased, again = store(session, tmp_path, 2)
    session.commit()
    assert b"revisit" not in read_unit(tmp_path, again)
    for _ in bury(make_session(engine), tmp_path, "uji"):
        pass
    session.expire_all()
    assert (erased.tombstone_sha256, again.erased_at) == ("", None)  # As long as a copy with its hash stands.
    assert read_evidence(tmp_path, again) == BYTES.body


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_no_copy_is_looked_for_while_somebody_overwrites_copies(engine: Engine, tmp_path: Path) -> None:
    sessions = make_session(engine)

    def keep() -> list[int]:
        with sessions.begin() as session, EvidenceWriter(tmp_path) as writer:
            return keep_snapshots(session, writer, [BYTES])

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            hold_store(session)
            keeping = pool.submit(keep)
            with pytest.raises(TimeoutError):
                keeping.result(timeout=0.5)
        assert len(keeping.result(timeout=30)) == 1
