"""What a request may concern: found by its address or by words, and named by kind and number. A person finds it, no machine."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Flag, FlagState, Item, ItemVersion, Permission
from models.addresses import canonical_url, is_web_url, key_of, twins_of
from models.queue.words import is_borne, words_of
from service.accounts.actor import Actor, within
from service.cases import repository as cases
from service.cases.privacy import masker_of
from service.errors import InvalidInput, NotFound
from service.items import repository as items
from service.pages import title_of
from service.review import repository as review

MOST_FOUND = 20
LONGEST_SEARCH = 200
NAMED = re.compile(r"(konten|penanda|perkara)[ :#-]*([0-9]{1,18})", re.I)


@dataclass(frozen=True)
class Target:
    """An item, one of its flags, or a case."""

    item: Item | None
    flag: Flag | None
    case: Case | None
    title: str

    @property
    def key(self) -> str:
        """As forms name it: `penanda 12`."""
        if self.case:
            return f"perkara {self.case.id}"
        return f"penanda {self.flag.id}" if self.flag else f"konten {self.item.id if self.item else 0}"

    @property
    def path(self) -> str:
        """Its page; an item that nobody flagged has none."""
        return "" if self.key.startswith("konten") else "/" + self.key.replace(" ", "/")

    @property
    def is_finished(self) -> bool:
        return self.flag is not None and self.flag.state is FlagState.ASSESSED


def read_target(session: Session, actor: Actor, named: str) -> Target:
    """What a form names. Raises InvalidInput for what is no name, NotFound for what is not the person's."""
    match = NAMED.fullmatch(named.strip())
    if match is None:
        raise InvalidInput("koreksi_sasaran")
    return get_target(session, actor, match[1].lower(), int(match[2]))


def get_target(session: Session, actor: Actor, kind: str, number: int) -> Target:
    match kind:
        case "perkara":
            case_ = cases.get_case(session, actor, number)
            if case_ is None:
                raise NotFound
            return Target(None, None, case_, masker_of(case_)(case_.title))
        case "penanda":
            flag = review.get_flag(session, actor, number, Permission.READ_QUEUE)
            if flag is None:
                raise NotFound
            return _of_flag(session, flag)
        case _:
            item = items.get_item(session, actor, number)
            if item is None:
                raise NotFound
            return Target(item, None, None, _title(session, item))


def find_by_address(session: Session, actor: Actor, address: str) -> list[Target]:
    """Items under an address as it was sent, with their flags and the cases of these, as far as the person's area reaches."""
    if not is_web_url(address):
        return []
    found = session.scalars(select(Item.id).where(Item.item_key.in_(_keys_of(address))).order_by(Item.id).limit(MOST_FOUND))
    return [target for item_id in found for target in _of_item(session, actor, item_id)]


def find_by_words(session: Session, actor: Actor, typed: str) -> list[Target]:
    """A number that names something, or flags whose text bears the words."""
    typed = typed.replace("\0", "")[:LONGEST_SEARCH]
    if NAMED.fullmatch(typed.strip()):
        try:
            return [read_target(session, actor, typed)]
        except NotFound:
            return []
    stems = words_of(typed)
    if not stems:
        return []
    query = select(Flag).where(is_borne(session, stems), review.visible(actor))
    return [_of_flag(session, flag) for flag in session.scalars(query.order_by(Flag.id.desc()).limit(MOST_FOUND))]


def _of_item(session: Session, actor: Actor, item_id: int) -> list[Target]:
    area = within(Flag.region_code, actor.areas(Permission.READ_QUEUE))
    flags = list(session.scalars(select(Flag).where(Flag.item_id == item_id, area).order_by(Flag.id).limit(MOST_FOUND)))
    own = [_of_flag(session, flag) for flag in flags]
    found = [cases.find_case_of(session, actor, flag.id) for flag in flags]
    own += [Target(None, None, one, masker_of(one)(one.title)) for one in {one.id: one for one in found if one}.values()]
    item = None if flags else items.get_item(session, actor, item_id)
    return own + ([Target(item, None, None, _title(session, item))] if item else [])


def _of_flag(session: Session, flag: Flag) -> Target:
    item = session.get_one(Item, flag.item_id)
    return Target(item, flag, None, _title(session, item))


def _title(session: Session, item: Item) -> str:
    version = session.get(ItemVersion, item.current_version_id) if item.current_version_id else None
    return title_of(item, version) if version else "—"


def _keys_of(address: str) -> set[str]:
    """Of the ways in which one page may be known."""
    return {key_of(twin) for twin in twins_of(canonical_url(address))}
