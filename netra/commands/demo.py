"""`netra demo`: what `make run` starts."""

import socket
from typing import Annotated

import typer

from models.settings import Settings
from netra.console import fail, out, progress_bar


def demo(
    once: Annotated[bool, typer.Option("--once", help="Do everything up to the filled queue, then exit.")] = False,
    port: Annotated[int, typer.Option(help="Port of the review pages (NETRA_PORT).")] = 0,
) -> None:
    """Show the whole way: serve five invented outlets, crawl and score them, and open the review pages.

    The data stays in NETRA_HOME (./var). Ctrl-C at any moment leaves a sound database; the next run goes on from there.

    Example: `netra demo --port 8080`
    """
    from crawler.catalogue import read_source_files
    from netra.demo import stages
    from netra.demo.site.server import DemoSite
    from netra.erasing import RequestErasing
    from netra.joining import StoryJoining
    from service.app import run

    settings = Settings()
    settings = settings.model_copy(update={"demo": True, "sources_dir": stages.DEMO_SOURCES, "port": port or settings.port})
    if not once and not _is_free(settings.host, settings.port):
        fail(f"port {settings.port} of {settings.host} is taken.", "Choose another: NETRA_PORT=8080 make run")
    with DemoSite() as site:
        settings = settings.model_copy(update={"crawl_proxy": site.url})
        with progress_bar() as progress:
            engine = stages.prepare_database(settings, progress)
            outcomes = stages.crawl_demo(settings, engine, list(read_source_files(settings.sources_dir)), progress)
            stages.make_artifact(settings, engine, progress)
            stages.score_demo(settings, engine, progress)
            stages.open_demo_cases(engine, progress)
        for outcome in outcomes:
            if not outcome.is_sound:
                out.print(f"{outcome.slug}: {outcome.reason}", markup=False, soft_wrap=True)
        waiting = stages.count_open_flags(engine)
        engine.dispose()
        if once:
            out.print(f"{waiting} flags wait in the queue. See them: netra demo", soft_wrap=True)
            return
        out.print(
            f"\n{waiting} flags wait. Open http://{settings.host}:{settings.port} and sign in as "
            f"{stages.PEOPLE[0].username} with the password {stages.DEMO_PASSWORD} (Ctrl-C stops the demo)",
            soft_wrap=True,
            markup=False,
        )
        run(settings, StoryJoining(), RequestErasing())


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
