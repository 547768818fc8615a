"""The office that answers requests: a coordinator of region 33, and what a request is about."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Correction, CorrectionAsk, Flag, Item
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.corrections import targets
from service.corrections.targets import Target
from tests.factories import make_flag, make_item, make_user
from tests.service.corrections.desk import make_correction


@dataclass(frozen=True)
class Office:
    session: Session
    actor: Actor
    item: Item
    flag: Flag

    def target(self, kind: str = "penanda", number: int = 0) -> Target:
        return targets.get_target(self.session, self.actor, kind, number or self.flag.id)

    def request(self, asked: CorrectionAsk = CorrectionAsk.FIX, **values: Any) -> Correction:
        return make_correction(self.session, asked=asked, **values)


@pytest.fixture
def office(session: Session) -> Office:
    actor = load_actor(session, make_user(session, role="koordinator", region_code="33"))
    item = make_item(session, region_code="33")
    return Office(session, actor, item, make_flag(session, item))
