"""Saved searches: each person's own filters, under names, with one that opens the queue."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from models import SavedSearch, prepared, record_event
from models.base import BigId
from service.accounts.actor import Actor
from service.audit.searched import without_words
from service.errors import InvalidInput, NotFound
from service.review import repository
from service.review.filters import QueueFilter

MOST_SAVED = 20
LONGEST_NAME = 80


@dataclass(frozen=True)
class SavedRow:
    search: SavedSearch
    filters: QueueFilter
    count: int
    """Flags under it, counted to 1,000 and one."""


class Link(NamedTuple):
    """A saved search as a list shows it."""

    query: str
    name: str
    is_default: bool
    """Whether it is what this person wants to see first."""


def list_saved(session: Session, actor: Actor) -> list[SavedSearch]:
    query = select(SavedSearch).where(SavedSearch.user_id == actor.id).order_by(SavedSearch.name)
    return list(session.scalars(query))


def list_links(session: Session, actor: Actor) -> list[Link]:
    """The same for a page that only leads there."""
    return [Link(*row) for row in prepared.run(session, _links, user_id=actor.id)]


def _links() -> Select[*tuple[Any, ...]]:
    own = select(SavedSearch.query, SavedSearch.name, SavedSearch.is_default)
    return own.where(SavedSearch.user_id == bindparam("user_id", None, BigId)).order_by(SavedSearch.name)


def count_saved(session: Session, actor: Actor) -> list[SavedRow]:
    """Every saved search with its bounded count: for the page of saved searches, not for each page of the queue."""
    found = [(search, QueueFilter.parse(search.query)) for search in list_saved(session, actor)]
    return [SavedRow(search, filters, repository.count_shelf(session, actor, filters)) for search, filters in found]


def save_search(session: Session, actor: Actor, name: str, filters: QueueFilter, *, is_default: bool = False) -> SavedSearch:
    """Keep a filter under a name; the same name takes the new filter."""
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("pencarian_nama")
    search = session.scalar(select(SavedSearch).where(SavedSearch.user_id == actor.id, SavedSearch.name == name))
    if search is None:
        if _count(session, actor) >= MOST_SAVED:
            raise InvalidInput("pencarian_banyak")
        search = SavedSearch(user_id=actor.id, name=name, query=filters.link())
        session.add(search)
    search.query = filters.link()
    session.flush()
    _record(session, actor, "pencarian.simpan", search)
    return choose_default(session, actor, search.id) if is_default and not search.is_default else search


def choose_default(session: Session, actor: Actor, search_id: int) -> SavedSearch:
    """Open the queue with this search from now on; asked again, with none."""
    search = _get(session, actor, search_id)
    was_default = search.is_default
    session.execute(update(SavedSearch).where(SavedSearch.user_id == actor.id).values(is_default=False))
    search.is_default = not was_default
    session.flush()
    _record(session, actor, "pencarian.bawaan", search)
    return search


def delete_search(session: Session, actor: Actor, search_id: int) -> None:
    search = _get(session, actor, search_id)
    _record(session, actor, "pencarian.hapus", search)
    session.delete(search)


def _get(session: Session, actor: Actor, search_id: int) -> SavedSearch:
    search = session.scalar(select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.user_id == actor.id))
    if search is None:
        raise NotFound
    return search


def _count(session: Session, actor: Actor) -> int:
    return session.scalar(select(func.count()).select_from(SavedSearch).where(SavedSearch.user_id == actor.id)) or 0


def _record(session: Session, actor: Actor, action: str, search: SavedSearch) -> None:
    detail = {"saringan": without_words(search.query), "bawaan": search.is_default}
    record_event(session, action, actor=actor.username, actor_id=actor.id, subject=("saved_search", search.id), detail=detail)
