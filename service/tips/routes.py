"""Every route of tips, in one router."""

from fastapi import APIRouter

from service.tips import desk_endpoints, endpoints

router = APIRouter()
for part in (endpoints, desk_endpoints):
    router.include_router(part.router)
