"""One deed on many flags: the dry run is a page of its own, and nothing happens before it was read."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from models import BulkDeed, NoViolationReason, Outcome
from service.dependencies import Assessor, Reading, Writing
from service.errors import InvalidInput
from service.pages import render, see_other
from service.review import bulk, choices, repository, undoing
from service.review.bulk import LONGEST_REASON, MOST_AT_ONCE, OUTCOMES, BulkRequest
from service.review.claims import MOST_HELD
from service.review.filters import LARGEST_ID, QueueFilter
from service.review.queue_endpoints import FilterField

router = APIRouter(prefix="/antrean/massal", include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
LONGEST_IDS = 20 * MOST_AT_ONCE


@router.get("")
def show_dry_run(
    request: Request,
    session: Reading,
    actor: Assessor,
    checked: Annotated[list[str] | None, Query(alias="penanda")] = None,
    deed: Annotated[str, Query(alias="tindakan", max_length=40)] = "",
    everything: Annotated[str, Query(alias="semua", max_length=5)] = "",
    saring: Annotated[str, Query(max_length=2000)] = "",
    outcome: Annotated[str, Query(alias="hasil", max_length=40)] = Outcome.DUPLICATE.value,
    reason_not: Annotated[str, Query(alias="alasan_bukan", max_length=40)] = NoViolationReason.IRRELEVANT.value,
    receiver: Annotated[str, Query(alias="penerima", max_length=80)] = "",
) -> HTMLResponse:
    """Count, sample, and what is left out. Nothing is changed by it."""
    filters = QueueFilter.parse(saring)
    if everything:
        flag_ids = repository.list_ids(session, actor, filters, bulk.most_of(actor))
    else:
        flag_ids = _read_ids(",".join(checked or []))
    asked = _read_request(
        deed or BulkDeed.ASSESS.value, flag_ids, outcome, reason_not, receiver, query=saring if everything else ""
    )
    needs_receiver = asked.deed is BulkDeed.HAND_OVER and not receiver
    dry_run = bulk.try_out(session, actor, asked) if flag_ids and not needs_receiver else None
    return render(
        request,
        "review/bulk.html",
        filters=filters,
        asked=asked,
        dry_run=dry_run,
        is_everything=bool(everything),
        most=bulk.most_of(actor),
        outcomes=OUTCOMES,
        reasons_not=list(NoViolationReason),
        receivers=choices.list_receivers(session),
        most_held=MOST_HELD,
        longest_reason=LONGEST_REASON,
    )


@router.post("")
def carry_out(
    session: Writing,
    actor: Assessor,
    deed: Annotated[str, Form(alias="tindakan", max_length=40)] = "",
    ids: Annotated[str, Form(alias="penanda", max_length=LONGEST_IDS)] = "",
    outcome: Annotated[str, Form(alias="hasil", max_length=40)] = "",
    reason_not: Annotated[str, Form(alias="alasan_bukan", max_length=40)] = "",
    receiver: Annotated[str, Form(alias="penerima", max_length=80)] = "",
    reason: Annotated[str, Form(alias="alasan", max_length=2 * LONGEST_REASON)] = "",
    saring: FilterField = "",
) -> Response:
    asked = _read_request(deed, _read_ids(ids), outcome, reason_not, receiver, reason=reason, query=saring)
    return see_other(f"/antrean/massal/{bulk.carry_out(session, actor, asked).id}")


@router.get("/{action_id}")
def show_done(request: Request, session: Reading, actor: Assessor, action_id: Id) -> HTMLResponse:
    return render(request, "review/bulk_done.html", action=undoing.get_action(session, actor, action_id))


@router.post("/{action_id}/batal")
def undo(session: Writing, actor: Assessor, action_id: Id) -> Response:
    undoing.undo(session, actor, action_id)
    return see_other(f"/antrean/massal/{action_id}")


def _read_ids(text: str) -> list[int]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > MOST_AT_ONCE or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise InvalidInput("massal_banyak")
    return [int(part) for part in parts]


def _read_request(
    deed: str, flag_ids: list[int], outcome: str, reason_not: str, receiver: str, *, reason: str = "", query: str = ""
) -> BulkRequest:
    try:
        own_deed = BulkDeed(deed)
        own_outcome = Outcome(outcome) if own_deed is BulkDeed.ASSESS else None
        is_none = own_outcome is Outcome.NO_VIOLATION
        own_reason = NoViolationReason(reason_not) if is_none and reason_not else None
    except ValueError as error:
        raise InvalidInput("nilai") from error
    return BulkRequest(own_deed, tuple(flag_ids), own_outcome, own_reason, receiver.strip(), reason, query)
