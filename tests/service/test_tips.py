"""Informasi masyarakat: sent without an account, read in the common queue, put aside by a coordinator, and taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, Flag, FlagReason, FlagState, Item, ItemVersion, Outcome, Snapshot, Tip, TipHour, now
from models.addresses import canonical_url, key_of
from models.database import make_reading_session
from models.evidence.store import read_evidence
from models.settings import Settings
from models.tip_items import key_of_words
from netra.retention.items import erase_items
from service.accounts.service import load_actor
from service.review import service as review
from service.review.schemas import Judgement
from service.sealing import Keys
from service.tips import repository, spam
from service.tips.codes import read_code
from service.tips.errors import TooManyTips
from service.tips.sending import TipStatus, find_status
from tests.factories import make_flag, make_item, make_user

TEXT = "Kepala dinas di Wanasari membagikan kaus calon kepada staf dalam rapat."
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


Seen = Callable[..., list[Any]]


@pytest.fixture
def seen(engine: Engine) -> Seen:
    """What other connections see, without holding SQLite's lock."""

    def ask(query: Any) -> list[Any]:
        with make_reading_session(engine)() as session:
            return list(session.scalars(query))

    return ask


@pytest.fixture
def status_of(engine: Engine, settings: Settings) -> Callable[[str], TipStatus | None]:
    def ask(code: str) -> TipStatus | None:
        with make_reading_session(engine)() as session:
            return find_status(session, Keys.of(settings), code)

    return ask


def form_of(settings: Settings, *, age: int = 60, **fields: str) -> dict[str, str]:
    day = (now() - timedelta(days=1)).date().isoformat()
    token = spam.new_form(Keys.of(settings), at=now().timestamp() - age)
    filled = {"provinsi": "33", "wilayah": "33.24", "teks": TEXT, "terjadi": day, "diketahui": day, "formulir": token}
    return filled | fields


def send(visitor: TestClient, settings: Settings, **fields: str) -> str:
    answer = visitor.post("/lapor", data=form_of(settings, **fields))
    assert answer.status_code == 200, answer.text
    found = re.search(r"<strong>([0-9A-Z*~$=-]+)</strong>", answer.text)
    assert found
    return found[1]


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


def test_a_coordinator_puts_spam_aside_with_its_flag_and_takes_it_back(seen, status_of, settings, visitor, sign_in) -> None:
    code = send(visitor, settings)
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    assert seen(select(Flag.state))[0] is FlagState.ASSESSED
    assert status_of(code) is TipStatus.UNFIT
    assert "Batalkan" in browser.get("/informasi?pesan=ditutup&nomor=1").text
    assert browser.post("/informasi/1/buka").status_code == 303
    assert seen(select(Flag.state))[0] is FlagState.OPEN
    assert status_of(code) is TipStatus.RECEIVED


def test_a_tip_is_reopened_although_the_deed_on_its_flag_was_undone_by_itself(seen, settings, visitor, sign_in) -> None:
    send(visitor, settings)
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    assert browser.post(f"/antrean/massal/{seen(select(Tip.bulk_id))[0]}/batal").status_code == 303
    assert browser.post("/informasi/1/buka").status_code == 303
    assert (seen(select(Tip.closed_at))[0], seen(select(Flag.state))[0]) == (None, FlagState.OPEN)


def test_a_later_tip_on_what_was_assessed_is_read_and_one_on_its_flag_joins_it(
    seen, session, status_of, settings, visitor
) -> None:
    link = "https://contoh.test/berita/camat-di-rapat"
    send(visitor, settings, tautan=link, teks="")
    reader, first = load_actor(session, make_user(session)), seen(select(Flag.id))[0]
    review.take(session, reader, first, minutes=20)
    judgement = {"outcome": Outcome.NEEDS_EVIDENCE.value, "note": "tanggalnya tidak ada"}
    review.assess(session, reader, first, Judgement.model_validate(judgement))
    session.commit()
    codes = [send(visitor, settings, tautan=link, teks=f"Saya melihatnya, saksi {number} orang.") for number in (1, 2)]
    assert [status_of(code) for code in codes] == [TipStatus.RECEIVED, TipStatus.REPEAT]
    [second] = seen(select(Flag.id).where(Flag.state == FlagState.OPEN))
    assert seen(select(Tip.flag_id).order_by(Tip.id)) == [first, second, second]


def close_both_and_reopen_the_first(visitor: TestClient, settings: Settings, browser: TestClient) -> None:
    for _ in range(2):
        send(visitor, settings)
    for number in (1, 2):
        assert browser.post(f"/informasi/{number}/tutup", data={"alasan": "spam"}).status_code == 303
    assert browser.post("/informasi/1/buka").status_code == 303


def test_a_tip_that_is_reopened_opens_the_flag_that_was_closed_with_another(seen, settings, visitor, sign_in) -> None:
    browser = sign_in(role="koordinator", region_code="33")
    close_both_and_reopen_the_first(visitor, settings, browser)
    assert seen(select(Flag.state)) == [FlagState.OPEN]
    assert browser.post("/informasi/2/buka").status_code == 303
    assert seen(select(Tip.closed_at)) == [None, None]


def test_a_tip_is_reopened_with_a_flag_of_its_own_where_that_deed_cannot_be_undone(
    seen, status_of, session, settings, visitor, sign_in
) -> None:
    codes = [send(visitor, settings) for _ in range(2)]
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    reader, first = load_actor(session, make_user(session)), seen(select(Flag.id))[0]
    review.take(session, reader, first, minutes=20)
    judgement = {"outcome": Outcome.UNVERIFIABLE.value, "note": "tidak ada saksi"}
    review.assess(session, reader, first, Judgement.model_validate(judgement))
    session.commit()
    assert browser.post("/informasi/1/buka").status_code == 303
    assert seen(select(Flag.state).order_by(Flag.id)) == [FlagState.ASSESSED, FlagState.OPEN]
    assert [status_of(code) for code in codes] == [TipStatus.RECEIVED, TipStatus.REPEAT]


def test_a_flag_that_somebody_reads_is_not_put_aside(seen, session, settings, visitor, sign_in) -> None:
    send(visitor, settings)
    reader = load_actor(session, make_user(session))
    review.take(session, reader, seen(select(Flag.id))[0], minutes=20)
    browser = sign_in(role="koordinator")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 409
    assert seen(select(Tip.closed_at))[0] is None


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


def test_numbers_and_addresses_of_private_people_are_masked_everywhere_but_in_the_evidence(
    seen, session, settings, visitor, sign_in
) -> None:
    private = ("3324000101900001", "0812-3456-7890", "budi@contoh.test", "@budi_raharja")
    text = f"Staf bernama Budi dipaksa ikut kampanye: {', '.join(private)}."
    send(visitor, settings, teks=text, jabatan="Kepala dinas, 0812 3456 7890")
    assert read_evidence(settings.evidence_dir, seen(select(Snapshot))[0]) == text.encode()
    browser = sign_in(role="koordinator")
    pages = [browser.get(path).text for path in ("/informasi", "/api/v1/tips", "/antrean?rak=semua", "/penanda/1")]
    assert all("dipaksa ikut kampanye" in page for page in pages)
    assert not [(number, word) for number, page in enumerate(pages) for word in (*private, "0812 3456 7890") if word in page]


def test_the_stored_words_of_a_tip_open_to_the_right_alone_and_the_look_is_noted(
    seen, session, settings, visitor, sign_in
) -> None:
    send(visitor, settings, teks="Pak Camat menyuruh Bu Lilis Handayani ikut kampanye, telepon 0812-3456-7890.")
    snapshot = seen(select(Snapshot))[0]
    copy = f"/konten/{seen(select(Item.id))[0]}/salinan/{snapshot.id}/isi"
    lead, monitor = sign_in(role="koordinator"), sign_in(role="pengawas")
    for browser in (lead, monitor):
        masked = browser.get(copy).text
        assert "Pak Camat menyuruh Bu L" in masked
        assert not [word for word in ("Lilis", "Handayani", "3456") if word in masked]
    assert monitor.get(f"{copy}?akun=true").status_code == 403
    assert "Bu Lilis Handayani" in lead.get(f"{copy}?akun=true").text
    looks = [event.detail for event in seen(select(AuditEvent).where(AuditEvent.action == "salinan.lihat"))]
    assert [bool(detail.get("akun")) for detail in looks] == [False, False, True]


def test_no_file_is_taken_and_a_flood_of_letters_stores_nothing(seen, settings, visitor) -> None:
    form = form_of(settings)
    del form["teks"]
    files = {"teks": ("virus.exe", b"MZ" * 100), "lampiran": ("surat.pdf", b"%PDF-1.7")}
    assert visitor.post("/lapor", data=form, files=files).status_code == 422
    assert visitor.post("/lapor", data=form_of(settings, teks="x" * 5_001)).status_code == 422
    assert visitor.post("/lapor", data=form_of(settings, teks="panjang " * 10_000)).status_code in {413, 422}
    assert seen(select(Tip.id)) == []


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


def test_another_area_sees_no_tip(settings, visitor, sign_in) -> None:
    send(visitor, settings, kontak="surel@contoh.test")
    browser = sign_in(role="koordinator", region_code="51")
    assert TEXT not in browser.get("/informasi").text
    statuses = {browser.post(f"/informasi/1/{deed}", data={"alasan": "spam"}).status_code for deed in ("tutup", "buka", "kontak")}
    assert statuses == {404}
    assert sign_in(role="pengawas").get("/informasi").status_code == 403


def test_a_contact_is_opened_on_the_record_and_deleted_in_time(seen, session, settings, visitor, sign_in) -> None:
    send(visitor, settings, kontak="surel@contoh.test")
    browser = sign_in(role="koordinator")
    assert "surel@contoh.test" not in browser.get("/informasi").text
    assert "surel@contoh.test" in browser.post("/informasi/1/kontak").text
    assert seen(select(AuditEvent.action).order_by(AuditEvent.id))[-1] == "informasi.kontak"
    until = seen(select(Tip.contact_until))[0]
    assert repository.forget_contacts(session, until) == 0
    assert repository.forget_contacts(session, until + timedelta(days=1)) == 1
    session.commit()
    assert browser.post("/informasi/1/kontak").status_code == 404


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
