"""Plots of the pages: drawn from figures, the same bytes each time, and from what a soak has kept."""

import math
import os
from pathlib import Path
from typing import Any

from bench.memory import Memory, Sample, read_peak, read_pss
from bench.plots import Axes, Panel, draw, lines_of
from bench.room.queue import DRAWN, draw_growth, plan_runs
from bench.room.timing import Times
from bench.soak.samples import draw_memory, samples_path, write_samples

NOBODY: Any = None


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    panels = [Panel("satu", list(lines_of({"a": [(1, 2), (2, 3)], "b": [(1, 1), (2, 1)]})))]
    shown = [draw(tmp_path / place, "uji", panels, Axes("x", "y"), alt="dua garis") for place in ("one", "two")]
    assert shown == ["![dua garis](plots/uji.svg)"] * 2
    one, two = ((tmp_path / place / "plots" / "uji.svg").read_bytes() for place in ("one", "two"))
    assert one == two
    assert one.count(b"<text") > 5


def test_growth_has_a_panel_for_each_question_and_a_line_for_each_engine(tmp_path: Path) -> None:
    runs = plan_runs((10_000, 1_000_000))
    for run in runs:
        run.times = {name: Times(NOBODY, [math.log(run.count), 40.0]) for name in DRAWN}
    assert draw_growth(runs, tmp_path).endswith("(plots/queue.svg)")
    drawn = (tmp_path / "plots" / "queue.svg").read_text()
    assert all(name in drawn for name in (*DRAWN, "sqlite, p50", "postgresql, p99", "1 M"))


def test_memory_is_kept_minute_by_minute_and_drawn(tmp_path: Path) -> None:
    looks = [Sample(at, 10_000_000 + at * 1000, 8_000_000, 30_000_000) for at in range(0, 180, 10)]
    write_samples(tmp_path, "sqlite", {"serve": looks})
    rows = samples_path(tmp_path, "sqlite").read_text().splitlines()
    assert rows[0] == "minute,program,own_mb,anonymous_mb,family_mb"
    assert [row.split(",")[:2] for row in rows[1:]] == [["0", "serve"], ["1", "serve"], ["2", "serve"]]
    assert draw_memory(tmp_path, tmp_path, ("sqlite", "postgresql")).endswith("(plots/soak.svg)")
    assert draw_memory(tmp_path, tmp_path / "empty", ("sqlite",)) == ""


def test_growth_of_memory_is_told_from_the_first_minutes_on() -> None:
    memory = Memory({}, every=1.0)
    memory.samples["serve"] = [Sample(at, (100 if at < 60 else 110) * 1_000_000, 50_000_000, 0) for at in range(0, 120, 2)]
    own, anonymous = memory.growth("serve", after=10)
    assert (own, anonymous) == ((100.0, 110.0), (50.0, 50.0))
    assert str(own) == "100.0 MB, at the end 110.0 MB (+10.0%)"


def test_the_memory_of_a_process_is_read_while_it_lives() -> None:
    assert 0 < read_pss(os.getpid()) <= read_peak(os.getpid())
    assert 0 < read_pss(os.getpid(), "Pss_Anon") < read_pss(os.getpid())
    assert (read_pss(2**22 + 1), read_peak(2**22 + 1), Sample.of(2**22 + 1, 0.0)) == (0, 0, None)
