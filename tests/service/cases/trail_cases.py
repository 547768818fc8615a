"""What each changing route about cases needs, and the event that it leaves. `test_trail_of_routes` runs them."""

from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient

from tests.factories import PASSWORD

INDICATION = {
    "outcome": "indikasi_pelanggaran",
    "content_partisan": "ya",
    "person_asn": "ya",
    "attribution_verified": "ragu",
    "act": "kegiatan_berpihak",
}
DAY = {"on_day": "2026-01-05"}


class Desk(Protocol):
    """A signed-in admin before a flag; `rekan` is a colleague."""

    @property
    def browser(self) -> TestClient: ...

    @property
    def flag_id(self) -> int: ...


Case = tuple[Callable[[Any], Any], Callable[[Any, Any], int], str]


def nothing(_: Desk) -> None:
    """No preparation."""


def opened(desk: Desk, flag_id: int | None = None) -> int:
    body = {"flag_ids": [flag_id or desk.flag_id], "title": "Camat mengajak memilih"}
    return desk.browser.post("/api/v1/cases", json=body).json()["id"]


def two_open(desk: Desk) -> tuple[int, int]:
    return opened(desk), opened(desk, desk.flag_id + 1)


def merged(desk: Desk) -> int:
    kept, other = two_open(desk)
    return desk.browser.post(f"/api/v1/cases/{kept}/merge", json={"other_id": other, "reason": "sama"}).json()["id"]


def with_two(desk: Desk) -> int:
    flags = [desk.flag_id, desk.flag_id + 1]
    return desk.browser.post("/api/v1/cases", json={"flag_ids": flags, "title": "Camat dan lurah"}).json()["id"]


def split_off(desk: Desk) -> int:
    said = {"flag_ids": [desk.flag_id + 1], "title": "Lurah", "reason": "orang lain"}
    return desk.browser.post(f"/api/v1/cases/{with_two(desk)}/split", json=said).json()["id"]


def split_form(desk: Desk, found: int) -> int:
    return form("/perkara/{id}/pisah", flag_ids=[desk.flag_id], title="Lurah", reason="orang lain")(desk, found)


def split_body(desk: Desk, found: int) -> int:
    return body("/api/v1/cases/{id}/split", flag_ids=[desk.flag_id], title="Lurah", reason="orang lain")(desk, found)


def confirmed(desk: Desk) -> int:
    """A case whose flag the colleague read first and the admin second."""
    mate = TestClient(desk.browser.app, follow_redirects=False)
    mate.post("/masuk", data={"nama": "rekan", "sandi": PASSWORD})
    for browser in (mate, desk.browser):
        assert browser.post(f"/api/v1/flags/{desk.flag_id}/take").status_code == 200
        assert browser.post(f"/api/v1/flags/{desk.flag_id}/assess", json=INDICATION).status_code == 200
    return opened(desk)


def form(path: str, **data: Any) -> Callable[[Desk, Any], int]:
    return lambda desk, found: desk.browser.post(_at(path, desk, found), data=data).status_code


def body(path: str, *, method: str = "POST", **data: Any) -> Callable[[Desk, Any], int]:
    return lambda desk, found: desk.browser.request(method, _at(path, desk, found), json=data).status_code


def _at(path: str, desk: Desk, found: Any) -> str:
    case_id, other = found if isinstance(found, tuple) else (found, 0)
    return path.format(id=case_id, other=other, flag=desk.flag_id, second=desk.flag_id + 1)


def merge_form(desk: Desk, found: tuple[int, int]) -> int:
    return form("/perkara/{id}/gabung", other_id=found[1], reason="sama")(desk, found)


def merge_body(desk: Desk, found: tuple[int, int]) -> int:
    return body("/api/v1/cases/{id}/merge", other_id=found[1], reason="sama")(desk, found)


def open_form(desk: Desk, _: Any) -> int:
    return desk.browser.post("/perkara", data={"flag_ids": [desk.flag_id], "title": "Camat"}).status_code


def open_body(desk: Desk, _: Any) -> int:
    return desk.browser.post("/api/v1/cases", json={"flag_ids": [desk.flag_id], "title": "Camat"}).status_code


def add_form(desk: Desk, found: int) -> int:
    return desk.browser.post(f"/perkara/{found}/penanda", data={"flag_id": desk.flag_id + 1}).status_code


def add_body(desk: Desk, found: int) -> int:
    return desk.browser.post(f"/api/v1/cases/{found}/leads", json={"flag_id": desk.flag_id + 1}).status_code


API = "/api/v1/cases/{id}"
CASE_ROUTES: dict[str, Case] = {
    "POST /perkara": (nothing, open_form, "perkara.buka"),
    "POST /perkara/{case_id}/ubah": (opened, form("/perkara/{id}/ubah", title="Lain"), "perkara.ubah"),
    "POST /perkara/{case_id}/penanda": (opened, add_form, "perkara.tambah_penanda"),
    "POST /perkara/{case_id}/penanda/{flag_id}/lepas": (
        opened,
        form("/perkara/{id}/penanda/{flag}/lepas", reason="lain"),
        "perkara.lepas_penanda",
    ),
    "POST /perkara/{case_id}/gabung": (two_open, merge_form, "perkara.gabung"),
    "POST /perkara/gabungan/{merge_id}/batal": (merged, form("/perkara/gabungan/{id}/batal"), "perkara.batal_gabung"),
    "POST /perkara/{case_id}/pisah": (with_two, split_form, "perkara.pisah"),
    "POST /perkara/pemisahan/{split_id}/batal": (split_off, form("/perkara/pemisahan/{id}/batal"), "perkara.batal_pisah"),
    "POST /api/v1/cases/{case_id}/split": (with_two, split_body, "perkara.pisah"),
    "POST /api/v1/splits/{split_id}/undo": (split_off, body("/api/v1/splits/{id}/undo"), "perkara.batal_pisah"),
    "POST /perkara/{case_id}/syarat": (opened, form("/perkara/{id}/syarat", requirement="bukti", answer="ya"), "perkara.syarat"),
    "POST /perkara/{case_id}/keadaan": (opened, form("/perkara/{id}/keadaan", status="temuan", **DAY), "perkara.keadaan"),
    "POST /perkara/{case_id}/tindak-lanjut": (
        opened,
        form("/perkara/{id}/tindak-lanjut", stage="sanksi", **DAY),
        "tindak_lanjut.catat",
    ),
    "POST /perkara/{case_id}/teruskan": (confirmed, form("/perkara/{id}/teruskan", **DAY), "perkara.teruskan"),
    "POST /perkara/{case_id}/nama": (opened, form("/perkara/{id}/nama", reason="klarifikasi"), "perkara.buka_nama"),
    "POST /perkara/{case_id}/berkas": (opened, form("/perkara/{id}/berkas", purpose="arsip", format="html"), "perkara.berkas"),
    "POST /api/v1/cases": (nothing, open_body, "perkara.buka"),
    "PUT /api/v1/cases/{case_id}": (opened, body(API, method="PUT", title="Lain"), "perkara.ubah"),
    "POST /api/v1/cases/{case_id}/leads": (opened, add_body, "perkara.tambah_penanda"),
    "POST /api/v1/cases/{case_id}/leads/{flag_id}/remove": (
        opened,
        body(f"{API}/leads/{{flag}}/remove", reason="lain"),
        "perkara.lepas_penanda",
    ),
    "POST /api/v1/cases/{case_id}/merge": (two_open, merge_body, "perkara.gabung"),
    "POST /api/v1/merges/{merge_id}/undo": (merged, body("/api/v1/merges/{id}/undo"), "perkara.batal_gabung"),
    "POST /api/v1/cases/{case_id}/requirements": (
        opened,
        body(f"{API}/requirements", requirement="bukti", answer="ya"),
        "perkara.syarat",
    ),
    "POST /api/v1/cases/{case_id}/statuses": (opened, body(f"{API}/statuses", status="temuan", **DAY), "perkara.keadaan"),
    "POST /api/v1/cases/{case_id}/follow-ups": (opened, body(f"{API}/follow-ups", stage="sanksi", **DAY), "tindak_lanjut.catat"),
    "POST /api/v1/cases/{case_id}/refer": (confirmed, body(f"{API}/refer", **DAY), "perkara.teruskan"),
    "POST /api/v1/cases/{case_id}/name": (opened, body(f"{API}/name", reason="klarifikasi"), "perkara.buka_nama"),
    "POST /api/v1/cases/{case_id}/dossier": (opened, body(f"{API}/dossier", purpose="arsip"), "perkara.berkas"),
    "POST /api/v1/cases/{case_id}/dossier.pdf": (opened, body(f"{API}/dossier.pdf", purpose="arsip"), "perkara.berkas"),
}
