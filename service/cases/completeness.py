"""How complete a case is: each formal and material requirement, as people answered it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import Answer, CaseAnswer
from models.legal.requirements import Requirement, read_requirements
from service.accounts.actor import Actor
from service.cases.schemas import RequirementAnswer
from service.cases.service import get_for_change, record
from service.errors import InvalidInput


@dataclass(frozen=True)
class RequirementRow:
    requirement: Requirement
    answer: CaseAnswer | None
    """The newest; None where nobody answered yet."""

    @property
    def is_met(self) -> bool:
        return self.answer is not None and self.answer.answer is Answer.YES


@dataclass(frozen=True)
class Completeness:
    rows: list[RequirementRow]

    @property
    def met(self) -> int:
        return sum(row.is_met for row in self.rows)

    @property
    def total(self) -> int:
        return len(self.rows)

    def of_kind(self, kind: str) -> list[RequirementRow]:
        return [row for row in self.rows if row.requirement.kind == kind]


def completeness_of(answers: list[CaseAnswer]) -> Completeness:
    """`answers` in the order in which they were given."""
    newest = {answer.requirement: answer for answer in answers}
    return Completeness([RequirementRow(one, newest.get(one.key)) for one in read_requirements()])


def answer_requirement(session: Session, actor: Actor, case_id: int, given: RequirementAnswer) -> CaseAnswer:
    case = get_for_change(session, actor, case_id)
    if given.requirement not in {one.key for one in read_requirements()}:
        raise InvalidInput("syarat")
    answer = CaseAnswer(case_id=case_id, user_id=actor.id, **given.model_dump())
    session.add(answer)
    session.flush()
    record(session, actor, "perkara.syarat", case, {"syarat": given.requirement, "jawaban": given.answer.value})
    return answer
