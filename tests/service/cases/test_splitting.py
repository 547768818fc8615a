"""One case that was two: split, and put together again by one event."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, CaseSplit, ExternalStatus, verify_chain
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.merging import merge, undo_merge
from service.cases.schemas import SplitEntry
from service.cases.service import remove_lead
from service.cases.splitting import split, undo_split
from service.errors import CannotUndo, CaseMerged, InvalidInput, NotFound
from tests.factories import make_flag, make_item
from tests.service.cases.desk import PILKADA, actor_of, make_case, mirror


def leads_of(session: Session, case_id: int) -> set[int]:
    return {row.flag.id for row in repository.list_leads(session, case_id)}


def case_of_two(session: Session, actor: Actor) -> tuple[Case, list[int]]:
    flags = [make_flag(session, make_item(session, first_seen_at=PILKADA)) for _ in range(2)]
    return make_case(session, actor, *flags), [flag.id for flag in flags]


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
