"""One flag as a page: the text with its reasons, its evidence, its law and its history."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import DrawPurpose, Flag, FlagReason, FlagState, ItemVersion, Outcome, Permission, Snapshot, TimeStamp, now
from models.queue.placing import current_settings
from service.accounts.actor import Actor, reaches
from service.audit.repository import list_events_of_flag
from service.audit.service import TrailRow, hide_first_readings
from service.corrections.notes import CorrectionNote, list_of_item
from service.items import repository
from service.items.basis import Basis, read_basis
from service.items.dates import DateWarning, list_warnings
from service.items.estimate import Estimate, estimate_of
from service.items.highlight import Piece, highlight
from service.items.nearest import Decision, list_nearest
from service.items.neighbours import Neighbour, list_neighbours
from service.items.repository import Mate
from service.items.sentences import Sentence, list_sentences
from service.items.service import shown_address
from service.readings import golden
from service.readings.comparing import Comparison, compare
from service.readings.disputes import find_copies as find_disputed_copies
from service.readings.disputes import may_resolve
from service.review.covering import Copies, find_copies
from service.review.keeping import has_skipped, latest_day
from service.review.law import list_acts
from service.review.repository import AssessmentRow
from service.review.weights import Explained, explain
from service.tips.repository import TipRow
from service.tips.repository import list_of_item as list_tips


@dataclass(frozen=True)
class FlagPage(Basis):
    paragraphs: list[list[Piece]]
    sentences: list[Sentence]
    """What its holder may mark; empty for everybody else."""
    cause: str
    """Why it is before people, as the catalogue names it."""
    estimate: Estimate | None
    address: str | None
    """Where the item was published; of a post only its platform."""
    snapshot: Snapshot | None
    picture: Snapshot | None
    """The page as a browser showed it."""
    versions: list[ItemVersion]
    mates: list[Mate]
    acts: list[str]
    trail: list[TrailRow]
    undoable: int | None
    """The newest assessment, where it is the reader's own and may still be withdrawn."""
    is_held: bool
    is_mine: bool
    can_take: bool
    explained: Explained | None
    """Why it stands where it stands, which of a draw is borrowed; None of a flag without a place."""
    is_skipped: bool
    hold_until_at_most: date
    tips: list[TipRow]
    """What the public sent of it."""
    corrections: list[CorrectionNote]
    """What the house says now, on request of the person concerned."""
    warnings: list[DateWarning]
    nearest: list[Decision]
    """Empty for whoever reads blind."""
    neighbours: list[Neighbour]
    copies: Copies
    """Confirmed copies that one decision can cover."""
    comparison: Comparison | None
    may_resolve: bool
    """Whether the last word on two readings may be this person's."""
    stamp: TimeStamp | None
    """What an authority outside of this house says of the snapshot."""


def read_flag(session: Session, actor: Actor, flag_id: int) -> FlagPage:
    basis = read_basis(session, actor, flag_id)
    row, reading, text, assessments = basis.row, basis.reading, basis.text, basis.assessments
    is_held = _is_held(row.flag)
    is_mine = is_held and row.flag.holder_id == actor.id
    events = list_events_of_flag(session, flag_id)
    return FlagPage(
        **vars(basis),
        paragraphs=highlight(text, basis.spans),
        sentences=list_sentences(text, basis.spans) if is_mine else [],
        cause=_cause_of(session, row.flag),
        estimate=estimate_of(row.prediction, basis.artifact),
        address=shown_address(row.item),
        snapshot=(snapshot := repository.get_snapshot_of(session, row.version)),
        picture=repository.get_picture(session, row.item.id),
        versions=repository.list_versions(session, row.item.id),
        mates=repository.list_mates(session, actor, row.item.id),
        acts=list_acts(session),
        undoable=_find_undoable(actor, assessments),
        trail=hide_first_readings(session, actor, golden.trail_of(reading, events) if reading else events),
        is_held=is_held,
        is_mine=is_mine,
        can_take=_can_take(row.flag, actor, is_held=is_held),
        explained=explain(row.flag, current_settings(session).weights),
        is_skipped=has_skipped(session, actor, flag_id),
        hold_until_at_most=latest_day(row.flag),
        tips=list_tips(session, actor, row.item.id),
        corrections=list_of_item(session, row.item.id),
        warnings=list_warnings(row.item, row.version, row.flag.region_code),
        nearest=find_nearest(session, actor, basis),
        neighbours=list_neighbours(session, actor, row.flag),
        copies=_find_copies(session, actor, row.flag, is_mine=is_mine and not reading),
        comparison=compare(assessments),
        may_resolve=row.flag.state is FlagState.DISPUTED and may_resolve(session, actor, row.flag),
        stamp=repository.get_stamp(session, snapshot),
    )


def find_nearest(session: Session, actor: Actor, basis: Basis) -> list[Decision]:
    """None for whoever reads blind."""
    return [] if basis.hides_first else list_nearest(session, actor, basis.row, tells_own=basis.reading is None)


def _find_undoable(actor: Actor, assessments: list[AssessmentRow]) -> int | None:
    newest = assessments[-1].assessment if assessments else None
    is_own = newest is not None and newest.user_id == actor.id and newest.outcome is not Outcome.WITHDRAWN
    return newest.id if newest and is_own else None


def _find_copies(session: Session, actor: Actor, flag: Flag, *, is_mine: bool) -> Copies:
    if flag.state is FlagState.DISPUTED and may_resolve(session, actor, flag):
        return find_disputed_copies(session, actor, flag)
    return find_copies(session, actor, flag) if is_mine else Copies((), 0)


def _cause_of(session: Session, flag: Flag) -> str:
    """Both kinds of draws raise the same flag, but only one of them is random and measures anything."""
    if flag.reason is FlagReason.AUDIT and repository.get_purpose(session, flag.id) is DrawPurpose.LEARNING:
        return "undian_belajar"
    return flag.reason.value


def _is_held(flag: Flag) -> bool:
    return flag.holder_id is not None and flag.held_until is not None and flag.held_until > now()


def _can_take(flag: Flag, actor: Actor, *, is_held: bool) -> bool:
    if is_held or flag.state in {FlagState.ASSESSED, FlagState.DISPUTED, FlagState.RESTRICTED}:
        return False
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        return False
    return reaches(actor.areas(Permission.ASSESS), flag.region_code, office=flag.office)
