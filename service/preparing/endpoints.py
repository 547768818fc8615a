"""What open pages ask while the demo fills. Outside of the demo there is no such address."""

from typing import Any

from fastapi import APIRouter, Request

from service.pages import language_of
from service.preparing.preparation import Preparing, say

router = APIRouter(include_in_schema=False)


@router.get("/persiapan")
async def show_preparation(request: Request) -> dict[str, Any]:
    """For the page before the sign-in too: it tells nothing of anybody."""
    preparing: Preparing = request.app.state.preparing
    preparation = preparing.look()
    said = say(preparation, language_of(request))
    return {"line": said.line, "spoken": said.spoken, "is_over": preparation.is_over, "flags": preparation.flags}
