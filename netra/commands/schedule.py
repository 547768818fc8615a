"""`netra schedule`: read every source when its time has come."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Engine

from models.base import now
from models.logs.setup import own_log_file, start_logging
from models.settings import Settings
from netra.console import DONE, INCOMPLETE, JsonOption, err, fail, out, print_json, print_rows
from netra.workplace import open_database

if TYPE_CHECKING:
    from crawler.schedule import Turn
    from netra.crawls.endings import Limits
    from netra.crawls.state import EndedSource, SchedulerState

COLUMNS = ("source", "host", "due", "why", "last outcome")
LONG = ("host", "why", "last outcome")
"""Columns that may be broken into lines."""
JAKARTA = ZoneInfo("Asia/Jakarta")


def schedule(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all enabled ones.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Work off what is due now, then end: for cron and timers.")] = False,
    plan: Annotated[bool, typer.Option("--plan", "--dry-run", help="Show what is due when and why; nothing is crawled.")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Crawl processes side by side.")] = 4,
    hang_minutes: Annotated[float, typer.Option(help="A run without progress for so long is ended.", min=0.001)] = 15,
    longest_minutes: Annotated[float, typer.Option(help="No run takes longer than this.", min=0.001)] = 180,
    retry_minutes: Annotated[
        float, typer.Option(help="Pause after a failure; doubled with each further one, up to a day.", min=0.001)
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """Read each source when its time has come, until Ctrl-C or SIGTERM. One worker a host, also with many machines.

    With --once it ends when everything that was due is read; exit code 1 when a source failed, hung, was interrupted or
    was left because its host is crawled by hand.
    What a stop left out is overdue: each source is caught up once, the most overdue first. Stop it at any moment.

    Example: `netra schedule`, `netra schedule --once --workers 8`, `netra schedule --plan`
    """
    from netra.crawls.endings import Limits

    settings = Settings()
    engine = open_database(settings)
    _check_names(settings, names or [])
    if plan:
        _show_plan(settings, engine, names or [], as_json=as_json)
        return
    if not (settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts):
        fail("outlets must be able to reach whoever reads them.", "Set NETRA_CRAWL_CONTACT to an e-mail address or a page.")
    start_logging(settings, file=own_log_file(settings, "schedule"))
    limits = Limits(workers, hang_minutes, longest_minutes, retry_minutes)
    raise typer.Exit(_work(settings, engine, limits, names or [], once=once, as_json=as_json))


def _work(settings: Settings, engine: Engine, limits: "Limits", names: list[str], *, once: bool, as_json: bool) -> int:
    from netra.crawls.scheduling import Scheduler
    from netra.display import live_board
    from netra.stopping import stop_on_signals

    ended = list["EndedSource"]()
    is_watched = err.is_terminal and not as_json

    def tell(source: "EndedSource") -> None:
        if not as_json:
            # Beside a board only its own console may write.
            (out if source.is_sound and not is_watched else err).print(_say(source), markup=False, soft_wrap=True)
        elif once:
            ended.append(source)
        else:
            print(json.dumps(asdict(source), ensure_ascii=False, default=str), flush=True)

    scheduler = Scheduler(settings, engine, limits, names=names, on_end=tell)
    scheduler.catalogue.refresh()
    with live_board(engine, list(scheduler.catalogue.files), quiet=not is_watched) as board, stop_on_signals() as stop:
        if is_watched:
            scheduler.on_change = lambda state: board.refresh(upcoming=_upcoming(state))
        scheduler.run(stop, once=once)
    if as_json and once:
        print_json([asdict(source) for source in ended])
    elif once and not scheduler.ended and not scheduler.postponed:
        err.print("nothing is due; `netra schedule --plan` shows when it will be", markup=False)
    if once and scheduler.postponed:
        waiting = ", ".join(sorted(scheduler.postponed))
        err.print(f"due, but left for later, because somebody crawls their hosts by hand: {waiting}", markup=False)
    return INCOMPLETE if once and (scheduler.failed or scheduler.postponed or stop.is_asked) else DONE


def _upcoming(state: "SchedulerState") -> list[str]:
    """What waits for a free process or its host, then how many wait for their time."""
    later = [f"{state.waiting} sources later, from {_moment(state.next_at)}"] if state.next_at else []
    return [*state.due, *later]


def _show_plan(settings: Settings, engine: Engine, names: list[str], *, as_json: bool) -> None:
    from crawler.schedule import list_turns
    from models.database import make_reading_session
    from netra.crawls.catalogue import WatchedCatalogue

    catalogue = WatchedCatalogue(settings, engine, names)
    catalogue.refresh()
    with make_reading_session(engine)() as session:
        turns = list_turns(session, list(catalogue.files))
    if as_json:
        print_json([asdict(turn) for turn in turns])
    elif not turns:
        err.print("no enabled source; `netra sources add URL` finds one", markup=False)
    else:
        print_rows(COLUMNS, map(_cells, turns), long=LONG)


def _cells(turn: "Turn") -> list[str]:
    ended = f"{turn.outcome} {_moment(turn.ended_at)}: {turn.reason}" if turn.outcome else ""
    failures = f" ({turn.failures} failures)" if turn.failures else ""
    return [turn.slug, turn.host, _due(turn), f"{turn.why}{failures}", ended]


def _due(turn: "Turn") -> str:
    if turn.is_running:
        return f"running ({turn.worker})"
    return "now" if turn.due_at <= now() else _moment(turn.due_at)


def _say(ended: "EndedSource") -> str:
    counts = ", ".join(f"{name} {count}" for name, count in ended.counts.items())
    what = counts or ended.reason if ended.is_sound else f"{ended.outcome}: {ended.reason}"
    return f"{_moment(ended.since)}  {ended.slug} ({ended.seconds:.0f} s): {what}"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB" if moment else ""


def _check_names(settings: Settings, names: list[str]) -> None:
    """A name that no enabled source has ends the program; a broken file of another source does not."""
    from crawler.catalogue import read_sound_files

    sound, broken = read_sound_files(settings.sources_dir)
    for name in names:
        if name in broken:
            fail(f"{broken[name]}.", "Mend the file.")
        if name not in sound:
            fail(f"there is no source {name!r}.", "`netra sources list` shows all of them.")
        if not sound[name].is_enabled:
            fail(f"{name} is disabled: {sound[name].disabled_reason}.", f"Enable it in {settings.sources_dir / name}.yml.")
