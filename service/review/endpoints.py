"""The queue and what one does with a flag: one route for each deed."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from models import NoViolationReason, Outcome
from service.accounts.actor import Actor
from service.dependencies import AppSettings, Assessor, QueueReader, Reading, Writing
from service.items.service import read_flag
from service.pages import language_of, render, see_other
from service.review import repository, service
from service.review.claims import MOST_HELD
from service.review.filters import Cursor, QueueFilter, Shelf
from service.review.schemas import LONGEST_NOTE, MOST_MARKS, Judgement, read_mark

router = APIRouter(include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
FilterField = Annotated[str, Form(alias="saring", max_length=1000)]
OUTCOMES = [outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN]
QUESTIONS = {"content_partisan": "a", "person_asn": "s", "attribution_verified": "d"}


@router.get("/")
def show_start() -> Response:
    return see_other("/antrean")


@router.get("/antrean")
def show_queue(
    request: Request,
    session: Reading,
    actor: QueueReader,
    after: Annotated[str, Query(alias="lanjut", max_length=60)] = "",
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
    undoable: Annotated[int | None, Query(alias="penilaian", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    filters = QueueFilter.parse(request.url.query)
    rows = repository.list_queue(session, actor, filters, Cursor.parse(after))
    page = rows[: repository.PAGE_SIZE]
    has_more = len(rows) > len(page)
    return render(
        request,
        "review/queue.html",
        filters=filters,
        shelves=Shelf,
        counts={shelf: repository.count_shelf(session, actor, filters.on(shelf)) for shelf in Shelf},
        counted_to=repository.COUNTED_TO,
        rows=page,
        is_first_page=not after,
        next_query=filters.query(lanjut=str(Cursor(page[-1].flag.priority, page[-1].flag.id))) if has_more else "",
        sources=repository.list_sources(session),
        provinces=repository.list_provinces(session),
        held=repository.count_held(session, actor),
        most_held=MOST_HELD,
        **_message(session, request, actor, message, undoable),
    )


@router.post("/antrean/ambil")
def take_next(session: Writing, settings: AppSettings, actor: Assessor, saring: FilterField = "") -> Response:
    filters = QueueFilter.parse(saring)
    service.refuse_full_hands(session, actor)
    flag_id = service.take_next(session, actor, minutes=settings.lease_minutes, filters=filters)
    if flag_id is None:
        return see_other(f"/antrean?{filters.query(pesan='kosong')}")
    return see_other(_flag_path(flag_id, filters))


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
    said = _message(session, request, actor, message, undoable)
    return _flag_page(request, session, settings.lease_minutes, actor, flag_id, QueueFilter.parse(request.url.query), **said)


@router.post("/penanda/{flag_id}/ambil")
def take(session: Writing, settings: AppSettings, actor: Assessor, flag_id: Id, saring: FilterField = "") -> Response:
    service.take(session, actor, flag_id, minutes=settings.lease_minutes)
    return see_other(_flag_path(flag_id, QueueFilter.parse(saring)))


@router.post("/penanda/{flag_id}/lepas")
def release(session: Writing, actor: Assessor, flag_id: Id, saring: FilterField = "") -> Response:
    service.release(session, actor, flag_id)
    return see_other(f"/antrean?{QueueFilter.parse(saring).query(pesan='dilepas')}")


@router.post("/penanda/{flag_id}/perpanjang")
def extend(request: Request, session: Writing, settings: AppSettings, actor: Assessor, flag_id: Id) -> Response:
    """The heartbeat of our script, and a button for those without it."""
    until = service.extend(session, actor, flag_id, minutes=settings.lease_minutes)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"until": until.isoformat()})
    return see_other(f"/penanda/{flag_id}?pesan=diperpanjang")


@router.post("/penanda/{flag_id}/nilai")
def assess(
    request: Request,
    session: Writing,
    settings: AppSettings,
    actor: Assessor,
    flag_id: Id,
    outcome: Annotated[str, Form(alias="hasil", max_length=40)] = "",
    content: Annotated[str, Form(alias="isi", max_length=10)] = "",
    person: Annotated[str, Form(alias="orang", max_length=10)] = "",
    attribution: Annotated[str, Form(alias="atribusi", max_length=10)] = "",
    act: Annotated[str, Form(alias="perbuatan", max_length=40)] = "",
    reason: Annotated[str, Form(alias="alasan", max_length=40)] = "",
    note: Annotated[str, Form(alias="catatan", max_length=2 * LONGEST_NOTE)] = "",
    marks: Annotated[list[str] | None, Form(alias="bukti")] = None,
    saring: FilterField = "",
) -> Response:
    """Write the judgement, then hand out the next flag at once."""
    filters = QueueFilter.parse(saring)
    given = {
        "outcome": outcome,
        "content_partisan": content,
        "person_asn": person,
        "attribution_verified": attribution,
        "act": act,
        "no_violation_reason": reason,
        "note": note.strip(),
    }
    try:
        judgement = Judgement.model_validate(given | {"evidence": [read_mark(mark) for mark in marks or []]})
    except ValidationError as error:
        problem = language_of(request)(f"salah.{_problem_of(error)}")
        again = {"given": given, "marks": marks or [], "problem": problem}
        return _flag_page(request, session, settings.lease_minutes, actor, flag_id, filters, status=422, **again)
    assessment = service.assess(session, actor, flag_id, judgement)
    next_id = service.take_next(session, actor, minutes=settings.lease_minutes, filters=filters)
    said = {"pesan": "diteruskan" if judgement.outcome is Outcome.INDICATION and not assessment.is_second else "dinilai"}
    said["penilaian"] = str(assessment.id)
    return see_other(_flag_path(next_id, filters, **said) if next_id else f"/antrean?{filters.query(**said)}")


@router.post("/penilaian/{assessment_id}/batal")
def undo(session: Writing, settings: AppSettings, actor: Assessor, assessment_id: Id) -> Response:
    withdrawn = service.undo(session, actor, assessment_id, minutes=settings.lease_minutes)
    return see_other(f"/penanda/{withdrawn.flag_id}?pesan=dibatalkan")


def _flag_page(
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
    **said: Any,
) -> HTMLResponse:
    return render(
        request,
        "review/flag.html",
        status=status,
        page=read_flag(session, actor, flag_id),
        here=_flag_path(flag_id, filters),
        filters=filters,
        outcomes=OUTCOMES,
        questions=QUESTIONS,
        reasons_not=list(NoViolationReason),
        given=given or {},
        marks=marks,
        most_marks=MOST_MARKS,
        problem=problem,
        lease_minutes=minutes,
        **({"message": "", "undoable": None} | said),
    )


def _message(session: Session, request: Request, actor: Actor, message: str, undoable: int | None) -> dict[str, Any]:
    """A sentence that stays as long as its address does, and the assessment that it can still take back."""
    language = language_of(request)
    key = f"pesan.{message}"
    found = service.may_undo(session, actor, undoable) if undoable else None
    return {"message": language(key) if message and language.has(key) else "", "undoable": found}


def _flag_path(flag_id: int, filters: QueueFilter, **more: str) -> str:
    query = filters.query(**more)
    return f"/penanda/{flag_id}" + (f"?{query}" if query else "")


def _problem_of(error: ValidationError) -> str:
    """Our own rules name their sentence; anything else is a value that no form of ours sends."""
    first = error.errors()[0]
    if first["type"] == "value_error" and "ctx" in first:
        return str(first["ctx"]["error"])
    if first["loc"] == ("outcome",):
        return "hasil"
    if first["loc"][:1] == ("evidence",):
        return "bukti"
    return "catatan" if first["loc"] == ("note",) else "nilai"
