"""A case that lies still on request: it is not referred under another number, and nothing is taken into it or out of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models import Case, CorrectionAsk, CorrectionDeed, CorrectionDeedKind, now
from service.accounts.actor import Actor
from service.cases.merging import merge, undo_merge
from service.cases.referring import refer
from service.cases.schemas import ReferralEntry, SplitEntry
from service.cases.service import add_lead, remove_lead
from service.cases.splitting import split, undo_split
from service.corrections import deeds, targets
from service.errors import CaseMerged, Restricted
from tests.factories import make_flag
from tests.service.cases.desk import actor_of, confirmed_flag, make_case
from tests.service.corrections.desk import make_correction


def apart(flag_id: int) -> SplitEntry:
    return SplitEntry(flag_ids=[flag_id], title="Lurah mengajak memilih", office="lurah", reason="orang lain")


def restrict(session: Session, actor: Actor, case: Case) -> CorrectionDeed:
    target = targets.get_target(session, actor, "perkara", case.id)
    return deeds.restrict(session, actor, make_correction(session, asked=CorrectionAsk.RESTRICT), target)


def write_restriction(session: Session, actor: Actor, case: Case, at: datetime) -> None:
    """A row as it may stand already, whatever its case is by now."""
    about = {"correction_id": make_correction(session).id, "case_id": case.id, "done_by_id": actor.id, "done_at": at}
    session.add(CorrectionDeed(kind=CorrectionDeedKind.RESTRICT, **about))
    session.flush()


def refuses_to_refer(session: Session, case_id: int) -> bool:
    try:
        refer(session, actor_of(session), case_id, ReferralEntry(on_day=date(2024, 10, 21)))
    except Restricted:
        return True
    return False


@pytest.mark.parametrize("lies_still", [0, 1])
def test_neither_of_two_cases_is_merged_or_given_back_while_one_lies_still(session: Session, lies_still: int) -> None:
    actor = actor_of(session)
    cases = make_case(session, actor), make_case(session, actor)
    restrict(session, actor, cases[lies_still])
    with pytest.raises(Restricted):
        merge(session, actor, cases[0].id, cases[1].id, "sama")
    others = make_case(session, actor), make_case(session, actor)
    done = merge(session, actor, others[0].id, others[1].id, "sama")
    restrict(session, actor, others[0])
    with pytest.raises(Restricted):
        undo_merge(session, actor, done.id)


def test_no_lead_goes_into_or_out_of_what_lies_still(session: Session) -> None:
    actor = actor_of(session)
    flags = [make_flag(session) for _ in range(3)]
    case = make_case(session, actor, *flags)
    done = split(session, actor, case.id, apart(flags[0].id))
    restrict(session, actor, case)
    tries: list[Callable[[], object]] = [
        lambda: split(session, actor, case.id, apart(flags[1].id)),
        lambda: undo_split(session, actor, done.id),
        lambda: remove_lead(session, actor, case.id, flags[1].id, "orang lain"),
        lambda: add_lead(session, actor, case.id, make_flag(session).id),
    ]
    for one in tries:
        with pytest.raises(Restricted):
            one()


def test_what_was_split_off_before_is_another_matter_and_goes_on(session: Session) -> None:
    actor, second = actor_of(session), actor_of(session)
    flags = [confirmed_flag(session, actor, second) for _ in range(2)]
    case = make_case(session, actor, *flags)
    done = split(session, actor, case.id, apart(flags[0].id))
    restrict(session, actor, case)
    assert refuses_to_refer(session, case.id)
    assert not refuses_to_refer(session, done.new_id)


def test_a_case_that_was_taken_into_another_is_restricted_there(session: Session) -> None:
    actor = actor_of(session)
    kept, merged = make_case(session, actor), make_case(session, actor)
    merge(session, actor, kept.id, merged.id, "sama")
    with pytest.raises(CaseMerged):
        restrict(session, actor, merged)


def test_a_restriction_that_stands_at_a_part_holds_for_the_whole(session: Session) -> None:
    actor = actor_of(session)
    kept, middle = (make_case(session, actor, confirmed_flag(session, actor, actor_of(session))) for _ in range(2))
    merged = make_case(session, actor)
    merge(session, actor, middle.id, merged.id, "sama")
    merge(session, actor, kept.id, middle.id, "sama")
    write_restriction(session, actor, merged, now())
    assert refuses_to_refer(session, kept.id)


def test_leads_that_left_a_case_while_it_lay_still_are_not_referred_elsewhere(session: Session) -> None:
    actor, second = actor_of(session), actor_of(session)
    flags = [confirmed_flag(session, actor, second) for _ in range(3)]
    case = make_case(session, actor, *flags)
    done = split(session, actor, case.id, apart(flags[0].id))
    remove_lead(session, actor, case.id, flags[1].id, "orang lain")
    moved = make_case(session, actor, flags[1])
    write_restriction(session, actor, case, now() - timedelta(hours=1))
    assert refuses_to_refer(session, done.new_id)
    assert refuses_to_refer(session, moved.id)
