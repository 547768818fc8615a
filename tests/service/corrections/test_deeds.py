"""What is done about a request, and taken back: notes that travel, what lies still, what is read again, what is erased."""

import pytest
from sqlalchemy import select

from models import (
    AuditEvent,
    Case,
    CaseLead,
    Correction,
    CorrectionAnswer,
    CorrectionAsk,
    CorrectionDeed,
    Flag,
    FlagReason,
    FlagState,
    IdentityCheck,
    ItemVersion,
    LegalHold,
    Outcome,
    now,
    verify_chain,
)
from service.accounts.by import By
from service.accounts.service import load_actor
from service.cases.dossier.gather import gather_dossier
from service.cases.page import read_case
from service.cases.referring import readiness_of
from service.cases.schemas import Purpose
from service.corrections import deeds, receiving, service
from service.corrections.errors import AlreadyDone, DeedStands, ErasesElsewhere, HeldByLaw, IdentityUnchecked, NotInQueue
from service.corrections.service import Answer
from service.errors import CannotUndo, NotFound, Restricted
from service.interchange.documents import describe
from service.items.page import read_flag
from service.review import claims, repository
from service.review import service as review
from service.review.filters import QueueFilter
from service.review.schemas import Judgement
from service.review.walking import read_marks
from service.sealing import Keys
from service.tips.codes import new_code
from tests.factories import make_flag, make_item, make_user
from tests.service.corrections.conftest import Office

NOTE = "Yang disebut adalah sekretaris kecamatan, bukan camat."
REFUSED = Answer(CorrectionAnswer.REFUSED, "bukan_tentang_pemohon", "Bukan tentang Anda.")


def make_case(office: Office, **values: object) -> Case:
    about = {"title": "Rapat", "region_code": "33", "discovered_at": now(), "opened_by_id": office.actor.id}
    case = Case(**(about | values))
    office.session.add(case)
    office.session.flush()
    office.session.add(CaseLead(case_id=case.id, flag_id=office.flag.id, added_by_id=office.actor.id))
    office.session.flush()
    return case


def queued(office: Office) -> list[int]:
    marks = read_marks(office.session)
    page = repository.read_page(office.session, office.actor, QueueFilter(), None, marks)
    return [line.id for line in page.lines]


def test_a_note_stands_at_item_case_dossier_and_in_what_other_houses_get(office: Office) -> None:
    case = make_case(office)
    deed = deeds.note(office.session, office.actor, office.request(), office.target(), NOTE)
    assert [note.text for note in read_flag(office.session, office.actor, office.flag.id).corrections] == [NOTE]
    assert [note.text for note in read_case(office.session, office.actor, case.id).corrections] == [NOTE]
    dossier = gather_dossier(office.session, case, purpose=Purpose.ARCHIVE, made_by=office.actor)
    assert [fact.text for fact in dossier.content.corrections] == [NOTE]
    told = describe(office.session, case).corrections
    assert [(note.note, note.lead_id) for note in told] == [(NOTE, office.flag.id)]
    subjects = [(event.subject_type, event.subject_id) for event in office.session.scalars(select(AuditEvent))]
    assert subjects[-3:] == [("correction", deed.correction_id), ("flag", office.flag.id), ("case", case.id)]
    assert verify_chain(office.session).breaks == []


def test_a_note_that_was_taken_back_is_told_to_nobody_any_more(office: Office) -> None:
    case, one = make_case(office), office.request()
    deed = deeds.note(office.session, office.actor, one, office.target("perkara", case.id), NOTE)
    assert [note.lead_id for note in describe(office.session, case).corrections] == [None]
    deeds.undo(office.session, By.of(office.actor), one, deed.id)
    assert describe(office.session, case).corrections == []
    with pytest.raises(DeedStands):
        deeds.undo(office.session, By.of(office.actor), one, deed.id)
    assert office.session.scalars(select(AuditEvent.subject_type).order_by(AuditEvent.id.desc())).first() == "case"


def test_the_name_of_a_case_is_masked_in_a_note_too(office: Office) -> None:
    case = make_case(office, subject_name="Bambang Sutrisno")
    deeds.note(office.session, office.actor, office.request(), office.target("perkara", case.id), "Bukan Bambang Sutrisno.")
    assert "Sutrisno" not in read_case(office.session, office.actor, case.id).corrections[0].text
    assert "Sutrisno" not in describe(office.session, case).corrections[0].note


@pytest.mark.parametrize("state", [FlagState.OPEN, FlagState.SECOND, FlagState.DISPUTED])
def test_a_restricted_flag_is_given_to_nobody_and_comes_back_as_it_stood(office: Office, state: FlagState) -> None:
    other = make_flag(office.session, make_item(office.session))
    review.take(office.session, office.actor, office.flag.id, minutes=30)
    office.flag.state = state
    office.session.flush()
    deed = deeds.restrict(office.session, office.actor, office.request(CorrectionAsk.RESTRICT), office.target())
    assert (office.flag.state, office.flag.holder_id) == (FlagState.RESTRICTED, None)
    assert queued(office) == [other.id]
    assert claims.claim_next(office.session, office.actor, minutes=30) == other.id
    with pytest.raises(Restricted):
        review.take(office.session, office.actor, office.flag.id, minutes=30)
    deeds.undo(office.session, By.of(office.actor), office.session.get_one(Correction, deed.correction_id), deed.id)
    assert office.session.get_one(Flag, office.flag.id).state is state


def test_no_undo_of_an_assessment_breaks_a_restriction(office: Office) -> None:
    review.take(office.session, office.actor, office.flag.id, minutes=30)
    said = {"outcome": Outcome.INDICATION, "act": "kegiatan_berpihak"}
    signs = Judgement.model_validate(said | dict.fromkeys(("content_partisan", "person_asn", "attribution_verified"), "ya"))
    first = review.assess(office.session, office.actor, office.flag.id, signs)
    deeds.restrict(office.session, office.actor, office.request(CorrectionAsk.RESTRICT), office.target())
    with pytest.raises(CannotUndo):
        review.reopen(office.session, office.actor, first.id, minutes=30)
    assert office.session.get_one(Flag, office.flag.id).state is FlagState.RESTRICTED


def test_what_lies_still_hides_a_first_reading_as_before(office: Office, session) -> None:
    office.flag.state, office.flag.first_assessor_id = FlagState.SECOND, office.actor.id
    session.flush()
    deeds.restrict(session, office.actor, office.request(CorrectionAsk.RESTRICT), office.target())
    second = load_actor(session, make_user(session, region_code="33"))
    assert read_flag(session, second, office.flag.id).hides_first


def test_an_answer_ends_what_lay_still_for_it_unless_that_was_granted(office: Office) -> None:
    one = office.request(CorrectionAsk.RESTRICT)
    deeds.restrict(office.session, office.actor, one, office.target())
    service.answer(office.session, office.actor, one.id, REFUSED)
    assert office.session.get_one(Flag, office.flag.id).state is FlagState.OPEN
    two = office.request(CorrectionAsk.RESTRICT)
    service.check_identity(office.session, office.actor, two.id, IdentityCheck.IN_PERSON)
    deeds.restrict(office.session, office.actor, two, office.target())
    service.answer(office.session, office.actor, two.id, Answer(CorrectionAnswer.GRANTED, "", "Dibatasi."))
    assert office.session.get_one(Flag, office.flag.id).state is FlagState.RESTRICTED
    assert queued(office) == []


def test_what_lay_still_goes_on_when_its_sender_takes_the_request_back(office: Office, settings) -> None:
    keys, code = Keys.of(settings), new_code()
    one = office.request(CorrectionAsk.RESTRICT, code_sha256=keys.digest(receiving.CODE, code))
    deeds.restrict(office.session, office.actor, one, office.target())
    assert receiving.withdraw(office.session, keys, code) is one
    assert office.session.get_one(Flag, office.flag.id).state is FlagState.OPEN
    events = office.session.scalars(select(AuditEvent).where(AuditEvent.action == "koreksi.batal_tindak")).all()
    assert {(event.actor, event.actor_id) for event in events} == {("publik", None)}


def test_a_restricted_case_is_not_referred_and_a_finished_flag_leaves_no_queue(office: Office) -> None:
    case, one = make_case(office), office.request(CorrectionAsk.RESTRICT)
    deeds.restrict(office.session, office.actor, one, office.target("perkara", case.id))
    readiness = readiness_of(office.session, office.actor, case)
    assert readiness
    assert isinstance(readiness.obstacle, Restricted)
    with pytest.raises(AlreadyDone):
        deeds.restrict(office.session, office.actor, one, office.target("perkara", case.id))
    office.flag.state = FlagState.ASSESSED
    with pytest.raises(NotInQueue):
        deeds.restrict(office.session, office.actor, one, office.target())


def test_an_objection_has_a_person_read_without_the_score_and_goes_back(office: Office) -> None:
    before, one = office.flag.prediction_id, office.request(CorrectionAsk.OBJECT)
    deed = deeds.reread(office.session, office.actor, one, office.target())
    page = read_flag(office.session, office.actor, office.flag.id)
    assert (page.estimate, page.reasons, page.cause) == (None, [], "keberatan")
    assert queued(office) == [office.flag.id]
    with pytest.raises(AlreadyDone):
        deeds.reread(office.session, office.actor, one, office.target())
    deeds.undo(office.session, By.of(office.actor), one, deed.id)
    assert (office.flag.prediction_id, office.flag.reason) == (before, FlagReason.MODEL)


def test_an_objection_to_what_was_assessed_asks_anew_and_stands(office: Office) -> None:
    office.flag.state, office.flag.assessed_at = FlagState.ASSESSED, now()
    office.session.flush()
    one = office.request(CorrectionAsk.OBJECT)
    deed = deeds.reread(office.session, office.actor, one, office.target())
    new = office.session.get_one(Flag, deed.flag_id)
    assert (new.id != office.flag.id, new.state, new.reason, new.prediction_id) == (
        True,
        FlagState.OPEN,
        FlagReason.OBJECTION,
        None,
    )
    with pytest.raises(DeedStands):
        deeds.undo(office.session, By.of(office.actor), one, deed.id)


def test_a_reading_since_then_keeps_a_deed_from_going_back(office: Office) -> None:
    one = office.request(CorrectionAsk.OBJECT)
    deed = deeds.reread(office.session, office.actor, one, office.target())
    review.take(office.session, office.actor, office.flag.id, minutes=30)
    review.assess(office.session, office.actor, office.flag.id, Judgement.model_validate({"outcome": Outcome.UNVERIFIABLE}))
    with pytest.raises(DeedStands):
        deeds.undo(office.session, By.of(office.actor), one, deed.id)


def test_the_publishers_correction_is_shown_once_a_crawl_has_read_it(office: Office) -> None:
    one, old = office.request(), office.flag.item_version_id
    with pytest.raises(AlreadyDone):
        deeds.show_newest(office.session, office.actor, one, office.target())
    values = {"title": "Ralat", "text": "Ralat: sekretaris.", "text_sha256": "0" * 64, "language": "id", "method": "uji"}
    version = ItemVersion(item_id=office.item.id, number=2, **values)
    office.session.add(version)
    office.session.flush()
    office.item.current_version_id = version.id
    office.session.flush()
    deed = deeds.show_newest(office.session, office.actor, one, office.target())
    assert (office.flag.item_version_id, office.flag.prediction_id) == (version.id, None)
    deeds.undo(office.session, By.of(office.actor), one, deed.id)
    assert office.flag.item_version_id == old


class Recorder:
    """Erases nothing, and says what it was asked."""

    def __init__(self) -> None:
        self.asked = list[int]()

    def erase(self, session: object, item_id: int, reason: str, actor: str) -> None:
        self.asked.append(item_id)


def test_nothing_is_erased_for_strangers_over_a_hold_or_without_the_means(office: Office) -> None:
    one, recorder = office.request(CorrectionAsk.ERASE), Recorder()
    with pytest.raises(IdentityUnchecked):
        deeds.erase(office.session, office.actor, one, office.target(), recorder)
    service.check_identity(office.session, office.actor, one.id, IdentityCheck.IN_PERSON)
    with pytest.raises(ErasesElsewhere):
        deeds.erase(office.session, office.actor, one, office.target(), None)
    hold = LegalHold(item_id=office.item.id, reason="permintaan pengadilan", held_by="admin")
    office.session.add(hold)
    office.session.flush()
    with pytest.raises(HeldByLaw):
        deeds.erase(office.session, office.actor, one, office.target(), recorder)
    hold.released_at = now()
    office.session.flush()
    deed = deeds.erase(office.session, office.actor, one, office.target(), recorder)
    assert recorder.asked == [office.item.id]
    with pytest.raises(DeedStands):
        deeds.undo(office.session, By.of(office.actor), one, deed.id)


def test_deeds_reach_no_further_than_the_area(office: Office) -> None:
    elsewhere = make_flag(office.session, make_item(office.session, region_code="51"))
    for kind, number in (("penanda", elsewhere.id), ("konten", elsewhere.item_id), ("perkara", 999)):
        with pytest.raises(NotFound):
            office.target(kind, number)
    assert office.session.scalars(select(CorrectionDeed)).all() == []
