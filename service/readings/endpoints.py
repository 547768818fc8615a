"""Where two readers disagree, and how well all of them agree: the pages of a coordinator."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from service.dependencies import AppSettings, QueueManager, Reading, Writing
from service.followup.tables import csv_response
from service.pages import language_of, render, see_other
from service.readings import disputes, quality, tables
from service.readings.lots import HouseLots
from service.review.endpoints import OUTCOMES, again, flag_page
from service.review.filters import LARGEST_ID, QueueFilter
from service.review.form import GivenForm
from service.review.queue_endpoints import message_of

router = APIRouter(include_in_schema=False)

Days = Annotated[int, Query(alias="hari", ge=1, le=quality.DAYS[-1])]


@router.get("/beda-pendapat")
def show_disputes(
    request: Request,
    session: Reading,
    actor: QueueManager,
    after: Annotated[int, Query(alias="lanjut", ge=0, le=LARGEST_ID)] = 0,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
    undoable: Annotated[int | None, Query(alias="penilaian", ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    rows = disputes.list_disputes(session, actor, after)
    page = rows[: disputes.PAGE_SIZE]
    next_after = page[-1].flag.id if len(rows) > len(page) else None
    said = message_of(session, request, actor, message, undoable)
    return render(request, "readings/disputes.html", rows=page, next_after=next_after, is_first_page=not after, **said)


@router.post("/beda-pendapat/{flag_id}")
def resolve(
    request: Request,
    session: Writing,
    settings: AppSettings,
    actor: QueueManager,
    flag_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    given: GivenForm,
) -> Response:
    """The last word of a third person, in the same form as every other judgement."""
    try:
        judgement = given.judge()
    except ValidationError as error:
        shown = again(request, given, error)
        return flag_page(request, session, settings.lease_minutes, actor, flag_id, QueueFilter(), status=422, **shown)
    assessment = disputes.resolve(session, actor, flag_id, judgement, covers=given.covers)
    return see_other(f"/beda-pendapat?pesan=ditengahi&penilaian={assessment.id}")


@router.get("/mutu")
def show_quality(request: Request, session: Reading, actor: QueueManager, lots: HouseLots, days: Days = 90) -> HTMLResponse:
    found = quality.read_quality(session, actor, lots, days)
    return render(request, "readings/quality.html", quality=found, all_days=quality.DAYS, outcomes=OUTCOMES)


@router.get("/mutu.csv")
def download_quality(request: Request, session: Reading, actor: QueueManager, lots: HouseLots, days: Days = 90) -> Response:
    """Every table of the page in one file."""
    found = quality.read_quality(session, actor, lots, days)
    return csv_response(f"mutu-{found.since.isoformat()}", tables.HEAD, tables.list_rows(found, language_of(request)))
