"""Every route of alerts, in one router; those with a word of their own stand before those with a number."""

from fastapi import APIRouter

from service.alerts import channel_endpoints, endpoints, watch_endpoints

router = APIRouter()
for part in (watch_endpoints, channel_endpoints, endpoints):
    router.include_router(part.router)
