"""Who reads after the first person, and whether anybody can."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import Assessment, Flag, Outcome, Permission, User, UserRole
from service.accounts.actor import Actor, lies_in
from service.accounts.repository import roles_with
from service.readings.lots import Lots


def is_drawn(session: Session, actor: Actor, lots: Lots | None, flag: Flag) -> bool:
    """Whether the lot asks for a second reading; never where nobody else could do it."""
    return lots is not None and lots.asks_second(flag.id) and has_colleague(session, actor, flag.region_code)


def has_colleague(session: Session, actor: Actor, region_code: str | None) -> bool:
    """Whether somebody else assesses in a region. Those who work for one agency alone are not counted on."""
    roles = roles_with(session, Permission.ASSESS)
    query = select(UserRole.region_code).join(User, User.id == UserRole.user_id).distinct()
    query = query.where(User.is_active, User.id != actor.id, UserRole.role_name.in_(roles), UserRole.agency_id.is_(None))
    return any(area is None or lies_in(region_code or "", area) for area in session.scalars(query))


def find_first(session: Session, flag_id: int) -> Assessment | None:
    """The first reading of a flag that waits for its second one."""
    undoing = aliased(Assessment)
    query = select(Assessment).where(
        Assessment.flag_id == flag_id,
        Assessment.outcome != Outcome.WITHDRAWN,
        ~Assessment.is_second,
        ~select(undoing.id).where(undoing.undoes_id == Assessment.id).exists(),
    )
    return session.scalars(query.order_by(Assessment.id.desc()).limit(1)).first()
