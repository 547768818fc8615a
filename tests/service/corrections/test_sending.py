"""A request is sent without an account, found again by its code alone, and tells nobody what is held."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, Correction, CorrectionAsk, now
from models.database import make_reading_session
from models.settings import Settings
from service.corrections.receiving import CONTACT
from service.sealing import Keys
from service.tips import spam
from tests.factories import make_flag, make_item
from tests.service.corrections.desk import WRONG, form_of, send
from tests.service.hostile import MARK, TEXTS

Seen = Callable[[Any], list[Any]]


@pytest.fixture
def seen(engine: Engine) -> Seen:
    """What other connections see, without holding SQLite's lock."""

    def ask(query: Any) -> list[Any]:
        with make_reading_session(engine)() as session:
            return list(session.scalars(query))

    return ask


def test_a_request_gets_a_code_a_clock_and_its_row_in_the_trail(seen: Seen, settings: Settings, visitor: TestClient) -> None:
    code = send(visitor, settings, kontak="0812 0000 0000")
    one = seen(select(Correction))[0]
    assert (one.asked, one.region_code, one.wrong) == (CorrectionAsk.FIX, "33", WRONG)
    assert one.due_at - one.created_at == timedelta(hours=72)
    assert Keys.of(settings).unseal(CONTACT, one.contact_sealed) == "0812 0000 0000"
    stored = str(vars(one)) + str([event.detail for event in seen(select(AuditEvent))])
    assert code not in stored
    assert "0812" not in stored
    assert seen(select(AuditEvent.action).order_by(AuditEvent.id))[-1] == "koreksi.terima"
    assert "Diterima" in visitor.post("/koreksi/status", data={"kode": code.lower()}).text


def test_known_and_unknown_addresses_are_answered_alike(
    session: Session, seen: Seen, settings: Settings, visitor: TestClient
) -> None:
    item = make_item(session, region_code="33")
    make_flag(session, item)
    session.commit()
    pages = list[str]()
    for address in (item.url or "", "https://contoh.test/tidak-ada"):
        code = send(visitor, settings, tautan=address)
        answer = visitor.post("/koreksi/status", data={"kode": code}).text
        pages.append(re.sub(r"\d", "0", answer.replace(code, "")))
    assert pages[0] == pages[1]
    details = [event.detail for event in seen(select(AuditEvent).where(AuditEvent.action == "koreksi.terima"))]
    assert details[0] == details[1]


def test_no_code_but_the_own_one_opens_anything(settings: Settings, visitor: TestClient) -> None:
    code = send(visitor, settings)
    other = code[:-3] + ("0" if code[-3] != "0" else "1") + code[-2:]
    refused = [visitor.post("/koreksi/status", data={"kode": wrong}) for wrong in (other, "", "1", "' OR 1=1 --", "0" * 13)]
    assert {answer.status_code for answer in refused} == {404}
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in refused}) == 1
    assert visitor.get(f"/koreksi/status?kode={code}").text.count("Diterima") == visitor.get("/koreksi/status").text.count(
        "Diterima"
    )


def test_a_code_of_a_tip_opens_no_request(seen: Seen, settings: Settings, visitor: TestClient) -> None:
    code = send(visitor, settings)
    assert visitor.post("/lapor/status", data={"kode": code}).status_code == 404


def test_a_sender_takes_a_request_back_and_the_contact_goes_at_once(seen: Seen, settings: Settings, visitor: TestClient) -> None:
    code = send(visitor, settings, kontak="warga@contoh.test")
    assert visitor.post("/koreksi/tarik", data={"kode": code}).status_code == 422
    for _ in range(2):
        assert "Ditarik" in visitor.post("/koreksi/tarik", data={"kode": code, "yakin": "true"}).text
    assert seen(select(Correction.contact_sealed)) == [None]
    assert seen(select(AuditEvent.action)).count("koreksi.tarik") == 1
    assert visitor.post("/koreksi/tarik", data={"kode": "x", "yakin": "true"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"situs": "x"}, "kolom tersembunyi"),
        ({"formulir": "1.2.3"}, "terlalu lama"),
        ({"minta": "blokir"}, "yang Anda minta"),
        ({"pengirim": ""}, "bagaimana Anda mengirim"),
        ({"provinsi": "99"}, "provinsi dari daftar"),
        ({"provinsi": "33.24"}, "provinsi dari daftar"),
        ({"uraian": ""}, "alamat halaman, uraian"),
        ({"tautan": "javascript:alert(1)"}, "alamat web utuh"),
        ({"keliru": "salah"}, "10 sampai"),
        ({"uraian": "x" * 2001}, "2.000 huruf"),
        ({"kontak": "x" * 201}, "200 huruf"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(seen: Seen, settings: Settings, visitor: TestClient, fields, words) -> None:
    answer = visitor.post("/koreksi", data=form_of(settings, **fields))
    assert answer.status_code == 422
    assert words in answer.text
    assert seen(select(Correction.id)) == []


def test_one_form_counts_once_and_a_robot_is_too_fast(seen: Seen, settings: Settings, visitor: TestClient) -> None:
    form = form_of(settings)
    assert visitor.post("/koreksi", data=form).status_code == 200
    assert visitor.post("/koreksi", data=form).status_code == 409
    assert visitor.post("/koreksi", data=form_of(settings, 0)).status_code == 422
    assert len(seen(select(Correction.id))) == 1


def test_a_sender_has_a_limit_of_requests_and_tips_do_not_use_it_up(
    seen: Seen, settings: Settings, visitor: TestClient, session: Session
) -> None:
    keys, at = Keys.of(settings), now()
    for _ in range(spam.WITHOUT_PROOF.hour):
        spam.count_sender(session, spam.sender_of(keys, "testclient", at), at, spam.WITHOUT_PROOF)
    session.commit()
    answers = [visitor.post("/koreksi", data=form_of(settings)).status_code for _ in range(spam.WITHOUT_PROOF.hour + 1)]
    assert answers == [200] * spam.WITHOUT_PROOF.hour + [429]
    assert len(seen(select(Correction.id))) == spam.WITHOUT_PROOF.hour


def test_hostile_words_stay_words(settings: Settings, session: Session, visitor: TestClient, sign_in: Any) -> None:
    texts = [text for text in TEXTS.values() if "\0" not in text]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spam, "WITHOUT_PROOF", spam.Limits(1000, 1000))
        codes = [send(visitor, settings, uraian=text[:2000], keliru=f"{text} tidak benar"[:5000]) for text in texts]
    office = sign_in(role="koordinator", region_code="33")
    pages = [office.get(f"/permintaan/{number}").text for number in range(1, len(codes) + 1)]
    pages += [office.get("/permintaan").text]
    for page in pages:
        assert f"<script>{MARK}" not in page
        assert f"onerror={MARK}" not in page.replace("&lt;", "<").split("<main")[0]
        assert not re.search(rf"<(?:img|svg|b|iframe|a|form|style|meta)[^>]*(?:{MARK}|jahat)", page)
        assert "\u202e" not in page
