"""What one does with a flag: one route for each deed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, NoViolationReason, Outcome
from service.accounts.actor import Actor
from service.dependencies import AppSettings, Assessor, QueueReader, Reading, Writing
from service.items.page import read_flag
from service.pages import language_of, render, see_other
from service.readings import golden, turns
from service.readings.lots import HouseLots
from service.review import choices, covering, service
from service.review.filters import LARGEST_ID, QueueFilter
from service.review.form import Given, GivenForm, problem_of
from service.review.queue_endpoints import FilterField, flag_path, message_of
from service.review.schemas import MOST_MARKS

router = APIRouter(include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
OUTCOMES = [outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN]
QUESTIONS = {"content_partisan": "a", "person_asn": "s", "attribution_verified": "d"}


@router.get("/penanda/{flag_id}")
def show_flag(
    request: Request,
    session: Reading,
    settings: AppSettings,
    actor: QueueReader,
    flag_id: Id,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
    undoable: Annotated[int | None, Query(alias="penilaian", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    said = message_of(session, request, actor, message, undoable)
    return flag_page(request, session, settings.lease_minutes, actor, flag_id, QueueFilter.parse(request.url.query), **said)


@router.post("/penanda/{flag_id}/ambil")
def take(session: Writing, settings: AppSettings, actor: Assessor, flag_id: Id, saring: FilterField = "") -> Response:
    service.take(session, actor, flag_id, minutes=settings.lease_minutes)
    return see_other(flag_path(flag_id, QueueFilter.parse(saring)))


@router.post("/penanda/{flag_id}/lepas")
def release(session: Writing, actor: Assessor, flag_id: Id, saring: FilterField = "") -> Response:
    if not golden.give_back(session, actor, flag_id):
        service.release(session, actor, flag_id)
    return see_other(f"/antrean?{QueueFilter.parse(saring).query(pesan='dilepas')}")


@router.post("/penanda/{flag_id}/perpanjang")
def extend(request: Request, session: Writing, settings: AppSettings, actor: Assessor, flag_id: Id) -> Response:
    """The heartbeat of our script, and a button for those without it."""
    until = golden.extend(session, actor, flag_id, minutes=settings.lease_minutes)
    until = until or service.extend(session, actor, flag_id, minutes=settings.lease_minutes)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"until": until.isoformat()})
    return see_other(f"/penanda/{flag_id}?pesan=diperpanjang")


@router.post("/penanda/{flag_id}/nilai")
def assess(
    request: Request,
    session: Writing,
    settings: AppSettings,
    lots: HouseLots,
    actor: Assessor,
    flag_id: Id,
    given: GivenForm,
    saring: FilterField = "",
) -> Response:
    """Write the judgement, then hand out the next flag at once."""
    filters, minutes = QueueFilter.parse(saring), settings.lease_minutes
    try:
        judgement = given.judge()
    except ValidationError as error:
        return flag_page(request, session, minutes, actor, flag_id, filters, status=422, **again(request, given, error))
    reading = golden.find_open(session, actor, flag_id)
    if reading:
        said = {"pesan": "emas", "bacaan": str(golden.answer(session, actor, reading, judgement).id)}
    else:
        assessment, _ = covering.assess(session, actor, flag_id, judgement, lots, covers=given.covers)
        said = _said_of(service.get_flag(session, actor, flag_id), assessment)
    next_id = turns.take_next(session, actor, lots, minutes=minutes, filters=filters)
    return see_other(flag_path(next_id, filters, **said) if next_id else f"/antrean?{filters.query(**said)}")


@router.post("/penilaian/{assessment_id}/batal")
def undo(session: Writing, settings: AppSettings, actor: Assessor, assessment_id: Id) -> Response:
    withdrawn = covering.undo(session, actor, assessment_id, minutes=settings.lease_minutes)
    message = "tengahi_batal" if withdrawn.is_final else "dibatalkan"
    return see_other(f"/penanda/{withdrawn.flag_id}?pesan={message}")


def flag_page(
    request: Request,
    session: Session,
    minutes: int,
    actor: Actor,
    flag_id: int,
    filters: QueueFilter,
    *,
    status: int = 200,
    given: dict[str, str] | None = None,
    marks: list[str] | None = None,
    problem: str = "",
    covers: bool = False,
    **said: Any,
) -> HTMLResponse:
    return render(
        request,
        "review/flag.html",
        status=status,
        page=read_flag(session, actor, flag_id),
        here=flag_path(flag_id, filters),
        filters=filters,
        outcomes=OUTCOMES,
        questions=QUESTIONS,
        reasons_not=list(NoViolationReason),
        given=given or {},
        marks=marks,
        most_marks=MOST_MARKS,
        problem=problem,
        covers=covers,
        lease_minutes=minutes,
        receivers=choices.list_receivers(session),
        **({"message": "", "undoable": None} | said),
    )


def again(request: Request, given: Given, error: ValidationError) -> dict[str, Any]:
    """What a page needs that shows a form once more, with what was filled in and what is missing."""
    reason = problem_of(error)
    problem = language_of(request)(f"salah.{reason}")
    return {"given": given.values, "marks": given.marks, "problem": problem, "wrong_of": reason, "covers": given.covers}


def _said_of(flag: Flag, assessment: Assessment) -> dict[str, str]:
    """The sentence that the next page says of the judgement before it."""
    if flag.state is FlagState.DISPUTED:
        message = "berbeda"
    elif assessment.is_second:
        message = "dinilai_kedua"
    elif assessment.outcome is Outcome.INDICATION:
        message = "diteruskan"
    else:
        message = "diundi" if flag.state is FlagState.SECOND else "dinilai"
    return {"pesan": message, "penilaian": str(assessment.id)}
