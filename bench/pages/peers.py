"""docs/benchmarks-peers.md: list and next task beside what an office would take instead."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.room.peers import FLAGS, ROUNDS, TASKS, measure_peers
from bench.room.rivals import describe_version

HEAD = """# Measured numbers: beside what an office would take instead

Written by `make bench ONLY=peers LABEL_STUDIO=environment/bin/label-studio`; do not edit. bench/room/rivals.py says how
others are installed, each in an environment of its own as `pip install` leaves it. Bar: 20 times as fast as Label Studio,
goal 50 times.

In this run: {versions}, {tasks:,} tasks; netra, {flags:,} flags; all on SQLite, texts of the same making, everybody signed
in, requests asked in turn, {rounds} each. Ours is two requests where the next task is asked for: one takes the flag, with its
lease and its event in the trail; the other reads it with its reasons, its law and the nearest earlier decisions. Label Studio
gives text and lock in one answer; doccano knows no taking."""

LEFT_OUT = {
    "label_studio": "Label Studio was not named (`LABEL_STUDIO=`), so it was not measured in this run.",
    "doccano": "doccano was not named (`DOCCANO=`), so it was not measured in this run.",
}


def measure(wanted: Wanted) -> Iterator[str]:
    """Both tables at once, and who is not in them."""
    tasks, flags, rounds = (60, 60, 2) if wanted.is_trial else (TASKS, FLAGS, ROUNDS)
    named = {"label_studio": wanted.label_studio, "doccano": wanted.doccano}
    programs = {name: program for name, program in named.items() if program}
    versions = ", ".join(describe_version(name, program) for name, program in programs.items())
    yield HEAD.format(versions=versions, tasks=tasks, flags=flags, rounds=rounds)
    yield told(measure_peers(programs, tasks, flags, rounds, wanted.keep))
    yield from (LEFT_OUT[name] for name in named if name not in programs)
