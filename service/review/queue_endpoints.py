"""The queue as a page: its filter, its order, what is new on it, and "take next"."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from models import BulkDeed, Permission, now
from service.accounts.actor import Actor
from service.dependencies import AppSettings, Assessor, QueueReader, Reading, Writing, current_actor
from service.errors import NotSignedIn
from service.pages import language_of, render, see_other
from service.readings import golden, turns
from service.readings.lots import HouseLots
from service.review import choices, covering, late, repository, saved, service
from service.review.claims import MOST_HELD
from service.review.conditions import searches_common_words
from service.review.counting import COUNTED_TO, count_shelves
from service.review.cursors import Cursor
from service.review.facets import read_facets
from service.review.filters import LARGEST_ID, QueueFilter, Shelf
from service.review.rows import write_rows
from service.review.table import show_lines
from service.review.walking import Marks, read_marks

router = APIRouter(include_in_schema=False)

ROOMS = {
    Permission.READ_QUEUE: "/antrean",
    Permission.READ_SOURCES: "/sumber",
    Permission.READ_DASHBOARD: "/dasbor",
    Permission.READ_AUDIT: "/jejak",
}
"""Where each right is used, the daily work first."""
FilterField = Annotated[str, Form(alias="saring", max_length=2000)]


@router.get("/")
def show_start(request: Request) -> Response:
    """The first room that a person's rights open."""
    try:
        actor = current_actor(request)
    except NotSignedIn:
        return see_other("/masuk")
    return see_other(next((path for right, path in ROOMS.items() if actor.may(right)), "/saya"))


@router.get("/antrean")
def show_queue(
    request: Request,
    session: Reading,
    actor: QueueReader,
    after: Annotated[str, Query(alias="lanjut", max_length=80)] = "",
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
    undoable: Annotated[int | None, Query(alias="penilaian", ge=1, le=LARGEST_ID)] = None,
    details: Annotated[str, Query(alias="rincian", max_length=5)] = "",
) -> Response:
    searches = saved.list_links(session, actor)
    if not request.url.query and (default := next((own for own in searches if own.is_default), None)):
        return see_other(f"/antrean?{default.query}")
    filters = QueueFilter.parse(request.url.query)
    cursor = Cursor.parse(after)
    if repository.is_stale(session, cursor):
        return see_other(f"/antrean?{filters.query(pesan='urutan')}")
    marks = read_marks(session)
    missing = [] if after else late.list_missing(session, marks.newest_id)
    page = repository.read_page(session, actor, filters, cursor, marks)
    is_common = searches_common_words(session, filters)
    counts = count_shelves(session, actor, filters, [filters.shelf] if is_common else Shelf)
    held = repository.count_held(session, actor) if filters.narrows or Shelf.MINE not in counts else counts[Shelf.MINE]
    language = language_of(request)
    return render(
        request,
        "review/queue.html",
        filters=filters,
        query=filters.query(),
        counts=tuple((shelf, counts.get(shelf)) for shelf in Shelf),
        counted_to=COUNTED_TO,
        facets=read_facets(session, actor, filters) if details else None,
        rows=write_rows(
            request.app.state.templates.env,
            language,
            show_lines(language, actor, page.lines),
            may_assess=actor.may(Permission.ASSESS),
            behind=filters.query(),
        ),
        handed=repository.list_handed(session, actor) if held else [],
        is_first_page=not after,
        next_query=filters.query(lanjut=str(page.next)) if page.next else "",
        news_query=_news_query(filters, marks, missing, page) if not after else "",
        loaded_at=now(),
        saved=searches,
        held=held,
        most_held=MOST_HELD,
        deeds=list(BulkDeed) if actor.may(Permission.MANAGE_QUEUE) else [BulkDeed.ASSESS, BulkDeed.RELEASE],
        offered=choices.offer(choices.read_choices(session), language.code, filters.region),
        holders=choices.list_holders(session),
        **message_of(session, request, actor, message, undoable),
    )


@router.get("/antrean/baru")
def count_new(
    request: Request,
    session: Reading,
    actor: QueueReader,
    since: Annotated[int, Query(alias="sejak", ge=0, le=LARGEST_ID)] = 0,
    least: Annotated[float | None, Query(alias="batas", allow_inf_nan=False)] = None,
    gaps: Annotated[str, Query(alias="sela", max_length=late.LONGEST_GAPS, pattern=f"^{late.GAPS}$")] = "",
) -> JSONResponse:
    """How many flags came into the view of a page since it was loaded, and the sentence that says so."""
    filters = QueueFilter.parse(request.url.query)
    missing = late.read_gaps(gaps, since)
    count = repository.count_new(session, actor, filters, after_id=since, missing=missing, least=least)
    language = language_of(request)
    return JSONResponse({"count": count, "text": language("antrean.baru", count=language.number(count)) if count else ""})


@router.post("/antrean/ambil")
def take_next(session: Writing, settings: AppSettings, lots: HouseLots, actor: Assessor, saring: FilterField = "") -> Response:
    filters = QueueFilter.parse(saring)
    service.refuse_full_hands(session, actor)
    flag_id = turns.take_next(session, actor, lots, minutes=settings.lease_minutes, filters=filters)
    if flag_id is None:
        return see_other(f"/antrean?{filters.query(pesan='kosong')}")
    return see_other(flag_path(flag_id, filters))


def flag_path(flag_id: int, filters: QueueFilter, **more: str) -> str:
    """Where a flag is read, with the filter that leads to the next one."""
    query = filters.query(**more)
    return f"/penanda/{flag_id}" + (f"?{query}" if query else "")


def message_of(session: Session, request: Request, actor: Actor, message: str, undoable: int | None) -> dict[str, Any]:
    """A sentence that stays as long as its address does, and the assessment that it can still take back."""
    language = language_of(request)
    if message == "emas":
        return {"message": golden.tell(session, actor, language, request.query_params.get("bacaan", "")), "undoable": None}
    key = f"pesan.{message}"
    found = service.may_undo(session, actor, undoable) if undoable else None
    text = language(key) if message and language.has(key) else ""
    if found and (copies := covering.count_copies(session, found)):
        text += " " + language("kembaran.ikut", count=language.number(copies))
    return {"message": text, "undoable": found}


def _news_query(filters: QueueFilter, marks: Marks, missing: list[int], page: repository.Page) -> str:
    """What the script asks by: flags that are newer than the page and, where it has an end, not below it."""
    if filters.shelf is Shelf.ASSESSED:
        return ""
    shown = {line.id for line in page.lines}  # What came between two of our questions is on the page already.
    gaps = late.write_gaps([number for number in missing if number not in shown], marks.newest_id)
    least = {"batas": repr(page.lines[-1].priority)} if page.next and page.lines else {}
    return filters.query(sejak=str(marks.newest_id), sela=gaps, **least)
