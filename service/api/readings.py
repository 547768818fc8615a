"""JSON for readings beside the first: nearest decisions, days that do not fit, disagreements, agreement.

Golden items are for people at the pages alone: `take` of the API gives none.
"""

from dataclasses import asdict
from typing import Annotated

from fastapi import Query

from models import ViolationType
from service.api.answers import say_assessment
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING, TOO_LARGE
from service.api.reading_schemas import (
    AgreementAnswer,
    DateDoubt,
    DateDoubts,
    DisagreementList,
    GoldenAnswer,
    NearestDecision,
    NearestList,
    QualityAnswer,
    Readings,
    ShareAnswer,
)
from service.api.routes import make_router
from service.api.schemas import AssessmentAnswer
from service.dependencies import QueueManager, QueueReader, Reading, Writing
from service.items.basis import read_basis
from service.items.dates import list_warnings
from service.items.page import find_nearest
from service.pages import title_of
from service.readings import disputes, quality
from service.readings.lots import HouseLots
from service.readings.quality import Line
from service.review.schemas import Judgement

router = make_router()


@router.get("/flags/{flag_id}/nearest", tags=["flags"], responses=MISSING)
def list_nearest(session: Reading, actor: QueueReader, flag_id: Id) -> NearestList:
    """The earlier decisions most like this flag, as far as you may see them."""
    found = find_nearest(session, actor, read_basis(session, actor, flag_id))
    return NearestList(
        nearest=[
            NearestDecision(
                flag_id=one.flag.id,
                title=title_of(one.item, one.version),
                outcome=one.assessment.outcome,
                act=one.assessment.act,
                shared=list(one.shared),
            )
            for one in found
        ]
    )


@router.get("/flags/{flag_id}/date-warnings", tags=["flags"], responses=MISSING)
def list_date_warnings(session: Reading, actor: QueueReader, flag_id: Id) -> DateDoubts:
    """Days that do not fit: what the text names, its publication, when it was first seen."""
    row = read_basis(session, actor, flag_id).row
    found = list_warnings(row.item, row.version, row.flag.region_code)
    return DateDoubts(warnings=[DateDoubt.model_validate(asdict(one)) for one in found])


@router.get("/disagreements", tags=["readings"])
def list_disagreements(
    session: Reading,
    actor: QueueManager,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0,
) -> DisagreementList:
    """Flags on which two readers disagree, the longest waiting first."""
    rows = disputes.list_disputes(session, actor, after)
    page = rows[: disputes.PAGE_SIZE]
    end = page[-1].flag.id if len(rows) > len(page) else None
    return DisagreementList(disagreements=[_say_dispute(row) for row in page], next=end)


@router.post("/flags/{flag_id}/resolve", tags=["readings"], responses=MISSING | CONFLICT | TOO_LARGE)
def resolve_disagreement(
    session: Writing,
    actor: QueueManager,
    flag_id: Id,
    judgement: Judgement,
    covers: Annotated[
        bool, Query(description="Let it hold for confirmed copies on which two readers disagree too, each with a row of its own.")
    ] = False,
) -> AssessmentAnswer:
    """Write the last word where two readers disagree; you must be neither of them."""
    assessment = disputes.resolve(session, actor, flag_id, judgement, covers=covers)
    violation = session.get(ViolationType, assessment.violation_type_id) if assessment.violation_type_id else None
    return say_assessment(assessment, user=actor.username, violation=violation.code if violation else None)


@router.get("/quality", tags=["readings"])
def get_quality(
    session: Reading, actor: QueueManager, lots: HouseLots, days: Annotated[int, Query(ge=1, le=quality.DAYS[-1])] = 90
) -> QualityAnswer:
    """How well readers agree with one another and with golden items, in the area where you manage the queue."""
    found = quality.read_quality(session, actor, lots, days)
    tables = {name: [_say_line(line) for line in getattr(found, name)] for name in TABLES}
    golden = [GoldenAnswer(name=one.name, right=ShareAnswer(**asdict(one.right)), unsaid=one.unsaid) for one in found.golden]
    return QualityAnswer(since=found.since, disputes=found.disputes, resolved=found.resolved, golden=golden, **tables)


TABLES = ("groups", "questions", "outcomes", "pairs", "people")


def _say_line(line: Line) -> AgreementAnswer:
    one = line.agreement
    return AgreementAnswer(
        names=list(line.names), raw=ShareAnswer(**asdict(one.raw)), kappa=one.kappa, low=one.low, high=one.high
    )


def _say_dispute(row: disputes.Dispute) -> Readings:
    readings = row.comparison.readings if row.comparison else ()
    said = [
        say_assessment(one.assessment, user=one.author.username, violation=one.violation.code if one.violation else None)
        for one in readings
    ]
    return Readings(flag_id=row.flag.id, title=title_of(row.item, row.version), may_resolve=row.may_resolve, readings=said)
