"""Every route that changes something leaves a row in the trail. A new route without a case fails here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, FlagState, HealthState, SourceAlarm, now, verify_chain
from models.evidence.store import EvidenceWriter, Fetched
from models.legal.deadline import local_day
from models.settings import Settings
from tests.factories import PASSWORD, make_flag, make_item, make_user
from tests.service.agency_cases import AGENCY_CASES
from tests.service.cases.trail_cases import CASE_ROUTES
from tests.service.corrections.trail_cases import CORRECTION_CASES
from tests.service.judgements import UNVERIFIABLE
from tests.service.people_cases import PEOPLE
from tests.service.trail_of_exports import EXPORT_CASES
from tests.service.trail_of_tips_and_alerts import ALERT_CASES, TIP_CASES

CHANGES_NOTHING_STORED = {
    "POST /bahasa",  # A cookie in the reader's own browser.
    "POST /koreksi/status",  # The same of a request for correction.
    "POST /lapor/status",  # Shows the status of a tip; by POST, so that no code stands in an address.
}


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

    def skip(self) -> None:
        assert self.browser.post(f"/api/v1/flags/{self.flag_id}/skip", json={}).status_code == 200

    def save_search(self) -> int:
        return self.browser.post("/api/v1/searches", json={"name": "Semua", "query": ""}).json()["id"]

    def bulk(self) -> int:
        body = {"deed": "nilai", "flag_ids": [self.flag_id], "outcome": "duplikat", "reason": "sama", "dry_run": False}
        return self.browser.post("/api/v1/flags/bulk", json=body).json()["id"]

    def post(self, path: str, **values: object) -> int:
        return self.browser.post(path.format(**vars(self)), **values).status_code  # pyright: ignore[reportArgumentType]


Case = tuple[Callable[[Desk], object], Callable[[Desk, object], int], str]


WEIGHTS = {"score": "3", "severity": "2", "time": "1", "reach": "1", "novelty": "1", "oldest_share": "0,2"}


def tomorrow() -> str:
    return (local_day(now(), "33") + timedelta(days=1)).isoformat()


def nothing(_: Desk) -> None:
    """No preparation."""


CASES: dict[str, Case] = {
    **TIP_CASES,
    **CORRECTION_CASES,
    **ALERT_CASES,
    **EXPORT_CASES,
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
    "POST /penanda/{flag_id}/lewati": (Desk.hold, lambda d, _: d.post("/penanda/{flag_id}/lewati"), "penanda.lewati"),
    "POST /penanda/{flag_id}/lewati/batal": (
        Desk.skip,
        lambda d, _: d.post("/penanda/{flag_id}/lewati/batal"),
        "penanda.batal_lewati",
    ),
    "POST /penanda/{flag_id}/tahan": (
        Desk.hold,
        lambda d, _: d.post("/penanda/{flag_id}/tahan", data={"sampai": tomorrow(), "alasan_tahan": "menunggu bukti"}),
        "penanda.tahan",
    ),
    "POST /penanda/{flag_id}/serahkan": (
        Desk.hold,
        lambda d, _: d.post("/penanda/{flag_id}/serahkan", data={"penerima": "rekan"}),
        "penanda.serahkan",
    ),
    "POST /antrean/tersimpan": (
        nothing,
        lambda d, _: d.post("/antrean/tersimpan", data={"nama": "Jateng", "saring": "wilayah=33"}),
        "pencarian.simpan",
    ),
    "POST /antrean/tersimpan/{search_id}/bawaan": (
        Desk.save_search,
        lambda d, i: d.post(f"/antrean/tersimpan/{i}/bawaan"),
        "pencarian.bawaan",
    ),
    "POST /antrean/tersimpan/{search_id}/hapus": (
        Desk.save_search,
        lambda d, i: d.post(f"/antrean/tersimpan/{i}/hapus"),
        "pencarian.hapus",
    ),
    "POST /antrean/bobot": (nothing, lambda d, _: d.post("/antrean/bobot", data=WEIGHTS), "antrean.bobot"),
    "POST /antrean/massal": (
        nothing,
        lambda d, _: d.post(
            "/antrean/massal",
            data={"tindakan": "nilai", "penanda": d.flag_id, "hasil": "duplikat", "alasan": "sama"},
        ),
        "massal.lakukan",
    ),
    "POST /antrean/massal/{action_id}/batal": (Desk.bulk, lambda d, i: d.post(f"/antrean/massal/{i}/batal"), "massal.batal"),
    "POST /api/v1/flags/{flag_id}/skip": (
        nothing,
        lambda d, _: d.post("/api/v1/flags/{flag_id}/skip", json={}),
        "penanda.lewati",
    ),
    "POST /api/v1/flags/{flag_id}/unskip": (
        Desk.skip,
        lambda d, _: d.post("/api/v1/flags/{flag_id}/unskip"),
        "penanda.batal_lewati",
    ),
    "POST /api/v1/flags/{flag_id}/hold": (
        Desk.hold,
        lambda d, _: d.post("/api/v1/flags/{flag_id}/hold", json={"until_on": tomorrow(), "reason": "menunggu bukti"}),
        "penanda.tahan",
    ),
    "POST /api/v1/flags/{flag_id}/hand-over": (
        Desk.hold,
        lambda d, _: d.post("/api/v1/flags/{flag_id}/hand-over", json={"receiver": "rekan"}),
        "penanda.serahkan",
    ),
    "POST /api/v1/searches": (
        nothing,
        lambda d, _: d.post("/api/v1/searches", json={"name": "Jateng", "query": "wilayah=33"}),
        "pencarian.simpan",
    ),
    "DELETE /api/v1/searches/{search_id}": (
        Desk.save_search,
        lambda d, i: d.browser.delete(f"/api/v1/searches/{i}").status_code,
        "pencarian.hapus",
    ),
    "POST /api/v1/flags/bulk": (
        nothing,
        lambda d, _: d.post(
            "/api/v1/flags/bulk",
            json={"deed": "nilai", "flag_ids": [d.flag_id], "outcome": "duplikat", "reason": "sama", "dry_run": False},
        ),
        "massal.lakukan",
    ),
    "POST /api/v1/bulk/{action_id}/undo": (Desk.bulk, lambda d, i: d.post(f"/api/v1/bulk/{i}/undo"), "massal.batal"),
    "POST /penilaian/{assessment_id}/batal": (Desk.assess, lambda d, a: d.post(f"/penilaian/{a}/batal"), "penilaian.batal"),
    "POST /konten/{item_id}/salinan/{snapshot_id}/periksa": (
        nothing,
        lambda d, _: d.post("/konten/{item_id}/salinan/{snapshot_id}/periksa"),
        "bukti.periksa",
    ),
    "POST /konten/{item_id}/asli": (nothing, lambda d, _: d.post("/konten/{item_id}/asli"), "tautan.buka"),
    "POST /sumber/alarm/{alarm_id}/tahu": (nothing, lambda d, _: d.post("/sumber/alarm/1/tahu"), "sumber.alarm_tahu"),
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
CASES |= {
    "POST /beda-pendapat/{flag_id}": (
        nothing,
        lambda d, _: d.post("/beda-pendapat/3", data=UNVERIFIABLE),
        "penilaian.tengahi",
    ),
    "POST /api/v1/flags/{flag_id}/resolve": (
        nothing,
        lambda d, _: d.post("/api/v1/flags/3/resolve", json={"outcome": "duplikat"}),
        "penilaian.tengahi",
    ),
}
CASES |= PEOPLE
CASES |= CASE_ROUTES
CASES |= AGENCY_CASES


@pytest.fixture
def desk(session: Session, settings: Settings, sign_in) -> Desk:
    with EvidenceWriter(settings.evidence_dir) as writer:
        snapshot = writer.append(Fetched("https://contoh.test/a", b"<p>Isi</p>", "text/html", 200))
    session.add(snapshot)
    session.flush()
    item = make_item(session, snapshot_id=snapshot.id)
    flag = make_flag(session, item, probability=0.99)
    make_flag(session)
    make_flag(session, state=FlagState.DISPUTED)
    session.add(SourceAlarm(source_id=item.source_id, kind=HealthState.SILENT, message="sunyi"))
    make_user(session, username="rekan")
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


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # What a route writes does not hang on the engine.
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
