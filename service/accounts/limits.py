"""How often a sign-in may fail, counted by account, by address and by browser.

A plain lock on the account would let anybody lock anybody out. So a browser that has signed in before carries a mark,
and is judged by its own failures alone: whatever strangers do, its person gets in. Strangers are counted by account
and address together, by address, and by account over all addresses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from models import SignInFailure, now
from service.errors import TooManyAttempts
from service.sealing import Keys

KEPT_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Limit:
    failures: int
    minutes: int


PAIR = Limit(5, 5)
"""One account from one address."""
ADDRESS = Limit(30, 15)
"""One address, whatever accounts it tries."""
ACCOUNT = Limit(50, 60)
"""One account from all addresses together: guessing by a thousand machines is slow too."""
DEVICE = Limit(10, 15)
"""One browser that this account knows."""
CODES = Limit(5, 5)
"""Codes of the second factor, of one person."""


@dataclass(frozen=True)
class Attempt:
    """Who tries, and from where: hashes under a key of the day, which nobody can turn back into an address."""

    account: str
    address: str
    device: str | None = None


def attempt_of(keys: Keys, username: str, address: str, device: str | None, *, at: datetime | None = None) -> Attempt:
    purpose = f"sign-in {(at or now()).date().isoformat()}"
    return Attempt(keys.digest(purpose, f"account {username}"), keys.digest(purpose, f"address {network_of(address)}"), device)


def network_of(address: str) -> str:
    """The /64 of an IPv6 address: whoever has one has 2^64 of them."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Address(int(ip) >> 64 << 64))


def refuse_too_many(session: Session, attempt: Attempt) -> None:
    of_account, from_address = SignInFailure.account == attempt.account, SignInFailure.address == attempt.address
    if attempt.device is not None:
        _refuse(session, DEVICE, of_account, SignInFailure.device == attempt.device)
        return
    from_stranger = SignInFailure.device.is_(None)
    _refuse(session, PAIR, of_account, from_address, from_stranger)
    _refuse(session, ADDRESS, from_address, from_stranger)
    _refuse(session, ACCOUNT, of_account, from_stranger)


def refuse_too_many_codes(session: Session, attempt: Attempt) -> None:
    _refuse(session, CODES, SignInFailure.account == attempt.account)


def count_failure(session: Session, attempt: Attempt) -> None:
    forget_failures(session, now())
    session.add(SignInFailure(account=attempt.account, address=attempt.address, device=attempt.device))
    session.flush()


def forget_failures(session: Session, at: datetime) -> None:
    session.execute(delete(SignInFailure).where(SignInFailure.at < at - KEPT_FOR))


def _refuse(session: Session, limit: Limit, *conditions: ColumnElement[bool]) -> None:
    since = now() - timedelta(minutes=limit.minutes)
    failures = select(SignInFailure.id).where(*conditions, SignInFailure.at > since).limit(limit.failures)
    if (session.scalar(select(func.count()).select_from(failures.subquery())) or 0) >= limit.failures:
        raise TooManyAttempts(minutes=limit.minutes)
