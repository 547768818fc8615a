"""What is handed on holds what was asked, nothing secret, and can be checked without us."""

import gzip
import hashlib
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator

from models import AuditEvent, Item, now
from models.database import make_reading_session, make_session
from models.evidence.store import EvidenceWriter
from models.evidence.warc import make_response
from models.settings import Settings
from netra.evidence.custody import Handover
from netra.evidence.errors import EvidenceError
from netra.evidence.export import hand_over, write
from netra.evidence.redaction import redact
from netra.retention.burying import bury
from netra.retention.items import erase_items
from tests.netra.evidence.conftest import MOMENT, make_page

HANDOVER = Handover("sistem:bukti:uji", "lampiran penerusan 07/2024", datetime(2024, 11, 1, tzinfo=UTC))


def read(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def export(session: Session, settings: Settings, path: Path, *items: Item) -> dict[str, bytes]:
    write(session, settings.evidence_dir, [item.id for item in items], path, HANDOVER)
    return read(path)


def test_a_package_holds_the_records_of_these_items_only(
    session: Session, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    files = export(session, settings, tmp_path / "a.wacz", kept[1])
    records = list[tuple[str, str]]()
    for record in ArchiveIterator(BytesIO(files["archive/data.warc.gz"]), check_digests="raise"):  # pyright: ignore
        record.raw_stream.read()
        records.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or ""))
    assert {url for _, url in records} == {"", "https://contoh.test/berita/2?é=1", "https://contoh.test/berita/2?é=1&page=2"}
    assert [kind for kind, _ in records] == ["warcinfo", *["response", "request", "metadata"] * 2]
    pages = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()]
    assert [page.get("title") for page in pages] == ["Konten", "Judul 2"]


def test_every_file_has_its_hash_and_the_index_leads_to_the_answers(
    session: Session, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    files = export(session, settings, tmp_path / "a.wacz", *kept)
    listing = json.loads(files["datapackage.json"])
    assert listing["wacz_version"] == "1.1.1"
    named = {one["path"]: (one["hash"], one["bytes"]) for one in listing["resources"]}
    others = {name: content for name, content in files.items() if not name.startswith("datapackage")}
    assert named == {name: (f"sha256:{hashlib.sha256(body).hexdigest()}", len(body)) for name, body in others.items()}
    digest = hashlib.sha256(files["datapackage.json"]).hexdigest()
    assert json.loads(files["datapackage-digest.json"]) == {"path": "datapackage.json", "hash": f"sha256:{digest}"}
    lines = files["indexes/index.cdxj"].decode().splitlines()
    assert (len(lines), lines) == (3, sorted(lines))
    for line in lines:
        _, moment, entry = line.split(" ", 2)
        where: dict[str, Any] = json.loads(entry)
        start, length = int(where["offset"]), int(where["length"])
        record = next(iter(ArchiveIterator(BytesIO(files["archive/data.warc.gz"][start : start + length]))))
        assert (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) == ("response", where["url"])
        assert moment == "20241016070500"


def test_the_same_hand_over_is_the_same_bytes(session: Session, settings: Settings, kept: list[Item], tmp_path: Path) -> None:
    for name in ("a.wacz", "b.wacz"):
        export(session, settings, tmp_path / name, *kept)
    assert (tmp_path / "a.wacz").read_bytes() == (tmp_path / "b.wacz").read_bytes()


def test_the_custody_log_says_who_what_when_and_why(
    session: Session, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    files = export(session, settings, tmp_path / "a.wacz", kept[0])
    custody = json.loads(files["custody/custody.json"])
    assert custody["ekspor"] == {"exporter": HANDOVER.exporter, "purpose": HANDOVER.purpose, "at": HANDOVER.at.isoformat()}
    (record,) = custody["salinan"]
    assert (record["diambil_pada"], record["sha256_rekaman"]) == (MOMENT.isoformat(), record["sha256_rekaman_dalam_paket"])
    text = files["custody/custody.txt"].decode()
    assert all(word in text for word in (HANDOVER.purpose, record["sha256_isi"], "Judul 1", "dugaan"))


def test_the_trail_knows_what_left_the_house(
    session: Session, engine: Engine, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    sessions, output = (make_reading_session(engine), make_session(engine)), tmp_path / "a.wacz"
    exported = hand_over(*sessions, settings.evidence_dir, [item.id for item in kept], output, HANDOVER)
    assert exported.sha256 == hashlib.sha256(output.read_bytes()).hexdigest()
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "bukti.ekspor").order_by(AuditEvent.id)).all()
    assert [event.subject_id for event in events] == [item.id for item in kept]
    assert (events[0].detail["tujuan"], events[0].detail["sha256"]) == (HANDOVER.purpose, exported.sha256)
    again = json.loads(export(session, settings, tmp_path / "b.wacz", kept[0])["custody/custody.json"])
    assert [(event["tindakan"], event["pelaku"]) for event in again["jejak"]] == [("bukti.ekspor", HANDOVER.exporter)]


def test_nothing_secret_is_kept_or_handed_on(session: Session, settings: Settings, kept: list[Item], tmp_path: Path) -> None:
    files = export(session, settings, tmp_path / "a.wacz", *kept)
    plain = b"".join(
        str(record.http_headers).encode() + record.raw_stream.read()
        for record in ArchiveIterator(BytesIO(files["archive/data.warc.gz"]))
    )
    assert b"User-Agent: netra/0.1" in plain
    assert b"kunci-rahasia" not in plain + b"".join(files.values())


def test_records_from_before_lose_their_secrets_on_the_way_out() -> None:
    url, digest = "https://contoh.test/a?id=1&token=kunci-rahasia", hashlib.sha256(b"isi").hexdigest()
    cookie = (("Set-Cookie", "sesi=kunci-rahasia"), ("Content-Type", "text/html"))
    unit = make_response(url, MOMENT, 200, cookie, b"isi", digest=digest, record_id="<urn:uuid:1>")
    clean, address, removed = redact(unit, url)
    record = next(iter(ArchiveIterator(BytesIO(clean), check_digests="raise")))  # pyright: ignore
    assert record.content_stream().read() == b"isi"
    assert (address, removed) == ("https://contoh.test/a?id=1", ("set-cookie", "token"))
    assert "kunci-rahasia" not in f"{record.http_headers}{record.rec_headers}"


def test_the_bytes_that_another_item_shares_go_with_it(
    session: Session, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    from crawler.items import FetchedArticle
    from crawler.storing.storage import store_article
    from models import Source

    page = make_page("https://contoh.test/salin", "Rapat dinas")
    article = FetchedArticle(page.url, "Salinan", "Rapat dinas di Wanasari. " * 9, method="uji")
    with EvidenceWriter(settings.evidence_dir) as writer:
        copy = store_article(session, writer, article, session.get_one(Source, kept[0].source_id), fetched=page).item
    files = export(session, settings, tmp_path / "a.wacz", copy)
    mimes = [json.loads(line.split(" ", 2)[2])["mime"] for line in files["indexes/index.cdxj"].decode().splitlines()]
    assert sorted(mimes) == ["text/html", "warc/revisit"]


def test_of_what_was_erased_only_the_tombstone_is_handed_on(
    engine: Engine, session: Session, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    erase_items(session, [kept[1].id], "permintaan", now())
    session.commit()
    with pytest.raises(EvidenceError, match="it was erased"):
        export(session, settings, tmp_path / "a.wacz", kept[1])
    session.commit()
    assert sum(one for one in bury(make_session(engine), settings.evidence_dir, "uji") if isinstance(one, int)) == 2
    session.expire_all()
    archive = export(session, settings, tmp_path / "b.wacz", kept[1])["archive/data.warc.gz"]
    words = gzip.decompress(archive)
    assert (b"Deklarasi" in words, words.count(b"rule: permintaan")) == (False, 2)


def test_damaged_evidence_is_not_handed_on(
    session: Session, engine: Engine, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    next(settings.evidence_dir.glob("*/*/*.warc.gz")).unlink()
    sessions, ids = (make_reading_session(engine), make_session(engine)), [item.id for item in kept]
    session.rollback()
    with pytest.raises(EvidenceError, match="is damaged"):
        hand_over(*sessions, settings.evidence_dir, ids, tmp_path / "a.wacz", HANDOVER)
    with pytest.raises(EvidenceError, match="no item 999"):
        hand_over(*sessions, settings.evidence_dir, [*ids, 999], tmp_path / "a.wacz", HANDOVER)
    assert [path for path in tmp_path.iterdir() if "wacz" in path.name] == []
    assert session.scalars(select(AuditEvent)).all() == []
