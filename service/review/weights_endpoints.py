"""The weights of the queue: as they are, as they might be, and setting them."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.background import BackgroundTask

from models.queue.placing import current_settings
from models.queue.refreshing import refresh_places
from service.dependencies import QueueManager, Reading, Writing
from service.errors import InvalidInput
from service.pages import render, see_other
from service.review import weights
from service.review.weights import FACTORS, NewWeights

router = APIRouter(prefix="/antrean/bobot", include_in_schema=False)

LONGEST_NOTE = 500
FIELDS = (*FACTORS, "oldest_share")


@router.get("")
def show_weights(request: Request, session: Reading, actor: QueueManager) -> HTMLResponse:
    """Weights in the address are tried out: the page shows what they would change, and nothing is set."""
    current = current_settings(session)
    given = {name: request.query_params[name] for name in FIELDS if name in request.query_params}
    tried = _read(dict.fromkeys(FIELDS, 0.0) | {name: getattr(current, name) for name in FIELDS} | given)
    rows = weights.preview(session, actor, tried.weights)
    return render(
        request,
        "review/weights.html",
        current=current,
        tried=tried,
        factors=FACTORS,
        rows=rows,
        is_trial=bool(given),
        is_saved=request.query_params.get("pesan") == "bobot",
    )


@router.post("")
def set_weights(
    request: Request,
    session: Writing,
    actor: QueueManager,
    score: Annotated[str, Form(max_length=10)] = "",
    severity: Annotated[str, Form(max_length=10)] = "",
    time: Annotated[str, Form(max_length=10)] = "",
    reach: Annotated[str, Form(max_length=10)] = "",
    novelty: Annotated[str, Form(max_length=10)] = "",
    oldest_share: Annotated[str, Form(max_length=10)] = "",
    note: Annotated[str, Form(alias="catatan", max_length=LONGEST_NOTE)] = "",
) -> Response:
    """Set the weights; the flags follow in batches after the answer."""
    values = (score, severity, time, reach, novelty, oldest_share)
    new = _read(dict(zip(FIELDS, values, strict=True)))
    weights.set_weights(session, actor.username, actor.id, new, note=note.replace("\0", "").strip())
    answer = see_other("/antrean/bobot?pesan=bobot")
    answer.background = BackgroundTask(refresh_places, request.app.state.writing)
    return answer


def _read(values: dict[str, Any]) -> NewWeights:
    try:
        return NewWeights.model_validate({name: str(value).replace(",", ".") for name, value in values.items()})
    except ValidationError as error:
        raise InvalidInput("bobot") from error
