"""What is on the screen as a file: the same rows, masked, harmless in a spreadsheet, and written down."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    Case,
    CorrectionDeed,
    CorrectionDeedKind,
    Export,
    FlagReason,
    FollowUp,
    ItemKind,
    Rights,
    Stage,
    now,
)
from models.settings import Settings
from service.exports import formats
from service.exports.formats import defused
from service.exports.plain import plain
from service.exports.registry import TABLES
from tests.factories import day, make_flag, make_item, make_source, make_user
from tests.service.conftest import furnished
from tests.service.corrections.desk import make_correction

FORM = {"tujuan": "pelaporan", "catatan": "Laporan bulanan", "bentuk": "csv"}
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "exports.md"


@pytest.fixture
def app(settings: Settings, routes: FastAPI) -> Iterator[FastAPI]:
    """A house that asks for no second factor; that it asks is a test of its own."""
    with furnished(routes, settings.model_copy(update={"second_factor_hours": 0})):
        yield routes


@pytest.fixture
def browser(sign_in) -> TestClient:
    return sign_in(username="koordinator", role="koordinator", region_code="33")


def export(browser: TestClient, slug: str = "antrean", **values: str) -> list[dict[str, str]]:
    answer = browser.post(f"/ekspor/{slug}", data=FORM | values)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def make_rows(session: Session) -> None:
    rich = make_source(session, slug="utuh", rights=Rights.FULL_TEXT)
    poor = make_source(session, slug="cuplik", rights=Rights.EXCERPT)
    make_flag(session, make_item(session, source=rich, text="Camat hadir. " * 200, region_code="33.24"))
    make_flag(session, make_item(session, source=poor, text="Camat hadir. " * 200, region_code="33"), probability=0.5)
    make_flag(session, make_item(session, source=poor, region_code="51"))
    session.commit()


def test_a_file_holds_what_the_screen_shows_and_no_more(session: Session, browser: TestClient) -> None:
    make_rows(session)
    form = browser.get("/ekspor/antrean").text
    assert "2 baris akan diekspor." in form
    rows = export(browser)
    assert [(row["sumber"], row["wilayah"]) for row in rows] == [("utuh", "33.24"), ("cuplik", "33")]
    assert [len(row["teks"]) for row in rows] == [2600, 602]
    assert [row["sumber"] for row in export(browser, saring="sumber=cuplik")] == ["cuplik"]


def test_what_went_out_is_written_down_with_its_hash(session: Session, browser: TestClient) -> None:
    make_rows(session)
    answer = browser.post("/ekspor/antrean", data=FORM | {"saring": "wilayah=33.24"})
    row = session.scalars(select(Export)).one()
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "ekspor.buat")).one()
    assert (row.row_count, row.byte_count) == (1, len(answer.content))
    assert row.sha256 == hashlib.sha256(answer.content).hexdigest() == event.detail["sha256"]
    assert (event.detail["saringan"], event.detail["tujuan"], event.detail["baris"]) == ("wilayah=33.24", "pelaporan", 1)
    assert row.sha256 in browser.get("/ekspor").text


def test_words_that_were_searched_stay_out_of_the_trail(session: Session, browser: TestClient) -> None:
    make_rows(session)
    browser.post("/ekspor/antrean", data=FORM | {"saring": "wilayah=33&%63ari=rekaan+wiradharma"})
    row = session.scalars(select(Export)).one()
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "ekspor.buat")).one()
    assert row.query == event.detail["saringan"] == "wilayah=33&cari=17+huruf"


def test_a_house_with_second_factors_asks_for_one(app: FastAPI, sign_in) -> None:
    app.state.settings.second_factor_hours = 12
    browser = sign_in(role="koordinator", verified=False)
    assert browser.post("/ekspor/antrean", data=FORM).headers["location"].startswith("/saya")
    assert browser.post("/api/v1/exports", json={"what": "antrean"}).status_code in (401, 403)


@pytest.mark.parametrize(("values", "word"), [({"catatan": " "}, "untuk apa"), ({"tujuan": ""}, "Pilih tujuan ekspor.")])
def test_without_a_purpose_nothing_goes_out(session: Session, browser: TestClient, values: dict[str, str], word: str) -> None:
    answer = browser.post("/ekspor/antrean", data=FORM | values)
    assert (answer.status_code, word in answer.text) == (422, True)
    assert session.scalars(select(Export)).all() == []


def test_handles_are_masked_unless_somebody_with_the_right_opens_them(session: Session, sign_in, browser: TestClient) -> None:
    make_flag(session, make_item(session, kind=ItemKind.POST, title="", text="Kata @pegawai_negeri: pilih 2"))
    session.commit()
    [row] = export(browser)
    assert ("pegawai_negeri" in row["teks"], row["alamat"]) == (False, "https://contoh.test/…")
    [row] = export(browser, buka="ya")
    assert "@pegawai_negeri" in row["teks"]
    analyst = sign_in(username="analis", role="analis")
    assert analyst.post("/ekspor/antrean", data=FORM | {"buka": "ya"}).status_code == 403


def test_an_audit_sample_keeps_its_number_to_itself(session: Session, browser: TestClient) -> None:
    make_flag(session, make_item(session), probability=0.02, reason=FlagReason.AUDIT)
    session.commit()
    [row] = export(browser)
    assert (row["peluang"], row["perbuatan"], row["sebab"]) == ("", "", "sampel_audit")


HOSTILE = ["=cmd|'/c calc'!A1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1", " =1", "a\x00b", "a\x0bb", 'x"\r\n=1', "\ud800"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_computes(text: str) -> None:
    cell = defused(text)
    assert isinstance(cell, str)
    assert cell.startswith("'") or not re.match(r"\s*[=+\-@＝]", cell)
    assert cell.encode().decode() == cell
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", cell)


@pytest.mark.parametrize("form", ["{}", "a{}", "{}=", "a{}="])
def test_what_is_taken_for_harmless_is_what_nothing_has_to_be_done_to(form: str) -> None:
    texts = [form.format(chr(code)) for code in [*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFE00, 0x10010)]]
    passed = [text for text in texts if formats.HARMLESS.fullmatch(text)]
    assert [text for text in passed if plain(text) != text or text.lstrip().startswith(formats.FORMULA)] == []
    assert [text for text in passed if formats.INNER_CELL.search(text)] == []
    assert len(passed) > 12_000


def test_every_format_holds_the_same_hostile_rows(session: Session, browser: TestClient) -> None:
    titles = ["=1+1", "-2", "@x", "<script>alert(1)</script>", 'kutip " dan, koma', "baris\nbaru", "x" * 40_000]
    for title in titles:
        make_flag(session, make_item(session, title=title))
    session.commit()
    rows = export(browser)
    lines = browser.post("/ekspor/antrean", data=FORM | {"bentuk": "jsonl"}).text.splitlines()
    workbook = browser.post("/ekspor/antrean", data=FORM | {"bentuk": "xlsx"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    cells = list(sheet.iter_rows(min_row=2))
    assert {row["judul"] for row in rows} >= {"'=1+1", "'-2", "'@x", "baris\nbaru"}
    assert {json.loads(line)["judul"] for line in lines} == set(titles)
    assert {str(cell[2].value) for cell in cells} >= {"=1+1", "-2", "@x"}
    assert {cell[2].data_type for cell in cells} == {"s"}
    assert sheet.cell(1, 3).value == "judul"


def test_the_trail_and_the_mark_for_excel(session: Session, sign_in) -> None:
    auditor = sign_in(username="auditor", role="auditor")
    answer = auditor.post("/ekspor/jejak", data=FORM | {"saring": "aksi=masuk", "bom": "ya"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert [row["aksi"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))] == ["masuk"]


def test_whoever_may_not_export_finds_no_way(session: Session, sign_in) -> None:
    make_rows(session)
    reader = sign_in(username="pembaca", role="pembaca")
    assert reader.get("/ekspor/antrean").status_code == 403
    assert reader.post("/ekspor/antrean", data=FORM).status_code == 403
    analyst = sign_in(username="analis", role="analis")
    assert analyst.get("/ekspor/jejak").status_code == 404
    assert "Ekspor daftar ini" not in reader.get("/antrean?rak=semua").text


def test_a_machine_exports_by_the_same_rules(session: Session, browser: TestClient) -> None:
    make_rows(session)
    preview = browser.get("/api/v1/exports/preview", params={"what": "antrean"}).json()
    assert (preview["rows"], preview["by_rights"]) == (2, {"full_text": 1, "excerpt": 1})
    body = {"what": "antrean", "format": "jsonl", "purpose": "penelitian", "note": "uji coba"}
    answer = browser.post("/api/v1/exports", json=body, headers={"Idempotency-Key": "x"})
    assert (answer.headers["x-export-rows"], len(answer.text.splitlines())) == ("2", 2)
    [past] = browser.get("/api/v1/exports").json()["exports"]
    assert (past["sha256"], past["user"]) == (hashlib.sha256(answer.content).hexdigest(), "koordinator")


def test_the_columns_are_those_of_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for table in TABLES.values():
        section = text.split(f"## `{table.slug}`")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == table.names


def test_cases_and_what_became_of_them_go_out_with_initials(session: Session, sign_in, browser: TestClient) -> None:
    flag = make_flag(session, make_item(session, region_code="33.24"))
    session.commit()
    body = {"flag_ids": [flag.id], "title": "Rina Kartikasari mengajak", "office": "camat", "agency": "Kecamatan"}
    case_id = browser.post("/api/v1/cases", json=body).json()["id"]
    session.get_one(Case, case_id).subject_name = "Rina Kartikasari"
    user = make_user(session)
    note = "Rina Kartikasari hadir"
    session.add(FollowUp(case_id=case_id, stage=Stage.REPORTED, on_day=day("2026-09-01"), note=note, user_id=user.id))
    session.commit()
    assert 'href="/ekspor/perkara"' in browser.get("/perkara").text
    [case], [step] = export(browser, "perkara"), export(browser, "tindak-lanjut", saring="wilayah=33")
    assert (case["judul"], case["nama_terlapor"], case["informasi"]) == ("R.K. mengajak", "R.K.", "1")
    assert (step["jenis"], step["isi"], step["catatan"]) == ("tindak_lanjut", "dilaporkan", "R.K. hadir")
    assert export(browser, "perkara", buka="ya")[0]["nama_terlapor"] == "Rina Kartikasari"


def test_a_case_goes_out_with_its_newest_note_of_correction(session: Session, browser: TestClient) -> None:
    flags = [make_flag(session, make_item(session, region_code="33.24")) for _ in range(2)]
    session.commit()
    body = {"title": "Camat mengajak", "office": "camat", "agency": "Kecamatan"}
    cases = [browser.post("/api/v1/cases", json=body | {"flag_ids": [flag.id]}).json()["id"] for flag in flags]
    session.get_one(Case, cases[0]).subject_name = "Rina Kartikasari"
    correction, user = make_correction(session), make_user(session)
    given = {"correction_id": correction.id, "kind": CorrectionDeedKind.NOTE, "done_by_id": user.id}
    session.add(CorrectionDeed(item_id=flags[0].item_id, note="lama", **given))
    session.flush()
    session.add(CorrectionDeed(case_id=cases[0], note="Rina Kartikasari tidak hadir", **given))
    session.add(CorrectionDeed(case_id=cases[1], note="ditarik", undone_at=now(), **given))
    session.commit()
    notes = {int(row["perkara"]): row["koreksi"] for row in export(browser, "perkara")}
    assert notes == {cases[0]: "R.K. tidak hadir", cases[1]: ""}
