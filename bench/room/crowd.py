"""So many people that nobody's hands are ever too full, each with a token: a password for each would cost hours."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import insert

from models import ApiToken, User, UserRole, now
from models.database import make_engine, make_session
from models.settings import Settings
from service.accounts.passwords import TOKEN_MARK, new_token, token_sha256

DAYS = 7


class Person(NamedTuple):
    id: int
    token: str


def crowd(settings: Settings, count: int, *, role: str = "pengawas") -> list[Person]:
    """Written at one stroke and without events in the trail."""
    plain, engine = [TOKEN_MARK + new_token() for _ in range(count)], make_engine(settings.database_address)
    with make_session(engine).begin() as session:
        users = [{"username": f"ramai-{number}", "name": f"Penilai {number}", "password_hash": "-"} for number in range(count)]
        ids = list(session.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), users))
        session.execute(insert(UserRole), [{"user_id": own, "role_name": role} for own in ids])
        until = now() + timedelta(days=DAYS)
        about = {"name": "ukur", "can_write": True, "expires_at": until}
        keys = [about | {"user_id": own, "token_sha256": token_sha256(token)} for own, token in zip(ids, plain, strict=True)]
        session.execute(insert(ApiToken), keys)
    engine.dispose()
    return [Person(own, token) for own, token in zip(ids, plain, strict=True)]
