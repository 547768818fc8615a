"""A dossier made again: the same hash where nothing changed, and what is different where something did."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, ExternalStatus, now
from models.legal.deadline import local_day
from service.accounts.actor import Actor
from service.cases.dossier.handing import hand_out
from service.cases.handed_out import list_openings
from service.cases.names import open_name
from service.cases.privacy import masker_for, may_hide
from service.cases.referring import refer
from service.cases.schemas import CaseEdit, DossierFormat, DossierRequest, Purpose, ReferralEntry
from service.cases.service import edit
from tests.service.cases.desk import actor_of, confirmed_flag, make_case, mirror

NAME = "Siti Rekaananda"


@pytest.fixture
def actor(session: Session) -> Actor:
    return actor_of(session)


@pytest.fixture
def case(session: Session, actor: Actor) -> Case:
    case = make_case(session, actor, confirmed_flag(session, actor_of(session), actor_of(session)))
    edit(session, actor, case.id, CaseEdit(title=f"{NAME} mengajak", subject_name=NAME, subject_number="198001012005011001"))
    return case


def take(session: Session, actor: Actor, case: Case, **values: Any) -> Any:
    return hand_out(session, actor, case.id, DossierRequest(purpose=Purpose.ARCHIVE, **values), DossierFormat.JSON)


def changed(dossier: Any) -> list[tuple[str, int | None, int | None]]:
    return [(one.section, one.before, one.now) for one in dossier.since.changed]


def test_nothing_changed_is_the_same_hash_and_said(session: Session, actor: Actor, case: Case) -> None:
    first, again = take(session, actor, case), take(session, actor, case)
    assert first.since is None
    assert (again.content_sha256, again.since.sha256, changed(again)) == (first.content_sha256, first.content_sha256, [])


def test_what_changed_is_named_by_section(session: Session, actor: Actor, case: Case) -> None:
    take(session, actor, case)
    mirror(session, actor, case, ExternalStatus.CLARIFICATION, "2024-10-18")
    again = take(session, actor, case)
    assert ("keadaan", 0, 1) in changed(again)
    assert not {"bukti", "penilaian", "terlapor"} & {section for section, *_ in changed(again)}
    edit(session, actor, case.id, CaseEdit(title=case.title, office="camat", witnesses="Lurah W.S."))
    assert {section for section, *_ in changed(take(session, actor, case))} == {"terlapor", "peristiwa"}


def test_a_dossier_after_the_referral_is_compared_with_that_of_the_referral(session: Session, actor: Actor, case: Case) -> None:
    refer(session, actor, case.id, ReferralEntry(on_day=local_day(now(), "33")))
    assert {("keadaan", 0, 1), ("penerusan", 0, 1)} <= set(changed(take(session, actor, case)))


def test_names_change_nothing_and_no_hash_in_the_trail_is_of_a_name(session: Session, actor: Actor, case: Case) -> None:
    take(session, actor, case)
    named = take(session, actor, case, shows_name=True)
    assert NAME in named.content.title
    assert changed(named) == []
    first, second = session.scalars(select(AuditEvent).where(AuditEvent.action == "perkara.berkas")).all()
    assert first.detail["bagian"] == second.detail["bagian"]


def test_who_opened_the_name_stands_on_the_page(session: Session, actor: Actor, case: Case, sign_in: Any) -> None:
    open_name(session, actor, case.id, "klarifikasi")
    take(session, actor, case, shows_name=True)
    assert [one.who for one in list_openings(session, case.id)] == [actor.username] * 2
    case_id = case.id
    session.commit()
    assert "Nama pernah dibuka 2 kali" in sign_in(role="pengawas", region_code="33").get(f"/perkara/{case_id}").text


@pytest.mark.parametrize(
    "text",
    [
        "Siti Rekaananda hadir",
        "SITI REKAANANDA hadir",
        "Rekaananda hadir",
        "Siti  Rekaananda, S.Sos. hadir",
        "NIP 19800101 200501 1 001",
        "NIP 198001012005011001",
    ],
)
def test_a_name_is_hidden_however_it_is_written(text: str) -> None:
    masked = masker_for("Siti Rekaananda, S.Sos.", "198001012005011001")(text)
    assert "rekaananda" not in masked.lower()
    assert "2005" not in masked


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("Nur'aini Hasanah", "Nur'aini mengajak", "N. mengajak"),
        ("Ma'ruf Hidayat", "Camat Ma’ruf dan MA'RUF hadir", "Camat M. dan M. hadir"),
        ("Nur’aini Hasanah", "nur'aini hasanah mengajak", "N.H. mengajak"),
        ("rina kartikasari", "Kartikasari, KARTIKASARI dan kartikasari", "K., K. dan K."),
        ("RINA KARTIKASARI", "Kartikasari mengajak", "K. mengajak"),
        ("Indah Bakti", "Indah memimpin kerja bakti yang indah", "I. memimpin kerja bakti yang indah"),
        ("Sinta binti Rekaan", "Rekaan hadir bersama Rara binti Rudi", "R. hadir bersama Rara binti Rudi"),
    ],
)
def test_parts_of_a_name_are_hidden_and_ordinary_words_are_not(name: str, text: str, shown: str) -> None:
    assert masker_for(name, "")(text) == shown
    assert may_hide(text, name, "")
