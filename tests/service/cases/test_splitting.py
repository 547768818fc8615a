"""One case that was two: split, and put together again by one event."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, CaseSplit, ExternalStatus, Flag, verify_chain
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.merging import merge, undo_merge
from service.cases.schemas import SplitEntry
from service.cases.service import add_lead, remove_lead
from service.cases.splitting import split, undo_split
from service.errors import CannotUndo, CaseMerged, InvalidInput, NotFound
from tests.factories import make_flag, make_item
from tests.service.cases.desk import PILKADA, actor_of, make_case, mirror


def leads_of(session: Session, case_id: int) -> set[int]:
    return {row.flag.id for row in repository.list_leads(session, case_id)}


def case_of_two(session: Session, actor: Actor) -> tuple[Case, list[int]]:
    flags = [make_flag(session, make_item(session, first_seen_at=PILKADA)) for _ in range(2)]
    return make_case(session, actor, *flags), [flag.id for flag in flags]


def flag_seen(session: Session, days: int) -> Flag:
    return make_flag(session, make_item(session, first_seen_at=PILKADA + timedelta(days=days)))


def case_seen(session: Session, actor: Actor, days: int) -> Case:
    return make_case(session, actor, flag_seen(session, days))


def apart(flag_id: int) -> SplitEntry:
    return SplitEntry(flag_ids=[flag_id], title="Lurah mengajak memilih", office="lurah", reason="orang lain")


def test_some_leads_become_a_case_and_what_was_entered_stays(session: Session) -> None:
    actor = actor_of(session)
    case, (first, second) = case_of_two(session, actor)
    mirror(session, actor, case, ExternalStatus.FINDING, "2024-10-18")
    done = split(session, actor, case.id, apart(second))
    new = session.get_one(Case, done.new_id)
    assert (leads_of(session, case.id), leads_of(session, new.id)) == ({first}, {second})
    assert (new.office, new.region_code, new.status, case.status) == ("lurah", case.region_code, None, ExternalStatus.FINDING)


def test_a_split_is_undone_by_one_event(session: Session) -> None:
    actor = actor_of(session)
    case, flags = case_of_two(session, actor)
    done = split(session, actor, case.id, apart(flags[1]))
    before = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first() or 0
    undo_split(session, actor, done.id)
    events = session.scalars(select(AuditEvent.action).where(AuditEvent.id > before)).all()
    assert events == ["perkara.batal_pisah"]
    assert leads_of(session, case.id) == set(flags)
    assert session.get_one(Case, done.new_id).merged_into_id == case.id
    with pytest.raises(CannotUndo):
        undo_split(session, actor, done.id)
    assert verify_chain(session).breaks == []


def test_a_merge_is_undone_by_one_event_and_leaves_both_as_they_were(session: Session) -> None:
    actor = actor_of(session)
    kept, merged = make_case(session, actor), make_case(session, actor)
    before = {case.id: (leads_of(session, case.id), case.discovered_at, case.status) for case in (kept, merged)}
    done = merge(session, actor, kept.id, merged.id, "sama")
    last = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first() or 0
    undo_merge(session, actor, done.id)
    assert session.scalars(select(AuditEvent.action).where(AuditEvent.id > last)).all() == ["perkara.batal_gabung"]
    assert {case.id: (leads_of(session, case.id), case.discovered_at, case.status) for case in (kept, merged)} == before


def test_undoing_a_merge_gives_the_kept_case_no_more_days_than_it_had(session: Session) -> None:
    actor = actor_of(session)
    early, late = (make_flag(session, make_item(session, first_seen_at=PILKADA + timedelta(days=days))) for days in (0, 4))
    kept, other = make_case(session, actor, early, late), make_case(session, actor)
    remove_lead(session, actor, kept.id, early.id, "orang lain")
    undo_merge(session, actor, merge(session, actor, kept.id, other.id, "sama").id)
    assert kept.discovered_at == PILKADA
    assert repository.list_clocks(session, kept.id)[0].due_on.isoformat() == "2024-10-23"


def test_a_merge_gives_its_leads_back_though_they_moved_on_and_back_meanwhile(session: Session) -> None:
    actor = actor_of(session)
    kept, merged, outer = (make_case(session, actor) for _ in range(3))
    before = {case.id: leads_of(session, case.id) for case in (kept, merged, outer)}
    done = merge(session, actor, kept.id, merged.id, "sama")
    undo_merge(session, actor, merge(session, actor, outer.id, kept.id, "sama").id)
    undo_split(session, actor, split(session, actor, kept.id, apart(*before[merged.id])).id)
    undo_merge(session, actor, done.id)
    assert {case.id: leads_of(session, case.id) for case in (kept, merged, outer)} == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_merges_undone_in_any_order_leave_the_kept_case_its_own_clock(session: Session, order: tuple[int, int]) -> None:
    actor = actor_of(session)
    kept, early, middle = (case_seen(session, actor, days) for days in (9, 0, 4))
    done = [merge(session, actor, kept.id, other.id, "sama") for other in (early, middle)]
    undo_merge(session, actor, done[order[0]].id)
    assert kept.discovered_at == PILKADA + timedelta(days=4 if order[0] == 0 else 0)
    undo_merge(session, actor, done[order[1]].id)
    assert kept.discovered_at == PILKADA + timedelta(days=9)
    assert repository.list_clocks(session, kept.id)[0].due_on.isoformat() == "2024-11-01"


def test_a_lead_split_off_and_taken_back_while_a_merge_held_leaves_no_day_behind(session: Session) -> None:
    actor = actor_of(session)
    kept, early = case_seen(session, actor, 9), case_seen(session, actor, 0)
    came = leads_of(session, early.id)
    done = merge(session, actor, kept.id, early.id, "sama")
    undo_split(session, actor, split(session, actor, kept.id, apart(*came)).id)
    undo_merge(session, actor, done.id)
    assert kept.discovered_at == PILKADA + timedelta(days=9)


def test_a_lead_put_in_and_removed_while_a_merge_held_still_counts_for_the_clock(session: Session) -> None:
    actor = actor_of(session)
    kept, other, early = case_seen(session, actor, 9), case_seen(session, actor, 4), flag_seen(session, 0)
    done = merge(session, actor, kept.id, other.id, "sama")
    add_lead(session, actor, kept.id, early.id)
    remove_lead(session, actor, kept.id, early.id, "orang lain")
    undo_merge(session, actor, done.id)
    assert kept.discovered_at == PILKADA


def test_what_cannot_be_split_is_refused(session: Session) -> None:
    actor, stranger = actor_of(session), actor_of(session, region_code="51")
    case, flags = case_of_two(session, actor)
    with pytest.raises(InvalidInput):
        split(session, actor, case.id, apart(flags[0]).model_copy(update={"flag_ids": flags}))
    for who, flag_id in ((actor, 10**6), (stranger, flags[0])):
        with pytest.raises(NotFound):
            split(session, who, case.id, apart(flag_id))
    other = make_case(session, actor)
    merge(session, actor, other.id, case.id, "sama")
    with pytest.raises(CaseMerged):
        split(session, actor, case.id, apart(flags[0]))
    assert session.scalars(select(CaseSplit)).all() == []
