"""No other site may act through a signed-in browser."""

from urllib.parse import urlsplit

from fastapi import Request

from models.settings import Settings
from service.errors import CrossSite

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def refuse_cross_site(request: Request) -> None:
    """Judge by Sec-Fetch-Site, which scripts cannot forge, and by Origin in browsers that do not send it.

    A request with neither comes from a program, not from a browser that could be tricked; the cookie's
    SameSite=Lax stands behind this. A bearer token is never sent by a browser on its own.
    """
    if request.method in SAFE_METHODS or request.headers.get("authorization"):
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSite
        return
    origin = request.headers.get("origin")
    if origin is not None and origin not in _own_origins(request):
        raise CrossSite


def _own_origins(request: Request) -> set[str]:
    settings: Settings = request.app.state.settings
    own = {f"{request.url.scheme}://{request.url.netloc}"}
    if settings.public_url:
        public = urlsplit(settings.public_url)
        own.add(f"{public.scheme}://{public.netloc}")
    return own
