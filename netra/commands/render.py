"""`netra render`: pictures of stored pages, and pages that are empty without scripts."""

from typing import TYPE_CHECKING, Annotated

import typer

from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from crawler.catalogue import SourceFile
    from crawler.rendering.round import RenderReport

PAGES = 20


def render(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all that ask for it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Pages of each source, the newest first.")] = PAGES,
    as_json: JsonOption = False,
) -> None:
    """Show pages of the last three days to a browser and keep their pictures. Run it after a crawl; it is safe to stop.

    Only sources whose file says `render` are shown; scripts run only where it says `render: page`. Ctrl-C or SIGTERM end it
    after the page at hand. Exit code 1 when a page could not be shown, or it was stopped.

    Example: `netra render kendal-bawaslu --limit 5`
    """
    from netra.crawls.crawling import sync_catalogue
    from netra.rendering import render_sources
    from netra.stopping import stop_on_signals

    settings = Settings()
    files = _choose(names or [])
    if not (settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts):
        fail("outlets must be able to reach whoever reads them.", "Set NETRA_CRAWL_CONTACT to an e-mail address or a page.")
    engine = open_database(settings)
    sync_catalogue(settings, engine)
    with progress_bar() as progress, stop_on_signals() as stop:
        task = progress.add_task("Drawing pages", total=None)
        drawn = render_sources(
            settings, engine, files, limit=limit, on_page=lambda: progress.advance(task), must_stop=lambda: stop.is_asked
        )
        reports = list(drawn)
    _show(reports, as_json=as_json)
    if stop.is_asked or any(report.failures for report in reports):
        raise typer.Exit(INCOMPLETE)


def _choose(names: list[str]) -> list["SourceFile"]:
    from netra.outlets import Wish, choose_sources
    from netra.rendering import asks_for_pictures

    files = choose_sources(Wish(names=tuple(names)))
    asking = [file for file in files.values() if asks_for_pictures(file)]
    if missing := set(names) - {file.slug for file in asking}:
        fail(f"{', '.join(sorted(missing))}: disabled, or without `render`.", "Say `render: screenshot` in the source file.")
    return asking


def _show(reports: list["RenderReport"], *, as_json: bool) -> None:
    if as_json:
        print_json([{"source": one.slug, "counts": dict(one.counts), "failures": one.failures} for one in reports])
        return
    if not reports:
        out.print("No enabled source asks for pictures: say `render: screenshot` in its file.", markup=False)
    for report in reports:
        counts = ", ".join(f"{name} {count}" for name, count in report.counts.items())
        out.print(f"{report.slug}: {counts or ('nothing was kept' if report.failures else 'nothing waited')}", markup=False)
        for failure in report.failures:
            err.print(f"{report.slug}: {failure}", markup=False, soft_wrap=True)
