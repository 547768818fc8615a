"""A list and the next task, beside the programs that an office would take instead, in the same run.

    python -m bench.room.peers [--label-studio FOLDER/bin/label-studio] [--doccano FOLDER/bin/doccano]
        [--tasks 100000] [--flags 1000000] [--rounds 40] [--keep FOLDER]

Ours holds `--flags`, theirs `--tasks` with texts of the same making; all on SQLite, all over HTTP, each signed in. Requests are
asked in turn. Ours also gives out its page of 50 as HTML, theirs leave that to the browser. bench.room.rivals says how they are
installed.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx2 as httpx

from bench.room.filling import fill, made_up_database
from bench.room.rivals import Rival, doccano, label_studio
from bench.room.rows import Maker
from bench.room.serving import Server, browser, machine, people, serving, tokens
from bench.room.timing import HEAD, Times
from models.database import make_engine

TASKS, FLAGS, ROUNDS = 100_000, 1_000_000, 40
HELD = 15
"""Flags that one hand takes: a person may hold 20."""
OPENERS = {"label_studio": label_studio, "doccano": doccano}


class Question(NamedTuple):
    name: str
    server: Server
    ask: Callable[[int], None]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.peers", description="Measure beside what else there is.")
    parser.add_argument("--label-studio", type=Path, metavar="PROGRAM", help="bin/label-studio of its environment")
    parser.add_argument("--doccano", type=Path, metavar="PROGRAM", help="bin/doccano of its environment")
    parser.add_argument("--tasks", type=int, default=TASKS)
    parser.add_argument("--flags", type=int, default=FLAGS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="make the temporary folders here")
    wanted = parser.parse_args()
    programs = {name: program for name in OPENERS if (program := getattr(wanted, name))}
    if not programs:
        parser.error("name --label-studio, --doccano or both")
    for line in measure_peers(programs, wanted.tasks, wanted.flags, wanted.rounds, wanted.keep):
        print(line, flush=True)


def measure_peers(programs: dict[str, Path], tasks: int, flags: int, rounds: int, folder: Path | None = None) -> Iterator[str]:
    """Two tables, line by line, each with how many times theirs takes what ours takes."""
    with ExitStack() as stack:
        settings = stack.enter_context(made_up_database(postgresql=False, folder=folder))
        engine = make_engine(settings.database_address)
        fill(engine, flags)
        engine.dispose()
        texts = write_texts(tasks)
        rivals = list[Rival]()
        for name, program in programs.items():
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-", dir=folder)))
            rivals.append(stack.enter_context(OPENERS[name](program, place, texts)))
        (cookie,), keys = people(settings, 1, role="koordinator"), tokens(settings, rounds // HELD + 1)
        own = stack.enter_context(serving(settings))
        person = stack.enter_context(browser(own, cookie))
        robots = [stack.enter_context(machine(own, key)) for key in keys]
        ours = f"ours, {flags:,} flags"
        page = Question(f"{ours}: a page of 50, HTML", own, lambda _: _check(person.get("/antrean?rak=semua")))
        rows = Question(f"{ours}: 50 flags, JSON", own, lambda _: _check(robots[0].get("/api/v1/flags?shelf=semua")))
        lists = [Question(f"{one.name}, {tasks:,} tasks: 50 tasks, JSON", one.server, one.list_page) for one in rivals]
        yield from _table([page, rows, *lists], rounds, ours=2)
        take = Question(f"{ours}: the next, taken and read", own, lambda turn: _take(robots[turn % len(robots)]))
        nexts = [Question(f"{one.name}, {tasks:,} tasks: the next, read", one.server, one.take_next) for one in rivals]
        yield from _table([take, *nexts], rounds, ours=1)


def _table(questions: Sequence[Question], rounds: int, *, ours: int) -> Iterator[str]:
    """All asked in turn; the last of ours is the one that theirs are divided by."""
    times = [Times(question.server) for question in questions]
    for question in questions:
        question.ask(1)  # The first answer of a process is not what a day is made of.
    for turn in range(2, rounds + 2):
        for question, own in zip(questions, times, strict=True):
            own.take(lambda question=question, turn=turn: question.ask(turn))
    yield HEAD.format(what="ms")
    yield from (own.row(question.name) for question, own in zip(questions, times, strict=True))
    measure = _median(times[ours - 1])
    theirs = (
        f"{question.name.partition(',')[0]} {_median(own) / measure:.1f}"
        for question, own in list(zip(questions, times, strict=True))[ours:]
    )
    yield f"\nMedian wall time divided by ours (the last of ours): {', '.join(theirs)}.\n"


def _median(times: Times) -> float:
    return sorted(times.wall)[len(times.wall) // 2]


def _take(robot: httpx.Client) -> None:
    taken = robot.post("/api/v1/flags/take")
    _check(taken)
    _check(robot.get(f"/api/v1/flags/{taken.json()['flag_id']}"))


def _check(answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text[:300]


def write_texts(count: int) -> list[str]:
    """As those of our own made-up flags."""
    maker = Maker(["33.01"], ["dukungan"])
    return [str(row[4]) for part in maker.make(range(1, count + 1)) if part.table == "item_versions" for row in part.rows]


if __name__ == "__main__":
    main()
