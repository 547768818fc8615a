"""The board on terminals, on what is none, and against names that would draw on it."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import CrawlRun, FetchEvent, FetchOutcome, FrontierUrl, RunState, Source, now
from netra import console
from netra.commands.backup import showing
from netra.display import live_board
from netra.display.board import LiveBoard, PlainBoard
from netra.display.figures import Figures, FiguresReader, RunFigures
from netra.display.frames import ended_line, frame, progress_line
from tests.factories import make_source
from tests.statements import counted_statements

HOSTILE = "[red]Harian[/red] \x1b[31mWanasari\nBaru"


def terminal(width: int = 80, **values: Any) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, height=24, record=True, _environ={}, **values)


def dumb() -> Console:
    return Console(file=io.StringIO(), width=80, _environ={})


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def add_run(session: Session, source: Source, **counts: int) -> CrawlRun:
    run = CrawlRun(source_id=source.id, counts=counts)
    session.add(run)
    session.flush()
    return run


def end_run(run: CrawlRun, state: RunState = RunState.FINISHED, reason: str = "selesai") -> None:
    run.state, run.finished_at, run.reason = state, run.started_at + timedelta(seconds=75), reason


def add_problem(session: Session, run: CrawlRun, reason: str) -> None:
    event = {"url": "https://satu.test/rapat?q=1", "outcome": FetchOutcome.FAILED, "reason": reason}
    session.add(FetchEvent(run_id=run.id, source_id=run.source_id, **event))
    session.flush()


def run_figures(**values: Any) -> RunFigures:
    base = RunFigures(1, "satu", HOSTILE, "satu.test", RunState.RUNNING, now() - timedelta(seconds=60), None, "", {})
    return replace(base, **values)


def test_a_running_source_is_one_line_in_eighty_columns(session: Session, engine: Engine) -> None:
    source = make_source(session, slug="satu", name="Harian Wanasari dan Sekitarnya", home_url="https://satu.test/")
    make_source(session, slug="dua")
    session.commit()
    console = terminal()
    with live_board(engine, ["satu", "dua"], console=console) as board:
        run = add_run(session, source, didaftar=3, disimpan=4127, berubah=12, sama=7, ditolak=3, dilarang=2, gagal=1)
        add_problem(session, run, "HTTP 404")
        for number in range(9):
            session.add(FrontierUrl(source_id=source.id, url=f"https://satu.test/{number}", url_key=f"{number:064}"))
        session.commit()
        board.refresh()
    lines = console.export_text().partition("Next: dua")[0].splitlines()
    cells = next(line for line in lines if line.startswith("Harian")).split()
    assert (cells[-8:-2], cells[-1]) == (["3", "4127", "12", "7", "5", "1"], "9")
    assert max(map(len, lines)) <= 80
    assert lines[-2:] == ["Last problems", "  satu: HTTP 404 (/rapat)"]
    assert lines[0].startswith("0/2 sources")


def test_hosts_are_shown_where_there_is_room() -> None:
    for width, has_host in ((80, False), (120, True)):
        console = terminal(width)
        console.print(frame(Figures(running=[run_figures()]), width=width, height=24, upcoming=None))
        assert ("satu.test" in console.export_text()) is has_host


def test_names_and_reasons_are_shown_and_never_obeyed() -> None:
    console = terminal(120, no_color=True)
    figures = Figures(running=[run_figures()], sources=1)
    console.print(frame(figures, width=120, height=24, upcoming=[HOSTILE]))
    text = written(console)
    assert "[red]Harian[/red]" in text
    assert "\x1b[31m" not in text
    assert ended_line(run_figures(state=RunState.FAILED, reason=HOSTILE)).count("\n") == 0


def test_no_colour_is_heeded() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"NO_COLOR": "1"})
    console.print(frame(Figures(running=[run_figures()]), width=80, height=24, upcoming=None))
    assert "\x1b[3" not in written(console)


def test_the_board_is_never_taller_than_the_terminal() -> None:
    console = terminal()
    figures = Figures(running=[run_figures(id=number) for number in range(200)], sources=200)
    console.print(frame(figures, width=80, height=24, upcoming=None))
    text = console.export_text()
    assert len(text.splitlines()) <= 24
    assert "and 183 more" in text


def test_without_a_terminal_each_ended_source_is_a_line(session: Session, engine: Engine) -> None:
    source = make_source(session, slug="satu")
    session.commit()
    console = dumb()
    with live_board(engine, ["satu"], console=console) as board:
        run = add_run(session, source, disimpan=4, gagal=1)
        session.commit()
        board.refresh()
        end_run(run, RunState.FAILED, "tidak satu pun kanal terbaca")
        session.commit()
    assert written(console) == "satu: FAILED in 1:15: stored 4, failed 1 (tidak satu pun kanal terbaca)\n"


def test_progress_is_said_at_most_every_half_a_minute(sqlite_engine: Engine) -> None:
    moments, console = [0.0], dumb()
    board = PlainBoard(FiguresReader(sqlite_engine, []), console, lambda: moments[-1])
    for moment in range(0, 70, 1):
        moments.append(float(moment))
        board.refresh(note="lists 1/3")
    assert written(console).splitlines() == [progress_line(Figures(), "lists 1/3")] * 2


def test_a_dumb_terminal_gets_plain_lines(sqlite_engine: Engine) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"TERM": "dumb"})
    with live_board(sqlite_engine, [], console=console) as board:
        board.refresh()
    assert "\x1b" not in written(console)


def test_who_wants_quiet_sees_nothing(sqlite_engine: Engine) -> None:
    console = terminal()
    with live_board(sqlite_engine, [], quiet=True, console=console) as board:
        board.refresh()
    assert written(console) == ""


def test_an_interruption_gives_the_cursor_back(sqlite_engine: Engine) -> None:
    console = terminal()
    with pytest.raises(KeyboardInterrupt), live_board(sqlite_engine, [], console=console):
        raise KeyboardInterrupt
    assert written(console).rindex("\x1b[?25h") > written(console).rindex("\x1b[?25l")


def test_the_board_asks_little_and_not_more_for_more_sources(session: Session, engine: Engine) -> None:
    sources = [make_source(session) for _ in range(12)]
    session.commit()
    reader = FiguresReader(engine, [source.slug for source in sources])
    for source in sources:
        add_run(session, source, disimpan=1)
    session.commit()
    with counted_statements(engine) as statements:
        reader.read()
    assert len(statements) <= 4


def test_the_board_asks_at_most_twice_a_second(sqlite_engine: Engine) -> None:
    moments, console = [0.0], terminal()
    board = LiveBoard(FiguresReader(sqlite_engine, []), Live(console=console, auto_refresh=False), lambda: moments[-1])

    with counted_statements(sqlite_engine) as statements:
        for tick in range(100):
            moments.append(tick / 100)
            board.refresh()
    assert 0 < len(statements) <= 2 * 4


def test_a_run_that_ended_is_counted_once(session: Session, engine: Engine) -> None:
    source = make_source(session, slug="satu")
    before = add_run(session, source, disimpan=100)
    end_run(before)
    session.commit()
    reader = FiguresReader(engine, ["satu"])
    run = add_run(session, source, disimpan=5)
    session.commit()
    assert [(run.slug, run.pages) for run in reader.read().running] == [("satu", 5)]
    end_run(run)
    session.commit()
    reader.read()
    figures = reader.read()
    assert (figures.runs_ended, figures.pages, figures.running, figures.sources_done) == (1, 5, [], 1)


def test_bars_end_full_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = dumb()
    monkeypatch.setattr(console, "err", screen)
    with console.progress_bar() as progress:
        progress.add_task("Counted nothing", total=None)
        progress.advance(progress.add_task("Unknown before", total=None), 3)
    with showing() as show:
        show("Copying rows", 3050, 3071)
    assert not any(never in written(screen) for never in ("?", "0/0"))
    assert all(count in written(screen) for count in ("3/3", "3071/3071"))


def test_no_bar_stands_before_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = dumb()
    monkeypatch.setattr(console, "err", screen)
    with pytest.raises(ZeroDivisionError), console.progress_bar() as progress:
        progress.advance(progress.add_task("Writing records", total=None), 1 // 0)
    assert not written(screen).strip()
