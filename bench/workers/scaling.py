"""Scoring by one, two and four processes at once, as a house begins them: texts a second, and what a text costs.

    python -m bench.workers.scaling [--texts 40000] [--hands 1 2 4] [--artifact FOLDER] [--keep FOLDER]

Each row is a house of its own, in which so many texts wait. The pace is that of the middle four fifths of the texts, by
the moments at which their scores were written, so starts and the last batches do not count. Processor time is of the whole
run, starts among it.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select

from bench.plots import Axes, Line, Panel, draw, lines_of
from bench.postgres import server_seconds
from bench.room.serving import NETRA
from bench.soak.programs import program
from bench.workers.house import house_with_texts, train_into
from bench.workers.processor import used_by_children
from bench.workers.texts import make_texts
from models import Flag, Prediction
from models.database import make_reading_session
from models.settings import Settings
from netra.crawls.crawling import environment

TEXTS, HANDS = 40_000, (1, 2, 4)
HEAD = "| way | processes | texts a second | times one | flags | CPU a text, ms: processes | server |\n" + "|---" * 7 + "|"
LEFT_OUT = 0.1
"""Of the texts, at either end."""
LOOK_SECONDS = 0.5
LONGEST_SECONDS = 3600.0


@dataclass(frozen=True)
class Way:
    name: str
    command: tuple[str, ...]
    is_on_postgresql: bool
    ends_by_itself: bool = True


WAYS = (
    Way("netra score, SQLite", ("score",), is_on_postgresql=False),
    Way("netra score, PostgreSQL", ("score",), is_on_postgresql=True),
    Way(
        "netra worker, PostgreSQL",
        ("worker", "--queues", "score", "--concurrency", "1"),
        is_on_postgresql=True,
        ends_by_itself=False,
    ),
)


@dataclass(frozen=True)
class Run:
    """What one house did."""

    pace: float
    """Texts a second."""
    flags: int
    ours: float
    server: float
    """Milliseconds of processor time a text."""

    def row_end(self) -> str:
        return f"{self.flags:,} | {self.ours:.3f} | {self.server:.3f}"


class Scaling:
    """`paces` fills while the lines are taken: by way, texts a second by number of processes."""

    def __init__(self, texts: int, hands: Sequence[int], artifact: Path, folder: Path | None) -> None:
        self._rows, self._hands, self._artifact, self._folder = list(make_texts(texts)), hands, artifact, folder
        self.paces = dict[str, list[tuple[float, float]]]()

    def lines(self, ways: Sequence[Way] = WAYS) -> Iterator[str]:
        yield HEAD
        for way in ways:
            own = self.paces.setdefault(way.name, [])
            for count in self._hands:
                run = self._score(way, count)
                own.append((count, run.pace))
                yield f"| {way.name} | {count} | {run.pace:,.0f} | {run.pace / own[0][1]:.2f} | {run.row_end()} |"

    def draw(self, into: Path) -> str:
        ideal = Line("as many times as processes", [(count, count) for count in self._hands], is_dashed=True, colour=5)
        grown = {name: [(count, pace / points[0][1]) for count, pace in points] for name, points in self.paces.items()}
        axes = Axes("processes", "times one process", ticks=tuple(self._hands))
        return draw(into, "workers", [Panel("", [*lines_of(grown), ideal])], axes, alt="Pace of scoring by number of processes")

    def _score(self, way: Way, count: int) -> Run:
        opened = house_with_texts(self._artifact, self._rows, postgresql=way.is_on_postgresql, folder=self._folder)
        with opened as (settings, engine):
            before = used_by_children(), server_seconds(engine)
            _run_all(settings, engine, way, count, len(self._rows))
            ours, server = used_by_children() - before[0], server_seconds(engine) - before[1]
            return _judge(engine, len(self._rows), ours, server)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.workers.scaling", description="Score by one process and by more.")
    parser.add_argument("--texts", type=int, default=TEXTS)
    parser.add_argument("--hands", type=int, nargs="+", default=HANDS, help="how many processes at once")
    parser.add_argument("--artifact", type=Path, help="folder of an artifact; none means that one is trained")
    parser.add_argument("--keep", type=Path, help="make the temporary folders here")
    wanted = parser.parse_args()
    with artifact_of(wanted.artifact, wanted.keep) as artifact:
        for line in Scaling(wanted.texts, wanted.hands, artifact, wanted.keep).lines():
            print(line, flush=True)


@contextmanager
def artifact_of(folder: Path | None, keep: Path | None) -> Iterator[Path]:
    """This one, or one that is trained for as long as the block runs."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="netra-artifact-", dir=keep) as home:
        yield train_into(Path(home))


def _run_all(settings: Settings, engine: Engine, way: Way, count: int, texts: int) -> None:
    """All at once, until every text is scored."""
    if way.ends_by_itself:
        with (settings.home / "score.log").open("wb") as log:
            command = [NETRA[0], *way.command]
            processes = [subprocess.Popen(command, env=environment(settings), stdout=log, stderr=log) for _ in range(count)]
            codes = [process.wait() for process in processes]
        _require(not any(codes), f"netra score ended with {codes}", settings)
        return
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(program(settings, *way.command))
        end = time.monotonic() + LONGEST_SECONDS
        while _count(engine, Prediction) < texts:
            _require(time.monotonic() < end, "the workers did not come to an end", settings)
            time.sleep(LOOK_SECONDS)


def _judge(engine: Engine, texts: int, ours: float, server: float) -> Run:
    with make_reading_session(engine)() as session:
        moments = list(session.scalars(select(Prediction.created_at).order_by(Prediction.created_at)))
    if len(moments) != texts:
        raise RuntimeError(f"{len(moments)} of {texts} texts were scored: the measurement is void")
    first, last = int(texts * LEFT_OUT), int(texts * (1 - LEFT_OUT)) - 1
    seconds = (moments[last] - moments[first]).total_seconds()
    pace = (last - first) / seconds if seconds else 0.0
    return Run(pace, _count(engine, Flag), ours / texts * 1000, server / texts * 1000)


def _count(engine: Engine, table: type[Flag] | type[Prediction]) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _require(is_so: bool, otherwise: str, settings: Settings) -> None:
    if not is_so:
        said = "".join(path.read_text(encoding="utf-8", errors="replace")[-2000:] for path in settings.home.glob("*.log"))
        raise RuntimeError(f"{otherwise}: the measurement is void.\n{said}")


if __name__ == "__main__":
    main()
