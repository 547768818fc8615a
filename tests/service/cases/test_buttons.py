"""A page of a case shows a button only where it works: every deed in every state of a case."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models import Case, CorrectionAsk, User
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.cases.merging import merge
from service.cases.schemas import CaseEdit, SplitEntry
from service.cases.service import edit
from service.cases.splitting import split
from service.corrections import deeds, targets
from tests.factories import make_flag, make_user
from tests.service.cases.desk import confirmed_flag, make_case
from tests.service.corrections.desk import make_correction

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

DAY = {"on_day": "2024-10-18"}
REASON = {"reason": "orang lain"}
DEEDS = {
    "ubah": {"title": "Camat"},
    "penanda": {"flag_id": "{flag}"},
    "penanda/{lead}/lepas": REASON,
    "gabung": REASON | {"other_id": "{other}"},
    "pisah": REASON | {"title": "Lurah", "flag_ids": "{lead}"},
    "syarat": {"requirement": "uraian", "answer": "ya"},
    "keadaan": DAY | {"status": "laporan"},
    "tindak-lanjut": DAY | {"stage": "direkomendasikan"},
    "teruskan": DAY,
    "gabungan/{merge}/batal": {},
    "pemisahan/{split}/batal": {},
}


def nothing(_: Session, __: Actor, ___: Case, ____: Case) -> None:
    """As it was made: open, with one case taken in and one split off."""


def take_in(session: Session, actor: Actor, case: Case, _: Case) -> None:
    merge(session, actor, make_case(session, actor).id, case.id, "sama")


def lie_still(session: Session, actor: Actor, case: Case, _: Case) -> None:
    target = targets.get_target(session, actor, "perkara", case.id)
    deeds.restrict(session, actor, make_correction(session, asked=CorrectionAsk.RESTRICT), target)


def take_the_new_one_in(session: Session, actor: Actor, _: Case, new: Case) -> None:
    merge(session, actor, make_case(session, actor).id, new.id, "sama")


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session, role="koordinator", region_code="33")


@pytest.mark.parametrize("change", [nothing, take_in, lie_still, take_the_new_one_in])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_button_is_there_where_its_deed_is_not_refused_for_the_state(
    session: Session, user: User, sign_in: Any, deed: str, change: Callable[[Session, Actor, Case, Case], None]
) -> None:
    actor, others = load_actor(session, user), [make_user(session, role="pengawas") for _ in range(2)]
    leads = [confirmed_flag(session, *others) for _ in range(3)]
    case = make_case(session, actor, *leads)
    edit(session, actor, case.id, CaseEdit(title="Camat"))
    merged = merge(session, actor, case.id, make_case(session, actor).id, "sama")
    apart = split(session, actor, case.id, SplitEntry(flag_ids=[leads[0].id], title="Lurah", reason="orang lain"))
    change(session, actor, case, session.get_one(Case, apart.new_id))
    numbers = {"lead": leads[1].id, "merge": merged.id, "split": apart.id}
    numbers |= {"flag": make_flag(session).id, "other": make_case(session, actor).id}
    given = {name: value.format(**numbers) for name, value in DEEDS[deed].items()}
    place = f"/perkara/{case.id}"
    path = f"{'/perkara' if deed.endswith('batal') else place}/{deed.format(**numbers)}"
    browser: TestClient = sign_in(user)
    is_shown = path in re.findall(r'action="([^"]+)"', browser.get(place).text)
    status = browser.post(path, data=given).status_code
    assert (is_shown, status) in {(True, 303), (False, 409)}
