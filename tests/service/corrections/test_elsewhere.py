"""Where requests show in other rooms: alerts, digest, exports, the API, the pages of flags and cases, the public figures."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.flags import raise_flags
from models import (
    Alert,
    AlertKind,
    CorrectionAsk,
    Flag,
    FlagReason,
    ItemVersion,
    Prediction,
    now,
)
from models.correction import ANSWER_WITHIN
from service.accounts.service import load_actor
from service.alerts import repository as alerts
from service.alerts.saying import path_of, say
from service.corrections import deeds
from service.corrections.reminding import find_due_corrections
from service.language import Language
from tests.factories import make_artifact, make_flag, make_item, make_user
from tests.service.corrections.conftest import Office
from tests.service.corrections.desk import make_correction

NOTE = "Yang disebut adalah sekretaris kecamatan."


def test_whoever_may_answer_is_reminded_and_nobody_else(session: Session) -> None:
    people = {
        name: make_user(session, role=role, region_code=region_code)
        for name, role, region_code in (("sekar", "koordinator", "33"), ("jauh", "koordinator", "51"), ("rina", "pengawas", "33"))
    }
    soon = now() - ANSWER_WITHIN + timedelta(hours=5)
    make_correction(session, created_at=soon, due_at=soon + ANSWER_WITHIN)
    make_correction(session)
    findings = list(find_due_corrections(session, now()))
    assert [(one.kind, one.user_id, one.detail) for one in findings] == [(AlertKind.CORRECTION, people["sekar"].id, {"count": 1})]
    session.add(Alert(**vars(findings[0]), created_at=now()))
    session.flush()
    seen = {name: alerts.list_new(session, load_actor(session, user), 0, 9) for name, user in people.items()}
    assert {name: len(rows) for name, rows in seen.items()} == {"sekar": 1, "jauh": 0, "rina": 0}
    row = seen["sekar"][0]
    assert say(Language("id"), row).startswith("Jawa Tengah: 1 permintaan koreksi")
    assert path_of(row) == "/permintaan"


def test_no_scoring_joins_a_score_to_what_its_person_objected_to(office: Office) -> None:
    deeds.reread(office.session, office.actor, office.request(CorrectionAsk.OBJECT), office.target())
    artifact = make_artifact(office.session)
    version = office.session.get_one(ItemVersion, office.flag.item_version_id)
    old = office.session.scalars(select(Prediction).where(Prediction.item_version_id == version.id)).one()
    assert old.artifact_id == artifact.id
    raise_flags(office.session, artifact, [(version.id, office.item.id)])
    office.session.refresh(office.flag)
    assert (office.flag.prediction_id, office.flag.reason) == (None, FlagReason.OBJECTION)
    assert office.session.scalars(select(Flag.id).where(Flag.item_id == office.item.id)).all() == [office.flag.id]


def test_pages_exports_and_api_carry_the_note(session, sign_in) -> None:
    user = make_user(session, role="koordinator", region_code="33")
    flag = make_flag(session, make_item(session))
    one = make_correction(session, address=f"https://contoh.test/{flag.id}", wrong="NIK 3324000101900001 keliru ditulis")
    session.commit()
    browser = sign_in(user)
    sent = {"sasaran": f"penanda {flag.id}", "catatan": f"<b>{NOTE}</b>"}
    assert browser.post(f"/permintaan/{one.id}/catat", data=sent).status_code == 303
    assert f"&lt;b&gt;{NOTE}&lt;/b&gt;" in browser.get(f"/penanda/{flag.id}").text
    file = browser.post(
        "/api/v1/exports",
        json={"what": "antrean", "format": "jsonl", "purpose": "pelaporan", "note": "Laporan bulanan Jawa Tengah."},
    )
    assert file.status_code == 200, file.text
    assert NOTE in file.text
    found = browser.get(f"/api/v1/corrections/{one.id}").json()
    assert (found["status"], found["deeds"][0]["note"]) == ("diterima", f"<b>{NOTE}</b>")
    assert "3324000101900001" not in str(found) + browser.get(f"/permintaan/{one.id}").text


def test_the_api_answers_as_the_page_does(session, sign_in) -> None:
    one = make_correction(session)
    session.commit()
    browser = sign_in(role="koordinator", region_code="33")
    path = f"/api/v1/corrections/{one.id}/answer"
    assert browser.post(path, json={"answer": "dikabulkan", "reply": "Ya."}).status_code == 409
    assert browser.post(path, json={"answer": "ditolak", "ground": "penegakan_hukum", "reply": "Tidak."}).status_code == 422
    answer = browser.post(path, json={"answer": "ditolak", "ground": "isi_pers", "reply": "Kepada redaksi."})
    assert (answer.status_code, answer.json()["basis"]) == (200, "UU 40/1999 Ps 5 ayat (2) dan ayat (3)")
    assert browser.get("/api/v1/corrections").json()["corrections"] == []
    assert len(browser.get("/api/v1/corrections?shelf=semua").json()["corrections"]) == 1
