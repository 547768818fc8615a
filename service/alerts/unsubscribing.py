"""The way out that stands in every digest: it asks for no sign-in, for a mail program takes it without its person.

The link holds the number of the person and a signature over that number and the address; it ends one subscription and can
do nothing else. It dies with the address, for it is signed over it.
"""

import hmac

from sqlalchemy.orm import Session

from models import AlertSubscription, Cadence, record_event
from service.errors import NotFound
from service.sealing import Keys

PURPOSE = "langganan"
PATH = "/peringatan/berhenti"
ACTOR = "tautan:langganan"


def make_link(keys: Keys, user_id: int, email: str) -> str:
    """The path, with its proof."""
    return f"{PATH}?orang={user_id}&bukti={_prove(keys, user_id, email)}"


def find(session: Session, keys: Keys, user_id: int, proof: str) -> AlertSubscription:
    """The subscription that a link may end; the same refusal whatever is wrong with it."""
    found = session.get(AlertSubscription, user_id)
    email = found.email if found else ""
    if found is None or not email or not hmac.compare_digest(_prove(keys, user_id, email).encode(), proof.encode()):
        raise NotFound
    return found


def unsubscribe(session: Session, keys: Keys, user_id: int, proof: str) -> None:
    """End it and forget the address."""
    found = find(session, keys, user_id, proof)
    found.cadence, found.email, found.next_at, found.failures, found.problem = Cadence.OFF, "", None, 0, ""
    session.flush()
    record_event(session, "langganan.berhenti", actor=ACTOR, subject=("subscription", user_id))


def _prove(keys: Keys, user_id: int, email: str) -> str:
    return keys.digest(PURPOSE, f"{user_id}:{email}")
