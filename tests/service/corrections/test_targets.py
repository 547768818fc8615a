"""What the page of a request suggests: a target where there is no other, and what stands against the rest."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from models import CorrectionAsk, IdentityCheck, LegalHold
from models.queue.words import index_flag
from service.corrections import service
from tests.factories import make_flag, make_item, make_user
from tests.service.corrections.conftest import Office
from tests.service.corrections.trail_cases import EraseNothing

SEARCH = "rapat partai"
Read = Callable[[str], str]


@pytest.fixture
def read(office: Office, sign_in: Any) -> Read:
    """The page of a request to erase an item, after a search."""
    one = office.request(CorrectionAsk.ERASE, address=office.item.url or "")
    service.check_identity(office.session, office.actor, one.id, IdentityCheck.LETTER)

    def ask(search: str = "") -> str:
        office.session.commit()
        browser = sign_in(make_user(office.session, role="koordinator", region_code="33"))
        return browser.get(f"/permintaan/{one.id}", params={"cari": search}).text

    return ask


def hold(office: Office) -> None:
    office.session.add(LegalHold(item_id=office.item.id, reason="perkara", held_by="pengadilan"))


def add_another(office: Office) -> int:
    """A flag of an item that has nothing to do with the request."""
    flag = make_flag(office.session, make_item(office.session, region_code="33"))
    index_flag(office.session, flag.id, "", SEARCH)
    return flag.item_id


def commands(page: str) -> list[str]:
    return re.findall(r"netra retention erase ([^\s<]+)", page)


def test_an_item_is_named_to_be_erased_where_nothing_else_was_found(office: Office, read: Read) -> None:
    assert commands(read("")) == [str(office.item.id)]
    add_another(office)
    assert commands(read(SEARCH)) == ["…"]


def test_what_is_left_beside_a_held_item_is_not_suggested(office: Office, read: Read) -> None:
    hold(office)
    add_another(office)
    page = read(SEARCH)
    assert commands(page) == ["…"]
    assert f"penanda {office.flag.id}: Konten {office.item.id} ditahan atas permintaan pengadilan" in page


def test_a_form_is_filled_in_with_the_only_target_alone(office: Office, app: FastAPI, read: Read) -> None:
    app.state.erasing = EraseNothing()
    assert filled_in(read("")) == {f"penanda {office.flag.id}"}
    hold(office)
    add_another(office)
    assert filled_in(read(SEARCH)) == {""}


def filled_in(page: str) -> set[str]:
    """What the forms to erase and to note name as their target."""
    return set(re.findall(r'list="sasaran-(?:hapus|catat)"[^>]*value="([^"]*)"', page))


def test_a_link_in_a_request_can_be_read_and_a_number_cannot(office: Office, sign_in: Any) -> None:
    wrong = "Di https://harian.test/2024/11/rapat-di-kantor-camat tertulis NIK 3324000101900001."
    one = office.request(wrong=wrong).id
    browser = sign_in(make_user(office.session, role="koordinator", region_code="33"))
    pages = browser.get(f"/permintaan/{one}").text, browser.get(f"/api/v1/corrections/{one}").json()["wrong"]
    assert ["https://harian.test/2024/11/rapat-di-kantor-camat" in page for page in pages] == [True, True]
    assert ["3324000101900001" in page for page in pages] == [False, False]
