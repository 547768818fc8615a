from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Flag, Item, ItemKind, PostRecord, Snapshot, VersionPart, now
from models.evidence.store import EvidenceWriter, Fetched
from models.item import PICTURE
from models.settings import Settings
from netra.retention.items import erase_items
from service.items.inert import LARGEST_BYTES, make_inert
from service.items.privacy import mask_address
from tests.factories import make_flag, make_item

PAGE = b"""<html><head><title>t</title><style>p{color:red}</style></head><body onload="alert(1)">
<h1 onclick="alert(2)">Judul</h1><script>alert(3)</script><p style="x">Isi &lt;b&gt; <a href="javascript:alert(4)">tautan</a></p>
<img src="https://jahat.test/p.gif" alt="<i>foto</i>"><iframe src="//jahat.test"></iframe><svg><script>alert(5)</script></svg>
<form action="//jahat.test"><input name="x"></form><meta http-equiv="refresh" content="0;url=//jahat.test"></body></html>"""


def store(
    session: Session,
    settings: Settings,
    body: bytes = PAGE,
    kind: ItemKind = ItemKind.NEWS,
    content_type: str = "text/html; charset=utf-8",
    author: str = "",
    url: str = "https://contoh.test/a",
) -> tuple[Item, Snapshot]:
    with EvidenceWriter(settings.evidence_dir) as writer:
        snapshot = writer.append(Fetched(url, body, content_type, 200))
    session.add(snapshot)
    session.flush()
    item = make_item(session, snapshot_id=snapshot.id, kind=kind, author=author)
    make_flag(session, item)
    return item, snapshot


def test_the_copy_is_shown_as_text_in_a_sandbox(session: Session, settings: Settings, sign_in) -> None:
    item, snapshot = store(session, settings)
    browser: TestClient = sign_in()
    path = f"/konten/{item.id}/salinan/{snapshot.id}"
    answer = browser.get(f"{path}/isi")
    assert '<iframe class="copy"' in browser.get(path).text
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "<h1>Judul</h1>" in answer.text
    assert "<script" not in answer.text


def test_the_button_tells_whole_from_damaged(session: Session, settings: Settings, sign_in) -> None:
    item, snapshot = store(session, settings)
    browser: TestClient = sign_in()
    path = f"/konten/{item.id}/salinan/{snapshot.id}"
    assert browser.post(f"{path}/periksa").headers["location"].endswith("utuh=true")
    file = Path(settings.evidence_dir / snapshot.warc_file)
    file.write_bytes(b"rusak")
    assert "Rusak" in browser.get(browser.post(f"{path}/periksa").headers["location"]).text
    assert "Rusak" in browser.get(f"{path}/isi").text


def test_a_copy_belongs_to_its_item_and_its_area(session: Session, settings: Settings, sign_in) -> None:
    item, snapshot = store(session, settings)
    other = make_item(session)
    nation, elsewhere = sign_in(), sign_in(region_code="51")
    assert nation.get(f"/konten/{other.id}/salinan/{snapshot.id}").status_code == 404
    assert elsewhere.get(f"/konten/{item.id}/salinan/{snapshot.id}/isi").status_code == 404


def test_an_erased_copy_is_shown_to_nobody_though_its_bytes_still_lie_there(
    session: Session, settings: Settings, sign_in
) -> None:
    item, snapshot = store(session, settings)
    session.add(VersionPart(version_id=item.current_version_id, number=PICTURE, snapshot_id=snapshot.id))
    session.flush()
    erase_items(session, [item.id], "permintaan", now())
    browser: TestClient = sign_in()
    path = f"/konten/{item.id}/salinan/{snapshot.id}"
    assert [browser.get(f"{path}{end}").status_code for end in ("", "/isi", "/gambar")] == [404] * 3
    page = browser.get(f"/penanda/{session.scalars(select(Flag.id)).one()}").text
    assert "Salinan ini sudah dihapus pada" in page
    assert path not in page


def test_the_live_page_opens_only_after_a_warning(session: Session, settings: Settings, sign_in) -> None:
    item, _ = store(session, settings)
    browser: TestClient = sign_in()
    warning = browser.get(f"/konten/{item.id}/asli")
    assert "dapat menjadi dugaan pelanggaran" in warning.text
    answer = browser.post(f"/konten/{item.id}/asli")
    assert (answer.status_code, answer.headers["location"]) == (303, item.url)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", None])
def test_only_web_addresses_are_left_for(session: Session, settings: Settings, sign_in, url: str | None) -> None:
    item, _ = store(session, settings)
    item.url = url
    browser: TestClient = sign_in()
    assert browser.post(f"/konten/{item.id}/asli").status_code == 404


@pytest.mark.parametrize("content_type", ["image/svg+xml", "video/mp4"])
def test_what_is_neither_text_nor_a_picture_is_not_shown_as_garbled_text(content_type: str) -> None:
    assert make_inert(b"\0\0<svg>", content_type).body.startswith("<p>Salinan ini gambar")


def test_the_inert_copy_has_no_attribute_and_nothing_that_acts() -> None:
    body = make_inert(PAGE, "text/html").body
    for hostile in ("alert(1)", "alert(2)", "alert(3)", "alert(5)", "jahat.test", "<img", "<iframe", "<form", "<a", "style"):
        assert hostile not in body
    assert "[gambar: &lt;i&gt;foto&lt;/i&gt;]" in body
    assert "tautan <small>[javascript:alert(4)]</small>" in body


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Mélanésia".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ("Mélanésia".encode("latin-1"), "text/html; charset=tidak-ada"),
        ("Mélanésia".encode("latin-1"), "text/html; charset=utf-8"),
        (b'<meta charset="iso-8859-1">' + "Mélanésia".encode("latin-1"), "text/html"),
        ("Mélanésia".encode(), "text/plain"),
        ("Mélanésia".encode(), ""),
    ],
)
def test_the_copy_finds_its_characters(body: bytes, content_type: str) -> None:
    assert "Mélanésia" in make_inert(body, content_type).body


def test_other_types_are_shown_as_text() -> None:
    assert make_inert(b'{"a": "<b>"}', "application/json").body == "<pre>{&quot;a&quot;: &quot;&lt;b&gt;&quot;}</pre>"


@pytest.mark.parametrize("body", [b"<div>" * 200_000, b"a" * (LARGEST_BYTES + 1), b"<p>" + b"x " * 400_000])
def test_huge_and_deep_pages_are_cut_with_a_note(body: bytes) -> None:
    assert make_inert(body, "text/html").is_truncated


def test_handles_in_the_copy_of_a_post_are_masked(session: Session, settings: Settings, sign_in) -> None:
    item, snapshot = store(session, settings, b"<p>kata @pegawai_kota</p>", ItemKind.POST)
    text = sign_in().get(f"/konten/{item.id}/salinan/{snapshot.id}/isi").text
    assert "pegawai_kota" not in text


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize(
    ("body", "media_type"), [(PNG, "image/png"), (b"GIF89a..", "image/gif"), (b"\xff\xd8\xff\xe0", "image/jpeg")]
)
def test_a_copy_that_is_a_picture_is_shown_as_one_and_nothing_else(
    session: Session, settings: Settings, sign_in, body: bytes, media_type: str
) -> None:
    item, snapshot = store(session, settings, body, content_type="image/png")
    browser: TestClient = sign_in()
    path = f"/konten/{item.id}/salinan/{snapshot.id}"
    assert f'<img class="copy" src="{path}/gambar"' in browser.get(path).text
    answer = browser.get(f"{path}/gambar")
    assert (answer.content, answer.headers["content-type"]) == (body, media_type)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert events(session, "salinan.lihat") == [{"utuh": True}]


@pytest.mark.parametrize("content_type", ["image/svg+xml", "image/png", "text/html"])
def test_bytes_that_are_no_raster_picture_are_never_served_as_one(
    session: Session, settings: Settings, sign_in, content_type: str
) -> None:
    body = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    item, snapshot = store(session, settings, body, content_type=content_type)
    browser: TestClient = sign_in()
    path = f"/konten/{item.id}/salinan/{snapshot.id}"
    assert browser.get(f"{path}/gambar").status_code == 404
    assert ("<img" in browser.get(path).text) is (content_type == "image/png")


def test_a_picture_has_the_permission_of_its_copy(session: Session, settings: Settings, sign_in) -> None:
    item, snapshot = store(session, settings, PNG, content_type="image/png")
    elsewhere, visitor = sign_in(region_code="51"), sign_in()
    visitor.cookies.clear()
    path = f"/konten/{item.id}/salinan/{snapshot.id}/gambar"
    assert (elsewhere.get(path).status_code, visitor.get(path).status_code) == (404, 303)


def test_the_picture_of_a_page_is_found_beside_its_text(session: Session, settings: Settings, sign_in) -> None:
    item, _ = store(session, settings)
    _, picture = store(session, settings, PNG, content_type="image/png")
    assert item.current_version_id is not None
    session.add(VersionPart(version_id=item.current_version_id, number=PICTURE, snapshot_id=picture.id))
    flag_id = session.scalars(select(Flag.id).where(Flag.item_id == item.id)).one()
    browser: TestClient = sign_in()
    assert f'href="/konten/{item.id}/salinan/{picture.id}"' in browser.get(f"/penanda/{flag_id}").text
    assert browser.get(f"/konten/{item.id}/salinan/{picture.id}/gambar").content == PNG
    assert browser.get(f"/api/v1/items/{item.id}").json()["picture_snapshot_id"] == picture.id


ENTRY = (
    b'{"acct":"pegawai_kota@contoh.test","username":"pegawai_kota","url":"https://contoh.test/@pegawai_kota",'
    b'"content":"<a href=\\"https://contoh.test/Kawan\\">@<span>kawan</span></a> kata kawan","mentions":[{"username":"kawan"}]}'
)


def test_handles_of_a_stored_entry_are_masked_until_a_logged_look(session: Session, settings: Settings, sign_in) -> None:
    handle = "@pegawai_kota@contoh.test"
    item, snapshot = store(session, settings, ENTRY, ItemKind.POST, content_type="application/json", author=handle)
    browser: TestClient = sign_in()
    path = f"/konten/{item.id}/salinan/{snapshot.id}"
    masked = browser.get(f"{path}/isi").text
    assert "pegawai_kota" not in masked
    assert masked.lower().count("kawan") == 1  # A word of the text.
    assert 'href="' + path + '?akun=true"' in browser.get(path).text
    assert f'src="{path}/isi?akun=true"' in browser.get(f"{path}?akun=true").text
    assert "pegawai_kota" in browser.get(f"{path}/isi?akun=true").text
    assert events(session, "salinan.lihat") == [{"utuh": True}, {"utuh": True, "akun": True}]


POST = "https://contoh.test/@pegawai_kota/1"


def test_the_address_of_a_post_names_its_account_only_where_the_trail_notes_it(session, settings: Settings, sign_in) -> None:
    item, snapshot = store(session, settings, ENTRY, ItemKind.POST, url=POST)
    item.url = POST
    flag_id = session.scalars(select(Flag.id)).one()
    browser: TestClient = sign_in()
    copy = f"/konten/{item.id}/salinan/{snapshot.id}"
    for path in (f"/penanda/{flag_id}", copy, f"{copy}?akun=true", f"/konten/{item.id}/asli", f"/api/v1/items/{item.id}"):
        text = browser.get(path).text
        assert "pegawai_kota" not in text
        assert "https://contoh.test/…" in text
    assert browser.post(f"/konten/{item.id}/asli").headers["location"] == POST
    assert events(session, "tautan.buka") == [{"alamat": "https://contoh.test/…"}]


@pytest.mark.parametrize("address", ["https://[/@pegawai", "urn:view:https://contoh.test/@pegawai", "//contoh.test/@pegawai"])
def test_of_an_address_that_cannot_be_read_nothing_is_shown(address: str) -> None:
    assert mask_address(address) == "…"


def test_a_post_that_is_gone_says_so_wherever_it_is_shown(session: Session, settings: Settings, sign_in) -> None:
    item, _ = store(session, settings, ENTRY, ItemKind.POST)
    at = datetime(2024, 10, 16, 7, 5, tzinfo=UTC)
    session.add(PostRecord(item_id=item.id, source_id=item.source_id, remote_id="1", author_hash="0" * 64, gone_at=at))
    flag_id = session.scalars(select(Flag.id)).one()
    browser: TestClient = sign_in()
    assert "Kiriman ini tidak ada lagi sejak" in browser.get(f"/penanda/{flag_id}").text
    assert "kiriman tidak ada lagi" in browser.get("/antrean").text
    assert datetime.fromisoformat(browser.get(f"/api/v1/items/{item.id}").json()["gone_at"]) == at
    assert browser.get(f"/api/v1/flags/{flag_id}").json()["gone_at"] is not None


def events(session: Session, action: str) -> list[dict[str, object]]:
    session.rollback()
    query = select(AuditEvent.detail).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return list(session.scalars(query))
