"""Every route of requests, in one router."""

from fastapi import APIRouter

from service.corrections import deed_endpoints, endpoints, office_endpoints

router = APIRouter()
for part in (endpoints, office_endpoints, deed_endpoints):
    router.include_router(part.router)
