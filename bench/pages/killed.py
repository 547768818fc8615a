"""docs/benchmarks-killed.md: a million claims while server processes are killed."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.room.killed import ENGINES, Plan, report_kills

HEAD = """# Measured numbers: a million claims under kills

Written by `make bench ONLY=killed`, which takes hours; do not edit. `python -m bench.room.killed`: {claims:,} claims over
HTTP by {claimants} claimants on each engine, two server processes on one database, of which one is killed with -9 every
{pause[0]:g} to {pause[1]:g} seconds and begun again. Nobody decides and nobody gives back. Bars: no flag told to two, none
lost; a claim whose answer was lost is one of a request that a kill broke. The control, a question in one transaction and a
deed in the next, must hand some out twice."""

FULL = Plan(flags=1_000_000, claims=1_000_000)
TRIAL = Plan(flags=1_500, claims=300, claimants=12, control=60, pause=(1.0, 2.0))


def measure(wanted: Wanted) -> Iterator[str]:
    """Both engines; a trial takes some hundred flags on SQLite alone."""
    plan = TRIAL if wanted.is_trial else FULL
    yield HEAD.format(claims=plan.claims, claimants=plan.claimants, pause=plan.pause)
    yield told(report_kills(plan, ("sqlite",) if wanted.is_trial else ENGINES, wanted.keep))
