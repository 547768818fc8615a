"""One flag as a page: the text with its reasons, its evidence, its law and its history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from models import (
    Artifact,
    DrawPurpose,
    Flag,
    FlagReason,
    FlagState,
    Item,
    ItemKind,
    ItemVersion,
    Snapshot,
    Source,
    TimeStamp,
    now,
    record_event,
)
from models.evidence.pictures import LARGEST_PICTURE, picture_type_of
from models.evidence.store import EvidenceDamaged, read_evidence
from models.queue.placing import current_settings
from models.tip_items import SOURCE_SLUG as TIPS
from service.accounts.actor import Actor
from service.audit.repository import list_events_of_flag
from service.audit.service import TrailRow, hide_first_readings
from service.corrections.notes import CorrectionNote, list_of_item
from service.errors import NotFound
from service.items import repository
from service.items.dates import DateWarning, list_warnings
from service.items.estimate import Estimate, estimate_of
from service.items.highlight import Piece, Reason, highlight, list_reasons, read_spans
from service.items.nearest import Decision, list_nearest
from service.items.neighbours import Neighbour, list_neighbours
from service.items.privacy import mask_entry, mask_handles
from service.items.repository import Mate
from service.items.sentences import Sentence, list_sentences
from service.readings import golden
from service.readings.comparing import Comparison, compare
from service.readings.disputes import find_copies as find_disputed_copies
from service.readings.disputes import may_resolve
from service.review import repository as review
from service.review.covering import Copies, find_copies
from service.review.keeping import has_skipped, latest_day
from service.review.law import LawOfDay, law_of, list_acts
from service.review.repository import AssessmentRow, QueueRow
from service.review.service import may_undo
from service.review.weights import Explained, explain
from service.tips.masking import mask_private
from service.tips.repository import TipRow
from service.tips.repository import list_of_item as list_tips


@dataclass(frozen=True)
class FlagPage:
    row: QueueRow
    law: LawOfDay
    paragraphs: list[list[Piece]]
    sentences: list[Sentence]
    cause: str
    """Why it is before people, as the catalogue names it."""
    estimate: Estimate | None
    reasons: list[Reason]
    artifact: Artifact | None
    snapshot: Snapshot | None
    picture: Snapshot | None
    """The page as a browser showed it."""
    gone_at: datetime | None
    """When the post was found gone from its platform."""
    versions: list[ItemVersion]
    mates: list[Mate]
    acts: list[str]
    assessments: list[AssessmentRow]
    """Empty while they are hidden."""
    trail: list[TrailRow]
    undoable: int | None
    """The newest assessment, where it is the reader's own and may still be withdrawn."""
    hides_first: bool
    """The first reading is kept from whoever may become the second reader."""
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


def clean_for(kind: ItemKind) -> Callable[[str], str]:
    """What every text of this kind goes through before it is shown."""
    return mask_handles if kind is ItemKind.POST else str


def is_tip(session: Session, item: Item) -> bool:
    """Of the public: what they wrote of private people is masked until somebody with the right opens it."""
    return session.get_one(Source, item.source_id).slug == TIPS


def clean_copy_of(session: Session, item: Item) -> Callable[[str], str]:
    """The same for the stored bytes of a post or a tip, which say more than their text does."""
    if is_tip(session, item):
        return mask_private
    if item.kind is not ItemKind.POST:
        return str
    return partial(mask_entry, handles=repository.list_handles(session, item.id))


def read_flag(session: Session, actor: Actor, flag_id: int) -> FlagPage:
    row = review.get_row(session, actor, flag_id)
    if row is None:
        raise NotFound
    reading = golden.find_open(session, actor, flag_id)
    row = golden.blind(row, reading) if reading else row
    text = clean_for(row.item.kind)(row.version.text)
    spans = read_spans(row.prediction.evidence if row.prediction else [], len(text))
    hides_first = _hides_first(row.flag, actor)
    is_blind = hides_first or reading is not None
    assessments = [] if is_blind else review.list_assessments(session, flag_id)
    is_held = _is_held(row.flag)
    is_mine = is_held and row.flag.holder_id == actor.id
    artifact = repository.get_artifact(session, row.prediction)
    events = list_events_of_flag(session, flag_id)
    return FlagPage(
        row=row,
        law=law_of(session, row.flag, row.item, row.version),
        paragraphs=highlight(text, spans),
        sentences=list_sentences(text, spans),
        cause=_cause_of(session, row.flag),
        estimate=estimate_of(row.prediction, artifact),
        reasons=list_reasons(text, spans),
        artifact=artifact,
        snapshot=(snapshot := repository.get_snapshot_of(session, row.version)),
        picture=repository.get_picture(session, row.item.id),
        gone_at=repository.get_gone_at(session, row.item.id),
        versions=repository.list_versions(session, row.item.id),
        mates=repository.list_mates(session, actor, row.item.id),
        acts=list_acts(session),
        assessments=assessments,
        undoable=_find_undoable(session, actor, assessments),
        trail=hide_first_readings(session, actor, golden.trail_of(reading, events) if reading else events),
        hides_first=hides_first,
        is_held=is_held,
        is_mine=is_mine,
        can_take=_can_take(session, row.flag, actor, is_held=is_held),
        explained=explain(row.flag, current_settings(session).weights),
        is_skipped=has_skipped(session, actor, flag_id),
        hold_until_at_most=latest_day(row.flag),
        tips=list_tips(session, actor, row.item.id),
        corrections=list_of_item(session, row.item.id),
        warnings=list_warnings(row.item, row.version, row.flag.region_code),
        nearest=[] if hides_first else list_nearest(session, actor, row, tells_own=reading is None),
        neighbours=list_neighbours(session, actor, row.flag),
        copies=_find_copies(session, actor, row.flag, is_mine=is_mine and not reading),
        comparison=compare(assessments),
        may_resolve=row.flag.state is FlagState.DISPUTED and may_resolve(session, actor, row.flag),
        stamp=repository.get_stamp(session, snapshot),
    )


def get_item(session: Session, actor: Actor, item_id: int) -> Item:
    item = repository.get_item(session, actor, item_id)
    if item is None:
        raise NotFound
    return item


def get_copy(session: Session, actor: Actor, item_id: int, snapshot_id: int) -> tuple[Item, Snapshot]:
    item = get_item(session, actor, item_id)
    snapshot = repository.get_snapshot(session, item_id, snapshot_id)
    if snapshot is None:
        raise NotFound
    return item, snapshot


def read_copy(snapshot: Snapshot, folder: Path) -> bytes | None:
    """The bytes of a snapshot. None when they are damaged."""
    try:
        return read_evidence(folder, snapshot)
    except EvidenceDamaged:
        return None


def read_picture(snapshot: Snapshot, folder: Path) -> tuple[bytes, str]:
    """The bytes of a copy that is a picture, and their type by the bytes themselves. Raises NotFound for every other copy."""
    content = read_copy(snapshot, folder) if snapshot.byte_count <= LARGEST_PICTURE else None
    media_type = picture_type_of(content) if content is not None else ""
    if content is None or not media_type:
        raise NotFound
    return content, media_type


def note_look(session: Session, actor: Actor, snapshot: Snapshot, *, is_whole: bool, shows_handles: bool = False) -> None:
    """One person looked at a copy: the trail says so, and whether handles were shown in full."""
    detail = {"utuh": is_whole} | ({"akun": True} if shows_handles else {})
    record_event(
        session, "salinan.lihat", actor=actor.username, actor_id=actor.id, subject=("snapshot", snapshot.id), detail=detail
    )


def check_copy(session: Session, actor: Actor, snapshot: Snapshot, folder: Path) -> bool:
    """Compare the bytes with the hash that was kept when they came, and write down what was found."""
    is_whole = read_copy(snapshot, folder) is not None
    detail = {"utuh": is_whole, "sha256": snapshot.sha256}
    record_event(
        session, "bukti.periksa", actor=actor.username, actor_id=actor.id, subject=("snapshot", snapshot.id), detail=detail
    )
    return is_whole


def live_address(item: Item) -> str:
    """The published address, if it is one that a browser may be sent to."""
    if not item.url or not item.url.lower().startswith(("http://", "https://")):
        raise NotFound
    return item.url


def leave_for(session: Session, actor: Actor, item: Item) -> str:
    """The live address. Who went there, and when, stays in the trail."""
    address = live_address(item)
    record_event(
        session, "tautan.buka", actor=actor.username, actor_id=actor.id, subject=("item", item.id), detail={"alamat": address}
    )
    return address


def _find_undoable(session: Session, actor: Actor, assessments: list[AssessmentRow]) -> int | None:
    newest = assessments[-1].assessment.id if assessments else None
    return newest if newest is not None and may_undo(session, actor, newest) else None


def _find_copies(session: Session, actor: Actor, flag: Flag, *, is_mine: bool) -> Copies:
    if flag.state is FlagState.DISPUTED and may_resolve(session, actor, flag):
        return find_disputed_copies(session, actor, flag)
    return find_copies(session, actor, flag) if is_mine else Copies((), 0)


def _cause_of(session: Session, flag: Flag) -> str:
    """Both kinds of draws raise the same flag, but only one of them is random and measures anything."""
    if flag.reason is FlagReason.AUDIT and repository.get_purpose(session, flag.id) is DrawPurpose.LEARNING:
        return "undian_belajar"
    return flag.reason.value


def _hides_first(flag: Flag, actor: Actor) -> bool:
    lies_still = flag.state is FlagState.RESTRICTED and flag.first_assessor_id is not None
    return (flag.state is FlagState.SECOND or lies_still) and flag.first_assessor_id != actor.id and actor.assesses


def _is_held(flag: Flag) -> bool:
    return flag.holder_id is not None and flag.held_until is not None and flag.held_until > now()


def _can_take(session: Session, flag: Flag, actor: Actor, *, is_held: bool) -> bool:
    if is_held or flag.state in {FlagState.ASSESSED, FlagState.DISPUTED, FlagState.RESTRICTED}:
        return False
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        return False
    return review.get_flag(session, actor, flag.id) is not None
