"""`netra crawl`: read the sources now."""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from models import FetchOutcome, now
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, day_option, err, fail, out, print_json
from netra.workplace import open_database

if TYPE_CHECKING:
    from crawler.finding.ranges import Days
    from netra.crawls.crawling import CrawlOutcome


def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all enabled ones.")
    ] = None,
    since: Annotated[
        date | None,
        day_option("Fill in what was published since this day, from archives, sitemaps and WordPress."),
    ] = None,
    until: Annotated[date | None, day_option("Last day of --since; today where none is given.")] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Read stored pages again with today's readers; nothing is fetched.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --replay: show what would change, store nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read the feeds of sources and store what is new. Safe to stop and to run again; exit code 1 when one failed.

    With --since, read the lists of past days instead: the same command goes on where it was stopped. On a terminal a
    board shows what is read at the moment; elsewhere each source that ends is a line on standard error.

    Example: `netra crawl antaranews kendal-bawaslu`, `netra crawl detik --since 2024-08-01 --until 2024-11-30`,
    `netra crawl --replay detik --dry-run`
    """
    from netra.crawls.crawling import CrawlProgress, crawl_sources, sync_catalogue
    from netra.display import live_board

    settings = Settings()
    engine = open_database(settings)
    if replay or dry_run:
        from netra.crawls.replaying import replay_sources

        if not replay or since or until:
            fail("--dry-run belongs to --replay, and --since and --until do not.", "Say: netra crawl --replay SOURCE --dry-run")
        replay_sources(settings, engine, names or [], dry_run=dry_run, as_json=as_json)
        return
    history = _range_of(since, until)
    slugs = _choose(settings, names or [], history)
    if not (settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts):
        fail("outlets must be able to reach whoever reads them.", "Set NETRA_CRAWL_CONTACT to an e-mail address or a page.")
    sync_catalogue(settings, engine)
    with live_board(engine, slugs, quiet=quiet) as board:

        def show(measured: CrawlProgress) -> None:
            board.refresh(note=f"lists {measured.lists.done}/{measured.lists.known}" if measured.lists else "")

        outcomes = crawl_sources(settings, engine, slugs, show, history=history)
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in (outcome for outcome in outcomes if not (quiet and outcome.is_sound)):
            (out if outcome.is_sound else err).print(_say(outcome, history), markup=False, soft_wrap=True)
    if outcomes and not any(outcome.is_sound or outcome.counts.keys() - {FetchOutcome.FAILED} for outcome in outcomes):
        err.print("netra: no source gave a page. Look whether this machine reaches them: netra sources check", markup=False)
    if not all(outcome.is_sound and not (outcome.lists and outcome.lists.failed) for outcome in outcomes):
        raise typer.Exit(INCOMPLETE)


def _range_of(since: date | None, until: date | None) -> "Days | None":
    from crawler.finding.ranges import Days
    from crawler.finding.steps import MOST_STEPS

    if since is None:
        return fail("--until needs --since.", "Say both days.") if until else None
    today = now().astimezone(ZoneInfo("Asia/Jakarta")).date()
    first, last = since, min(until or today, today)
    if first > last:
        fail(f"--since {first} lies after {last}.", "Turn the two days round, or choose an earlier one.")
    if (last - first).days >= MOST_STEPS:
        fail(f"{first} to {last} is more than {MOST_STEPS:,} days.", "Fill in one part after the other.")
    return Days(first, last)


def _say(outcome: "CrawlOutcome", history: "Days | None") -> str:
    counts = ", ".join(f"{name} {count}" for name, count in outcome.counts.items())
    if not (outcome.lists and history):
        return f"{outcome.slug}: {counts or outcome.reason}"
    lists = outcome.lists
    failed = f", {lists.failed} failed" if lists.failed else ""
    waiting = lists.known - lists.done - lists.failed
    rest = f", {waiting} wait for the same command" if waiting else ""
    how_far = f"{lists.done} of {lists.known} lists of {history.since} to {history.until} read{failed}{rest}"
    return f"{outcome.slug}: {how_far}; {counts or outcome.reason}"


def _choose(settings: Settings, names: list[str], history: "Days | None") -> list[str]:
    from crawler.finding.asking import HISTORY
    from netra.outlets import Wish, choose_sources

    files = choose_sources(Wish(names=tuple(names)))
    for name in names:
        if not files[name].is_enabled:
            fail(f"{name} is disabled: {files[name].disabled_reason}.", f"Enable it in {settings.sources_dir / name}.yml.")
    enabled = names or [name for name, file in files.items() if file.is_enabled]
    if history is None:
        return enabled
    reaching = [name for name in enabled if any(feed.kind in HISTORY and feed.is_enabled for feed in files[name].feeds)]
    if missing := set(names) - set(reaching):
        fail(
            f"{', '.join(sorted(missing))}: no list that reaches back.",
            "Add a sitemap, an archive or WordPress to its source file, or leave --since out.",
        )
    return reaching or fail("no enabled source has a list that reaches back.", "Add a sitemap, an archive or WordPress to one.")
