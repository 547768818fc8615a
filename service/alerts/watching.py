"""Watch-lists: what a person asks to be told of, and the flags that fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlalchemy.orm import Session

from models import Alert, Flag, Permission, Region, Source, User, Watch, now, record_event
from models.queue.offices import read_offices
from models.queue.words import is_borne, words_of
from service.accounts.actor import Actor, within
from service.accounts.service import load_actor
from service.alerts.visibility import is_shared_with
from service.audit.searched import length_of
from service.errors import Forbidden, InvalidInput, NotFound
from service.review.conditions import unfinished
from service.review.law import list_acts

MOST_WATCHES = 20
LONGEST_NAME = 80
LONGEST_WORDS = 200
LARGEST_CLUSTER = 10_000
SPAN = timedelta(days=7)
MOST_A_PASS = 50
"""New alerts of one watch-list in one pass; what is left comes with the next ones."""


@dataclass(frozen=True)
class WatchRow:
    watch: Watch
    region: Region | None
    source: Source | None
    owner: User


@dataclass(frozen=True)
class NewWatch:
    """What a form or a machine asks for; empty fields do not count."""

    name: str
    region_code: str = ""
    office: str = ""
    source: str = ""
    act: str = ""
    words: str = ""
    cluster_size: int | None = None
    is_shared: bool = False


def list_watches(session: Session, actor: Actor) -> list[WatchRow]:
    """One's own, and the shared ones of one's area."""
    theirs = or_(Watch.user_id == actor.id, is_shared_with(actor.areas(Permission.READ_QUEUE)))
    query = (
        select(Watch, Region, Source, User)
        .join(User, User.id == Watch.user_id)
        .outerjoin(Region, Region.code == Watch.region_code)
        .outerjoin(Source, Source.id == Watch.source_id)
        .where(Watch.ended_at.is_(None), theirs)
    )
    return [WatchRow(*row) for row in session.execute(query.order_by(Watch.name, Watch.id).limit(10 * MOST_WATCHES))]


def add_watch(session: Session, actor: Actor, asked: NewWatch) -> Watch:
    """Keep a watch-list. To share one is for whoever manages the queue."""
    if asked.is_shared and not actor.may(Permission.MANAGE_QUEUE):
        raise Forbidden
    own = select(func.count()).select_from(Watch).where(Watch.user_id == actor.id, Watch.ended_at.is_(None))
    if (session.scalar(own) or 0) >= MOST_WATCHES:
        raise InvalidInput("pantauan_banyak")
    watch = Watch(user_id=actor.id, is_shared=asked.is_shared, **_fields_of(session, actor, asked))
    session.add(watch)
    session.flush()
    detail = {"wilayah": watch.region_code, "jabatan": watch.office, "perbuatan": watch.act}
    detail |= {"sumber": asked.source or None, "klaster": watch.cluster_size, "bersama": watch.is_shared}
    detail |= {"kata": length_of(watch.words) or None}
    record_event(session, "pantauan.tambah", actor=actor.username, actor_id=actor.id, subject=("watch", watch.id), detail=detail)
    return watch


def end_watch(session: Session, actor: Actor, watch_id: int) -> None:
    """Its alerts stay; no new ones come."""
    watch = session.scalar(select(Watch).where(Watch.id == watch_id, Watch.user_id == actor.id, Watch.ended_at.is_(None)))
    if watch is None:
        raise NotFound
    watch.ended_at = now()
    session.flush()
    record_event(session, "pantauan.hapus", actor=actor.username, actor_id=actor.id, subject=("watch", watch.id))


def find_watched(session: Session, at: datetime) -> Iterator[tuple[Watch, int, str | None]]:
    """Unfinished flags of the last week that fit a watch-list, lie in its owner's area, and were not told yet."""
    query = select(Watch, User).join(User, User.id == Watch.user_id).where(Watch.ended_at.is_(None), User.is_active)
    for watch, user in session.execute(query.order_by(Watch.id)).all():
        areas = load_actor(session, user).areas(Permission.READ_QUEUE)
        told = exists().where(Alert.watch_id == watch.id, Alert.flag_id == Flag.id).correlate(Flag)
        fitting = select(Flag.id, Flag.region_code).where(
            unfinished(),
            Flag.created_at >= max(watch.created_at, at - SPAN),
            within(Flag.region_code, areas),
            ~told,
            *_conditions(session, watch),
        )
        for flag_id, region_code in session.execute(fitting.order_by(Flag.id).limit(MOST_A_PASS)):
            yield watch, flag_id, region_code


def _conditions(session: Session, watch: Watch) -> list[ColumnElement[bool]]:
    conditions = list[ColumnElement[bool]]()
    if watch.region_code:
        conditions.append(within(Flag.region_code, frozenset({watch.region_code})))
    same = {Flag.office: watch.office, Flag.act: watch.act, Flag.source_id: watch.source_id}
    conditions += [column == value for column, value in same.items() if value]
    if watch.cluster_size:
        conditions.append(Flag.reach >= watch.cluster_size)
    if watch.words:
        stems = words_of(watch.words)
        conditions.append(is_borne(session, stems) if stems else false())
    return conditions


def _fields_of(session: Session, actor: Actor, asked: NewWatch) -> dict[str, str | int | None]:
    """The columns, checked: a region of one's own area, known words of everything else, and something to go by."""
    name, words = (" ".join(text.replace("\0", "").split()) for text in (asked.name, asked.words))
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("pencarian_nama")
    if len(words) > LONGEST_WORDS or (words and not words_of(words)):
        raise InvalidInput("pantauan_kata")
    if asked.cluster_size is not None and not 2 <= asked.cluster_size <= LARGEST_CLUSTER:
        raise InvalidInput("pantauan_klaster")
    source_id = _find_source(session, asked.source) if asked.source else None
    is_known = asked.office in {"", *read_offices()} and asked.act in {"", *list_acts(session)}
    if not is_known or (asked.source and source_id is None):
        raise InvalidInput("nilai")
    if asked.region_code and not _is_own_region(session, actor, asked.region_code):
        raise InvalidInput("pantauan_wilayah")
    if not any((asked.region_code, asked.office, source_id, asked.act, words, asked.cluster_size)):
        raise InvalidInput("pantauan_kosong")
    return {
        "name": name,
        "region_code": asked.region_code or None,
        "office": asked.office or None,
        "source_id": source_id,
        "act": asked.act or None,
        "words": words,
        "cluster_size": asked.cluster_size,
    }


def _is_own_region(session: Session, actor: Actor, code: str) -> bool:
    """One that the form offers: for whoever works for one agency alone, the agency's own."""
    own = select(Region.code).where(Region.code == code, within(Region.code, actor.areas(Permission.READ_QUEUE)))  # pyright: ignore[reportArgumentType]
    return "\0" not in code and session.scalar(own) is not None


def _find_source(session: Session, slug: str) -> int | None:
    return session.scalar(select(Source.id).where(Source.slug == slug.replace("\0", "")))
