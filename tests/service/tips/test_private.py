"""What of private people stands in a tip is masked, and opened on the record."""

from datetime import timedelta

from sqlalchemy import select

from models import AuditEvent, Item, ItemKind, ItemVersion, Snapshot, Tip
from models.addresses import canonical_url, key_of
from models.evidence.store import read_evidence
from service.tips import repository
from tests.factories import make_flag, make_item
from tests.service.tips.forms import send


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
    why = {"akun": "true", "alasan": "menyusun klarifikasi"}
    assert monitor.get(copy, params=why).status_code == 403
    assert [lead.get(copy, params=why | {"alasan": reason}).status_code for reason in ("", " ", "x" * 501)] == [422] * 3
    assert "Bu Lilis Handayani" in lead.get(copy, params=why).text
    looks = [event.detail for event in seen(select(AuditEvent).where(AuditEvent.action == "salinan.lihat"))]
    assert looks == [{"utuh": True}, {"utuh": True}, {"utuh": True, "akun": True, "alasan": "menyusun klarifikasi"}]


def test_the_page_of_a_copy_asks_why_before_it_opens_names(seen, settings, visitor, sign_in) -> None:
    send(visitor, settings)
    path = f"/konten/{seen(select(Item.id))[0]}/salinan/{seen(select(Snapshot.id))[0]}"
    lead, monitor = sign_in(role="koordinator"), sign_in(role="pengawas")
    for query in ("", "?akun=true"):
        page = lead.get(path + query).text
        assert ('name="alasan" required' in page, f'src="{path}/isi"' in page) == (True, True)
    opened = lead.get(f"{path}?akun=true&alasan=menyusun+klarifikasi").text
    assert f'src="{path}/isi?akun=true&amp;alasan=menyusun+klarifikasi"' in opened
    assert 'name="alasan"' not in monitor.get(path).text


def test_a_contact_is_opened_on_the_record_and_deleted_in_time(seen, session, settings, visitor, sign_in) -> None:
    send(visitor, settings, kontak="surel@contoh.test")
    browser = sign_in(role="koordinator")
    assert "surel@contoh.test" not in browser.get("/informasi").text
    why = {"alasan": "menanyakan hari rapat"}
    assert [browser.post("/informasi/1/kontak", data={"alasan": reason}).status_code for reason in ("", "x" * 501)] == [422] * 2
    assert browser.post("/api/v1/tips/1/contact", json={"reason": " "}).status_code == 422
    assert "surel@contoh.test" in browser.post("/informasi/1/kontak", data=why).text
    assert browser.post("/api/v1/tips/1/contact", json={"reason": why["alasan"]}).json()["contact"] == "surel@contoh.test"
    opened = seen(select(AuditEvent).where(AuditEvent.action == "informasi.kontak"))
    assert [event.detail for event in opened] == [why, why]
    until = seen(select(Tip.contact_until))[0]
    assert repository.forget_contacts(session, until) == 0
    assert repository.forget_contacts(session, until + timedelta(days=1)) == 1
    session.commit()
    assert browser.post("/informasi/1/kontak", data=why).status_code == 404


ADDRESS = "https://contoh.test/lilis.handayani/posts/7"


def test_a_link_names_no_account_wherever_a_tip_is_shown(seen, session, settings, visitor, sign_in) -> None:
    send(visitor, settings, tautan=ADDRESS, teks="")
    send(visitor, settings, teks=f"Staf kecamatan ikut kampanye, lihat {ADDRESS}.")
    browser, monitor = sign_in(role="koordinator"), sign_in(role="pengawas")
    items, copies = seen(select(Item.id).order_by(Item.id)), seen(select(Snapshot.id).order_by(Snapshot.id))
    read = [
        "/antrean?rak=semua",
        "/antrean?rak=semua&cari=kampanye",
        "/penanda/1",
        "/penanda/2",
        "/api/v1/flags",
        "/api/v1/flags/1",
    ]
    read += [f"/konten/{item_id}/salinan/{copy_id}/isi" for item_id, copy_id in zip(items, copies, strict=True)]
    desk = [browser.get(path).text for path in ("/informasi", "/api/v1/tips", *read)]
    pages = [*desk, *(monitor.get(path).text for path in read)]
    assert not [number for number, page in enumerate(pages) if "lilis" in page]
    assert [number for number, page in enumerate(pages) if "https://contoh.test/…" not in page] == []


def test_the_link_of_a_tip_on_a_page_of_an_outlet_is_shown_as_that_page_is(session, settings, visitor, sign_in) -> None:
    item = make_item(session, region_code="33.24")
    item.item_key = key_of(canonical_url(item.url))
    session.commit()
    send(visitor, settings, tautan=item.url, teks="")
    assert item.url in sign_in(role="koordinator").get("/informasi").text


def test_two_links_in_the_same_words_are_two_stories(seen, settings, visitor) -> None:
    for number in (1, 2):
        send(visitor, settings, teks=f"Lihat unggahan ini: https://contoh.test/lilis/{number}")
        send(visitor, settings, tautan=f"https://contoh.test/budi/{number}", teks="")
    assert len(set(seen(select(ItemVersion.text)))) == 4


def test_a_post_that_is_an_address_alone_is_masked_as_one(session, settings, sign_in) -> None:
    flag = make_flag(session, make_item(session, kind=ItemKind.POST, title="", text=ADDRESS))
    browser = sign_in(role="koordinator")
    read = ("/antrean?rak=semua", f"/penanda/{flag.id}", f"/api/v1/flags/{flag.id}", f"/api/v1/items/{flag.item_id}")
    pages = [browser.get(path).text for path in read]
    assert [("lilis" in page, "https://contoh.test/…" in page) for page in pages] == [(False, True)] * len(read)
