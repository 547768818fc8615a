"""Floods of tips, and whatever else somebody hostile sends."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Flag, Tip, TipHour, now
from service.sealing import Keys
from service.tips import spam
from service.tips.errors import TooManyTips
from tests.service.tips.forms import TEXT, form_of, send

HOSTILE = [
    "<script>alert(1)</script> di kantor kecamatan itu",
    "<img src=x onerror=alert(1)> dan kawan-kawannya",
    '"><svg onload=alert(1)> pada saat apel pagi',
    "'; DROP TABLE tips; -- pada saat apel pagi",
    "{{ 7*7 }} {% raw %} ${7*7} pada saat apel pagi",
    '=HYPERLINK("http://jahat.test") pada saat apel',
    "teks\u202etxet kebalik pada saat apel pagi",
    "\x1b[31mmerah\x1b[0m pada saat apel pagi \x07",
    "﷽" * 400,
    "a\u0301" * 800,
    "\ud7ff\ue000 \ufeff \u200b pada saat apel pagi ini",
]


HOSTILE_LINKS = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "http://user:pass@contoh.test/",
    "https://[::1",
    "https://contoh.test/ spasi",
    "https://contoh.test/" + "a" * 3000,
    "//jahat.test/x",
]


def test_a_form_counts_once_and_not_within_seconds(settings, visitor) -> None:
    form = form_of(settings)
    assert visitor.post("/lapor", data=form).status_code == 200
    assert visitor.post("/lapor", data=form).status_code == 409
    fast = visitor.post("/lapor", data=form_of(settings, age=1, teks=f"{TEXT} Lagi."))
    assert (fast.status_code, TEXT in fast.text) == (422, True)


def test_a_sender_has_a_limit_that_a_second_of_work_lifts(settings, visitor) -> None:
    for number in range(spam.WITHOUT_PROOF.hour):
        send(visitor, settings, teks=f"{TEXT} Nomor {number}.")
    form = form_of(settings, teks=f"{TEXT} Satu lagi.")
    assert visitor.post("/lapor", data=form).status_code == 429
    proof = next(str(number) for number in range(10**7) if spam.has_proof(form["formulir"], str(number)))
    assert visitor.post("/lapor", data=form | {"bukti_kerja": proof}).status_code == 200


def test_all_senders_together_have_a_limit_that_no_change_of_network_lifts(session: Session, monkeypatch) -> None:
    monkeypatch.setattr(spam, "MOST_OF_ALL", 3)
    keys, at = Keys(b"k" * 32), now()
    addresses = ["10.0.0.1", "2001:db8:1::1", "2001:db8:1::2", "10.0.0.2"]
    senders = [spam.sender_of(keys, address, at) for address in addresses]
    assert senders[1] == senders[2]
    for sender in senders[:3]:
        spam.count_sender(session, sender, at, spam.WITHOUT_PROOF)
    with pytest.raises(TooManyTips):
        spam.count_sender(session, senders[3], at, spam.WITH_PROOF)


def test_hashes_of_senders_are_gone_after_a_day(session: Session) -> None:
    at = now()
    spam.count_sender(session, "a" * 64, at - timedelta(hours=30), spam.WITHOUT_PROOF)
    spam.count_sender(session, "b" * 64, at, spam.WITHOUT_PROOF)
    kept = select(TipHour).where(TipHour.count > 0)
    assert [row.hour.date() for row in session.scalars(kept)] == [at.date()]


def test_no_key_of_the_house_makes_the_hash_of_a_sender_again_when_the_day_is_over(session: Session) -> None:
    keys, at = Keys(b"k" * 32), now().replace(hour=5)
    sender = spam.sender_of(keys, "10.0.0.1", at)
    for moment in (at, at + timedelta(hours=3)):
        spam.count_sender(session, sender, moment, spam.WITHOUT_PROOF)
    stored = session.scalars(select(TipHour.sender).where(TipHour.count > 0)).all()
    assert (len(stored), len(set(stored)), sender in stored) == (2, 1, False)
    spam.forget_senders(session, at + timedelta(hours=20))
    assert len(session.scalars(select(TipHour)).all()) == 2
    assert session.scalars(select(TipHour).where(TipHour.count == 0)).all() == []


def test_whatever_somebody_hostile_sends_is_inert(seen, settings, visitor, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(spam, "WITHOUT_PROOF", spam.Limits(99, 99))
    for text in HOSTILE:
        answer = visitor.post(
            "/lapor", data=form_of(settings, teks=text, jabatan=text[:60], instansi=text[:60], kontak=text[:60])
        )
        assert answer.status_code in {200, 422}
    for link in HOSTILE_LINKS:
        answer = visitor.post("/lapor", data=form_of(settings, tautan=link))
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text
    browser = sign_in(role="koordinator")
    flags = seen(select(Flag.id))
    pages = "".join(
        browser.get(path).text for path in ("/informasi", "/antrean?rak=semua", *[f"/penanda/{one}" for one in flags])
    )
    assert not [bad for bad in ("<script>alert", "<img src=x", "<svg onload", "\x1b", "\u202e") if bad in pages]
    assert "{{ 7*7 }}" in pages


def test_no_file_is_taken_and_a_flood_of_letters_stores_nothing(seen, settings, visitor) -> None:
    form = form_of(settings)
    del form["teks"]
    files = {"teks": ("virus.exe", b"MZ" * 100), "lampiran": ("surat.pdf", b"%PDF-1.7")}
    assert visitor.post("/lapor", data=form, files=files).status_code == 422
    assert visitor.post("/lapor", data=form_of(settings, teks="x" * 5_001)).status_code == 422
    assert visitor.post("/lapor", data=form_of(settings, teks="panjang " * 10_000)).status_code in {413, 422}
    assert seen(select(Tip.id)) == []
