"""Every route that changes something leaves a row in the trail. A new route without a case fails here."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, verify_chain
from models.evidence import EvidenceWriter, Fetched
from models.settings import Settings
from tests.factories import PASSWORD, make_flag, make_item, make_user
from tests.service.judgements import UNVERIFIABLE

CHANGES_NOTHING_STORED = {"POST /bahasa"}  # A cookie in the reader's own browser.


@dataclass(frozen=True)
class Desk:
    """A signed-in admin before two flags, the first with a stored copy."""

    browser: TestClient
    flag_id: int
    item_id: int
    snapshot_id: int

    def hold(self) -> None:
        assert self.browser.post(f"/penanda/{self.flag_id}/ambil").status_code == 303

    def assess(self) -> int:
        self.hold()
        answer = self.browser.post(f"/api/v1/flags/{self.flag_id}/assess", json={"outcome": "duplikat"})
        return answer.json()["id"]

    def post(self, path: str, **values: object) -> int:
        return self.browser.post(path.format(**vars(self)), **values).status_code  # pyright: ignore[reportArgumentType]


Case = tuple[Callable[[Desk], object], Callable[[Desk, object], int], str]


def nothing(_: Desk) -> None:
    """No preparation."""


CASES: dict[str, Case] = {
    "POST /masuk": (nothing, lambda d, _: d.post("/masuk", data={"nama": "admin", "sandi": PASSWORD}), "masuk"),
    "POST /keluar": (nothing, lambda d, _: d.post("/keluar"), "keluar"),
    "POST /antrean/ambil": (nothing, lambda d, _: d.post("/antrean/ambil"), "penanda.ambil"),
    "POST /penanda/{flag_id}/ambil": (nothing, lambda d, _: d.post("/penanda/{flag_id}/ambil"), "penanda.ambil"),
    "POST /penanda/{flag_id}/lepas": (Desk.hold, lambda d, _: d.post("/penanda/{flag_id}/lepas"), "penanda.lepas"),
    "POST /penanda/{flag_id}/perpanjang": (
        Desk.hold,
        lambda d, _: d.post("/penanda/{flag_id}/perpanjang"),
        "penanda.perpanjang",
    ),
    "POST /penanda/{flag_id}/nilai": (
        Desk.hold,
        lambda d, _: d.post("/penanda/{flag_id}/nilai", data=UNVERIFIABLE),
        "penanda.nilai",
    ),
    "POST /penilaian/{assessment_id}/batal": (Desk.assess, lambda d, a: d.post(f"/penilaian/{a}/batal"), "penilaian.batal"),
    "POST /konten/{item_id}/salinan/{snapshot_id}/periksa": (
        nothing,
        lambda d, _: d.post("/konten/{item_id}/salinan/{snapshot_id}/periksa"),
        "bukti.periksa",
    ),
    "POST /konten/{item_id}/asli": (nothing, lambda d, _: d.post("/konten/{item_id}/asli"), "tautan.buka"),
    "POST /jejak/periksa": (nothing, lambda d, _: d.post("/jejak/periksa"), "jejak.periksa"),
    "POST /api/v1/flags/take": (nothing, lambda d, _: d.post("/api/v1/flags/take"), "penanda.ambil"),
    "POST /api/v1/flags/{flag_id}/take": (nothing, lambda d, _: d.post("/api/v1/flags/{flag_id}/take"), "penanda.ambil"),
    "POST /api/v1/flags/{flag_id}/release": (
        Desk.hold,
        lambda d, _: d.post("/api/v1/flags/{flag_id}/release"),
        "penanda.lepas",
    ),
    "POST /api/v1/flags/{flag_id}/assess": (
        Desk.hold,
        lambda d, _: d.post("/api/v1/flags/{flag_id}/assess", json={"outcome": "duplikat"}),
        "penanda.nilai",
    ),
    "POST /api/v1/assessments/{assessment_id}/undo": (
        Desk.assess,
        lambda d, a: d.post(f"/api/v1/assessments/{a}/undo"),
        "penilaian.batal",
    ),
}


@pytest.fixture
def desk(session: Session, settings: Settings, sign_in) -> Desk:
    with EvidenceWriter(settings.evidence_dir) as writer:
        snapshot = writer.append(Fetched("https://contoh.test/a", b"<p>Isi</p>", "text/html", 200))
    session.add(snapshot)
    session.flush()
    item = make_item(session, snapshot_id=snapshot.id)
    flag = make_flag(session, item, probability=0.99)
    make_flag(session)
    return Desk(sign_in(make_user(session, username="admin", role="admin")), flag.id, item.id, snapshot.id)


def newest(session: Session) -> tuple[int, set[str]]:
    """Number of events, and the actions among the last four. Ends its transaction: it must not hold SQLite's lock."""
    count = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    actions = set(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(4)))
    session.rollback()
    return count, actions


def changing_routes(app: FastAPI) -> set[str]:
    found = set[str]()
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            found |= {f"{method} {context.path}" for method in context.methods or () if method not in {"GET", "HEAD"}}
    return found


def test_every_changing_route_has_a_case(app: FastAPI) -> None:
    assert changing_routes(app) == set(CASES) | CHANGES_NOTHING_STORED


@pytest.mark.parametrize("name", CASES)
def test_a_change_leaves_its_row_in_a_whole_chain(session: Session, desk: Desk, name: str) -> None:
    prepare, change, action = CASES[name]
    prepared = prepare(desk)
    before, _ = newest(session)
    assert change(desk, prepared) < 400
    after, actions = newest(session)
    assert after > before
    assert action in actions
    assert verify_chain(session).breaks == []


def test_looking_at_a_copy_leaves_a_row(session: Session, desk: Desk) -> None:
    assert desk.browser.get(f"/konten/{desk.item_id}/salinan/{desk.snapshot_id}/isi").status_code == 200
    assert "salinan.lihat" in newest(session)[1]


def test_a_failed_sign_in_leaves_a_row(session: Session, desk: Desk) -> None:
    assert desk.post("/masuk", data={"nama": "admin", "sandi": "salah"}) == 401
    assert "masuk.gagal" in newest(session)[1]
