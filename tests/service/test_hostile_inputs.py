"""Hostile words that somebody has had stored (tests/service/hostile.py): inert on every page, in every file, in every answer."""

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.orm import Session

from models import ExportFormat
from models.figures.published import read_published
from models.settings import Settings
from service.exports import formats
from service.items.inert import make_inert
from tests.factories import make_user
from tests.service import hostile
from tests.service.rooms import fill_rooms
from tests.service.walking import PUBLIC, walk

ADDRESS_ATTRIBUTES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href")
NEVER = "iframe[srcdoc], base, object, embed, applet, meta[http-equiv], math, svg script"
OWN_FILES = "/static/"


def acting(html: str) -> list[str]:
    """What in a page would act, load or send by the will of whoever wrote its words."""
    tree = LexborHTMLParser(html)
    found = [(node.html or "")[:200] for node in tree.css(NEVER)]
    return found + [(node.html or "")[:200] for node in tree.css("*") if _acts(node.tag or "", node.attributes)]


def _acts(tag: str, attributes: dict[str, str | None]) -> bool:
    own = {name.lower(): value or "" for name, value in attributes.items()}
    addresses = [own[name] for name in ADDRESS_ATTRIBUTES if name in own]
    is_foreign = tag == "script" and not own.get("src", "").startswith(OWN_FILES)
    return is_foreign or any(name.startswith("on") for name in own) or any(map(_leaves, addresses))


def _leaves(address: str) -> bool:
    if address in published_addresses():
        return False
    plain = re.sub(r"[\x00-\x20]", "", address).lower()
    return plain.startswith(("//", "javascript:", "vbscript:", "data:text", "http:", "https:"))


@cache
def published_addresses() -> frozenset[str]:
    """Where the figures that the house itself ships were published: the only links out of it."""
    return frozenset(figure.url for figure in read_published())


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """One engine: what is escaped does not depend on where it lay."""
    return sqlite_settings


@pytest.fixture
def house(session: Session, settings: Settings, sign_in) -> TestClient:
    """An admin's browser in a house where every hostile text stands in everything that can be stored."""
    admin = make_user(session, username="admin", role="admin")
    for text in hostile.TEXTS.values():
        fill_rooms(session, settings, admin, text)
    return sign_in(admin)


def starts_of(count: int) -> list[str]:
    """Where each text stands by itself: its flag, its case, its search; the rest is found by links."""
    own = [f"/penanda/{2 * number - 1}" for number in range(1, count + 1)]
    cases = [f"/perkara/{number}" for number in range(1, count + 1)]
    searches = [f"/antrean?cari={quote(text)}" for text in hostile.TEXTS.values()]
    return ["/antrean", "/antrean?rak=dinilai", *own, *cases, *searches, *PUBLIC]


def every_page(browser: TestClient) -> Iterator[tuple[str, str]]:
    """All that is linked from the menu and from public pages. None of it may be kept by a cache, or set a cookie."""

    def read(path: str) -> str:
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code in {200, 404, 422}, (path, answer.status_code)
        assert (answer.headers["cache-control"], "set-cookie" in answer.headers) == ("no-store", False), path
        return answer.text if answer.headers.get("content-type", "").startswith("text/html") else ""

    yield from ((page.path, page.html) for page in walk(read, starts_of(len(hostile.TEXTS)), each=1))


def test_at_least_sixty_inputs_are_hostile() -> None:
    tables = [value for name, value in vars(hostile).items() if name.isupper() and isinstance(value, dict)]
    assert sum(map(len, tables)) >= 60


def test_stored_words_stay_words_on_every_page(house: TestClient) -> None:
    pages = dict(every_page(house))
    assert len(pages) > 3 * len(hostile.TEXTS)
    assert {path: found for path, html in pages.items() if (found := acting(html))} == {}
    assert [path for path, html in pages.items() if str(7 * 7191) in html] == []  # The template did not compute.


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_a_stored_copy_holds_nothing_that_acts(name: str) -> None:
    text = hostile.TEXTS[name]
    page = f'<html {text}><title>{text}</title><body onload="{text}"><p title="{text}" {text}>{text}</p></body></html>'
    copy = make_inert(page.encode(), "text/html; charset=utf-8")
    assert (acting(copy.body), LexborHTMLParser(copy.body).css("[href], [src], [style], a, img")) == ([], [])


def test_no_cell_of_a_file_computes() -> None:
    cells = [*hostile.FORMULAS.values(), *hostile.TEXTS.values()]
    file = io.BytesIO()
    formats.write(ExportFormat.CSV, file, ["isi", "akhir"], [(cell, "tetap") for cell in cells], notes=[], bom=False)
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))[1:]
    assert len(rows) == len(cells)
    assert {row[1] for row in rows} == {"tetap"}
    assert [row[0] for row in rows if row[0].strip(" \u00a0").startswith(formats.FORMULA)] == []


def test_a_line_of_json_is_one_line_and_comes_back_whole() -> None:
    texts, file = list(hostile.TEXTS.values()), io.BytesIO()
    formats.write(ExportFormat.JSONL, file, ["isi"], [(text,) for text in texts], notes=[], bom=False)
    lines = file.getvalue().decode().splitlines()
    assert [json.loads(line)["isi"] for line in lines] == [formats.plain(text) for text in texts]
