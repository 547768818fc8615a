"""`netra demo`: what `make run` starts."""

from typing import Annotated

import typer

from models.settings import Settings
from netra.console import out
from netra.workplace import require_port


def demo(
    once: Annotated[bool, typer.Option("--once", help="Do everything up to the filled queue, then exit.")] = False,
    port: Annotated[int, typer.Option(help="Port of the review pages (NETRA_PORT).")] = 0,
    prepare: Annotated[bool, typer.Option(hidden=True, help="What `netra demo` starts beside its pages.")] = False,
) -> None:
    """Show the whole way: open the review pages, and fill their queue meanwhile from five invented outlets, crawled and scored.

    The data stays in NETRA_HOME (./var). Ctrl-C at any moment leaves a sound database; the next run goes on from there.

    Example: `netra demo --port 8080`
    """
    from netra.demo import DEMO_SOURCES
    from netra.demo.site.server import DemoSite

    settings = Settings()
    if prepare:
        from netra.demo.filling import fill_demo_beside

        fill_demo_beside(settings)
        return
    settings = settings.model_copy(update={"demo": True, "sources_dir": DEMO_SOURCES, "port": port or settings.port})
    if not once:
        require_port(settings, "Choose another: NETRA_PORT=8080 make run")
    with DemoSite() as site:
        settings = settings.model_copy(update={"crawl_proxy": site.url})
        if once:
            from netra.demo.filling import fill_demo

            out.print(f"{fill_demo(settings)} flags wait in the queue. See them: netra demo", soft_wrap=True)
        else:
            from netra.demo.showing import show_demo

            show_demo(settings)
