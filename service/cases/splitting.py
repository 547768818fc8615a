"""Leads of one case that turn out to be another matter, and taking that back."""

from sqlalchemy.orm import Session

from models import Case, CaseLead, CaseSplit, now
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.derived import derive
from service.cases.merging import get_both, move_lead
from service.cases.privacy import masker_of
from service.cases.restricted import is_restricted, refuse_restricted
from service.cases.schemas import SplitEntry
from service.cases.service import agency_key, get_for_change, record, refuse_beyond
from service.errors import CannotUndo, InvalidInput, NetraError, NotFound, Restricted

SPLIT = "dipisah"
UNDONE = "pemisahan dibatalkan"


def split(session: Session, actor: Actor, case_id: int, entry: SplitEntry) -> CaseSplit:
    """A new case of some of its leads, with the same event; whom it concerns is said anew. What was entered stays where it is."""
    kept = get_for_change(session, actor, case_id)
    refuse_restricted(session, kept)
    rows = {row.flag.id: row for row in repository.list_leads(session, case_id)}
    chosen = [rows[flag_id] for flag_id in dict.fromkeys(entry.flag_ids) if flag_id in rows]
    if len(chosen) != len(set(entry.flag_ids)):
        raise NotFound
    if len(chosen) == len(rows):
        raise InvalidInput("pisah_semua")
    new = Case(
        title=entry.title,
        office=entry.office,
        agency=entry.agency,
        agency_key=agency_key(entry.agency),
        discovered_at=min(row.flag.discovered_at for row in chosen),
        opened_by_id=actor.id,
        **{name: getattr(kept, name) for name in ("region_code", "act", "happened_on")},
        place=masker_of(kept)(kept.place),
    )
    refuse_beyond(actor, new)
    session.add(new)
    session.flush()
    moved = {str(row.flag.id): move_lead(session, actor, row.lead, new, note=SPLIT).id for row in chosen}
    done = CaseSplit(kept_id=kept.id, new_id=new.id, lead_ids=moved, reason=entry.reason, split_by_id=actor.id)
    session.add(done)
    derive(session, kept)
    derive(session, new)
    detail = {"perkara": new.id, "pemisahan": done.id, "penanda": sorted(map(int, moved)), "alasan": entry.reason}
    record(session, actor, "perkara.pisah", kept, detail)
    return done


def undo_split(session: Session, actor: Actor, split_id: int) -> CaseSplit:
    """Give the leads back that the new case still has; it is then a part of the old one, and stays to be read."""
    done = session.get(CaseSplit, split_id)
    if done is None:
        raise NotFound
    kept, new = get_both(session, actor, done.kept_id, done.new_id)
    session.refresh(done)
    if obstacle := obstacle_of_undoing(session, done, kept, new):
        raise obstacle
    done.undone_at, new.merged_into_id = now(), kept.id
    for row in repository.list_leads(session, new.id):
        move_lead(session, actor, session.get_one(CaseLead, row.lead.id), kept, note=UNDONE)
    kept.discovered_at = min(kept.discovered_at, new.discovered_at)
    derive(session, kept)
    derive(session, new)
    record(session, actor, "perkara.batal_pisah", kept, {"perkara": new.id, "pemisahan": done.id})
    return done


def obstacle_of_undoing(session: Session, done: CaseSplit, kept: Case, new: Case) -> NetraError | None:
    """Why a split cannot be taken back at this moment."""
    if done.undone_at is not None or new.merged_into_id is not None:
        return CannotUndo()
    return Restricted() if is_restricted(session, kept.id, new.id) else None
