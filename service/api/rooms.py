"""Every room's endpoints under /api/v1, in one router."""

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope

from service.api import agencies, alerts, cases, corrections, endpoints, exports, interchange, people, queue, readings, tips
from service.dashboard import api as statistics

API = "/api/v1"


class Rooms(APIRouter):
    """Looks through its hundred routes only for addresses that may be its own: each page would wait for that."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if API in scope["path"] else (Match.NONE, {})


router = Rooms()
# Flags first: routes are looked through in this order, and these are asked most.
for room in (endpoints, queue, readings, tips, corrections, alerts, cases, exports, interchange, agencies, people, statistics):
    router.include_router(room.router)
router.include_router(endpoints.public_router)
