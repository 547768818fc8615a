"""The room's pages, for people and for the public."""

from fastapi import APIRouter

from service.dashboard import endpoints, public

router = APIRouter()
router.include_router(endpoints.router)
router.include_router(public.router)
