"""Rounds of pictures: which sources ask for them, and one source after the other."""

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Engine

from crawler.catalogue import SourceFile
from crawler.errors import SourceBusy
from crawler.rendering.round import RenderReport, render_source
from models.settings import Settings


def asks_for_pictures(file: SourceFile) -> bool:
    return bool(file.render) and file.is_enabled


def render_sources(
    settings: Settings,
    engine: Engine,
    files: Iterable[SourceFile],
    *,
    limit: int,
    on_page: Callable[[], None] = lambda: None,
    must_stop: Callable[[], bool] = lambda: False,
) -> Iterator[RenderReport]:
    """One report a source, up to the page at hand when somebody asks to stop.

    A source whose host is read just now says so and costs no other.
    """
    for file in files:
        if must_stop():
            return
        try:
            yield render_source(settings, engine, file, limit=limit, on_page=on_page, must_stop=must_stop)
        except SourceBusy as busy:
            yield RenderReport(file.slug, failures=[str(busy)], is_busy=True)
