"""What each changing route about agencies needs, and the event that it leaves. `test_trail_of_routes` runs them."""

from collections.abc import Callable
from typing import Any

NEW = {"slug": "dinas-uji", "name": "Dinas Uji", "task": "instansi_pegawai", "region_code": "33.24"}
NAME = {"name": "Dinas Uji Baru", "from_on": "2026-01-01"}
END = {"on_day": "2026-06-30", "reason": "Digabung."}

Case = tuple[Callable[[Any], object], Callable[[Any, Any], int], str]


def nothing(_: Any) -> None:
    """No preparation."""


def added(desk: Any) -> None:
    assert desk.browser.post("/api/v1/agencies", json=NEW).status_code == 200


def closed(desk: Any) -> None:
    added(desk)
    assert desk.browser.post("/api/v1/agencies/dinas-uji/close", json=END).status_code == 200


def form(path: str, **values: Any) -> Callable[[Any, Any], int]:
    return lambda desk, _: desk.browser.post(path, data=values).status_code


def body(path: str, **values: Any) -> Callable[[Any, Any], int]:
    return lambda desk, _: desk.browser.post(path, json=values).status_code


AGENCY_CASES: dict[str, Case] = {
    "POST /lembaga": (nothing, form("/lembaga", **NEW), "lembaga.tambah"),
    "POST /lembaga/{slug}/nama": (added, form("/lembaga/dinas-uji/nama", **NAME), "lembaga.ganti_nama"),
    "POST /lembaga/{slug}/tutup": (added, form("/lembaga/dinas-uji/tutup", **END), "lembaga.tutup"),
    "POST /lembaga/{slug}/buka": (closed, form("/lembaga/dinas-uji/buka"), "lembaga.buka"),
    "POST /api/v1/agencies": (nothing, body("/api/v1/agencies", **NEW), "lembaga.tambah"),
    "POST /api/v1/agencies/{slug}/rename": (added, body("/api/v1/agencies/dinas-uji/rename", **NAME), "lembaga.ganti_nama"),
    "POST /api/v1/agencies/{slug}/close": (added, body("/api/v1/agencies/dinas-uji/close", **END), "lembaga.tutup"),
    "POST /api/v1/agencies/{slug}/reopen": (closed, body("/api/v1/agencies/dinas-uji/reopen"), "lembaga.buka"),
}
