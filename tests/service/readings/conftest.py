"""Two monitors and a coordinator, and lots that fall as a test wants them."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models import Flag, Outcome
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.readings.lots import Lots
from service.review import service
from service.review.schemas import Judgement
from service.sealing import Keys
from tests.factories import make_user

Person = Callable[..., Actor]
Read = Callable[..., None]

INDICATION = Judgement.model_validate(
    {
        "outcome": "indikasi_pelanggaran",
        "content_partisan": "ya",
        "person_asn": "ya",
        "attribution_verified": "ya",
        "act": "kegiatan_berpihak",
    }
)
UNVERIFIABLE = Judgement(outcome=Outcome.UNVERIFIABLE)
DUPLICATE = Judgement(outcome=Outcome.DUPLICATE)


def lots(*, second: float = 0.0, golden: float = 0.0) -> Lots:
    return Lots(Keys(b"kunci uji"), second, golden)


@pytest.fixture
def person(session: Session) -> Person:
    return lambda **values: load_actor(session, make_user(session, **values))


@pytest.fixture
def read(session: Session) -> Read:
    """Take a flag and assess it."""

    def take_and_assess(actor: Actor, flag: Flag, judgement: Judgement, drawn: Lots | None = None) -> None:
        service.take(session, actor, flag.id, minutes=20)
        service.assess(session, actor, flag.id, judgement, lots=drawn)
        session.refresh(flag)

    return take_and_assess
