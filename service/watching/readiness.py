"""Whether this service can do its work now: for load balancers, and for whoever upgrades."""

from typing import TypedDict

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from migrations.revisions import head_revision
from service.watching import repository


class Check(TypedDict):
    ok: bool
    detail: str


def check_readiness(sessions: sessionmaker[Session]) -> dict[str, Check]:
    """Database, tables and classifier, each with what to do where it fails. It names no server and no secret."""
    try:
        with sessions() as session:
            session.connection()
            return {"database": _said(True), "migrations": _check_tables(session), "artifact": _check_artifact(session)}
    except SQLAlchemyError:
        away = _said(False, "the database does not answer: check NETRA_DATABASE_URL and the server")
        unknown = _said(False, "not known while the database does not answer")
        return {"database": away, "migrations": unknown, "artifact": unknown}


def _check_tables(session: Session) -> Check:
    try:
        with session.begin_nested():
            revision = repository.current_revision(session)
    except SQLAlchemyError:
        return _said(False, "there are no tables: netra db upgrade")
    if revision != head_revision():
        return _said(
            False, f"the tables are at {revision}, the code at {head_revision()}: netra db upgrade, or start the newer code"
        )
    return _said(True, revision)


def _check_artifact(session: Session) -> Check:
    try:
        artifact = repository.live_artifact(session)
    except SQLAlchemyError:
        return _said(False, "there are no tables: netra db upgrade")
    return _said(True, artifact.name) if artifact else _said(False, "no classifier is live: netra train")


def _said(ok: bool, detail: str = "") -> Check:
    return Check(ok=ok, detail=detail)
