"""docs/benchmarks-soak.md: an hour of everything at once, on each engine."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.plots import FOLDER
from bench.progress import say
from bench.soak.account import HEAD as TABLE
from bench.soak.hour import ENGINES, FLAGS, MINUTES, MONITORS, soak
from bench.soak.samples import draw_memory, write_samples

HEAD = """# Measured numbers: an hour of everything at once

Written by `make bench ONLY=soak`, which takes more than two hours; do not edit. `python -m bench.soak`: local outlets publish
and are crawled, texts are scored, {monitors} people take, read and decide, a classifier is trained again every ten minutes
and made live, alerts are looked for every minute: {minutes:g} minutes on each engine, with {flags:,} flags waiting when it
begins. Afterwards what was answered is held against the database. Bars: nothing lost, nothing doubled, no error of the
server; memory grows by 10 % at most after the first ten minutes, goal 2 %."""


def measure(wanted: Wanted) -> Iterator[str]:
    """One account for each engine, then the plot; a trial takes half a minute on SQLite alone."""
    minutes, monitors, flags, engines = (0.3, 2, 60, ENGINES[:1]) if wanted.is_trial else (MINUTES, MONITORS, FLAGS, ENGINES)
    samples = wanted.into / FOLDER
    yield HEAD.format(minutes=minutes, monitors=monitors, flags=flags)
    for name in engines:
        say(f"soak: {minutes:g} minutes on {name}")
        account = soak(name, minutes * 60, monitors, flags, wanted.keep)
        write_samples(samples, name, account.samples)
        yield "\n".join((f"## {name}\n", TABLE, *account.lines()))
    yield f"## Memory\n\n{draw_memory(wanted.into, samples, engines)}\n\nThe figures: " + ", ".join(
        f"[{name}]({FOLDER}/soak-{name}.csv)" for name in engines
    )
