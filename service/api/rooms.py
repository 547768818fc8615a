"""Every room's endpoints under /api/v1, in one router."""

from fastapi import APIRouter

from service.api import agencies, alerts, cases, corrections, endpoints, exports, interchange, people, queue, readings, tips
from service.dashboard import api as statistics

router = APIRouter()
for room in (queue, readings, tips, corrections, alerts, cases, exports, interchange, agencies, people, statistics, endpoints):
    router.include_router(room.router)
router.include_router(endpoints.public_router)
