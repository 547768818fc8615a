from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Answer, AuditEvent, Case, CaseClock, ExternalStatus, verify_chain
from service.cases import repository
from service.cases.completeness import answer_requirement, completeness_of
from service.cases.filters import CaseCursor, CaseFilter, Order, Time
from service.cases.listing import cursor_after, list_cases
from service.cases.merging import merge, undo_merge
from service.cases.page import ClockState, read_case
from service.cases.schemas import CaseEdit, RequirementAnswer
from service.cases.service import add_lead, edit, remove_lead
from service.errors import AlreadyCorrected, CannotUndo, CaseMerged, FlagInCase, InvalidInput, NotFound
from tests.factories import make_flag, make_item
from tests.service.cases.desk import PILKADA, actor_of, make_case, mirror


def leads_of(session: Session, case: Case) -> set[int]:
    return {row.flag.id for row in repository.list_leads(session, case.id)}


def clocks_of(session: Session, case: Case) -> dict[str, CaseClock]:
    return {clock.rule: clock for clock in repository.list_clocks(session, case.id)}


def test_a_flag_is_in_one_case_at_a_time_and_leaves_it_with_a_reason(session: Session) -> None:
    actor, flag = actor_of(session), make_flag(session)
    case = make_case(session, actor, flag)
    with pytest.raises(FlagInCase):
        make_case(session, actor, flag)
    remove_lead(session, actor, case.id, flag.id, "orang lain")
    assert repository.list_removed(session, case.id)[0].removal_reason == "orang lain"
    add_lead(session, actor, make_case(session, actor).id, flag.id)
    assert leads_of(session, case) == set()


def test_flags_and_cases_outside_of_the_area_are_not_there(session: Session) -> None:
    central, west = actor_of(session), actor_of(session, region_code="32")
    case = make_case(session, central)
    for deed in (lambda: read_case(session, west, case.id), lambda: add_lead(session, west, case.id, 1)):
        with pytest.raises(NotFound):
            deed()
    with pytest.raises(NotFound):
        make_case(session, west, make_flag(session))
    assert list_cases(session, west, CaseFilter(), None) == []


def test_a_lead_lies_in_the_branch_of_the_region_of_its_case(session: Session) -> None:
    nation = actor_of(session, region_code=None)
    case = make_case(session, nation)
    with pytest.raises(InvalidInput):
        add_lead(session, nation, case.id, make_flag(session, make_item(session, region_code="32")).id)
    inside = make_flag(session, make_item(session, region_code="33.24"))
    add_lead(session, nation, case.id, inside.id)
    assert inside.id in leads_of(session, case)


def test_merging_moves_the_leads_and_undoing_gives_them_back(session: Session) -> None:
    actor = actor_of(session)
    early = make_flag(session, make_item(session, first_seen_at=PILKADA - timedelta(days=3)))
    kept, other = make_case(session, actor), make_case(session, actor, early)
    own = leads_of(session, kept)
    done = merge(session, actor, kept.id, other.id, "peristiwa yang sama")
    assert (leads_of(session, kept), kept.discovered_at) == (own | {early.id}, early.discovered_at)
    with pytest.raises(CaseMerged):
        add_lead(session, actor, other.id, make_flag(session).id)
    undo_merge(session, actor, done.id)
    assert (leads_of(session, kept), leads_of(session, other), kept.discovered_at) == (own, {early.id}, PILKADA)
    with pytest.raises(CannotUndo):
        undo_merge(session, actor, done.id)
    assert verify_chain(session).breaks == []


def test_clocks_start_and_stop_with_the_entries_and_expired_ones_stay(session: Session) -> None:
    actor = actor_of(session)
    case = make_case(session, actor)
    assert clocks_of(session, case)["lapor_pilkada"].due_on.isoformat() == "2024-10-23"
    mirror(session, actor, case, ExternalStatus.FINDING, "2024-10-18")
    mirror(session, actor, case, ExternalStatus.REFERRED, "2024-10-21")
    clocks = clocks_of(session, case)
    assert clocks["lapor_pilkada"].met_on == date(2024, 10, 18)
    assert clocks["sbt_satgas"].due_on.isoformat() == "2024-10-28"
    assert clocks["sbt_bawaslu"].due_on.isoformat() == "2024-10-31"
    states = {row.rule.slug: row.state for row in read_case(session, actor, case.id).clocks}
    assert (states["lapor_pilkada"], states["sbt_satgas"]) == (ClockState.MET, ClockState.EXPIRED)


def test_the_day_of_the_act_decides_whether_days_are_working_days(session: Session) -> None:
    actor = actor_of(session)
    case = make_case(session, actor, make_flag(session, make_item(session, first_seen_at=PILKADA)))
    edit(session, actor, case.id, CaseEdit.model_validate({"title": "Pemilu", "happened_on": "2024-02-01"}))
    assert set(clocks_of(session, case)) == {"temuan_pemilu"}
    assert clocks_of(session, case)["temuan_pemilu"].due_on.isoformat() == "2024-10-25"


def test_a_correction_is_a_row_and_only_the_newest_holds(session: Session) -> None:
    actor = actor_of(session)
    case = make_case(session, actor)
    wrong = mirror(session, actor, case, ExternalStatus.REPORT, "2024-10-17")
    right = mirror(session, actor, case, ExternalStatus.FINDING, "2024-10-18", corrects_id=wrong)
    assert (case.status, [row.id for row in repository.list_statuses(session, case.id)]) == (
        ExternalStatus.FINDING,
        [wrong, right],
    )
    with pytest.raises(AlreadyCorrected):
        mirror(session, actor, case, ExternalStatus.REPORT, "2024-10-19", corrects_id=wrong)
    mirror(session, actor, case, ExternalStatus.FINDING, "2024-10-18", corrects_id=right, is_withdrawal=True)
    assert case.status is None
    with pytest.raises(InvalidInput):
        mirror(session, actor, case, ExternalStatus.REPORT, "2999-01-01")


def test_the_newest_answer_to_a_requirement_counts(session: Session) -> None:
    actor = actor_of(session)
    case = make_case(session, actor)
    for answer in (Answer.NO, Answer.YES):
        answer_requirement(session, actor, case.id, RequirementAnswer(requirement="bukti", answer=answer))
    found = completeness_of(repository.list_answers(session, case.id))
    assert (found.met, found.total) == (1, 6)


def test_the_list_puts_the_nearest_running_clock_first_and_pages_without_gaps(session: Session, monkeypatch) -> None:
    monkeypatch.setattr("service.cases.listing.PAGE_SIZE", 1)
    actor = actor_of(session)
    expired, fresh = make_case(session, actor), make_case(session, actor, make_flag(session))
    seen, cursor = [], None
    while rows := list_cases(session, actor, CaseFilter(), cursor):
        seen.append(rows[0].case.id)
        cursor = CaseCursor.parse(str(cursor_after(rows[0])))
    assert seen == [fresh.id, expired.id]
    late = list_cases(session, actor, CaseFilter(time=Time.EXPIRED, order=Order.NEWEST, search="camat"), None)
    assert [row.case.id for row in late] == [expired.id]


def test_the_list_counts_the_days_of_each_case_where_it_is(session: Session, monkeypatch) -> None:
    actor, at = actor_of(session, region_code=None), datetime(2026, 10, 1, 3, tzinfo=UTC)
    items = [make_item(session, region_code=code, first_seen_at=at, published_at=at) for code in ("33", "94")]
    in_java, in_papua = (make_case(session, actor, make_flag(session, item)) for item in items)
    last_day = min(clock.due_on for clock in session.scalars(select(CaseClock)))
    east_is_over = datetime.combine(last_day, time(15, 30), tzinfo=UTC)  # 22:30 in Java, half past midnight in Papua.
    monkeypatch.setattr("service.review.conditions.now", lambda: east_is_over)
    expired = {row.case.id: row.expired for row in list_cases(session, actor, CaseFilter(), None)}
    assert expired == {in_java.id: 0, in_papua.id: 1}
    late = list_cases(session, actor, CaseFilter(time=Time.EXPIRED), None)
    assert [row.case.id for row in late] == [in_papua.id]


def test_a_name_never_stands_in_the_trail_and_the_mask_covers_every_text(session: Session) -> None:
    actor = actor_of(session)
    case = make_case(session, actor)
    name = "Rekaan Wiradharma"
    new = CaseEdit(title=f"Camat {name.lower()} diduga mengajak", subject_name=name, description=f"Menurut saksi, {name} hadir.")
    edit(session, actor, case.id, new)
    page = read_case(session, actor, case.id)
    assert (page.name, page.title) == ("R.W.", "Camat R.W. diduga mengajak")
    edit(session, actor, case.id, CaseEdit(title=page.title, description=page.description))  # As the form sends it back.
    assert (case.subject_name, case.description) == (name, f"Menurut saksi, {name} hadir.")
    assert not [event for event in session.scalars(select(AuditEvent)) if "wiradharma" in str(event.detail).lower()]


def test_somebody_with_one_area_opens_no_case_elsewhere(session: Session) -> None:
    actor = actor_of(session, region_code="33.24")
    flag = make_flag(session, make_item(session, region_code="33.24"))
    with pytest.raises(NotFound):
        make_case(session, actor, flag, region_code="33")
    assert make_case(session, actor, flag).region_code == "33.24"
