"""Cases as pages: the list, one case, a new one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from models import Answer, ExternalStatus, Permission, Stage, SubjectStatus
from service.accounts.actor import Actor
from service.cases import listing, repository
from service.cases.filters import CaseCursor, CaseFilter, Order, Time
from service.cases.names import OpenedName
from service.cases.next_steps import steps_of
from service.cases.page import read_case
from service.cases.schemas import MOST_LEADS, Purpose
from service.dependencies import CaseManager, CaseReader, Reading
from service.interchange.desk import list_of_case
from service.language import Language
from service.pages import language_of, render
from service.review import repository as review
from service.review.law import list_acts

router = APIRouter(include_in_schema=False)

LARGEST_ID = 2**63 - 1
CaseId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("/perkara")
def show_cases(
    request: Request,
    session: Reading,
    actor: CaseReader,
    after: Annotated[str, Query(alias="lanjut", max_length=80)] = "",
) -> HTMLResponse:
    filters = CaseFilter.parse(request.url.query)
    rows = listing.list_cases(session, actor, filters, CaseCursor.parse(after))
    page = rows[: listing.PAGE_SIZE]
    end = str(listing.cursor_after(page[-1])) if len(rows) > len(page) else ""
    return render(
        request,
        "cases/list.html",
        rows=page,
        filters=filters,
        next_query=filters.query(lanjut=end) if end else "",
        is_first_page=not after,
        provinces=review.list_provinces(session),
        all_statuses=list(ExternalStatus),
        times=list(Time),
        orders=list(Order),
    )


@router.get("/perkara/baru")
def show_new_case(
    request: Request,
    session: Reading,
    actor: CaseManager,
    flag_ids: Annotated[list[int] | None, Query(alias="penanda", max_length=MOST_LEADS)] = None,
) -> HTMLResponse:
    """The form of a new case, filled in from the flags that it begins with."""
    known = [flag_id for flag_id in flag_ids or [] if 0 < flag_id <= LARGEST_ID]
    rows = review.list_rows(session, actor, known) if actor.may(Permission.READ_QUEUE) else []
    taken = {row.flag.id: repository.find_case_of(session, actor, row.flag.id) for row in rows}
    return render(
        request,
        "cases/new.html",
        rows=rows,
        taken=taken,
        regions=repository.list_regions(session, actor),
        region_code=next((row.flag.region_code for row in rows if row.flag.region_code), ""),
        office=next((row.flag.office for row in rows if row.flag.office), ""),
    )


@router.get("/perkara/{case_id}")
def show_case(
    request: Request,
    session: Reading,
    actor: CaseReader,
    case_id: CaseId,
    message: Annotated[str, Query(alias="pesan", max_length=40)] = "",
) -> HTMLResponse:
    return case_page(request, session, actor, case_id, message=say(language_of(request), message))


def say(language: Language, message: str) -> str:
    """A sentence that stays as long as its address does."""
    key = f"pesan_perkara.{message}"
    return language(key) if message and language.has(key) else ""


def case_page(
    request: Request, session: Session, actor: Actor, case_id: int, *, message: str = "", opened: OpenedName | None = None
) -> HTMLResponse:
    page = read_case(session, actor, case_id)
    values: dict[str, Any] = {
        "page": page,
        "steps": steps_of(page),
        "theirs": list_of_case(session, actor, case_id),
        "message": message,
        "opened": opened,
        "acts": list_acts(session),
        "answers": list(Answer),
        "all_statuses": list(ExternalStatus),
        "stages": list(Stage)[1:],
        "subject_statuses": list(SubjectStatus),
        "purposes": list(Purpose),
        "here": f"/perkara/{case_id}",
    }
    return render(request, "cases/case.html", **values)
