"""`/lembaga`: who has which task on which day, and what an admin changes of it."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BeforeValidator

from models import AgencyTask, now
from models.legal.deadline import local_day
from service.agencies import keeping, repository
from service.agencies.keeping import Keeper
from service.agencies.schemas import Closing, NewAgency, Renaming
from service.cases.referring import agency_on
from service.cases.repository import name_on
from service.cases.schemas import empty_is_none
from service.days import Day
from service.dependencies import AgencyKeeper, CaseReader, Reading, Writing
from service.pages import render, see_other
from service.review.repository import list_provinces

router = APIRouter(prefix="/lembaga", include_in_schema=False)

SlugInPath = Annotated[str, Path(max_length=80)]
MESSAGES = frozenset({"tambah", "ganti_nama", "tutup", "buka"})


@router.get("")
def show_agencies(
    request: Request,
    session: Reading,
    actor: CaseReader,
    day: Annotated[Annotated[Day | None, BeforeValidator(empty_is_none)], Query(alias="hari")] = None,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
) -> HTMLResponse:
    today = local_day(now(), None)
    asked = day or today
    receiver = agency_on(session, asked)
    return render(
        request,
        "agencies/list.html",
        rows=repository.list_agencies(session),
        tasks=list(AgencyTask),
        provinces=list_provinces(session),
        today=today,
        asked=asked,
        receiver=name_on(session, receiver, asked) if receiver else None,
        message=message if message in MESSAGES else "",
        keeper=Keeper.of(actor),
        can_keep=keeping.may_keep,
    )


@router.post("")
def add(session: Writing, actor: AgencyKeeper, new: Annotated[NewAgency, Form()]) -> Response:
    keeping.add_agency(session, Keeper.of(actor), new)
    return _back("tambah")


@router.post("/{slug}/nama")
def rename(session: Writing, actor: AgencyKeeper, slug: SlugInPath, new: Annotated[Renaming, Form()]) -> Response:
    keeping.rename(session, Keeper.of(actor), slug, new)
    return _back("ganti_nama")


@router.post("/{slug}/tutup")
def close(session: Writing, actor: AgencyKeeper, slug: SlugInPath, closing: Annotated[Closing, Form()]) -> Response:
    keeping.close(session, Keeper.of(actor), slug, closing)
    return _back("tutup")


@router.post("/{slug}/buka")
def reopen(session: Writing, actor: AgencyKeeper, slug: SlugInPath) -> Response:
    keeping.reopen(session, Keeper.of(actor), slug)
    return _back("buka")


def _back(message: str) -> Response:
    return see_other(f"/lembaga?pesan={message}")
