"""A sender takes a tip back by its code."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from models import AuditEvent, Flag, FlagState, Tip
from service.tips.sending import TipStatus
from tests.service.tips.forms import TEXT, send


def take_back(visitor: TestClient, code: str, **fields: str) -> Any:
    return visitor.post("/lapor/tarik", data={"kode": code, "yakin": "true"} | fields)


def test_a_sender_takes_a_tip_back_by_its_code_once(seen, status_of, settings, visitor, sign_in) -> None:
    code = send(visitor, settings, kontak="surel@contoh.test", jabatan="Kepala dinas Wanasari")
    assert visitor.post("/lapor/tarik", data={"kode": code}).status_code == 422
    assert take_back(visitor, "0000-0000-0000-0").status_code == 404
    answers = [take_back(visitor, code.lower()) for _ in range(2)]
    assert [(answer.status_code, "Ditarik" in answer.text) for answer in answers] == [(200, True)] * 2
    tip = seen(select(Tip))[0]
    assert (tip.contact_sealed, tip.contact_until, tip.withdrawn_at is not None) == (None, None, True)
    assert seen(select(AuditEvent.action)).count("informasi.tarik") == 1
    assert status_of(code) is TipStatus.WITHDRAWN
    page = sign_in(role="koordinator").get("/informasi").text
    assert "Ditarik pengirimnya" in page
    assert "Kepala dinas Wanasari" not in page
    assert TEXT not in page


def test_the_flag_of_a_tip_that_was_taken_back_is_a_coordinators_to_close(seen, settings, visitor, sign_in) -> None:
    code = send(visitor, settings)
    browser = sign_in(role="koordinator")
    assert browser.post("/informasi/1/tutup", data={"alasan": "ditarik"}).status_code == 422
    take_back(visitor, code)
    assert seen(select(Flag.state))[0] is FlagState.OPEN
    assert browser.post("/informasi/1/tutup", data={"alasan": "ditarik"}).status_code == 303
    assert seen(select(Flag.state))[0] is FlagState.ASSESSED


def test_a_second_sender_is_not_taken_back_with_the_first(seen, status_of, settings, visitor, sign_in) -> None:
    codes = [send(visitor, settings) for _ in range(2)]
    assert "2 kiriman tentang hal yang sama" in sign_in(role="koordinator").get("/informasi").text
    take_back(visitor, codes[0])
    browser = sign_in(role="koordinator")
    assert browser.post("/informasi/1/tutup", data={"alasan": "ditarik"}).status_code == 303
    assert seen(select(Flag.state))[0] is FlagState.OPEN
    assert status_of(codes[1]) is TipStatus.REPEAT
    assert status_of(send(visitor, settings)) is TipStatus.REPEAT
