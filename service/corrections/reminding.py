"""Whom the alerts remind of requests whose 3 x 24 hours are nearly over: each person who may answer them, once a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AlertKind, Correction, Permission, User, UserRole
from models.legal.deadline import local_day
from service.accounts.repository import roles_with
from service.accounts.service import load_actor
from service.alerts.finding import Finding
from service.corrections.repository import is_open, is_theirs

NEAR = timedelta(hours=24)


def find_due_corrections(session: Session, at: datetime) -> Iterator[Finding]:
    waiting = (is_open(), Correction.due_at <= at + NEAR)
    if session.scalar(select(Correction.id).where(*waiting).limit(1)) is None:
        return
    for user in _list_answerers(session):
        mine = select(Correction.region_code, func.count()).where(*waiting, is_theirs(load_actor(session, user)))
        for region_code, count in session.execute(mine.group_by(Correction.region_code)):
            key = f"koreksi:{user.id}:{region_code or '-'}:{local_day(at, region_code)}"
            yield Finding(AlertKind.CORRECTION, key, region_code, user_id=user.id, detail={"count": count})


def _list_answerers(session: Session) -> list[User]:
    roles = roles_with(session, Permission.ANSWER_CORRECTIONS)
    query = select(User).join(UserRole, UserRole.user_id == User.id).where(User.is_active, UserRole.role_name.in_(roles))
    return list(session.scalars(query.distinct().order_by(User.id)))
