"""Public figures: published once, in fives, and all of them together tell of nobody."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import inf

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from models import AuditEvent, Flag, FlagState, FlagTally, Measure, Outcome, PublicFigure, Region, now
from models.database import make_session
from models.figures.tallying import add_up, count_anew
from models.legal.deadline import local_day
from models.settings import Settings
from service.app import create_app
from service.dashboard import publishing
from service.dashboard.choices import move_months
from service.dashboard.editions import HALF_YEAR, MONTH, Edition, list_due
from service.dashboard.public import FIGURES, list_rows
from service.dashboard.publishing import publish, publish_due, round_down
from service.dashboard.repository import list_acts
from service.dashboard.tables import write_csv
from tests.factories import make_flag, make_item
from tests.service.differencing import HostileReader

HALVES = (date(2024, 1, 1), date(2024, 7, 1))
REST = "di luar semua baris"


def read_csv(session: Session, key: str) -> list[dict[str, str]]:
    """As everybody downloads it."""
    return list(csv.DictReader(io.StringIO(write_csv(FIGURES[key](session, list_rows(session, key))))))


def months_of(half: date) -> list[date]:
    return [move_months(half, number) for number in range(HALF_YEAR)]


def names_of(row: dict[str, str]) -> str:
    return row.get("region") or row.get("act") or row.get("month") or ""


class Collector(HostileReader):
    """Kept every file that was ever published, and knows what each counts."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.shown: dict[str, tuple[str, int]] = {}
        """Name of a count → its table and the number that was shown."""
        self.tables = {key: read_csv(session, key) for key in FIGURES}
        for half in HALVES:
            self._join(half)

    def _join(self, half: date) -> None:
        """All tables of a half-year count the same flags; two of them leave some out, and nobody knows how many."""
        row = next(row for row in self.tables["penilaian"] if row["half_year"] == str(half))
        total = self._take(half, "jumlah", row, "flags_at_least")
        finished = self._take(half, "dinilai", row, "assessed_at_least")
        self.know([finished, self.read(f"{half} belum", 0)], [total])
        months = [row for row in self.tables["penanda"] if date.fromisoformat(row["month"]) in months_of(half)]
        self.know([self._take(half, "penanda", row) for row in months], [total])
        for table in ("wilayah", "perbuatan"):
            parts = [self._take(half, table, row) for row in self.tables[table] if row["half_year"] == str(half)]
            self.know([*parts, self.read(f"{half} {table} {REST}", 0)], [total])

    def _take(self, half: date, table: str, row: dict[str, str], column: str = "flags_at_least") -> str:
        name, at_least = f"{half} {table} {names_of(row)}", int(row[column])
        self.shown[name] = f"{half} {table}", at_least
        return self.read(name, at_least, at_least + 4)


def lay_out(session: Session, half: date, months: list[int], sizes: dict[str, list[int]], finished: int, fills: str) -> None:
    """Counts as the tallies keep them; what does not fit into the sizes stays without a place or an act.

    A table that fills the half-year leaves nothing out, as far as the last month can make up for it.
    """
    if fills:
        months[-1] = max(0, sum(sizes[fills]) - sum(months[:-1]))
    total = sum(months)
    done = min(finished, total)
    tallies = [tally(count, Measure.RAISED, on_day=month) for month, count in zip(months_of(half), months, strict=True)]
    tallies += [tally(done, outcome=Outcome.INDICATION.value, on_day=half), tally(total - done, on_day=half)]
    tallies += [tally(count, region_code=code, on_day=half) for code, count in spread(session, sizes, "wilayah", total)]
    tallies += [tally(count, act=act, on_day=half) for act, count in spread(session, sizes, "perbuatan", total)]
    session.add_all(one for one in tallies if one.count)
    session.flush()


def tally(count: int, measure: Measure = Measure.PHASE, **values: object) -> FlagTally:
    defaults = {"region_code": "", "act": "", "outcome": FlagState.OPEN.value, "value": ""}
    return FlagTally(measure=measure, count=count, **(defaults | values))


def spread(session: Session, sizes: dict[str, list[int]], table: str, total: int) -> Iterator[tuple[str, int]]:
    provinces = select(Region.code).where(Region.parent_code.is_(None)).order_by(Region.code)
    names = list(session.scalars(provinces)) if table == "wilayah" else list_acts(session)
    for name, size in zip(names, sizes[table], strict=False):
        count = min(size, total)
        total -= count
        yield name, count


def counts(least: int, most: int) -> st.SearchStrategy[list[int]]:
    """Where tables bound one another most: all at the upper end of their five, or all at the lower one."""
    ends = ([0, 1, 3, 4, 5, 9, 10, 14], [4, 9, 14], [4], [0, 5, 10])
    return st.one_of([st.lists(st.sampled_from(end), min_size=least, max_size=most) for end in ends])


sizes = {"wilayah": counts(0, 38), "perbuatan": counts(14, 14)}
half_years = st.fixed_dictionaries(
    {
        "months": counts(HALF_YEAR, HALF_YEAR),
        "sizes": st.fixed_dictionaries(sizes),
        "finished": st.one_of(st.integers(0, 90), st.just(10_000)),
        "fills": st.sampled_from(["", *sizes]),
    }
)


@given(truths=st.tuples(half_years, half_years))
@examples(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # To shrink takes minutes.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_all_editions_together_narrow_no_count_below_the_five_it_was_shown_as(sqlite_engine: Engine, truths) -> None:
    with make_session(sqlite_engine)() as session:
        for half, truth in zip(HALVES, truths, strict=True):
            lay_out(session, half, **truth)
            assert all(publish(session, Edition(month, MONTH)) for month in months_of(half))
            assert publish(session, Edition(half, HALF_YEAR))
        reader = Collector(session)
        session.rollback()
    told_apart = {shown: name for name, shown in reader.shown.items()}  # By table and number: nothing else tells rows apart.
    for (_, at_least), name in told_apart.items():
        assert reader.narrow(name) == (at_least, at_least + 4), name


def test_the_hostile_reader_finds_what_other_schemes_give_away() -> None:
    """Exact sums over windows that overlap, and a table of five rows that leaves no rest out."""
    windows = HostileReader()
    months = [windows.read(f"bulan {number}", 0) for number in range(13)]
    for first, count in ((0, 7), (1, 8)):
        windows.know(months[first : first + 12], [windows.read(f"jendela {first}", count, count)])
    windows.bounds[months[0]] = (0, 0)  # The house had not begun.
    assert windows.narrow(months[12]) == (1, 1)
    acts = HostileReader()
    total = acts.read("jumlah", 0)
    acts.know([acts.read(f"perbuatan {number}", 0, 4) for number in range(5)], [total])
    acts.know([acts.read(f"provinsi {number}", 5, 9) for number in range(4)], [total])
    assert acts.narrow("perbuatan 0") == (4, 4)
    assert acts.narrow("jumlah") == (20, 20)


def test_a_rest_that_nobody_knows_bounds_nothing() -> None:
    reader = HostileReader()
    total = reader.read("jumlah", 0)
    reader.know([reader.read("33", 5, 9), reader.read(REST, 0)], [total])
    assert reader.narrow("jumlah") == (5, inf)


def raise_flags(session: Session, day: datetime, **counts: int) -> None:
    for region, count in counts.items():
        for _ in range(count):
            make_flag(session, make_item(session, region_code=region.removeprefix("p")), created_at=day)


def test_a_period_is_counted_once_whatever_happens_to_its_flags(session: Session, engine: Engine) -> None:
    sessions, today = make_session(engine), date(2025, 3, 5)
    raise_flags(session, datetime(2024, 9, 12, 5, tzinfo=UTC), p33=30, p35=9, p95=2)
    session.commit()
    published = publish_due(sessions, today)
    assert [(edition.first_on, edition.months) for edition in published[:2]] == [(HALVES[0], 6), (HALVES[1], 6)]
    before = {key: read_csv(session, key) for key in FIGURES}
    shown = {row["region"]: row["flags_at_least"] for row in before["wilayah"] if row["half_year"] == str(HALVES[1])}
    assert (shown["33"], shown["35"], shown["95"], shown["11"]) == ("30", "5", "0", "0")
    session.execute(update(Flag).where(Flag.region_code == "33").values(region_code="95"))
    raise_flags(session, datetime(2024, 9, 20, 5, tzinfo=UTC), p95=9)
    session.commit()
    assert publish_due(sessions, today) == []
    assert [edition.first_on for edition in publish_due(sessions, date(2025, 4, 2))] == [date(2025, 3, 1)]
    after = {key: read_csv(session, key) for key in FIGURES}
    assert [row for row in after["penanda"] if row["month"] != "2025-03-01"] == before["penanda"]
    assert all(after[key] == before[key] for key in ("penilaian", "wilayah", "perbuatan"))


def test_which_rows_there_are_tells_nothing(session: Session, engine: Engine) -> None:
    raise_flags(session, datetime(2024, 9, 12, 5, tzinfo=UTC), p33=1)
    session.commit()
    publish_due(make_session(engine), date(2025, 3, 5))
    for key in ("wilayah", "perbuatan"):
        rows = read_csv(session, key)
        halves = [[names_of(row) for row in rows if row["half_year"] == str(half)] for half in HALVES]
        assert halves[0] == halves[1] == sorted(halves[0])
    assert len(halves[0]) == len(list_acts(session))
    assert all(row["flags_at_least"] == "0" for row in rows)


def test_nothing_is_published_before_it_has_settled() -> None:
    first, second, third = list_due(date(2025, 8, 1)), list_due(date(2025, 7, 31)), list_due(date(2025, 8, 2))
    assert [edition.first_on for edition in first if edition.months == HALF_YEAR] == [date(2024, 7, 1), date(2025, 1, 1)]
    assert [edition.first_on for edition in second if edition.months == HALF_YEAR] == [date(2024, 1, 1), date(2024, 7, 1)]
    assert (first[-1].first_on, third[-1].first_on) == (date(2025, 6, 1), date(2025, 7, 1))
    assert len({edition for edition in second if edition.months == MONTH}) == 18


def test_what_is_not_counted_yet_keeps_its_period_back(session: Session) -> None:
    raise_flags(session, now(), p33=1)
    session.flush()
    month = Edition(local_day(now(), None).replace(day=1), MONTH)
    assert publish(session, month) is False
    assert list_rows(session, "penanda") == []


def test_nothing_is_published_while_its_flags_are_counted_anew(session: Session) -> None:
    raise_flags(session, datetime(2024, 9, 12, 5, tzinfo=UTC), p33=7)
    session.flush()
    count_anew(session)
    waiting = Edition(date(2024, 9, 1), MONTH), Edition(HALVES[1], HALF_YEAR)
    assert [publish(session, edition) for edition in waiting] == [False, False]
    assert publish(session, Edition(date(2024, 8, 1), MONTH))


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_what_another_process_is_adding_up_keeps_its_period_back(session: Session, engine: Engine) -> None:
    raise_flags(session, datetime(2024, 9, 12, 5, tzinfo=UTC), p33=7)
    session.commit()
    count_anew(session)
    session.commit()
    sessions, today = make_session(engine), date(2025, 3, 5)
    with sessions() as other:
        assert add_up(other) == 7
        before = {edition.first_on for edition in publish_due(sessions, today)}
        other.commit()
    assert date(2024, 9, 1) not in before
    assert date(2024, 9, 1) in {edition.first_on for edition in publish_due(sessions, today)}
    months = select(PublicFigure.at_least).where(PublicFigure.figure == "penanda", PublicFigure.at_least > 0)
    assert session.scalars(months).all() == [5]


def test_no_exact_number_is_kept_and_none_is_changed(session: Session) -> None:
    session.add(PublicFigure(figure="penanda", first_on=HALVES[0], name="", at_least=5))
    session.commit()
    for statement in (update(PublicFigure).values(at_least=10), delete(PublicFigure)):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)
        session.rollback()
    session.add(PublicFigure(figure="penanda", first_on=HALVES[1], name="", at_least=7))
    with pytest.raises(IntegrityError):
        session.commit()


def test_each_edition_stands_in_the_trail_without_a_number(session: Session, engine: Engine) -> None:
    raise_flags(session, datetime(2024, 9, 12, 5, tzinfo=UTC), p33=7)
    session.commit()
    count = len(publish_due(make_session(engine), date(2025, 3, 5)))
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "statistik.terbit")).all()
    assert len(events) == count > 14
    assert events[0].detail == {"mulai": "2024-01-01", "bulan": 6}


def test_what_two_processes_publish_at_once_stands_once(session: Session, engine: Engine, monkeypatch) -> None:
    sessions, today = make_session(engine), date(2025, 3, 5)
    count = len(publish_due(sessions, today))
    monkeypatch.setattr(publishing, "is_published", lambda *_: False)  # As seen a moment before the other's commit.
    assert publish_due(sessions, today) == []
    assert session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "statistik.terbit")) == count


def test_the_public_page_is_off_until_the_house_shows_it(settings: Settings, visitor: TestClient) -> None:
    assert visitor.get("/publik/statistik").status_code == 404
    assert visitor.get("/publik/statistik/penanda.csv").status_code == 404
    with TestClient(create_app(settings.model_copy(update={"public_statistics": True}))) as open_house:
        answer = open_house.get("/publik/statistik")
        assert answer.status_code == 200
        assert answer.text.count("Belum ada periode yang diterbitkan") == len(FIGURES)
        assert "public" in answer.headers["cache-control"]
        assert open_house.get("/publik/statistik/sumber.csv").status_code == 404


def test_everybody_reads_ranges_and_what_happens_now_moves_nothing(session: Session, engine: Engine, settings: Settings) -> None:
    raise_flags(session, now() - timedelta(days=300), p33=12)
    session.commit()
    publish_due(make_session(engine), local_day(now(), None))
    with TestClient(create_app(settings.model_copy(update={"public_statistics": True}))) as open_house:
        page, file = open_house.get("/publik/statistik"), open_house.get("/publik/statistik/penanda.csv")
        assert "10–14" in page.text
        assert ">12</td>" not in page.text
        assert {line.rpartition(",")[2] for line in file.text.splitlines()} == {"flags_at_least", "0", "10"}
        raise_flags(session, now() - timedelta(days=300), p33=9)
        session.commit()
        assert open_house.get("/publik/statistik").text == page.text


def test_rounding_never_tells_few_from_none() -> None:
    assert [round_down(count) for count in range(11)] == [0] * 5 + [5] * 5 + [10]
