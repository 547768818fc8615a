"""JSON under /api/v1: the same services and the same rules as the pages."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Security
from fastapi.responses import HTMLResponse
from fastapi.security import APIKeyCookie, HTTPBearer

from models import ViolationType
from service.api import answers, schemas
from service.audit.repository import TrailFilter
from service.audit.service import read_trail
from service.dependencies import AppSettings, Assessor, AuditReader, QueueReader, Reading, SignedIn, SourceReader, Writing
from service.errors import NothingToTake
from service.items import service as items
from service.pages import render
from service.review import repository, service
from service.review.filters import Cursor, QueueFilter, Shelf
from service.review.schemas import Judgement
from service.sources.service import list_health

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]

Responses = dict[int | str, dict[str, Any]]


def _answers(descriptions: Mapping[int, str]) -> Responses:
    return {status: {"model": schemas.ErrorAnswer, "description": text} for status, text in descriptions.items()}


ALWAYS = {
    400: "The request cannot be read.",
    401: "No valid token and no sign-in.",
    403: "Signed in, but without this right.",
    422: "A value is not acceptable.",
}
MISSING = _answers({404: "Not there, or not in your area."})
TOO_LARGE = _answers({413: "The body is larger than 256 KiB."})
CONFLICT = _answers({409: "Somebody else holds it, the lease ran out, or it was assessed meanwhile."})

# The real check is current_actor; these two tell the document how one signs in.
KEYS = [Security(HTTPBearer(auto_error=False)), Security(APIKeyCookie(name="netra", auto_error=False))]

public_router = APIRouter(include_in_schema=False)
router = APIRouter(dependencies=KEYS, responses=_answers(ALWAYS))


@public_router.get("/docs")
def show_docs(request: Request) -> HTMLResponse:
    """Swagger's page, from an installed package: no foreign server is asked."""
    return render(request, "api/docs.html")


@router.get("/me", tags=["people"])
def get_me(actor: SignedIn) -> schemas.Me:
    return answers.say_me(actor)


@router.get("/flags", tags=["flags"])
def list_flags(
    session: Reading,
    actor: QueueReader,
    shelf: Shelf = Shelf.UNFINISHED,
    region: Annotated[str, Query(max_length=13, description="Code of a province or regency; takes in what lies within.")] = "",
    source: Annotated[str, Query(max_length=80)] = "",
    search: Annotated[str, Query(max_length=100, description="Part of the title.")] = "",
    after: Annotated[str, Query(max_length=60, description="Cursor from `next` of the page before.")] = "",
) -> schemas.FlagList:
    """One page of the queue, in its order."""
    filters = QueueFilter(shelf, region, source, search)
    rows = repository.list_queue(session, actor, filters, Cursor.parse(after))
    page = rows[: repository.PAGE_SIZE]
    cursor = str(Cursor(page[-1].flag.priority, page[-1].flag.id)) if len(rows) > len(page) else None
    return schemas.FlagList(flags=[answers.say_row(row) for row in page], next=cursor)


@router.post("/flags/take", tags=["flags"], responses=CONFLICT)
def take_next_flag(session: Writing, settings: AppSettings, actor: Assessor) -> schemas.Lease:
    """Take the next flag of your area. 409 when there is nothing to take."""
    service.refuse_full_hands(session, actor)
    flag_id = service.take_next(session, actor, minutes=settings.lease_minutes)
    if flag_id is None:
        raise NothingToTake
    return schemas.Lease(flag_id=flag_id, held_until=service.held_until(session, actor, flag_id))


@router.get("/flags/{flag_id}", tags=["flags"], responses=MISSING)
def get_flag(session: Reading, actor: QueueReader, flag_id: Id) -> schemas.FlagDetail:
    return answers.say_flag(items.read_flag(session, actor, flag_id))


@router.post("/flags/{flag_id}/take", tags=["flags"], responses=MISSING | CONFLICT)
def take_flag(session: Writing, settings: AppSettings, actor: Assessor, flag_id: Id) -> schemas.Lease:
    """Take this flag. Taking what you hold extends it."""
    service.take(session, actor, flag_id, minutes=settings.lease_minutes)
    return schemas.Lease(flag_id=flag_id, held_until=service.held_until(session, actor, flag_id))


@router.post("/flags/{flag_id}/release", tags=["flags"], responses=MISSING | CONFLICT)
def release_flag(session: Writing, actor: Assessor, flag_id: Id) -> schemas.Released:
    service.release(session, actor, flag_id)
    return schemas.Released(flag_id=flag_id)


@router.post("/flags/{flag_id}/assess", tags=["flags"], responses=MISSING | CONFLICT | TOO_LARGE)
def assess_flag(session: Writing, actor: Assessor, flag_id: Id, judgement: Judgement) -> schemas.AssessmentAnswer:
    """Write your assessment of a flag that you hold. It takes no next flag."""
    assessment = service.assess(session, actor, flag_id, judgement)
    violation = session.get(ViolationType, assessment.violation_type_id) if assessment.violation_type_id else None
    return answers.say_assessment(assessment, user=actor.username, violation=violation.code if violation else None)


@router.post("/assessments/{assessment_id}/undo", tags=["flags"], responses=MISSING | CONFLICT)
def undo_assessment(session: Writing, settings: AppSettings, actor: Assessor, assessment_id: Id) -> schemas.AssessmentAnswer:
    """Take back your own newest assessment; the flag is in your hands again."""
    withdrawn = service.undo(session, actor, assessment_id, minutes=settings.lease_minutes)
    return answers.say_assessment(withdrawn, user=actor.username, violation=None)


@router.get("/items/{item_id}", tags=["items"], responses=MISSING)
def get_item(session: Reading, actor: QueueReader, item_id: Id) -> schemas.ItemAnswer:
    return answers.say_item(session, actor, items.get_item(session, actor, item_id))


@router.get("/sources", tags=["sources"])
def list_sources(session: Reading, _: SourceReader) -> schemas.SourceList:
    return schemas.SourceList(sources=[answers.say_source(found) for found in list_health(session)])


@router.get("/audit", tags=["audit"])
def list_audit(
    session: Reading,
    actor: AuditReader,
    action: Annotated[str, Query(max_length=60)] = "",
    who: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> schemas.EventList:
    """The trail, newest first."""
    return answers.say_trail(read_trail(session, actor, TrailFilter(action, who, before)))
