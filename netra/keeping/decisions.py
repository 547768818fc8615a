"""What people asked of a house after a backup of it was made: erasures and holds that a restore would take back.

They are read from the database that is replaced, by the state of its items, and item by item held against what comes in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Engine, exists, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import AuditEvent, Item, ItemVersion, LegalHold
from models.database import make_engine, make_reading_session
from netra.keeping.copying import RESTORED
from netra.keeping.places import Place
from netra.keeping.staging import DATABASE
from netra.retention.holds import ON_REQUEST

SINCE = "diminta_sejak"
"""In the detail of the event that tells of a restore."""
WORDS = {"erase": "hapus", "hold": "tahan", "release": "lepas", "missing": "tidak_ada", "unread": "tak_terbaca"}
"""In that detail, which people read."""
AT_ONCE = 500


@dataclass(frozen=True)
class Decisions:
    """Numbers of items in the house that comes in, for which something is to be done again before any timer runs."""

    erase: list[int] = field(default_factory=list[int])
    """Erased on request since, by command or for a request of correction; their words come back."""
    hold: list[int] = field(default_factory=list[int])
    """Held since."""
    release: list[int] = field(default_factory=list[int])
    """Held in the archive, and released since."""
    missing: list[int] = field(default_factory=list[int])
    """Held, and not in the archive at all: by their numbers in the house that was replaced."""
    unread: str = ""
    """Why the database that was replaced does not tell."""

    def __bool__(self) -> bool:
        return any(asdict(self).values())


def find_decisions(place: Place, incoming: Engine) -> Decisions:
    """What the database at a place knows and the one that comes in does not; nothing where there is none."""
    if not place.is_elsewhere and not (place.home / DATABASE).is_file():
        return Decisions()
    replaced = make_engine(place.address)
    try:
        if not inspect(replaced).has_table(LegalHold.__tablename__):
            return Decisions()
        with make_reading_session(replaced)() as old, make_reading_session(incoming)() as new:
            return _compare(old, new)
    except Exception as error:  # It may be damaged anywhere, which is often why it is replaced; that is told, not raised.
        return _unread(error)
    finally:
        replaced.dispose()


def read_decisions(place: Place) -> Decisions:
    """As the event of the newest restore names them."""
    restored = make_engine(place.address)
    try:
        with make_reading_session(restored)() as session:
            return _named_in(_newest_restore(session))
    except SQLAlchemyError as error:
        return _unread(error)
    finally:
        restored.dispose()


def tell_decisions(decisions: Decisions) -> dict[str, Any]:
    """For the detail of the event that tells of the restore."""
    return {SINCE: {WORDS[name]: value for name, value in asdict(decisions).items() if value}} if decisions else {}


def _unread(error: Exception) -> Decisions:
    return Decisions(unread=" ".join(str(getattr(error, "orig", None) or error).split())[:200] or type(error).__name__)


def _compare(old: Session, new: Session) -> Decisions:
    erased, held = _keys_erased(old), _keys_held(old, is_running=True)
    released, before = _keys_held(old, is_running=False) - held, _keys_held(new, is_running=True)
    carried = _carried(old, new)
    erased |= _keys_of(old, carried.erase)
    held |= _keys_of(old, carried.hold)
    released |= _keys_of(old, carried.release)
    there = _numbers_of(new, held)
    missing = _numbers_of(old, held - there.keys())
    return Decisions(
        erase=sorted(_numbers_of(new, erased, with_words=True).values()),
        hold=sorted(number for key, number in there.items() if key not in before),
        release=sorted(_numbers_of(new, released & before).values()),
        missing=sorted({*missing.values(), *carried.missing}),
    )


def _carried(old: Session, new: Session) -> Decisions:
    """What an earlier restore named, and what comes in knows nothing of: that one was killed, or is being repeated."""
    event = _newest_restore(old)
    if event is None or new.scalar(select(AuditEvent.id).where(AuditEvent.hash == event.hash)) is not None:
        return Decisions()
    return _named_in(event)


def _named_in(event: AuditEvent | None) -> Decisions:
    told = event.detail.get(SINCE, {}) if event else {}
    return Decisions(**{name: told[word] for name, word in WORDS.items() if word in told})


def _newest_restore(session: Session) -> AuditEvent | None:
    query = select(AuditEvent).where(AuditEvent.subject_type == "backup", AuditEvent.action == RESTORED)
    return session.scalars(query.order_by(AuditEvent.id.desc()).limit(1)).first()


def _keys_erased(session: Session) -> set[str]:
    asked = exists().where(ItemVersion.item_id == Item.id, ItemVersion.erased_rule == ON_REQUEST)
    return set(session.scalars(select(Item.item_key).where(asked)))


def _keys_held(session: Session, *, is_running: bool) -> set[str]:
    ended = LegalHold.released_at.is_(None) if is_running else LegalHold.released_at.is_not(None)
    return set(session.scalars(select(Item.item_key).join(LegalHold, LegalHold.item_id == Item.id).where(ended)))


def _keys_of(session: Session, numbers: Iterable[int]) -> set[str]:
    return {key for some in _parts(numbers) for key in session.scalars(select(Item.item_key).where(Item.id.in_(some)))}


def _numbers_of(session: Session, keys: Iterable[str], *, with_words: bool = False) -> dict[str, int]:
    """By the key of each item that is there; where asked, of those alone that still have words."""
    query = select(Item.item_key, Item.id)
    if with_words:
        query = query.where(exists().where(ItemVersion.item_id == Item.id, ItemVersion.erased_at.is_(None)))
    rows = (row for some in _parts(keys) for row in session.execute(query.where(Item.item_key.in_(some))))
    return {row.item_key: row.id for row in rows}


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """No statement takes any number of values."""
    rest = iter(values)
    while part := list(islice(rest, AT_ONCE)):
        yield part
