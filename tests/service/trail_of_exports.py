"""Cases of test_trail_of_routes: exports, and cases made from what another house sent."""

from collections.abc import Callable
from typing import Any

from models import Origin, ReceivedCase

FORM = {"tujuan": "audit", "catatan": "uji jejak"}
BODY = {"what": "antrean", "purpose": "audit", "note": "uji jejak"}
DOCUMENT: dict[str, Any] = {
    "title": "Camat mengajak memilih",
    "region_code": "33.24",
    "subject": {"initials": "", "status": "pns", "office": "camat", "agency": "Kecamatan Wanasari"},
    "act": None,
    "happened_on": None,
    "place": "",
    "discovered_at": "2026-09-01T03:00:00Z",
    "opened_at": "2026-09-02T03:00:00Z",
    "about": [],
    "absorbed": [],
    "leads": [],
    "statuses": [],
    "follow_ups": [],
    "referrals": [],
}


def without_factor(desk: Any) -> None:
    desk.browser.app.state.settings.second_factor_hours = 0


def link_two(desk: Any) -> tuple[int, int]:
    """What came in, and a case of our own."""
    body = {"flag_ids": [desk.flag_id], "title": "Camat mengajak memilih"}
    return receive(desk), desk.browser.post("/api/v1/cases", json=body).json()["id"]


def linked(desk: Any) -> int:
    received, own = link_two(desk)
    path = f"/api/v1/interchange/received/{received}/link"
    assert desk.browser.post(path, json={"case_id": own}).status_code == 200
    return received


def receive(desk: Any) -> int:
    with desk.browser.app.state.writing.begin() as session:
        origin = Origin(key="k" * 43, name="Rumah A", url="https://a.test")
        session.add(origin)
        session.flush()
        values = {"version": 1, "document": DOCUMENT, "sha256": "0" * 64, "signature": "s" * 86, "region_code": "33.24"}
        received = ReceivedCase(origin_id=origin.id, remote_id=7, **values)
        session.add(received)
        session.flush()
        return received.id


Case = tuple[Callable[[Any], object], Callable[[Any, Any], int], str]

EXPORT_CASES: dict[str, Case] = {
    "POST /ekspor/{slug}": (without_factor, lambda d, _: d.post("/ekspor/antrean", data=FORM), "ekspor.buat"),
    "POST /api/v1/exports": (without_factor, lambda d, _: d.post("/api/v1/exports", json=BODY), "ekspor.buat"),
    "POST /pertukaran/{received_id}/jadikan": (
        receive,
        lambda d, i: d.post(f"/pertukaran/{i}/jadikan"),
        "pertukaran.jadikan",
    ),
    "POST /api/v1/interchange/received/{received_id}/adopt": (
        receive,
        lambda d, i: d.post(f"/api/v1/interchange/received/{i}/adopt"),
        "pertukaran.jadikan",
    ),
    "POST /pertukaran/{received_id}/kaitkan": (
        link_two,
        lambda d, i: d.post(f"/pertukaran/{i[0]}/kaitkan", data={"perkara": i[1]}),
        "pertukaran.kaitkan",
    ),
    "POST /api/v1/interchange/received/{received_id}/link": (
        link_two,
        lambda d, i: d.post(f"/api/v1/interchange/received/{i[0]}/link", json={"case_id": i[1]}),
        "pertukaran.kaitkan",
    ),
    "POST /pertukaran/{received_id}/lepas": (linked, lambda d, i: d.post(f"/pertukaran/{i}/lepas"), "pertukaran.lepas"),
    "POST /api/v1/interchange/received/{received_id}/unlink": (
        linked,
        lambda d, i: d.post(f"/api/v1/interchange/received/{i}/unlink"),
        "pertukaran.lepas",
    ),
}
