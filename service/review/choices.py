"""What the fields of the queue's filter offer to choose from."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from models import (
    Agency,
    ElectionPhase,
    Flag,
    FlagReason,
    ItemKind,
    Permission,
    Region,
    Source,
    User,
    UserRole,
    ViolationType,
    now,
    prepared,
)
from models.base import UTCDateTime
from models.queue.offices import read_offices
from models.reference import province_of
from service.accounts.repository import roles_with
from service.language import Language
from service.review.filters import FREE, HELD, DaysLeft

MOST_HOLDERS = 100
MOST_RECEIVERS = 1000
KEPT_SECONDS = 15
"""Reference data and the list of sources change with an upgrade or a new source: no page has to ask for them anew."""


class Choice(NamedTuple):
    code: str
    name: str


Several = tuple[Choice, ...]


@dataclass(frozen=True, eq=False)
class Choices:
    """What is in the database to choose from. Equal to itself alone, so that what is made of it can be kept."""

    sources: Several
    provinces: Several
    regencies: dict[str, Several]
    """Of each province, by its code."""
    acts: list[str]
    agencies: Several
    """Of one region: only these can be told by office and region."""
    phases: list[str]

    def regions_with(self, province: str) -> Several:
        """Every province, one of them with what lies within."""
        inside = tuple(Choice(code, f"– {name}") for code, name in self.regencies.get(province, ()))
        return tuple(own for choice in self.provinces for own in ((choice, *inside) if choice.code == province else (choice,)))


@dataclass(frozen=True, eq=False)
class Offered:
    """The same in the words of one language, with the regions of one province."""

    regions: Several
    sources: Several
    days: Several
    further: tuple[tuple[str, str, Several], ...]
    """Field of the filter, its name in the address, and its values."""
    agencies: Several
    holders: Several
    """Besides people."""


_kept: WeakKeyDictionary[Any, tuple[float, Choices]] = WeakKeyDictionary()


def read_choices(session: Session) -> Choices:
    """What every page of the queue offers, kept for a few seconds, and as long as nothing in it has changed.

    Parts of pages are kept with what they offer: seven hundred regions that stayed the same must stay one object.
    """
    database = session.get_bind()
    read_at, choices = _kept.get(database, (0.0, None))
    if choices is None or time.monotonic() - read_at > KEPT_SECONDS:
        fresh = _read(session)
        choices = choices if choices and vars(choices) == vars(fresh) else fresh
        _kept[database] = (time.monotonic(), choices)
    return choices


@lru_cache(maxsize=256)
def offer(choices: Choices, code: str, region: str) -> Offered:
    """What the fields of the filter offer, as value and name. Anybody may type another region than those."""
    say, regions = Language(code), choices.regions_with(province_of(region))
    if region and all(region != own for own, _ in regions):
        regions = (Choice(region, region), *regions)
    fields: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("act", "perbuatan", choices.acts),
        ("office", "jabatan", read_offices()),
        ("kind", "jenis", ItemKind),
        ("phase", "tahapan", choices.phases),
        ("reason", "sebab", FlagReason),
    )
    further = [(field, name, tuple(Choice(own, say.facet(field, own)) for own in values)) for field, name, values in fields]
    return Offered(
        regions=regions,
        sources=choices.sources,
        days=tuple(Choice(own.value, say(f"sisa.{own}")) for own in DaysLeft),
        further=tuple(further),
        agencies=choices.agencies,
        holders=(Choice(FREE, say("antrean.bebas")), Choice(HELD, say("antrean.dipegang"))),
    )


def list_holders(session: Session) -> Several:
    """People who hold a flag at this moment."""
    return tuple(Choice(*row) for row in prepared.run(session, _holders, at=now()))


def _holders() -> Select[*tuple[Any, ...]]:
    at = bindparam("at", None, UTCDateTime())
    holding = select(Flag.holder_id).where(Flag.holder_id > 0, Flag.held_until > at).distinct().limit(MOST_HOLDERS)
    return select(User.username, User.name).where(User.id.in_(holding)).order_by(User.name)


class Receiver(NamedTuple):
    id: int
    username: str
    name: str


def list_receivers(session: Session) -> list[Receiver]:
    """Active people who assess somewhere; whether one may be handed a flag is decided when it is handed over."""
    return [Receiver(*row) for row in prepared.run(session, _receivers, roles_with(session, Permission.ASSESS))]


def _receivers(roles: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    assessing = select(UserRole.user_id).where(UserRole.role_name.in_(roles))
    query = select(User.id, User.username, User.name).where(User.is_active, User.id.in_(assessing))
    return query.order_by(User.name, User.id).limit(MOST_RECEIVERS)


def _read(session: Session) -> Choices:
    of_region = select(Agency.slug, Agency.name).where(Agency.region_code.is_not(None))
    regencies = dict[str, Several]()
    for own in _pairs(session, select(Region.code, Region.name).where(Region.parent_code.is_not(None)).order_by(Region.name)):
        regencies[province_of(own.code)] = (*regencies.get(province_of(own.code), ()), own)
    return Choices(
        sources=_pairs(session, select(Source.slug, Source.name).order_by(Source.name)),
        provinces=_pairs(session, select(Region.code, Region.name).where(Region.parent_code.is_(None)).order_by(Region.code)),
        regencies=regencies,
        acts=list(session.scalars(select(ViolationType.act).distinct().order_by(ViolationType.act))),
        agencies=_pairs(session, of_region.order_by(Agency.name)),
        phases=sorted(session.scalars(select(ElectionPhase.name).distinct())),
    )


def _pairs(session: Session, query: Select[*tuple[Any, ...]]) -> Several:
    return tuple(Choice(*row) for row in session.execute(query))
