"""Tokens for machines: what they may do, where, how long. Each is shown once and stored as a hash."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import ApiToken, Region, User, now
from service.accounts import repository
from service.accounts.by import SYSTEM, By, record
from service.accounts.names import label_of
from service.accounts.passwords import SHOWN_OF_TOKEN, TOKEN_MARK, new_token, token_sha256
from service.errors import InvalidInput, NotFound

LONGEST_DAYS = 366
MOST_TOKENS = 50


def create_api_token(
    session: Session,
    user: User,
    name: str,
    days: int,
    can_write: bool = False,
    *,
    scopes: list[str] | None = None,
    region_code: str | None = None,
    by: By = SYSTEM,
) -> str:
    """A machine's token, in plain. Without scopes it may read what its owner reads, or do all that its owner does."""
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("hari_token")
    if len(repository.list_tokens(session, user.id, now(), MOST_TOKENS)) >= MOST_TOKENS:
        raise InvalidInput("token_banyak")
    if region_code and session.get(Region, region_code) is None:
        raise InvalidInput("wilayah_tak_dikenal")
    plain = TOKEN_MARK + new_token()
    token = ApiToken(
        user_id=user.id,
        name=label_of(name),
        token_sha256=token_sha256(plain),
        prefix=plain[:SHOWN_OF_TOKEN],
        can_write=can_write,
        scopes=sorted(scopes) if scopes is not None else None,
        region_code=region_code or None,
        expires_at=now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    record(session, "token.tambah", user, by, **_in_trail(token))
    return plain


def revoke_tokens(session: Session, user: User, name: str, *, by: By = SYSTEM) -> int:
    """Revoke a person's tokens of this name; returns how many."""
    names = repository.revoke_tokens_of(session, user.id, now(), name=name)
    if names:
        record(session, "token.cabut", user, by, nama=name, jumlah=len(names))
    return len(names)


def revoke_token(session: Session, user: User, token_id: int, by: By) -> None:
    names = repository.revoke_tokens_of(session, user.id, now(), only=token_id)
    if not names:
        raise NotFound
    record(session, "token.cabut", user, by, nama=names[0], jumlah=1)


def _in_trail(token: ApiToken) -> dict[str, object]:
    return {
        "nama": token.name,
        "awalan": token.prefix,
        "boleh_menulis": token.can_write,
        "cakupan": token.scopes,
        "wilayah": token.region_code,
        "berlaku_sampai": token.expires_at.isoformat(timespec="seconds"),
    }
