"""Two cases that are one, and taking that back."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Case, CaseLead, CaseMerge, now
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.derived import derive
from service.cases.parts import list_part_ids
from service.cases.restricted import is_restricted, refuse_restricted
from service.cases.service import end_lead, get_for_change, record, refuse_other_branch
from service.errors import CannotUndo, CaseMerged, InvalidInput, NetraError, NotFound, Restricted

MERGED = "digabung"
UNDONE = "penggabungan dibatalkan"


def merge(session: Session, actor: Actor, kept_id: int, merged_id: int, reason: str) -> CaseMerge:
    """Take the leads of one case into another. What was entered of the other stays with it, and counts for both together."""
    if kept_id == merged_id:
        raise InvalidInput("perkara_sama")
    first, second = sorted((kept_id, merged_id))  # Always in one order, so that two people never wait for each other.
    found = {case_id: get_for_change(session, actor, case_id) for case_id in (first, second)}
    kept, merged = found[kept_id], found[merged_id]
    refuse_restricted(session, kept, merged)
    rows = repository.list_leads(session, merged.id)
    for row in rows:
        refuse_other_branch(kept, row.flag.region_code)
    moved = {str(row.flag.id): move_lead(session, actor, row.lead, kept).id for row in rows}
    done = CaseMerge(
        kept_id=kept.id,
        merged_id=merged.id,
        lead_ids=moved,
        discovered_before=kept.discovered_at,
        reason=reason,
        merged_by_id=actor.id,
    )
    session.add(done)
    merged.merged_into_id = kept.id
    kept.discovered_at = min(kept.discovered_at, merged.discovered_at)
    derive(session, kept)
    derive(session, merged)
    record(session, actor, "perkara.gabung", kept, {"perkara": merged.id, "gabungan": done.id, "alasan": reason})
    return done


def undo_merge(session: Session, actor: Actor, merge_id: int) -> CaseMerge:
    """Give back the leads that came with a merge, as far as the kept case still has them."""
    done = session.get(CaseMerge, merge_id)
    if done is None:
        raise NotFound
    kept, merged = get_both(session, actor, done.kept_id, done.merged_id)
    session.refresh(done)
    if obstacle := obstacle_of_undoing(session, done, kept, merged):
        raise obstacle
    done.undone_at, merged.merged_into_id = now(), None
    for flag_id in map(int, done.lead_ids):  # Not by their rows: whatever moved a lead since gave it a new one.
        lead = repository.get_running_lead(session, flag_id)
        if lead is not None and lead.case_id == kept.id:
            move_lead(session, actor, lead, merged, note=UNDONE)
    session.flush()
    kept.discovered_at = discovered_at_of(session, kept) or done.discovered_before
    derive(session, kept)
    derive(session, merged)
    record(session, actor, "perkara.batal_gabung", kept, {"perkara": merged.id, "gabungan": done.id})
    return done


def discovered_at_of(session: Session, case: Case) -> datetime | None:
    """When the first was seen that ever was a lead of it, or of what it took in and still has; None where nothing was."""
    part_ids = list_part_ids(session, case.id)
    undone = repository.list_undone_merges(session, part_ids)
    rows = repository.list_leads_ever(session, part_ids)
    return min((seen_at for lead, seen_at in rows if not any(_was_lent(lead, merge) for merge in undone)), default=None)


def _was_lent(lead: CaseLead, merge: CaseMerge) -> bool:
    """Whether it lay there only while that merge held. Leads removed otherwise count on: no clock gets days back."""
    first_id = merge.lead_ids.get(str(lead.flag_id))
    is_within = first_id is not None and first_id <= lead.id and merge.undone_at is not None and lead.added_at <= merge.undone_at
    return is_within and lead.removed_at is not None


def obstacle_of_undoing(session: Session, done: CaseMerge, kept: Case, merged: Case) -> NetraError | None:
    """Why a merge cannot be taken back at this moment."""
    if done.undone_at is not None or merged.merged_into_id != kept.id:
        return CannotUndo()
    return Restricted() if is_restricted(session, kept.id, merged.id) else None


def get_both(session: Session, actor: Actor, kept_id: int, other_id: int) -> tuple[Case, Case]:
    """Both locked, always in one order; the first still takes changes."""
    first, second = sorted((kept_id, other_id))
    found = {case_id: get_for_change(session, actor, case_id, merged=True) for case_id in (first, second)}
    kept = found[kept_id]
    if kept.merged_into_id:
        raise CaseMerged(id=kept.merged_into_id)
    return kept, found[other_id]


def move_lead(session: Session, actor: Actor, lead: CaseLead, case: Case, *, note: str = MERGED) -> CaseLead:
    """The old row ends and stays; the flag gets a new one."""
    end_lead(lead, actor, note)
    session.flush()
    moved = CaseLead(case_id=case.id, flag_id=lead.flag_id, added_by_id=actor.id)
    session.add(moved)
    session.flush()
    return moved
