"""Watch-lists on screen: what one has, a form for another, and the end of one."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from models.queue.offices import read_offices
from service.accounts.actor import Actor
from service.alerts import choices, watching
from service.alerts.watching import NewWatch
from service.dependencies import QueueReader, Reading, Writing
from service.errors import InvalidInput
from service.pages import language_of, render, see_other
from service.review.law import list_acts

router = APIRouter(prefix="/peringatan/pantauan", include_in_schema=False)

FIELDS = ("nama", "wilayah", "jabatan", "sumber", "perbuatan", "kata", "klaster")
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Word = Annotated[str, Form(max_length=80)]


@router.get("")
def show_watches(request: Request, session: Reading, actor: QueueReader) -> HTMLResponse:
    return _page(request, session, actor)


@router.post("")
def add_watch(
    request: Request,
    session: Writing,
    actor: QueueReader,
    nama: Annotated[str, Form(max_length=200)] = "",
    wilayah: Annotated[str, Form(max_length=13)] = "",
    jabatan: Word = "",
    sumber: Word = "",
    perbuatan: Word = "",
    kata: Annotated[str, Form(max_length=400)] = "",
    klaster: Annotated[str, Form(max_length=10)] = "",
    bersama: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    size = klaster.strip()
    given = {"nama": nama, "wilayah": wilayah, "jabatan": jabatan, "sumber": sumber, "perbuatan": perbuatan, "kata": kata}
    try:
        if size and not (size.isascii() and size.isdecimal()):
            raise InvalidInput("pantauan_klaster")
        asked = NewWatch(nama, wilayah, jabatan, sumber, perbuatan, kata, int(size) if size else None, bool(bersama))
        watching.add_watch(session, actor, asked)
    except InvalidInput as error:
        problem = error.say(language_of(request))
        return _page(request, session, actor, given=given | {"klaster": size}, problem=problem, status=422)
    return see_other("/peringatan/pantauan")


@router.post("/{watch_id}/hapus")
def end_watch(session: Writing, actor: QueueReader, watch_id: Id) -> Response:
    watching.end_watch(session, actor, watch_id)
    return see_other("/peringatan/pantauan")


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    *,
    given: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    return render(
        request,
        "alerts/watches.html",
        status=status,
        here="/peringatan/pantauan",
        rows=watching.list_watches(session, actor),
        regions=choices.list_regions(session, actor),
        sources=choices.list_sources(session),
        offices=list(read_offices()),
        acts=list_acts(session),
        most=watching.MOST_WATCHES,
        given=given or dict.fromkeys(FIELDS, ""),
        problem=problem,
    )
