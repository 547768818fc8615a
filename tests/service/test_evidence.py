from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models import Item, ItemKind, Snapshot
from models.evidence import EvidenceWriter, Fetched
from models.settings import Settings
from service.items.inert import LARGEST_BYTES, make_inert
from tests.factories import make_flag, make_item

PAGE = b"""<html><head><title>t</title><style>p{color:red}</style></head><body onload="alert(1)">
<h1 onclick="alert(2)">Judul</h1><script>alert(3)</script><p style="x">Isi &lt;b&gt; <a href="javascript:alert(4)">tautan</a></p>
<img src="https://jahat.test/p.gif" alt="<i>foto</i>"><iframe src="//jahat.test"></iframe><svg><script>alert(5)</script></svg>
<form action="//jahat.test"><input name="x"></form><meta http-equiv="refresh" content="0;url=//jahat.test"></body></html>"""


def store(session: Session, settings: Settings, body: bytes = PAGE, kind: ItemKind = ItemKind.NEWS) -> tuple[Item, Snapshot]:
    with EvidenceWriter(settings.evidence_dir) as writer:
        snapshot = writer.append(Fetched("https://contoh.test/a", body, "text/html; charset=utf-8", 200))
    session.add(snapshot)
    session.flush()
    item = make_item(session, snapshot_id=snapshot.id, kind=kind)
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


def test_a_picture_is_not_shown_as_garbled_text() -> None:
    assert make_inert(b"\x89PNG\r\n\0\0", "image/png").body.startswith("<p>Salinan ini gambar")


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
