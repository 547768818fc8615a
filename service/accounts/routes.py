"""All routes about accounts, as one router."""

from fastapi import APIRouter

from service.accounts import endpoints, factor_endpoints, oidc_endpoints, own_endpoints, people_endpoints

router = APIRouter()
for part in (endpoints, oidc_endpoints, own_endpoints, factor_endpoints, people_endpoints):
    router.include_router(part.router)
