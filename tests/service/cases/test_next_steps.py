"""What a case's page says is to be done next, and by when."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Answer, Case, ExternalStatus, Stage, now
from models.legal.deadline import local_day
from models.legal.requirements import read_requirements
from service.accounts.actor import Actor
from service.cases.completeness import answer_requirement
from service.cases.next_steps import Step, steps_of
from service.cases.page import read_case
from service.cases.schemas import CaseEdit, FollowUpEntry, RequirementAnswer
from service.cases.service import edit
from service.followup.service import enter_follow_up
from tests.factories import make_flag, make_item
from tests.service.cases.desk import actor_of, confirmed_flag, make_case, mirror


def steps(session: Session, actor: Actor, case: Case) -> dict[str, Step]:
    return {step.key: step for step in steps_of(read_case(session, actor, case.id))}


def complete(session: Session, actor: Actor, case: Case) -> None:
    said = {"title": case.title, "office": "camat", "agency": "Kecamatan Wanasari", "act": "kegiatan_berpihak"}
    said |= {"happened_on": "2024-10-15", "place": "Pendopo", "description": "Mengajak memilih.", "witnesses": "Lurah W.S."}
    edit(session, actor, case.id, CaseEdit.model_validate(said))
    for one in read_requirements():
        answer_requirement(session, actor, case.id, RequirementAnswer(requirement=one.key, answer=Answer.YES))


def fresh_case(session: Session, actor: Actor) -> Case:
    return make_case(session, actor, make_flag(session, make_item(session, first_seen_at=now())))


def test_a_new_case_asks_for_readers_facts_and_requirements_within_its_clock(session: Session) -> None:
    actor = actor_of(session)
    found = steps(session, actor, fresh_case(session, actor))
    assert list(found) == ["penilai", "isian", "syarat"]
    assert len(found["syarat"].requirements) == len(read_requirements())
    assert {step.due.rule.slug for step in found.values() if step.due} == {"lapor_pilkada"}
    assert found["penilai"].due is not None
    assert found["penilai"].due.days_left == 7


def test_a_complete_and_confirmed_case_is_to_be_referred(session: Session) -> None:
    first, second, actor = (actor_of(session) for _ in range(3))
    case = make_case(session, actor, confirmed_flag(session, first, second))
    complete(session, actor, case)
    found = steps(session, actor, case)
    assert list(found) == ["teruskan"]
    assert found["teruskan"].due is not None
    assert found["teruskan"].due.state == "lewat"  # Seen in 2024: its clock ran out, and that is said.


@pytest.mark.parametrize(
    ("status", "key", "rule"),
    [
        (ExternalStatus.AWAITS_BKN, "tunggu_lembaga", "sbt_satgas"),
        (ExternalStatus.AWAITS_PPK, "tunggu_ppk", "ppk"),
        (ExternalStatus.REFUSED, "arsip", None),
        (ExternalStatus.MORAL, "arsip", None),
    ],
)
def test_after_the_referral_the_page_says_whom_one_waits_for(
    session: Session, status: ExternalStatus, key: str, rule: str | None
) -> None:
    actor = actor_of(session)
    case = fresh_case(session, actor)
    mirror(session, actor, case, status, (local_day(now(), "33") - timedelta(days=3)).isoformat())
    found = steps(session, actor, case)
    assert list(found) == [key]
    due = found[key].due
    assert (due.rule.slug if due else None) == rule
    assert found[key].days in {0, 3}


def test_a_sanction_among_the_follow_ups_ends_it(session: Session) -> None:
    actor = actor_of(session)
    case = fresh_case(session, actor)
    enter_follow_up(session, actor, case.id, FollowUpEntry(stage=Stage.SANCTIONED, on_day=local_day(now(), "33")))
    assert list(steps(session, actor, case)) == ["arsip"]


def test_the_page_says_it_in_words(session: Session, sign_in: Any) -> None:
    actor = actor_of(session)
    case_id = fresh_case(session, actor).id
    session.commit()
    page = sign_in(role="koordinator", region_code="33").get(f"/perkara/{case_id}").text
    section = page[page.index('id="langkah"') :]
    assert "Yang perlu dilakukan" in section
    assert "7 hari lagi" in section
    assert "UU 10/2016 Ps 134 ayat (4)" in section
