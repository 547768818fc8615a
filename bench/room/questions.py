"""What is asked of a queue, each time with another value, and the plain SQL that it is held against."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine

from bench.room.rows import COMMON, HALF, RARE
from models.queue.offices import read_offices

RAW = (
    "SELECT f.id, f.reason, f.state, f.priority, f.region_code, f.due_on, f.held_until, i.kind, v.title, s.name, r.name,"
    " p.probability, p.act FROM (SELECT id FROM flags WHERE state != 'dinilai' ORDER BY priority DESC, id LIMIT 51) AS first"
    " JOIN flags f ON f.id = first.id JOIN items i ON i.id = f.item_id JOIN item_versions v ON v.id = f.item_version_id"
    " JOIN sources s ON s.id = i.source_id LEFT JOIN predictions p ON p.id = f.prediction_id"
    " LEFT JOIN regions r ON r.code = f.region_code"
)
QUEUE_PAGE, TAKE, SEARCH_COMMON = "queue page", "take next, and release", "search, 3 in 10"


def list_questions(browser: Any, count: int) -> Iterator[tuple[str, Callable[[int], None]]]:
    """What is measured, each with a value of its own in every round."""

    def page(query: str) -> Callable[[int], None]:
        def ask(turn: int) -> None:
            answer = browser.get(
                "/antrean?" + query.format(turn=turn, region=11 + turn % 10, office=list(read_offices())[turn % 19])
            )
            assert answer.status_code == 200, answer.text

        return ask

    def take(_: int) -> None:
        where = browser.post("/antrean/ambil").headers["location"]
        flag_id = where.removeprefix("/penanda/").split("?")[0]
        assert browser.post(f"/penanda/{flag_id}/lepas").status_code == 303

    yield QUEUE_PAGE, page("rak=semua")
    yield "one province", page("wilayah={region}")
    yield "one regency", page("wilayah=33.{turn:02d}")
    yield "one source", page("sumber=sumber-{turn}")
    yield "one office, 0 to 2 days left", page("jabatan={office}&sisa=0-2")
    yield "tips (1 in 5,000)", page("sebab=informasi_masyarakat")
    yield "expired, second reading", page("rak=kedua&sisa=lewat")
    yield "search, 1 in 50,000", page(f"cari={RARE}")
    yield "search, 1 in 500", page("cari=kata{turn}")
    yield SEARCH_COMMON, page(f"cari={COMMON}")
    yield "search, two words of 3 in 10 and 5 in 10", page(f"cari={COMMON}+{HALF}")
    yield "search, 3 in 10, in one province", page(f"cari={COMMON}&wilayah={{region}}")
    yield TAKE, take
    yield "new since the page was loaded", lambda _: ok(browser.get(f"/antrean/baru?sejak={count - 10}"))


def read_raw(engine: Engine) -> None:
    """What a page shows of its 51 flags, as a driver gives it: the measure of all that is done around it."""
    raw: Any = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(RAW)
    assert len(cursor.fetchall()) == 51
    cursor.close()
    raw.close()


def ok(answer: Any) -> None:
    assert answer.status_code == 200
