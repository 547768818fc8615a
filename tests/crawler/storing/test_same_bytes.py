"""Bytes that are kept already are not written again, and each fetch keeps its own address and time."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.items import FetchedArticle
from crawler.storing.storage import store_article
from models import Snapshot
from models.evidence.store import EvidenceWriter, Fetched, read_evidence
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
