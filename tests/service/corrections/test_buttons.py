"""The page of a request shows a button only where it works: every deed in every state of a request and of what it concerns."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models import CorrectionAnswer, CorrectionAsk, FlagState, IdentityCheck, ItemVersion, LegalHold, now
from service.corrections import deeds, service
from service.corrections.service import Answer
from tests.factories import make_user
from tests.service.corrections.conftest import Office
from tests.service.corrections.trail_cases import EraseNothing

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

ASKED = CorrectionAsk.RESTRICT
REFUSED = Answer(CorrectionAnswer.REFUSED, "bukan_tentang_pemohon", "Bukan tentang Anda.")
GRANTED = Answer(CorrectionAnswer.GRANTED, "", "Sudah dibatasi.")
STEPS = {
    "identitas": {"cara": "surat_resmi"},
    "jawab": {"jawaban": "dikabulkan", "balasan": "Sudah."},
    "jawab/batal": {},
    "tindakan/1/batal": {},
}
DEEDS = {"catat": {"catatan": "Sekretaris."}, "batasi": {}, "baca-ulang": {}, "versi-baru": {}, "hapus": {"yakin": "true"}}
Change = Callable[[Office, int], object]


def check(office: Office, one: int) -> None:
    service.check_identity(office.session, office.actor, one, next(iter(IdentityCheck)))


def grant(office: Office, one: int) -> None:
    check(office, one)
    service.answer(office.session, office.actor, one, GRANTED)


def take_back(office: Office, one: int) -> None:
    service.get(office.session, office.actor, one).withdrawn_at = now()


def restrict(office: Office, one: int) -> None:
    deeds.restrict(office.session, office.actor, service.get(office.session, office.actor, one), office.target())


def read_since(office: Office, one: int) -> None:
    deeds.reread(office.session, office.actor, service.get(office.session, office.actor, one), office.target())
    office.flag.state = FlagState.ASSESSED


def hold(office: Office, one: int) -> None:
    check(office, one)
    office.session.add(LegalHold(item_id=office.item.id, reason="perkara", held_by="pengadilan"))


def add_version(office: Office, _: int) -> None:
    values = {"title": "Ralat", "text": "Ralat: sekretaris.", "text_sha256": "0" * 64, "language": "id", "method": "uji"}
    version = ItemVersion(item_id=office.item.id, number=2, **values)
    office.session.add(version)
    office.session.flush()
    office.item.current_version_id = version.id


STATES: dict[str, Change] = {
    "menunggu": lambda office, one: None,
    "dipastikan": check,
    "dikabulkan": grant,
    "ditolak": lambda office, one: service.answer(office.session, office.actor, one, REFUSED),
    "ditarik": take_back,
    "ditahan": hold,
    "diralat": add_version,
    "dibatasi": restrict,
    "selesai": lambda office, one: setattr(office.flag, "state", FlagState.ASSESSED),
    "dibaca": read_since,
}


def prepare(office: Office, state: str, sign_in: Any) -> tuple[TestClient, int]:
    one = office.request(ASKED, address=office.item.url or "").id
    STATES[state](office, one)
    office.session.commit()
    browser = sign_in(make_user(office.session, role="koordinator", region_code="33"))
    browser.app.state.erasing = EraseNothing()
    return browser, one


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_offered_where_it_is_not_refused(office: Office, sign_in: Any, state: str, deed: str) -> None:
    browser, one = prepare(office, state, sign_in)
    page = browser.get(f"/permintaan/{one}").text
    named = re.search(rf'<datalist id="sasaran-{deed}">.*?</datalist>', page)
    is_offered = named is not None and f"penanda {office.flag.id}" in named[0]
    status = browser.post(f"/permintaan/{one}/{deed}", data=DEEDS[deed] | {"sasaran": f"penanda {office.flag.id}"}).status_code
    assert (is_offered, status) in {(True, 303), (False, 409)}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_offered_where_it_is_not_refused(office: Office, sign_in: Any, state: str, step: str) -> None:
    browser, one = prepare(office, state, sign_in)
    page, path = browser.get(f"/permintaan/{one}").text, f"/permintaan/{one}/{step}"
    is_shown = f'action="{path}"' in page and (step != "jawab" or 'value="dikabulkan"' in page)
    status = browser.post(path, data=STEPS[step]).status_code
    assert (is_shown, status) in {(True, 303), (False, 409), (False, 404)}
