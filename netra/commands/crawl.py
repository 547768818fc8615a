"""`netra crawl`: read the sources now."""

from typing import Annotated

import typer

from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, out, print_json, progress_bar
from netra.workplace import open_database


def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all enabled ones.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read the feeds of sources and store what is new. Safe to stop and to run again; exit code 1 when one failed.

    Example: `netra crawl antaranews kendal-bawaslu`
    """
    from netra.crawling import CrawlProgress, crawl_sources, sync_catalogue

    settings = Settings()
    engine = open_database(settings)
    slugs = _choose(settings, names or [])
    if not (settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts):
        fail("outlets must be able to reach whoever reads them.", "Set NETRA_CRAWL_CONTACT to an e-mail address or a page.")
    sync_catalogue(settings, engine)
    with progress_bar() as progress:
        task = progress.add_task("Crawling", total=None)

        def show(measured: CrawlProgress) -> None:
            progress.update(task, completed=measured.done, total=measured.known)

        outcomes = crawl_sources(settings, engine, slugs, show)
    if as_json:
        print_json([vars(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            counts = ", ".join(f"{name} {count}" for name, count in outcome.counts.items())
            (out if outcome.is_sound else err).print(f"{outcome.slug}: {counts or outcome.reason}", markup=False, soft_wrap=True)
    if not all(outcome.is_sound for outcome in outcomes):
        raise typer.Exit(INCOMPLETE)


def _choose(settings: Settings, names: list[str]) -> list[str]:
    from crawler.catalogue import read_source_files

    files = read_source_files(settings.sources_dir)
    for name in names:
        if name not in files:
            fail(f"there is no source {name!r}.", f"Sources: {', '.join(files)}.")
        if not files[name].is_enabled:
            fail(f"{name} is disabled: {files[name].disabled_reason}.", f"Enable it in {settings.sources_dir / name}.yml.")
    return names or [name for name, file in files.items() if file.is_enabled]
