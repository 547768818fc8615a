"""`netra serve` and the document of its API."""

from typing import Annotated

import typer

from models.settings import Settings
from netra.console import fail, out, print_json
from netra.workplace import open_database, require_port


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on (NETRA_HOST).")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on (NETRA_PORT).")] = 0,
) -> None:
    """Serve the review pages and the API until Ctrl-C.

    Example: `NETRA_HOME=/srv/netra netra serve --port 8000`
    """
    from netra.erasing import RequestErasing
    from netra.joining import StoryJoining
    from service.app import run
    from service.starting import UnsafeSettings

    settings = Settings()
    settings = settings.model_copy(update={"host": host or settings.host, "port": port or settings.port})
    open_database(settings).dispose()
    require_port(settings, "Choose another: --port or NETRA_PORT, --host or NETRA_HOST.")
    out.print(f"Serving on http://{settings.host}:{settings.port} (Ctrl-C stops it)", soft_wrap=True)
    try:
        run(settings, StoryJoining(), RequestErasing())
    except UnsafeSettings as error:
        fail(str(error))


def openapi() -> None:
    """Print the OpenAPI document of /api/v1.

    Example: `netra openapi > openapi.json`
    """
    from service.app import create_app

    print_json(create_app(Settings(database_url="sqlite://")).openapi())
