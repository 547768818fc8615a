"""A monitor's day at the server: a hundred decisions, each with the page that comes after it.

python -m bench.room.day [--flags 100]
"""

import argparse
from pathlib import Path

from bench.room.filling import fill, made_up_database
from bench.room.serving import Server, browser, people, serving
from bench.room.timing import HEAD, Times
from models.database import make_engine

ANSWERS = (
    {"hasil": "bukan_pelanggaran", "alasan": "imbauan_ikrar_sosialisasi", "isi": "tidak"},
    {"hasil": "perlu_bukti_tambahan", "isi": "ya", "orang": "ragu"},
    {"hasil": "tidak_dapat_diverifikasi"},
    {"hasil": "duplikat"},
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.day", description="Measure decisions at the server.")
    parser.add_argument("--flags", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    print(report_day(flags=wanted.flags, folder=wanted.keep))


def report_day(*, flags: int = 100, folder: Path | None = None) -> str:
    """The table of both engines."""
    lines = [HEAD.format(what=f"{flags} flags")]
    for postgresql in (False, True):
        with made_up_database(postgresql=postgresql, folder=folder) as settings:
            engine = make_engine(settings.database_address)
            fill(engine, flags)
            name = engine.dialect.name
            engine.dispose()
            (cookie,) = people(settings, 1)
            with serving(settings) as server:
                lines += [times.row(f"{name}: {what}") for what, times in _work(server, cookie).items()]
    return "\n".join(lines)


def _work(server: Server, cookie: str) -> dict[str, Times]:
    """Take, read, decide, read the next, until nothing is left."""
    decisions, pages, turn = Times(server), Times(server), 0
    with browser(server, cookie) as monitor:
        path = monitor.post("/antrean/ambil").headers["location"]
        while path.startswith("/penanda/"):
            pages.take(lambda path=path: monitor.get(path).raise_for_status())
            turn += 1
            form = {"url": f"{path.partition('?')[0]}/nilai", "data": ANSWERS[turn % len(ANSWERS)]}
            path = decisions.take(lambda form=form: monitor.post(**form)).headers["location"]
    return {"a decision, and the next flag taken": decisions, "the page of the next flag": pages}


if __name__ == "__main__":
    main()
