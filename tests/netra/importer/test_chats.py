"""WhatsApp's chat exports, as phones here write them."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import AuditEvent, Item, ItemVersion, Snapshot, Source
from models.database import make_session
from models.evidence.store import read_evidence
from models.settings import Settings
from netra.importer.chats import find_month_first, read_messages
from tests.netra.importer.runs import read, refusals, store, texts

WIB = ZoneInfo("Asia/Jakarta")
ANDROID = """16/10/24 14.05 - Pesan dan panggilan terenkripsi secara end-to-end. Ketuk untuk info selengkapnya.
16/10/24 14.05 - Budi Rekaan mengubah subjek dari "Staf: lama" menjadi "Staf: baru"
16/10/24 14.06 - Budi Rekaan: Ayo kita dukung nomor 2
16/10 bukan tanggal, baris kedua
16/10/24 14.07 - +62 812-0000-0000: <Media tidak disertakan>
16/10/24 14.08 - Ani Rekaan: IMG-20241016-WA0001.jpg (file terlampir)
Camat hadir di kampanye
16/10/24 14.09 - Ani Rekaan: Pesan ini telah dihapus
16/10/24 14.10 - Ani Rekaan: Siap pak laksanakan <Pesan ini diedit>
16/10/24 14.11 - Ani Rekaan: Siap
"""
CHAT = "Chat WhatsApp dengan Grup Kecamatan.txt"


def write(folder: Path, content: str = ANDROID, name: str = CHAT) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_messages_are_kept_and_what_whatsapp_wrote_is_counted(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    report = store(settings, engine, write(tmp_path))
    assert (report.stored, report.refused_count) == (3, 0)
    assert report.skipped == {"baris sistem": 2, "hanya media": 1, "pesan terhapus": 1, "terlalu pendek": 1}
    with make_session(engine)() as session:
        found = session.scalars(select(ItemVersion.text).order_by(ItemVersion.id)).all()
        assert session.scalars(select(Source.name).join(Item, Item.source_id == Source.id)).first() == "WhatsApp: Grup Kecamatan"
    first = "Ayo kita dukung nomor 2\n16/10 bukan tanggal, baris kedua"
    assert found == [first, "Camat hadir di kampanye", "Siap pak laksanakan"]


def test_names_stand_in_the_evidence_alone(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    store(sqlite_settings, sqlite_engine, write(tmp_path))
    with make_session(sqlite_engine)() as session:
        version = session.scalars(select(ItemVersion).order_by(ItemVersion.id)).first()
        assert version is not None
        assert (version.author[:3], version.author_name) == ("wa-", "B••• R•••••")
        snapshot = session.get(Snapshot, version.snapshot_id)
        assert snapshot is not None
        assert b"Budi Rekaan: Ayo" in read_evidence(sqlite_settings.evidence_dir, snapshot)
        trail = str(session.scalars(select(AuditEvent.detail)).all())
        assert ("Budi" in trail, "Kecamatan" in trail, "obrolan WhatsApp" in trail) == (False, False, True)


def test_a_chat_exported_again_with_more_in_it_adds_only_that(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path
) -> None:
    store(sqlite_settings, sqlite_engine, write(tmp_path))
    longer = ANDROID + "17/10/24 08.00 - Ani Rekaan: Besok kita hadir semua\n"
    report = store(sqlite_settings, sqlite_engine, write(tmp_path, longer, "Chat WhatsApp dengan Grup Kecamatan (1).txt"))
    assert (report.stored, report.already_there) == (1, 3)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("16/10/24 14.05 - A: tiga kata saja", "2024-10-16 14:05"),
        ("16/10/2024 14:05 - A: tiga kata saja", "2024-10-16 14:05"),
        ("16/10/24, 2:05\u202fPM - A: tiga kata saja", "2024-10-16 14:05"),
        ("10/16/24, 12:05 AM - A: tiga kata saja", "2024-10-16 00:05"),
        ("\u200e[16/10/24 14.05.33] ~\u202fA: tiga kata saja", "2024-10-16 14:05"),
        ("[16/10/2024, 2:05:33 PM] A: tiga kata saja", "2024-10-16 14:05"),
        ("[16/10/24 pukul 14.05.33] A: tiga kata saja", "2024-10-16 14:05"),
        ("2024-10-16, 14:05 - A: tiga kata saja", "2024-10-16 14:05"),
    ],
)
def test_days_and_clocks_of_every_phone_are_read(line: str, moment: str) -> None:
    message = next(read_messages([line], WIB, month_first=find_month_first([line])))
    assert (f"{message.sent_at:%Y-%m-%d %H:%M}", message.author, message.text) == (moment, "A", "tiga kata saja")


def test_the_order_of_days_tells_months_from_days_where_no_number_does() -> None:
    chat = [f"{month}/{day}/24, 14:05 - A: x" for month, day in ((1, 9), (1, 11), (2, 3), (2, 10), (3, 1))]
    assert find_month_first(chat)
    assert not find_month_first([f"{day}/{month}/24, 14:05 - A: x" for month, day in ((1, 9), (1, 11), (2, 3), (2, 10))])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\u200e<terlampir: 0001-FOTO.jpg>", ""),
        ("\u200egambar tidak disertakan", ""),
        ("image omitted", ""),
        ("You deleted this message", ""),
        ("Kita membuat grup pemenangan, semua end-to-end encrypted", "Kita membuat grup pemenangan, semua end-to-end encrypted"),
        ("<Media omitted>\nKeterangan di bawah gambar", "Keterangan di bawah gambar"),
    ],
)
def test_only_what_whatsapp_wrote_is_taken_out(text: str, kept: str) -> None:
    message = next(read_messages(f"[16/10/24 14.05.33] A: {text}".splitlines(), WIB, month_first=False))
    assert ("" if message.left else message.text) == kept


def test_a_zip_is_read_without_unpacking_its_media(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Grup Kecamatan.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        package.writestr("_chat.txt", ANDROID)
        package.writestr("IMG-20241016-WA0001.jpg", b"\0" * 3_000_000)
    rows = read(path)
    assert (len(texts(rows)), rows[2].source) == (4, "WhatsApp: Grup Kecamatan")
    assert [row.article.captions for row in rows if row.article and row.article.captions] == [
        ("lampiran: IMG-20241016-WA0001.jpg",)
    ]


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06rusak", b"bukan zip"])
def test_a_zip_that_is_none_is_refused_once(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert len(refusals(read(tmp_path / "a.zip"))) == 1


def test_a_zip_of_other_things_and_a_bomb_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(tmp_path / "a.zip", "w", ZIP_DEFLATED) as package:
        package.writestr("_chat.txt", ANDROID + "x" * 3_000_000)
    monkeypatch.setattr("netra.importer.chat_files.LARGEST_CHAT", 1_000_000)
    assert "a chat of more than" in refusals(read(tmp_path / "a.zip"))[0]
    monkeypatch.setattr("netra.importer.chat_files.LARGEST_ZIP", 1_000_000)
    assert "unpacked it would take" in refusals(read(tmp_path / "a.zip"))[0]


def test_a_text_that_only_names_a_day_is_no_chat(tmp_path: Path) -> None:
    path = write(tmp_path, "16/10/24 Camat hadir di kampanye pasangan calon.", "catatan.txt")
    assert texts(read(path)) == ["16/10/24 Camat hadir di kampanye pasangan calon."]


LINES = st.text(alphabet="0123456789/.:,-[] APMapm\u200e\u202fAb<>()\n", max_size=120)


@settings(max_examples=150, deadline=None)
@given(content=LINES | LINES.map(lambda text: f"16/10/24 14.05 - A: {text}"))
def test_no_text_breaks_the_reader_and_none_of_it_is_lost(content: str) -> None:
    lines = content.split("\n")
    messages = list(read_messages(lines, WIB, month_first=find_month_first(lines)))
    if messages:
        assert "\n".join(message.raw for message in messages) == "\n".join(lines[messages[0].line - 1 :])
