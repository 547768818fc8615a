"""Hostile words (tests/service/hostile.py) in every file that leaves the house: each one is a text there, and nothing acts."""

import csv
import io
import json
import re
import zipfile
from email import policy
from email.parser import BytesParser

import openpyxl
import pytest
from fastapi.testclient import TestClient
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # It ships no types.
from openpyxl.cell.cell import Cell
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alert, Case, ExportFormat
from models.settings import Settings
from service.accounts.service import load_actor
from service.alerts import repository as alerts
from service.alerts.delivering import say_as_json
from service.alerts.digest import make_digest
from service.cases.dossier.gather import gather_dossier
from service.cases.dossier.pdf import draw
from service.cases.dossier.sheet import lay_out
from service.cases.schemas import Purpose
from service.exports import formats
from service.exports.registry import TABLES
from service.language import Language
from tests.factories import make_user
from tests.service import hostile
from tests.service.rooms import fill_rooms
from tests.service.test_hostile_inputs import acting

FORM = {"tujuan": "pelaporan", "catatan": "uji ekspor"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SEPARATORS = ",;\t|"
ALL = {**hostile.TEXTS, **hostile.FORMULAS}
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/theme/theme1\.xml|xl/worksheets/sheet\d\.xml"
)
ACTIVE = {"/JS", "/JavaScript", "/AA", "/URI", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/SubmitForm", "/XFA"}


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """One engine: what a file holds does not depend on where it lay."""
    return sqlite_settings.model_copy(update={"second_factor_hours": 0})


@pytest.fixture
def house(session: Session, settings: Settings, sign_in) -> TestClient:
    admin = make_user(session, username="admin", role="admin")
    for text in ALL.values():
        fill_rooms(session, settings, admin, text)
    return sign_in(admin)


def computing(cells: list[str]) -> list[str]:
    """Cells that a spreadsheet would compute, blanks before them or not."""
    return [cell for cell in cells if cell.strip(" \u00a0\t\r\n").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))]


def as_some_program_reads(text: str, separator: str) -> list[str]:
    return [
        cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row if not _is_number(cell)
    ]


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", cell) is not None


@pytest.mark.parametrize("slug", TABLES)
def test_every_table_leaves_as_harmless_text(house: TestClient, slug: str) -> None:
    files = {kind: house.post(f"/ekspor/{slug}", data=FORM | {"bentuk": kind.value}) for kind in ExportFormat}
    assert {answer.status_code for answer in files.values()} == {200}
    text = files[ExportFormat.CSV].content.decode()
    assert {one: found for one in SEPARATORS if (found := computing(as_some_program_reads(text, one)))} == {}
    assert CONTROL.search(text) is None
    lines = [json.loads(line) for line in files[ExportFormat.JSONL].content.decode().split("\n") if line]
    assert {len(line) for line in lines} <= {len(TABLES[slug].names)}
    examine_workbook(files[ExportFormat.XLSX].content)


def examine_workbook(content: bytes) -> None:
    """Every part is one that a plain table has, is well-formed, leads nowhere; every cell holds what it shows."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert [name for name in parts.namelist() if not PARTS.fullmatch(name)] == []
        for name in parts.namelist():
            tree = etree.fromstring(parts.read(name), etree.XMLParser(resolve_entities=False, no_network=True))
            assert [
                node.tag for node in tree.iter() if etree.QName(node).localname in {"f", "hyperlink", "externalReference"}
            ] == []
            assert [node for node in tree.iter() if node.get("TargetMode") == "External"] == []
    cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if isinstance(cell, Cell) and (cell.data_type == "f" or cell.hyperlink)] == []


@pytest.mark.parametrize("separator", SEPARATORS)
def test_no_cell_computes_whatever_a_program_takes_for_a_separator(separator: str) -> None:
    file = io.BytesIO()
    rows = [(1, cell, f"awal\n{cell}", f"awal{separator}{cell}", f'"{cell}', "tetap") for cell in ALL.values()]
    formats.write(ExportFormat.CSV, file, ["no", "a", "b", "c", "d", "e"], rows, notes=[], bom=False)
    assert computing(as_some_program_reads(file.getvalue().decode(), separator)) == []


def test_figures_and_funnels_leave_as_harmless_text(house: TestClient) -> None:
    page = LexborHTMLParser(house.get("/dasbor").text + house.get("/tindak-lanjut").text + house.get("/mutu").text)
    paths = {link.attributes["href"] or "" for link in page.css("a[href*='.csv'], a[href*='/csv']")}
    assert len(paths) >= 3
    for path in paths:
        text = house.get(path).content.decode("utf-8-sig")
        assert computing(as_some_program_reads(text, ",")) == [], path


def test_a_dossier_acts_in_no_form(house: TestClient, session: Session) -> None:
    case_ids = session.scalars(select(Case.id)).all()
    session.commit()
    for case_id in case_ids:
        page = house.post(f"/perkara/{case_id}/berkas", data={"purpose": "penerusan", "format": "html"})
        assert (page.status_code, acting(page.text)) == (200, [])
        said = house.post(f"/perkara/{case_id}/berkas", data={"purpose": "penerusan", "format": "json"})
        assert said.json()["content"]["case_id"] == case_id
        assert "attachment" in said.headers["content-disposition"]


def test_the_pdf_of_a_dossier_is_paper(house: TestClient, session: Session) -> None:
    """All hostile texts in one document: nothing in it runs, opens or carries something, and the words are there."""
    case = session.scalars(select(Case)).first()
    assert case is not None
    case.description = "\n".join(ALL.values())
    admin = load_actor(session, make_user(session, role="admin"))
    dossier = gather_dossier(session, case, purpose=Purpose.REFERRAL, made_by=admin)
    reader = PdfReader(io.BytesIO(draw(lay_out(dossier, Language("id")), language="id")))
    keys = {key for number in range(1, len(reader.xref[0]) + 1) for key in keys_of(reader, number)}
    assert keys & ACTIVE == set()
    assert isinstance(reader.root_object["/OpenAction"], ArrayObject)  # A place on the first page, and no action.
    words = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert all(word in words for word in ("DROP TABLE", "netra_hostile", "HYPERLINK"))


def keys_of(reader: PdfReader, number: int) -> set[str]:
    found = reader.get_object(number)
    return set(found.keys()) if isinstance(found, DictionaryObject) else set()


def test_a_mail_and_a_webhook_say_what_they_would_say_anyway(house: TestClient, session: Session, settings: Settings) -> None:
    admin = load_actor(session, make_user(session, role="admin"))
    rows = [row for id in session.scalars(select(Alert.id)) if (row := alerts.get_row(session, admin, id))]
    assert len(rows) == len(ALL)
    house_settings = settings.model_copy(update={"mail_from": "netra@contoh.test"})
    sent = make_digest(house_settings, "a@contoh.test", rows, more=False, name="1", way_out="https://contoh.test/keluar")
    mail = BytesParser(policy=policy.default).parsebytes(sent.as_bytes())
    assert "set-cookie" not in {name.lower() for name in dict(mail.items())}
    html = mail.get_body(("html",))
    assert html is not None
    own = ("/penanda/", "/peringatan", "https://contoh.test/keluar")
    assert [one for one in acting(html.get_content()) if not any(way in one for way in own)] == []
    for row in rows:
        assert json.loads(json.dumps(say_as_json(settings, row)))["data"]["flag_id"] == row.alert.flag_id
