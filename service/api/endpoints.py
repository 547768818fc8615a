"""JSON under /api/v1: the same services and the same rules as the pages."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from models import FlagReason, HealthState, ItemKind, SourceKind, ViolationType
from models.queue.placing import current_settings
from service.api import answers, schemas, source_answers, source_schemas
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING, STALE, TOO_LARGE, Responses
from service.api.routes import make_router
from service.audit.repository import TrailFilter
from service.audit.service import read_trail
from service.dependencies import AppSettings, Assessor, AuditReader, QueueReader, Reading, SignedIn, SourceReader, Writing
from service.errors import NothingToTake, OrderChanged, list_kinds
from service.items import service as items
from service.items.basis import read_basis
from service.pages import render
from service.readings.lots import HouseLots
from service.review import covering, repository, service
from service.review.cursors import Cursor
from service.review.filters import DaysLeft, QueueFilter, Shelf
from service.review.schemas import Judgement
from service.review.versions import current_version, refuse_stale
from service.review.walking import read_marks
from service.sources.filters import SourceFilter
from service.sources.service import read_board, read_source

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=1000, description="ETag of the flag as you read it; 412 when it changed since."),
]
ETAG: Responses = {200: {"headers": {"ETag": {"description": "Version for If-Match.", "schema": {"type": "string"}}}}}

public_router = APIRouter(include_in_schema=False)
router = make_router()


@public_router.get("/docs")
def show_docs(request: Request) -> HTMLResponse:
    """Swagger's page, from an installed package: no foreign server is asked."""
    return render(request, "api/docs.html")


@public_router.get("/problems")
def show_problems(request: Request) -> HTMLResponse:
    """What each code means: the `type` of every problem leads here."""
    return render(request, "api/problems.html", kinds=list_kinds())


@router.get("/me", tags=["people"])
def get_me(actor: SignedIn) -> schemas.Me:
    return answers.say_me(actor)


@router.get("/flags", tags=["flags"], responses=CONFLICT)
def list_flags(
    session: Reading,
    actor: QueueReader,
    shelf: Shelf = Shelf.UNFINISHED,
    region: Annotated[str, Query(max_length=13, description="Code of a province or regency; takes in what lies within.")] = "",
    source: Annotated[str, Query(max_length=80)] = "",
    search: Annotated[str, Query(max_length=100, description="Words of title or text, in any of their forms.")] = "",
    act: Annotated[str, Query(max_length=80)] = "",
    office: Annotated[str, Query(max_length=80, description="Kind of office that is named near the evidence.")] = "",
    agency: Annotated[str, Query(max_length=80, description="Slug of an agency of one region.")] = "",
    kind: ItemKind | None = None,
    phase: Annotated[str, Query(max_length=80, description="Stage of the election on the day of the text.")] = "",
    days: Annotated[DaysLeft | None, Query(description="Days left of the legal clock; `lewat` is expired.")] = None,
    cluster: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    holder: Annotated[str, Query(max_length=80, description="A username, `bebas` for nobody, `dipegang` for anybody.")] = "",
    reason: FlagReason | None = None,
    after: Annotated[str, Query(max_length=80, description="Cursor from `next` of the page before.")] = "",
) -> schemas.FlagList:
    """One page of the queue, in its order. A walk by `next` shows each flag once; 409 says that the order changed meanwhile."""
    filters = QueueFilter(
        shelf,
        region,
        source,
        " ".join(search.split()),
        act,
        office,
        agency,
        kind or "",
        phase,
        days or "",
        str(cluster or ""),
        holder,
        reason or "",
    )
    cursor = Cursor.parse(after)
    if repository.is_stale(session, cursor):
        raise OrderChanged
    page = repository.read_page(session, actor, filters, cursor, read_marks(session))
    weights = current_settings(session).weights
    end = str(page.next) if page.next else None
    return schemas.FlagList(flags=[answers.say_line(line, weights) for line in page.lines], next=end)


@router.post("/flags/take", tags=["flags"], responses=CONFLICT)
def take_next_flag(session: Writing, settings: AppSettings, actor: Assessor) -> schemas.Lease:
    """Take the next flag of your area. 409 when there is nothing to take."""
    flag_id = service.take_next(session, actor, minutes=settings.lease_minutes)
    if flag_id is None:
        service.refuse_full_hands(session, actor)
        raise NothingToTake
    return schemas.Lease(flag_id=flag_id, held_until=service.held_until(session, actor, flag_id))


@router.get("/flags/{flag_id}", tags=["flags"], responses=MISSING | ETAG)
def get_flag(session: Reading, actor: QueueReader, flag_id: Id, response: Response) -> schemas.FlagDetail:
    """One flag with its text, its reasons and its law. Send its ETag as `If-Match` with your decision."""
    basis = read_basis(session, actor, flag_id)
    response.headers["ETag"] = current_version(session, basis.row.flag)
    return answers.say_flag(basis, current_settings(session).weights)


@router.post("/flags/{flag_id}/take", tags=["flags"], responses=MISSING | CONFLICT)
def take_flag(session: Writing, settings: AppSettings, actor: Assessor, flag_id: Id) -> schemas.Lease:
    """Take this flag. Taking what you hold extends it."""
    service.take(session, actor, flag_id, minutes=settings.lease_minutes)
    return schemas.Lease(flag_id=flag_id, held_until=service.held_until(session, actor, flag_id))


@router.post("/flags/{flag_id}/release", tags=["flags"], responses=MISSING | CONFLICT)
def release_flag(session: Writing, actor: Assessor, flag_id: Id) -> schemas.Released:
    service.release(session, actor, flag_id)
    return schemas.Released(flag_id=flag_id)


@router.post("/flags/{flag_id}/assess", tags=["flags"], responses=MISSING | CONFLICT | TOO_LARGE | STALE | ETAG)
def assess_flag(
    session: Writing,
    settings: AppSettings,
    actor: Assessor,
    flag_id: Id,
    judgement: Judgement,
    response: Response,
    lots: HouseLots,
    covers: Annotated[
        bool, Query(description="Let it hold for confirmed copies that nobody reads, each with a row of its own.")
    ] = False,
    if_match: IfMatch = None,
) -> schemas.AssessmentAnswer:
    """Write your assessment of a flag that you hold. It takes no next flag."""
    refuse_stale(session, actor, flag_id, if_match, is_needed=settings.api_needs_if_match)
    assessment, _ = covering.assess(session, actor, flag_id, judgement, lots, covers=covers)
    violation = session.get(ViolationType, assessment.violation_type_id) if assessment.violation_type_id else None
    response.headers["ETag"] = current_version(session, service.get_flag(session, actor, flag_id))
    return answers.say_assessment(assessment, user=actor.username, violation=violation.code if violation else None)


@router.post("/assessments/{assessment_id}/undo", tags=["flags"], responses=MISSING | CONFLICT | STALE | ETAG)
def undo_assessment(
    session: Writing, settings: AppSettings, actor: Assessor, assessment_id: Id, response: Response, if_match: IfMatch = None
) -> schemas.AssessmentAnswer:
    """Take back your own newest assessment; the flag is in your hands again."""
    assessment = repository.get_assessment(session, assessment_id)
    if assessment is not None:
        refuse_stale(session, actor, assessment.flag_id, if_match, is_needed=settings.api_needs_if_match)
    withdrawn = covering.undo(session, actor, assessment_id, minutes=settings.lease_minutes)
    response.headers["ETag"] = current_version(session, service.get_flag(session, actor, withdrawn.flag_id))
    return answers.say_assessment(withdrawn, user=actor.username, violation=None)


@router.get("/items/{item_id}", tags=["items"], responses=MISSING)
def get_item(session: Reading, actor: QueueReader, item_id: Id) -> schemas.ItemAnswer:
    return answers.say_item(session, actor, items.get_item(session, actor, item_id))


@router.get("/sources", tags=["sources"])
def list_sources(
    session: Reading,
    _: SourceReader,
    state: HealthState | None = None,
    region: Annotated[str, Query(max_length=13, description="Code of a province or regency; takes in what lies within.")] = "",
    kind: SourceKind | None = None,
    search: Annotated[str, Query(max_length=100, description="Words of the name, the slug or the publisher.")] = "",
) -> source_schemas.SourceList:
    """The sources with their health, the worst first."""
    return source_answers.say_board(read_board(session, SourceFilter(state, region, kind, search)))


@router.get("/sources/{slug}", tags=["sources"], responses=MISSING)
def get_source(session: Reading, _: SourceReader, slug: Annotated[str, Path(max_length=80)]) -> source_schemas.SourceDetail:
    """One source with its last 28 days, lists, runs, alarms, robots.txt and quarantine."""
    return source_answers.say_source(read_source(session, slug))


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
