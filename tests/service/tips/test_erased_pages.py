"""A tip on the erased page of an outlet stands below the outlet's item, and is the public's all the same."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Item, Snapshot, now
from models.addresses import canonical_url, key_of
from netra.retention.items import erase_items
from tests.factories import make_item, make_source
from tests.service.tips.forms import send

PRIVATE = ("Lilis", "3324000101900001", "0812-3456-7890", "lilis.handayani")
WORDS = "Pak Camat menyuruh Bu Lilis Handayani, NIK 3324000101900001, telepon 0812-3456-7890, lihat https://contoh.test/lilis.handayani"
OUTLET = "harian-contoh"


@pytest.fixture
def item(session: Session, settings, visitor) -> Item:
    item = make_item(session, source=make_source(session, slug=OUTLET, name="Harian Contoh"), region_code="33.24")
    page = item.url or ""
    item.item_key = key_of(canonical_url(page))
    erase_items(session, [item.id], "permintaan", now())
    session.commit()
    send(visitor, settings, tautan=page, teks=WORDS)
    return item


def test_its_copy_hides_private_people_until_somebody_says_why(item: Item, seen, sign_in) -> None:
    copy = f"/konten/{item.id}/salinan/{seen(select(Snapshot.id).order_by(Snapshot.id))[-1]}"
    monitor, lead = sign_in(role="pengawas"), sign_in(role="koordinator")
    masked = monitor.get(f"{copy}/isi").text
    assert "Pak Camat menyuruh Bu L" in masked
    assert not [word for word in PRIVATE if word in masked]
    why = {"akun": "true", "alasan": "menyusun klarifikasi"}
    assert monitor.get(f"{copy}/isi", params=why).status_code == 403
    assert lead.get(f"{copy}/isi", params={"akun": "true"}).status_code == 422
    assert "Lilis Handayani" in lead.get(f"{copy}/isi", params=why).text
    assert 'name="alasan" required' in lead.get(copy).text


def test_its_words_are_not_said_to_be_those_of_the_outlet(item: Item, sign_in: Any) -> None:
    monitor = sign_in(role="pengawas")
    assert ">Informasi masyarakat</td>" in monitor.get("/antrean?rak=semua").text
    assert "<li>Informasi masyarakat <span" in monitor.get("/penanda/1").text
    flags = monitor.get("/api/v1/flags").json()["flags"]
    told = [flags[0], monitor.get("/api/v1/flags/1").json()]
    assert [flag["source"] for flag in told] == ["informasi-masyarakat"] * 2
