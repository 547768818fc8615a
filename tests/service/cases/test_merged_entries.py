"""What institutions did with a case that was taken into another: it counts for the whole, and goes back with its case."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from models import ExternalStatus, Stage
from service.cases import repository
from service.cases.dossier.gather import gather_dossier
from service.cases.dossier.handing import hand_out
from service.cases.merging import merge, undo_merge
from service.cases.page import ClockState, read_case
from service.cases.referring import readiness_of, refer
from service.cases.schemas import CaseEdit, DossierFormat, DossierRequest, FollowUpEntry, Purpose, ReferralEntry
from service.cases.service import edit
from service.errors import AlreadyReferred, Forbidden, NotFound
from service.exports.registry import TABLES
from service.exports.tables import Reach
from service.followup.repository import FunnelFilter, count_stages
from service.followup.service import enter_follow_up
from tests.factories import make_flag, make_item
from tests.service.cases.desk import actor_of, confirmed_flag, make_case, mirror


@pytest.fixture
def two(session: Session) -> SimpleNamespace:
    """A case without entries, and one that was reported, registered and followed up."""
    actor = actor_of(session)
    kept, other = make_case(session, actor), make_case(session, actor)
    report = mirror(session, actor, other, ExternalStatus.REPORT, "2024-10-18", note="Diterima Rekaan Wiradharma, camat.")
    mirror(session, actor, other, ExternalStatus.REGISTERED, "2024-10-19")
    enter_follow_up(session, actor, other.id, FollowUpEntry(stage=Stage.FOLLOWED_UP, on_day=date(2024, 11, 3)))
    edit(session, actor, other.id, CaseEdit(title="Camat", subject_name="Rekaan Wiradharma"))
    return SimpleNamespace(actor=actor, kept=kept, other=other, report=report)


def states_of(session: Session, two: SimpleNamespace) -> dict[str, ClockState]:
    return {row.rule.slug: row.state for row in read_case(session, two.actor, two.kept.id).clocks}


def test_clocks_status_and_funnel_know_what_was_entered_of_the_case_taken_in(session: Session, two: SimpleNamespace) -> None:
    done = merge(session, two.actor, two.kept.id, two.other.id, "sama")
    assert {"tindak_pilkada", "klarifikasi_pilkada"} < states_of(session, two).keys()
    assert states_of(session, two)["lapor_pilkada"] is ClockState.MET
    assert two.kept.status is ExternalStatus.REGISTERED
    assert count_stages(session, two.actor, FunnelFilter())[Stage.FOLLOWED_UP] == 1
    undo_merge(session, two.actor, done.id)
    assert (states_of(session, two), two.kept.status) == ({"lapor_pilkada": ClockState.EXPIRED}, None)
    assert two.other.status is ExternalStatus.REGISTERED


def test_cases_within_cases_count_as_well(session: Session, two: SimpleNamespace) -> None:
    middle = make_case(session, two.actor)
    merge(session, two.actor, middle.id, two.other.id, "sama")
    merge(session, two.actor, two.kept.id, middle.id, "sama")
    assert states_of(session, two)["lapor_pilkada"] is ClockState.MET


def test_page_and_dossier_show_the_entries_without_the_name_of_either(session: Session, two: SimpleNamespace) -> None:
    merge(session, two.actor, two.kept.id, two.other.id, "sama")
    page = read_case(session, two.actor, two.kept.id)
    content = gather_dossier(session, two.kept, purpose=Purpose.ARCHIVE, made_by=two.actor).content
    assert [line.note for line in page.statuses] == ["Diterima R.W., camat.", ""] == [fact.note for fact in content.statuses]
    assert len(page.follow_ups) == len(content.follow_ups) == 1


def test_a_dossier_with_names_needs_the_right_to_open_the_name_of_each_part(session: Session, two: SimpleNamespace) -> None:
    narrow = actor_of(session, region_code="33.24")
    kept = make_case(session, narrow, make_flag(session, make_item(session, region_code="33.24")))
    merge(session, two.actor, kept.id, two.other.id, "sama")
    wanted = DossierRequest(purpose=Purpose.ARCHIVE, shows_name=True)
    with pytest.raises(Forbidden):
        hand_out(session, narrow, kept.id, wanted, DossierFormat.JSON)
    edit(session, narrow, kept.id, CaseEdit(title="Camat", subject_name="Rekaan"))
    assert hand_out(session, two.actor, kept.id, wanted, DossierFormat.JSON).content.names_shown


def test_a_correction_stays_with_the_case_of_its_entry(session: Session, two: SimpleNamespace) -> None:
    done = merge(session, two.actor, two.kept.id, two.other.id, "sama")
    mirror(session, two.actor, two.kept, ExternalStatus.REPORT, "2024-10-17", corrects_id=two.report)
    assert {row.case_id for row in repository.list_statuses(session, two.other.id, two.kept.id)} == {two.other.id}
    undo_merge(session, two.actor, done.id)
    met = {clock.rule: clock.met_on for clock in repository.list_clocks(session, two.other.id)}
    assert met["lapor_pilkada"] == date(2024, 10, 17)
    with pytest.raises(NotFound):
        mirror(session, two.actor, two.kept, ExternalStatus.REPORT, "2024-10-17", corrects_id=two.report)


def test_what_was_referred_already_is_not_referred_again_until_that_is_taken_back(session: Session) -> None:
    first, second, lead = actor_of(session), actor_of(session, "pengawas"), actor_of(session)
    kept, other = (make_case(session, first, confirmed_flag(session, first, second)) for _ in range(2))
    day = ReferralEntry(on_day=date(2024, 10, 21))
    referral = refer(session, lead, other.id, day)
    merge(session, lead, kept.id, other.id, "sama")
    with pytest.raises(AlreadyReferred):
        refer(session, lead, kept.id, day)
    assert [line.row.referral.id for line in read_case(session, lead, kept.id).referrals] == [referral.id]
    back = {"corrects_id": referral.status_id, "is_withdrawal": True}
    mirror(session, lead, kept, ExternalStatus.REFERRED, "2024-10-21", **back)
    readiness = readiness_of(session, lead, kept)
    assert readiness is not None
    assert readiness.obstacle is None


def test_a_case_that_an_institution_closed_may_be_referred_anew(session: Session) -> None:
    first, second, lead = actor_of(session), actor_of(session, "pengawas"), actor_of(session)
    case = make_case(session, first, confirmed_flag(session, first, second))
    refer(session, lead, case.id, ReferralEntry(on_day=date(2024, 10, 21)))
    mirror(session, lead, case, ExternalStatus.REFUSED, "2024-10-25")
    refer(session, lead, case.id, ReferralEntry(on_day=date(2024, 11, 1)))
    assert case.status is ExternalStatus.REFERRED


def test_the_export_of_follow_ups_holds_the_entries_of_cases_within_cases_once(session: Session, two: SimpleNamespace) -> None:
    middle = make_case(session, two.actor)
    merge(session, two.actor, middle.id, two.other.id, "sama")
    merge(session, two.actor, two.kept.id, middle.id, "sama")
    rows = list(TABLES["tindak-lanjut"].rows(session, Reach(two.actor), ""))
    assert [(row[0], row[5]) for row in rows] == [
        (two.other.id, "laporan"),
        (two.other.id, "diregistrasi"),
        (two.other.id, "ditindaklanjuti"),
    ]


def test_an_export_masks_names_of_the_whole_in_the_notes_of_each_part(session: Session, two: SimpleNamespace) -> None:
    two.other.subject_name = "Orang Lain"
    edit(session, two.actor, two.kept.id, CaseEdit(title="Camat", subject_name="Rekaan Wiradharma"))
    merge(session, two.actor, two.kept.id, two.other.id, "sama")
    notes = [
        next(row[8] for row in TABLES["tindak-lanjut"].rows(session, Reach(two.actor, opens_names=opens), "") if row[8])
        for opens in (False, True)
    ]
    assert notes == ["Diterima R.W., camat.", "Diterima Rekaan Wiradharma, camat."]
