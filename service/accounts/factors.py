"""The second factor: six digits of a telephone (TOTP, RFC 6238), and codes on paper for the day it is lost.

Each code opens once: one that somebody looked over a shoulder is worth nothing.
"""

import base64
import hashlib
import re
import secrets
import time
from dataclasses import replace

import segno
from markupsafe import Markup
from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import RecoveryCode, SecondFactor, now, record_event
from service.accounts.actor import Actor
from service.accounts.limits import Attempt, count_failure
from service.accounts.service import renew
from service.errors import FactorExists, NotFound, PersonsOnly, WrongCode
from service.sealing import Keys

ISSUER = "netra"
SEAL = "second factor"
STEP_SECONDS = 30
TOLERATED = (0, -1, 1)
"""Steps beside the present one: clocks of telephones are not exact."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
DIGITS = re.compile(r"[0-9]{6}")


def get_factor(session: Session, user_id: int) -> SecondFactor | None:
    return session.get(SecondFactor, user_id)


def is_confirmed(session: Session, user_id: int) -> bool:
    factor = get_factor(session, user_id)
    return factor is not None and factor.confirmed_at is not None


def begin(session: Session, actor: Actor, keys: Keys) -> None:
    """A new secret, which opens nothing before its first right code."""
    if is_confirmed(session, actor.id):
        raise FactorExists
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == actor.id))
    session.add(SecondFactor(user_id=actor.id, secret_sealed=keys.seal(SEAL, random_base32())))
    session.flush()
    _record(session, "faktor.mulai", actor)


def pending_secret(session: Session, user_id: int, keys: Keys) -> str | None:
    """The secret to type or scan, as long as it is not confirmed; never afterwards."""
    factor = get_factor(session, user_id)
    return keys.unseal(SEAL, factor.secret_sealed) if factor and factor.confirmed_at is None else None


def qr_of(secret: str, username: str) -> Markup:
    """The secret as an SVG without styles or scripts, which the page's policy would refuse."""
    address = TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    drawing = segno.make(address, error="m").svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawing)  # noqa: S704 - made here, of letters and digits alone


def confirm(session: Session, actor: Actor, keys: Keys, typed: str) -> tuple[list[str], str]:
    """The first right code turns it on. Returns the codes on paper, shown once, and the renewed sign-in."""
    factor = get_factor(session, actor.id)
    if factor is None or factor.confirmed_at is not None or actor.session_id is None:
        raise NotFound
    step = _step_of(keys.unseal(SEAL, factor.secret_sealed), typed)
    if step is None:
        raise WrongCode
    factor.confirmed_at, factor.last_step = now(), step
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == actor.id))
    session.add_all(RecoveryCode(user_id=actor.id, code_sha256=_hash(code)) for code in codes)
    token = renew(session, actor.session_id, verified_at=now())
    _record(session, "faktor.pasang", actor)
    return codes, token


def show(session: Session, actor: Actor, keys: Keys, typed: str) -> str | None:
    """A right code opens for a while what asks for it. Returns the renewed sign-in, None where the code is wrong."""
    if actor.session_id is None:
        raise PersonsOnly
    if not spend(session, actor.id, keys, typed):
        return None
    token = renew(session, actor.session_id, verified_at=now())
    _record(session, "faktor.tunjuk", actor)
    return token


def spend(session: Session, user_id: int, keys: Keys, typed: str) -> bool:
    """Use up a code of the telephone or of the paper, in one statement each: two requests never use the same one."""
    factor = get_factor(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    step = _step_of(keys.unseal(SEAL, factor.secret_sealed), typed)
    if step is None:
        return _spend_recovery(session, user_id, typed)
    is_new = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
    used = update(SecondFactor).where(SecondFactor.user_id == user_id, is_new).values(last_step=step)
    return session.scalar(used.returning(SecondFactor.user_id)) is not None


def record_wrong_code(session: Session, actor: Actor, attempt: Attempt) -> None:
    count_failure(session, attempt)
    _record(session, "faktor.gagal", actor)


def attempt_with_code(attempt: Attempt, keys: Keys, user_id: int) -> Attempt:
    """Codes have a counter of their own: guessing them must not close the sign-in page, nor the other way round."""
    return replace(attempt, account=keys.digest("code attempts", str(user_id)), device=None)


def count_recovery_codes(session: Session, user_id: int) -> int:
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def list_with_factor(session: Session, user_ids: list[int]) -> set[int]:
    query = select(SecondFactor.user_id).where(SecondFactor.user_id.in_(user_ids), SecondFactor.confirmed_at.is_not(None))
    return set(session.scalars(query))


def _spend_recovery(session: Session, user_id: int, typed: str) -> bool:
    unused = update(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_sha256 == _hash(typed), RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused.values(used_at=now()).returning(RecoveryCode.id)) is not None


def _step_of(secret: str | None, typed: str) -> int | None:
    """The step whose code this is, near the present one."""
    code = typed.replace(" ", "")
    if secret is None or not DIGITS.fullmatch(code):
        return None
    generator, present = TOTP(secret), int(time.time()) // STEP_SECONDS
    steps = [present + offset for offset in TOLERATED if secrets.compare_digest(generator.generate_otp(present + offset), code)]
    return steps[0] if steps else None


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hash(code: str) -> str:
    return hashlib.sha256(re.sub(r"[^a-z2-7]", "", code.lower()).encode()).hexdigest()


def _record(session: Session, action: str, actor: Actor) -> None:
    record_event(session, action, actor=actor.username, actor_id=actor.id, subject=("user", actor.id))
