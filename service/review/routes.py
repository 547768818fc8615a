"""Every route of the review room, in one router."""

from fastapi import APIRouter

from service.review import (
    bulk_endpoints,
    endpoints,
    keeping_endpoints,
    queue_endpoints,
    saved_endpoints,
    weights_endpoints,
)

router = APIRouter()
for part in (queue_endpoints, saved_endpoints, weights_endpoints, bulk_endpoints, endpoints, keeping_endpoints):
    router.include_router(part.router)
