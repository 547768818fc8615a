"""Links in what the public wrote: which are masked, how they are told from one another, and what is left alone."""

import re
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ItemVersion
from models.addresses import canonical_url, key_of
from models.settings import Settings
from models.tip_items import METHOD, SOURCE_SLUG
from service.sealing import Keys
from service.tips.masking import marker_of, mask_links, mask_private
from tests.factories import make_flag, make_item, make_source
from tests.service.tips.forms import send

LINK = "https://facebook.com/lilis.handayani/posts/7"
READ = ("/antrean?rak=semua", "/penanda/{0}", "/api/v1/flags", "/api/v1/flags/{0}", "/api/v1/items/{1}")


@pytest.mark.parametrize(
    "text",
    [
        "Kades Ds.Sukamaju/Kec.Wanasari membagikan kaus.",
        "Camat hadir di Kec.Wanasari/Kab.Brebes pada tgl 12.",
        "Ada surat No.ND/015/X/2024 dari Sekda.",
        "Hadir Drs.Suwito/Sekda dan Kabid.SMA/SMK, S.Pd/M.Pd, PNS.Golongan/III.",
        "Rapat tgl.Senin/Selasa lalu, lihat Kep.Bupati/12/2024.",
    ],
)
def test_abbreviations_with_a_stroke_are_no_links(text: str) -> None:
    assert mask_private(text) == text


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "https://facebook.com/" + "a" * 2100 + "/lilis.handayani",
        "facebook.com?id=lilis",
        "facebook.com:443/lilis",
        ".facebook.com/lilis",
        "@facebook.com/lilis",
        "hxxps://m.facebook.com/lilis",
        "https:/facebook.com/lilis",
        "facebook.com\\lilis",
        "FACEBOOK.COM/lilis",
        "(www.facebook.com/lilis)",
        "https://lilis@facebook.com/lilis",
        "t.me/lilis",
        "wa.me/lilis",
        "desa.contoh.go.id/lilis",
        "a.b.c.d.e.f.g.contoh.co.id/lilis",
    ],
)
def test_nothing_behind_a_host_stays(link: str) -> None:
    text = f"Lihat {link}, kemarin."
    for masked in (mask_private(text), mask_links(text)):
        assert "lilis" not in masked
        assert "…" in masked
        assert masked.endswith(", kemarin.")
    assert len(mask_links(text)) == len(text)


def test_what_tells_two_links_apart_cannot_be_found_by_trying(seen, settings: Settings, visitor) -> None:
    for number in ("0000", "0001"):
        send(visitor, settings, teks=f"Hubungi ajudan camat untuk kaus calon: wa.me/62812000{number}")
    marks = [re.findall("wa.me/…([0-9a-f]+)", text)[0] for text in seen(select(ItemVersion.text))]
    assert len(set(marks)) == 2
    plain = {sha256(f"{scheme}wa.me/628120000000".encode()).hexdigest()[:8] for scheme in ("", "https://")}
    assert not [mark for mark in marks if mark[:8] in plain]
    assert marker_of(Keys(b"one"))(LINK) != marker_of(Keys(b"other"))(LINK)


@pytest.mark.parametrize("words", [LINK, "https://facebook.com/…c5d5c656"])
def test_what_came_before_links_were_masked_by_a_key_is_masked_when_it_is_shown(session: Session, sign_in, words: str) -> None:
    source = make_source(session, slug=SOURCE_SLUG)
    item = make_item(session, source=source, region_code="33", title="", text=f"Staf ikut kampanye, lihat {words} kemarin.")
    flag = make_flag(session, item)
    session.get_one(ItemVersion, flag.item_version_id).method = METHOD
    session.commit()
    browser = sign_in(role="koordinator")
    pages = [browser.get(path.format(flag.id, item.id)).text for path in READ]
    assert [("lilis" in page or "c5d5c656" in page, "https://facebook.com/…" in page) for page in pages] == [(False, True)] * 5


def test_what_was_masked_as_it_came_stays_as_it_is(seen, settings: Settings, visitor, sign_in) -> None:
    send(visitor, settings, teks=f"Staf kecamatan ikut kampanye, lihat {LINK}.")
    assert seen(select(ItemVersion.text))[0] in sign_in(role="koordinator").get("/api/v1/flags/1").json()["text"]


def test_the_page_of_an_outlet_is_named_by_its_own_address(session: Session, settings: Settings, visitor, sign_in) -> None:
    item = make_item(session, region_code="33.24")
    item.item_key = key_of(canonical_url(item.url or ""))
    session.commit()
    send(visitor, settings, tautan=f"{item.url}?fbclid=lilis#lilis", teks="")
    page = sign_in(role="koordinator").get("/informasi").text
    assert (item.url in page, "lilis" in page) == (True, False)
