"""A tip comes in: an item, a flag and a code; and what is wrong with a form is said."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models import AuditEvent, Flag, FlagReason, FlagState, Item, ItemVersion, Outcome, Snapshot, Tip, TipHour, now
from models.addresses import canonical_url, key_of
from models.evidence.store import read_evidence
from models.settings import Settings
from models.tip_items import key_of_words
from netra.retention.items import erase_items
from service.accounts.service import load_actor
from service.review import service as review
from service.review.schemas import Judgement
from service.tips.codes import read_code
from service.tips.sending import TipStatus
from tests.factories import make_flag, make_item, make_user
from tests.service.tips.forms import TEXT, form_of, send


def test_a_tip_becomes_a_flag_with_evidence_and_its_code_tells_the_status(seen, settings, visitor) -> None:
    code = send(visitor, settings, jabatan="Kepala dinas", kontak="0812 0000 0000")
    tip, flag = seen(select(Tip))[0], seen(select(Flag))[0]
    assert (flag.reason, flag.region_code, tip.flag_id) == (FlagReason.TIP, "33.24", flag.id)
    assert read_evidence(settings.evidence_dir, seen(select(Snapshot))[0]) == TEXT.encode()
    assert read_code(code.lower()) == code
    assert code not in str(vars(tip))
    assert "0812" not in str(vars(tip))
    assert "Diterima" in visitor.post("/lapor/status", data={"kode": code.lower()}).text
    assert seen(select(AuditEvent.action).order_by(AuditEvent.id))[-1] == "informasi.terima"


def test_neither_rows_nor_trail_know_the_sender(seen, settings: Settings, visitor: TestClient) -> None:
    send(visitor, settings)
    counted = seen(select(TipHour))[0]
    assert re.fullmatch("[0-9a-f]{64}", counted.sender)
    events = [str(event.detail) for event in seen(select(AuditEvent))]
    assert "testclient" not in "".join(events) + str(vars(seen(select(Tip))[0]))


def test_the_same_link_is_one_item_and_the_second_sender_reads_duplikat(seen, status_of, settings, visitor) -> None:
    send(visitor, settings, tautan="https://contoh.test/berita/camat-di-rapat?utm_source=wa", teks="")
    code = send(visitor, settings, tautan="contoh.test/berita/camat-di-rapat", teks="Saya melihatnya juga di kantor.")
    assert len(seen(select(Item.id))) == 1
    assert len(seen(select(Flag.id))) == 1
    assert status_of(code) is TipStatus.REPEAT


def test_a_tip_on_what_was_erased_is_read_anew(seen, session, status_of, settings, visitor) -> None:
    send(visitor, settings)
    first = session.scalars(select(Flag)).one()
    first.state, first.outcome, first.assessed_at = FlagState.ASSESSED, Outcome.NO_VIOLATION.value, now()
    erase_items(session, [first.item_id], "permintaan", now())
    session.commit()
    code = send(visitor, settings)
    flags = seen(select(Flag).order_by(Flag.id))
    version = session.get_one(ItemVersion, flags[1].item_version_id)
    assert (len(flags), version.number, version.text) == (2, 2, TEXT)
    assert status_of(code) is TipStatus.RECEIVED


def test_a_tip_on_a_page_that_was_read_changes_none_of_its_words(seen, session, settings, visitor, sign_in) -> None:
    item = make_item(session, region_code="33.24")
    item.item_key = key_of(canonical_url(item.url))
    flag = make_flag(session, item)
    user = make_user(session, region_code="33")
    session.commit()
    send(visitor, settings, tautan=item.url)
    assert seen(select(Tip))[0].flag_id == flag.id
    page = sign_in(user).get(f"/penanda/{flag.id}").text
    assert "Camat Wanasari mengajak" in page
    assert "Kabupaten Kendal" in page
    assert TEXT in page


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"situs": "x"}, 422, "kolom tersembunyi"),
        ({"formulir": "1.2.3"}, 422, "terlalu lama"),
        ({"teks": "", "tautan": ""}, 422, "tautan, uraian"),
        ({"teks": "pendek"}, 422, "20 huruf"),
        ({"terjadi": "2999-01-01"}, 422, "hari ini atau sebelumnya"),
        ({"diketahui": "2001-01-01"}, 422, "sejak hari kejadian"),
        ({"wilayah": "51.01"}, 422, "dari daftar"),
        ({"provinsi": "99"}, 422, "dari daftar"),
        ({"jabatan": "x" * 201}, 422, "200 huruf"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(seen, settings, visitor, fields, status, words) -> None:
    answer = visitor.post("/lapor", data=form_of(settings, **fields))
    assert (answer.status_code, words in answer.text) == (status, True)
    assert seen(select(Tip.id)) == []


@pytest.mark.parametrize(
    ("outcome", "status"), [(Outcome.NEEDS_EVIDENCE, TipStatus.LEAD), (Outcome.UNVERIFIABLE, TipStatus.UNFIT)]
)
def test_the_status_follows_the_flag(seen, status_of, session, settings, visitor, outcome: Outcome, status: TipStatus) -> None:
    code = send(visitor, settings)
    reader, flag_id = load_actor(session, make_user(session)), seen(select(Flag.id))[0]
    review.take(session, reader, flag_id, minutes=20)
    session.commit()
    assert status_of(code) is TipStatus.READ
    review.assess(session, reader, flag_id, Judgement.model_validate({"outcome": outcome.value, "note": "ada catatan"}))
    session.commit()
    assert status_of(code) is status


def test_the_words_of_a_tip_and_of_an_import_are_one_item() -> None:
    from crawler.storing.storage import hash_text, normalise

    assert key_of_words(" Camat  ITU ") == hash_text(normalise(" Camat  ITU "))
