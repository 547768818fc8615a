"""The version of a flag that a decision rests on: ETag when it is read, If-Match when it is decided."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Flag, Permission
from service.accounts.actor import Actor, within
from service.errors import NotFound, Stale, VersionNeeded
from service.review import repository

ANY = "*"


def version_of(flag: Flag, newest_assessment_id: int | None) -> str:
    """Changes with the text, its reading, and every assessment. Not with leases: a heartbeat makes nobody's decision stale."""
    parts = (flag.id, flag.item_version_id, flag.prediction_id, flag.state.value, newest_assessment_id)
    return '"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"'


def current_version(session: Session, flag: Flag) -> str:
    return version_of(flag, repository.newest_assessment_id(session, flag.id))


def refuse_stale(session: Session, actor: Actor, flag_id: int, if_match: str | None, *, is_needed: bool) -> None:
    """412 unless `If-Match` names what is there now; the row stays locked until the decision is written."""
    if if_match is None:
        if is_needed:
            raise VersionNeeded
        return
    seen = within(Flag.region_code, actor.areas(Permission.ASSESS))
    query = select(Flag).where(Flag.id == flag_id, seen).with_for_update()
    flag = session.scalar(query.execution_options(populate_existing=True))
    if flag is None:
        raise NotFound
    tags = {tag.strip() for tag in if_match.split(",")}
    if ANY not in tags and current_version(session, flag) not in tags:
        raise Stale
