"""One flag as a page: the text with its reasons, its evidence, its law and its history."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from models import Artifact, DrawPurpose, Flag, FlagReason, FlagState, Item, ItemKind, ItemVersion, Snapshot, now, record_event
from models.evidence import EvidenceDamaged, read_evidence
from service.accounts.actor import Actor
from service.audit.repository import list_events_of_flag
from service.audit.service import TrailRow, hide_first_readings
from service.errors import NotFound
from service.items import repository
from service.items.estimate import Estimate, estimate_of
from service.items.highlight import Piece, Reason, highlight, list_reasons, read_spans
from service.items.privacy import mask_handles
from service.items.repository import Mate
from service.items.sentences import Sentence, list_sentences
from service.review import repository as review
from service.review.law import LawOfDay, law_of, list_acts
from service.review.repository import AssessmentRow, QueueRow
from service.review.service import may_undo


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


def clean_for(kind: ItemKind) -> Callable[[str], str]:
    """What every text of this kind goes through before it is shown."""
    return mask_handles if kind is ItemKind.POST else str


def read_flag(session: Session, actor: Actor, flag_id: int) -> FlagPage:
    row = review.get_row(session, actor, flag_id)
    if row is None:
        raise NotFound
    text = clean_for(row.item.kind)(row.version.text)
    spans = read_spans(row.prediction.evidence if row.prediction else [], len(text))
    hides_first = _hides_first(row.flag, actor)
    assessments = [] if hides_first else review.list_assessments(session, flag_id)
    is_held = _is_held(row.flag)
    artifact = repository.get_artifact(session, row.prediction)
    return FlagPage(
        row=row,
        law=law_of(session, row.flag, row.item, row.version),
        paragraphs=highlight(text, spans),
        sentences=list_sentences(text, spans),
        cause=_cause_of(session, row.flag),
        estimate=estimate_of(row.prediction, artifact),
        reasons=list_reasons(text, spans),
        artifact=artifact,
        snapshot=repository.get_snapshot_of(session, row.version),
        versions=repository.list_versions(session, row.item.id),
        mates=repository.list_mates(session, actor, row.item.id),
        acts=list_acts(session),
        assessments=assessments,
        undoable=_find_undoable(session, actor, assessments),
        trail=hide_first_readings(session, actor, list_events_of_flag(session, flag_id)),
        hides_first=hides_first,
        is_held=is_held,
        is_mine=is_held and row.flag.holder_id == actor.id,
        can_take=_can_take(session, row.flag, actor, is_held=is_held),
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


def note_look(session: Session, actor: Actor, snapshot: Snapshot, *, is_whole: bool) -> None:
    """One person looked at a copy: the trail says so."""
    detail = {"utuh": is_whole}
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


def _cause_of(session: Session, flag: Flag) -> str:
    """Both kinds of draws raise the same flag, but only one of them is random and measures anything."""
    if flag.reason is FlagReason.AUDIT and repository.get_purpose(session, flag.id) is DrawPurpose.LEARNING:
        return "undian_belajar"
    return flag.reason.value


def _hides_first(flag: Flag, actor: Actor) -> bool:
    return flag.state is FlagState.SECOND and flag.first_assessor_id != actor.id and actor.assesses


def _is_held(flag: Flag) -> bool:
    return flag.holder_id is not None and flag.held_until is not None and flag.held_until > now()


def _can_take(session: Session, flag: Flag, actor: Actor, *, is_held: bool) -> bool:
    if is_held or flag.state is FlagState.ASSESSED:
        return False
    if flag.state is FlagState.SECOND and flag.first_assessor_id == actor.id:
        return False
    return review.get_flag(session, actor, flag.id) is not None
