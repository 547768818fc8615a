"""The evidence of items: what may be shown of it, and what people did with it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from models import Item, ItemKind, Snapshot, record_event
from models.evidence.pictures import LARGEST_PICTURE, picture_type_of
from models.evidence.store import EvidenceDamaged, read_evidence
from models.tip_items import ADDRESS, METHOD
from service.accounts.actor import Actor
from service.errors import NotFound
from service.items import repository
from service.items.privacy import mask_address, mask_entry, mask_post
from service.tips.masking import mask_links, mask_private


def clean_for(kind: ItemKind, method: str) -> Callable[[str], str]:
    """What every text of an item of this kind goes through before it is shown; `method` is how the text came.

    A tip may stand below the page of an outlet. One from before links were masked as they came is masked here.
    """
    if method == METHOD:
        return lambda text: mask_post(mask_links(text))
    return mask_post if kind is ItemKind.POST else str


def shown_address(item: Item) -> str | None:
    """Where an item stands, as far as everybody may read it: the address of a post names its account."""
    return mask_address(item.url) if item.kind is ItemKind.POST else item.url


def is_of_tip(session: Session, snapshot: Snapshot) -> bool:
    """Whether somebody of the public wrote these bytes, below whichever item they lie: what they say of private people
    is masked until somebody with the right opens it."""
    return snapshot.url == ADDRESS or repository.has_method(session, snapshot.id, METHOD)


def clean_copy_of(session: Session, item: Item, snapshot: Snapshot) -> Callable[[str], str]:
    """The same for the stored bytes of a post or a tip, which say more than their text does."""
    if is_of_tip(session, snapshot):
        return mask_private
    if item.kind is not ItemKind.POST:
        return str
    return partial(mask_entry, handles=repository.list_handles(session, item.id))


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


def note_look(
    session: Session, actor: Actor, snapshot: Snapshot, *, is_whole: bool, shows_handles: bool = False, reason: str = ""
) -> None:
    """One person looked at a copy: the trail says so, whether handles were shown in full, and why where that is asked."""
    detail = {"utuh": is_whole} | ({"akun": True} if shows_handles else {}) | ({"alasan": reason} if reason else {})
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
    """The live address. Who went there, and when, stays in the trail: it can forget nothing, so it names no account."""
    address, detail = live_address(item), {"alamat": shown_address(item)}
    record_event(session, "tautan.buka", actor=actor.username, actor_id=actor.id, subject=("item", item.id), detail=detail)
    return address
