"""docs/benchmarks-service.md: what the review room costs, over HTTP."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.room.claims import race
from bench.room.day import report_day
from bench.room.everything import ENGINES, take_everything
from bench.room.queue import SIZES, draw_growth, plan_runs

ROUNDS = 40
DAY, TAKEN, CLAIMANTS, EACH, CONTROL = 100, 20_000, 32, 60, 300

HEAD = """# Measured numbers: the review room

Written by `make bench ONLY=service`; do not edit. Flags, texts and people are made up at run time. Each figure is a request over
HTTP to a server process of its own on the same machine, with a real sign-in. Milliseconds: wall time as the client sees it, and
processor time of the server (SQLite's work is in it, PostgreSQL's is not). Wall time grows with what else runs; processor time
less. Ten million flags: [benchmarks-millions.md](benchmarks-millions.md). Bars that are missed: [here](missed-bars.md)."""

DAYS = """## A monitor's day

`python -m bench.room.day`: a hundred flags, one person: read, decide, and have the next."""

QUEUE = """## The queue

`python -m bench.room.queue`. Every request has a value of its own; "take next, and release" is two requests. Bars at a million
flags: search of rare and common words p95 20 and 300 ms; an export of 50,000 rows 20 s as XLSX and 5 s as CSV."""

TAKING = """## Every flag taken once

`python -m bench.room.everything`: {flags:,} flags, {claimants} claimants with tokens, two server processes on one database;
nobody decides and nobody gives back. Bar: each flag handed out exactly once, none left. Far more of them, under kills:
[benchmarks-killed.md](benchmarks-killed.md). The control asks in one transaction and
takes in the next, over the same HTTP: it must hand some out twice. Beside it stands the claim as plain SQL, one connection in
a loop, before and after it; bars: 40 times that on SQLite, 6 times on PostgreSQL."""

CLAIMS = """## Many people at one queue

`python -m bench.room.claims`: each of {claimants} takes a flag, decides it, and is handed the next, {each} times. Bar: no flag in
two people's hands at once."""


def measure(wanted: Wanted) -> Iterator[str]:
    """Part by part; a trial has some dozen flags and four people, and takes every flag on SQLite alone."""
    sizes, rounds = ((60,), 2) if wanted.is_trial else (SIZES, ROUNDS)
    flags, claimants, each, control = (100, 4, 2, 40) if wanted.is_trial else (TAKEN, CLAIMANTS, EACH, CONTROL)
    yield HEAD
    yield f"{DAYS}\n\n{report_day(flags=10 if wanted.is_trial else DAY, folder=wanted.keep)}"
    yield QUEUE
    runs = plan_runs(sizes)
    for run in runs:
        yield told(run.lines(rounds, wanted.keep))
    yield f"### What grows with the queue\n\n{draw_growth(runs, wanted.into)}"
    engines = ENGINES[:1] if wanted.is_trial else ENGINES
    taking = told(take_everything(flags, claimants, control, engines, wanted.keep))
    yield f"{TAKING.format(flags=flags, claimants=claimants)}\n\n{taking}"
    yield f"{CLAIMS.format(claimants=claimants, each=each)}\n\n{told(race(flags, claimants, each, wanted.keep))}"
