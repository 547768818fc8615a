"""Saved searches: the list, keeping one, choosing the one that opens the queue, deleting."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from service.dependencies import QueueReader, Reading, Writing
from service.pages import render, see_other
from service.review import repository, saved
from service.review.filters import LARGEST_ID, QueueFilter
from service.review.queue_endpoints import FilterField

router = APIRouter(prefix="/antrean/tersimpan", include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("")
def show_saved(request: Request, session: Reading, actor: QueueReader) -> HTMLResponse:
    rows = saved.count_saved(session, actor)
    return render(request, "review/saved.html", rows=rows, most=saved.MOST_SAVED, counted_to=repository.COUNTED_TO)


@router.post("")
def save_search(
    session: Writing,
    actor: QueueReader,
    name: Annotated[str, Form(alias="nama", max_length=2 * saved.LONGEST_NAME)] = "",
    is_default: Annotated[str, Form(alias="bawaan", max_length=5)] = "",
    saring: FilterField = "",
) -> Response:
    search = saved.save_search(session, actor, name, QueueFilter.parse(saring), is_default=bool(is_default))
    return see_other(f"/antrean?{search.query}&pesan=tersimpan")


@router.post("/{search_id}/bawaan")
def choose_default(session: Writing, actor: QueueReader, search_id: Id) -> Response:
    saved.choose_default(session, actor, search_id)
    return see_other("/antrean/tersimpan")


@router.post("/{search_id}/hapus")
def delete_search(session: Writing, actor: QueueReader, search_id: Id) -> Response:
    saved.delete_search(session, actor, search_id)
    return see_other("/antrean/tersimpan")
