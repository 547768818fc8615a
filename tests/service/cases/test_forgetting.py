"""A name that is deleted or corrected is read nowhere in the case any more."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Answer,
    Assessment,
    AuditEvent,
    Case,
    CaseLead,
    CaseMerge,
    CorrectionDeed,
    CorrectionDeedKind,
    ExternalStatus,
    Flag,
    FlagSkip,
    FlagState,
    Outcome,
    Stage,
    record_event,
)
from service.accounts.actor import Actor
from service.cases.completeness import answer_requirement
from service.cases.dossier.gather import gather_dossier
from service.cases.merging import merge
from service.cases.page import CasePage, read_case
from service.cases.schemas import CaseEdit, FollowUpEntry, Purpose, RequirementAnswer
from service.cases.service import add_lead, edit, remove_lead
from service.exports.registry import TABLES
from service.exports.tables import Reach
from service.followup.service import enter_follow_up
from service.interchange.documents import describe
from tests.factories import make_flag
from tests.service.cases.desk import actor_of, make_case, mirror
from tests.service.corrections.desk import make_correction

NAME, NUMBER = "Rekaan Wiradharma", "197001011990031002"


@pytest.fixture
def named(session: Session) -> SimpleNamespace:
    """A case in all of whose texts somebody wrote the name, and one note without it."""
    actor = actor_of(session)
    case = make_case(session, actor)
    edit(
        session,
        actor,
        case.id,
        CaseEdit(
            title=f"{NAME} mengajak",
            place=f"Rumah {NAME}",
            witnesses=f"Tetangga {NAME}",
            description=f"NIP {NUMBER}.",
            subject_name=NAME,
            subject_number=NUMBER,
        ),
    )
    write_notes(session, actor, case)
    return SimpleNamespace(actor=actor, case=case)


def write_notes(session: Session, actor: Actor, case: Case) -> None:
    mirror(session, actor, case, ExternalStatus.REPORT, "2024-10-18", note=f"Diterima {NAME}.", document_number=f"1/{NAME}")
    mirror(session, actor, case, ExternalStatus.REGISTERED, "2024-10-19", note="Lengkap.", document_number="2/X")
    step = FollowUpEntry(stage=Stage.RECOMMENDED, on_day=date(2024, 11, 2), note=f"Untuk {NUMBER}.")
    enter_follow_up(session, actor, case.id, step)
    answer_requirement(session, actor, case.id, RequirementAnswer(requirement="bukti", answer=Answer.YES, note=f"Foto {NAME}"))


def save(session: Session, named: SimpleNamespace, page: CasePage, **values: Any) -> None:
    """As the form sends back what it showed."""
    shown = {name: getattr(page, name) for name in ("title", "place", "description", "witnesses")}
    edit(session, named.actor, named.case.id, CaseEdit(**shown | values))


def all_that_is_shown(session: Session, named: SimpleNamespace) -> str:
    actor, case = named.actor, named.case
    page = read_case(session, actor, case.id)
    own = [page.title, page.place, page.description, page.witnesses, *page.answer_notes.values()]
    lines = [(line.number, line.note) for line in [*page.statuses, *page.follow_ups]]
    rows = list(TABLES["tindak-lanjut"].rows(session, Reach(actor, opens_names=True), ""))
    cases = list(TABLES["perkara"].rows(session, Reach(actor), ""))
    dossiers = [
        gather_dossier(session, case, purpose=Purpose.ARCHIVE, made_by=actor, shows_name=opens) for opens in (False, True)
    ]
    content = [one.content.model_dump(mode="json", exclude={"subject"}) for one in dossiers]
    return str([own, lines, rows, cases, describe(session, case).model_dump(mode="json"), content])


def test_a_deleted_name_is_shown_nowhere_though_the_form_sends_its_texts_back(session: Session, named: SimpleNamespace) -> None:
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    shown = all_that_is_shown(session, named)
    assert (named.case.title, named.case.description) == ("R.W. mengajak", "NIP ••••••.")
    assert "wiradharma" not in shown.lower()
    assert NUMBER not in shown


def test_notes_that_cannot_change_say_why_they_are_closed_and_others_stay(session: Session, named: SimpleNamespace) -> None:
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    page = read_case(session, named.actor, named.case.id)
    assert [(line.number, line.note[:8]) for line in page.statuses] == [("••••••", "Ditutup:"), ("2/X", "Lengkap.")]
    assert page.answer_notes["bukti"].startswith("Ditutup:")


def test_what_is_typed_while_the_name_is_deleted_is_masked_too(session: Session, named: SimpleNamespace) -> None:
    edit(session, named.actor, named.case.id, CaseEdit(title=f"Camat {NAME}", forgets_name=True))
    assert named.case.title == "Camat R.W."


def test_the_old_spelling_of_a_corrected_name_is_shown_nowhere(session: Session, named: SimpleNamespace) -> None:
    save(session, named, read_case(session, named.actor, named.case.id), subject_name="Rekaan Wirayuda")
    assert "wiradharma" not in all_that_is_shown(session, named).lower()


def test_what_the_new_spelling_hides_as_well_stays_as_it_was_written(session: Session, named: SimpleNamespace) -> None:
    save(session, named, read_case(session, named.actor, named.case.id), subject_name=f"{NAME}, S.Sos.")
    page = read_case(session, named.actor, named.case.id)
    assert (named.case.title, page.statuses[0].note) == (f"{NAME} mengajak", "Diterima R.W..")


def test_notes_of_a_case_that_was_taken_in_are_closed_too(session: Session, named: SimpleNamespace) -> None:
    other = make_case(session, named.actor)
    mirror(session, named.actor, other, ExternalStatus.FINDING, "2024-10-20", note=f"Oleh {NAME}.")
    merge(session, named.actor, named.case.id, other.id, "sama")
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    assert "wiradharma" not in all_that_is_shown(session, named).lower()


def test_where_a_name_was_forgotten_before_rows_were_named_all_older_notes_are_closed(session: Session) -> None:
    actor = actor_of(session)
    case = make_case(session, actor)
    write_notes(session, actor, case)
    record_event(session, "perkara.lupa_nama", actor="sistem:retensi", subject=("case", case.id))
    mirror(session, actor, case, ExternalStatus.CLARIFICATION, "2024-10-21", note="Sesudahnya.")
    assert [line.note[:8] for line in read_case(session, actor, case.id).statuses] == ["Ditutup:", "Ditutup:", "Sesudahn"]


def test_the_trail_names_rows_and_no_names(session: Session, named: SimpleNamespace) -> None:
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    newest = session.scalars(select(AuditEvent).where(AuditEvent.action == "perkara.ubah").order_by(AuditEvent.id.desc())).first()
    assert newest is not None
    assert set(newest.detail["tertutup"]) == {"keadaan.catatan", "keadaan.nomor", "tindak_lanjut.catatan", "syarat.catatan"}
    assert "wiradharma" not in str(newest.detail).lower()


def test_notes_of_correction_beside_the_case_and_its_texts_are_masked(session: Session, named: SimpleNamespace) -> None:
    flag = session.scalars(select(Flag)).one()
    kind, by = CorrectionDeedKind.NOTE, {"correction_id": make_correction(session).id, "done_by_id": named.actor.id}
    deeds = [
        CorrectionDeed(kind=kind, note=f"{NAME} bukan camat.", **by, **about)
        for about in ({"case_id": named.case.id}, {"item_id": flag.item_id}, {"item_id": make_flag(session).item_id})
    ]
    session.add_all(deeds)
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    assert [deed.note for deed in deeds] == ["R.W. bukan camat.", "R.W. bukan camat.", f"{NAME} bukan camat."]
    assert "wiradharma" not in all_that_is_shown(session, named).lower()


def test_reasons_that_people_gave_around_the_case_are_masked(session: Session, named: SimpleNamespace) -> None:
    flag, reason = make_flag(session), f"Bukan {NAME}."
    add_lead(session, named.actor, named.case.id, flag.id)
    remove_lead(session, named.actor, named.case.id, flag.id, reason)
    merge(session, named.actor, named.case.id, make_case(session, named.actor).id, reason)
    session.add(FlagSkip(user_id=named.actor.id, flag_id=flag.id, reason=reason))
    flag.hold_reason = flag.hand_note = reason
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    said = [session.scalars(select(column).where(column != "")).one() for column in (CaseMerge.reason, FlagSkip.reason)]
    lead = session.scalars(select(CaseLead).where(CaseLead.flag_id == flag.id)).one()
    assert {*said, lead.removal_reason, flag.hold_reason, flag.hand_note} == {"Bukan R.W.."}


def test_what_readers_noted_of_its_texts_is_closed_in_the_dossier(session: Session, named: SimpleNamespace) -> None:
    flag = session.scalars(select(Flag)).one()
    flag.state = FlagState.ASSESSED
    of = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "outcome": Outcome.INDICATION}
    session.add_all(Assessment(user_id=named.actor.id, note=note, **of) for note in (f"Oleh {NAME}.", "Jelas."))
    save(session, named, read_case(session, named.actor, named.case.id), forgets_name=True)
    dossier = gather_dossier(session, named.case, purpose=Purpose.ARCHIVE, made_by=named.actor, shows_name=True)
    assert [one.note[:8] for one in dossier.content.decisions] == ["Ditutup:", "Jelas."]
