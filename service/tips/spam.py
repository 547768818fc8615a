"""What keeps machines from flooding the queue, without cookies, pictures to decipher or anybody else's service.

A form carries a signed moment: sent back within seconds, no person filled it in; sent back twice, it counts once. A field
that people do not see must stay empty. And whoever sends is counted by the hour, under a hash with a key of the day.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import TipHour
from service.errors import InvalidInput
from service.sealing import Keys
from service.tips.errors import FormUsed, TooManyTips

FASTEST_SECONDS = 4
OLDEST_SECONDS = 24 * 3600
KEPT = timedelta(days=1)
MOST_OF_ALL = 200
"""In one hour, from everybody."""
PROOF_BITS = 14
"""Leading zero bits: about 16,000 hashes, less than a second of a phone."""
LONGEST_PROOF = 20


@dataclass(frozen=True)
class Limits:
    hour: int
    day: int


WITHOUT_PROOF, WITH_PROOF = Limits(5, 15), Limits(20, 60)
"""Many households share one address: whoever spends a second of work may send more."""


def new_form(keys: Keys, *, at: float | None = None) -> str:
    """The signed moment that a form carries."""
    body = f"{int(at or time.time())}.{secrets.token_hex(8)}"
    return f"{body}.{keys.digest('formulir', body)}"


def check_form(keys: Keys, token: str, trap: str, *, at: float | None = None) -> str:
    """Refuse what no person sent; returns the name under which this form counts once."""
    body, _, mac = token.rpartition(".")
    issued, _, _ = body.partition(".")
    if not hmac.compare_digest(keys.digest("formulir", body).encode(), mac.encode()) or not issued.isdecimal():
        raise InvalidInput("informasi_formulir_lama")
    age = (at or time.time()) - int(issued)
    if trap:
        raise InvalidInput("informasi_kosongkan")
    if age < FASTEST_SECONDS:
        raise InvalidInput("informasi_terlalu_cepat")
    if age > OLDEST_SECONDS:
        raise InvalidInput("informasi_formulir_lama")
    return hashlib.sha256(token.encode()).hexdigest()


def has_proof(token: str, proof: str) -> bool:
    """Whether a browser with scripts has done the work that the page asks for in the background."""
    if not proof or len(proof) > LONGEST_PROOF or not proof.isascii():
        return False
    digest = hashlib.sha256(f"{token}.{proof}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - PROOF_BITS) == 0


def limits_of(token: str, proof: str) -> Limits:
    """More for a browser that worked for it."""
    return WITH_PROOF if has_proof(token, proof) else WITHOUT_PROOF


def token_after(error: Exception, token: str) -> str:
    """The form that a page shows again after an error: the same one, unless it was used or is too old."""
    return "" if isinstance(error, FormUsed) or "lama" in getattr(error, "reason", "") else token


def sender_of(keys: Keys, address: str, at: datetime, room: str = "pengirim") -> str:
    """A sender by the key of the house, in each room and on each day alone; what is stored of it is hidden once more."""
    return keys.digest(f"{room}:{at:%Y-%m-%d}", _network_of(address))


def count_sender(session: Session, sender: str, at: datetime, limits: Limits, *, most_of_all: int = 0) -> None:
    """Count one more of this sender; raises TooManyTips at a limit. What is refused counts for nobody.

    All rooms count together, to MOST_OF_ALL; one that a flood elsewhere must not close gives a higher `most_of_all`.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    forget_senders(session, at)
    sender = _hide(session, sender, at)
    in_day = session.scalar(select(func.sum(TipHour.count)).where(TipHour.sender == sender)) or 0
    of_all = session.scalar(select(func.sum(TipHour.count)).where(TipHour.hour == hour)) or 0
    if in_day >= limits.day or of_all >= (most_of_all or MOST_OF_ALL):
        raise TooManyTips
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    one = insert(TipHour).values(hour=hour, sender=sender, count=1)
    more = one.on_conflict_do_update(
        index_elements=["hour", "sender"], set_={"count": TipHour.count + 1}, where=TipHour.count < limits.hour
    )
    if session.scalar(more.returning(TipHour.count)) is None:
        raise TooManyTips


def forget_senders(session: Session, at: datetime) -> None:
    """Delete the hashes of senders that are a day old, and the key of a day that is over. SQLite writes zeros over both."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
    session.execute(delete(TipHour).where(TipHour.hour < at - KEPT))


def _hide(session: Session, sender: str, at: datetime) -> str:
    """A hash that nobody can make again when the day is over, not even with the key of the house."""
    return hmac.new(_key_of_day(session, at).encode(), sender.encode(), hashlib.sha256).hexdigest()


def _key_of_day(session: Session, at: datetime) -> str:
    """Random, and kept as a row that counts nothing, at the first moment of its day: it goes with the senders.

    Where two senders are the first of a day at once, each may see a key of its own; from then on the smaller one holds.
    """
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.min(TipHour.sender)).where(TipHour.hour == day, TipHour.count == 0)
    found = session.scalar(query)
    if found is None:
        found = secrets.token_hex(32)
        session.add(TipHour(hour=day, sender=found, count=0))
        session.flush()
    return found


def _network_of(address: str) -> str:
    """An IPv6 household has 2^64 addresses, so its network counts as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)
