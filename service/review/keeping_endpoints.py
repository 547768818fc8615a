"""Skip, hold for days, hand over: one route for each deed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import Response

from service.dependencies import AppSettings, Assessor, Writing
from service.errors import InvalidInput
from service.pages import see_other
from service.readings import golden, turns
from service.readings.lots import HouseLots
from service.review import keeping
from service.review.filters import LARGEST_ID, QueueFilter
from service.review.keeping import LONGEST_HAND_NOTE, LONGEST_REASON
from service.review.queue_endpoints import FilterField, flag_path

router = APIRouter(include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.post("/penanda/{flag_id}/lewati")
def skip(
    session: Writing,
    settings: AppSettings,
    lots: HouseLots,
    actor: Assessor,
    flag_id: Id,
    reason: Annotated[str, Form(alias="alasan_lewati", max_length=2 * LONGEST_REASON)] = "",
    saring: FilterField = "",
) -> Response:
    """Skip this flag, and go on with the next one at once."""
    filters = QueueFilter.parse(saring)
    if not golden.give_back(session, actor, flag_id):
        keeping.skip(session, actor, flag_id, reason=reason.strip())
    next_id = turns.take_next(session, actor, lots, minutes=settings.lease_minutes, filters=filters)
    said = {"pesan": "dilewati"}
    return see_other(flag_path(next_id, filters, **said) if next_id else f"/antrean?{filters.query(**said)}")


@router.post("/penanda/{flag_id}/lewati/batal")
def unskip(session: Writing, actor: Assessor, flag_id: Id, saring: FilterField = "") -> Response:
    keeping.unskip(session, actor, flag_id)
    return see_other(flag_path(flag_id, QueueFilter.parse(saring), pesan="batal_lewati"))


@router.post("/penanda/{flag_id}/tahan")
def keep(
    session: Writing,
    actor: Assessor,
    flag_id: Id,
    until: Annotated[str, Form(alias="sampai", max_length=10)] = "",
    reason: Annotated[str, Form(alias="alasan_tahan", max_length=2 * LONGEST_REASON)] = "",
    saring: FilterField = "",
) -> Response:
    if golden.give_back(session, actor, flag_id):
        return see_other("/antrean?pesan=emas_lepas")
    keeping.keep(session, actor, flag_id, until_on=_read_day(until), reason=reason.replace("\0", "").strip())
    return see_other(flag_path(flag_id, QueueFilter.parse(saring), pesan="ditahan"))


@router.post("/penanda/{flag_id}/serahkan")
def hand_over(
    session: Writing,
    actor: Assessor,
    flag_id: Id,
    receiver: Annotated[str, Form(alias="penerima", max_length=80)] = "",
    note: Annotated[str, Form(alias="pesan_serah", max_length=2 * LONGEST_HAND_NOTE)] = "",
    saring: FilterField = "",
) -> Response:
    if golden.give_back(session, actor, flag_id):
        return see_other("/antrean?pesan=emas_lepas")
    keeping.hand_over(session, actor, flag_id, username=receiver.strip(), note=note.strip())
    return see_other(f"/antrean?{QueueFilter.parse(saring).query(pesan='diserahkan')}")


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("tahan_hari") from error
