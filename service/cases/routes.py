"""Every route of the rooms of cases and follow-ups, in one router."""

from fastapi import APIRouter

from service.cases import deeds, endpoints
from service.followup import endpoints as followup

router = APIRouter()
for part in (endpoints, deeds, followup):
    router.include_router(part.router)
