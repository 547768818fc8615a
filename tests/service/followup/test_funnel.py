import csv
import io
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import ExternalStatus, Stage
from models.figures.published import read_published
from service.accounts.actor import Actor
from service.cases.schemas import FollowUpEntry
from service.followup.funnel import DEFAULT_LIMIT, read_funnel
from service.followup.repository import FunnelFilter, count_ended, count_stages, list_ages
from service.followup.service import enter_follow_up
from service.followup.tables import safe_cell
from service.language import Language
from tests.factories import make_flag, make_item
from tests.service.cases.desk import actor_of, make_case, mirror

TODAY = date(2024, 12, 1)


def case_in(session: Session, actor: Actor, agency: str, *statuses: tuple[ExternalStatus, str], region: str = "33"):
    case = make_case(session, actor, make_flag(session, make_item(session, region_code=region)), agency=agency)
    for status, day in statuses:
        mirror(session, actor, case, status, day)
    return case


def test_kasns_numbers_of_30_september_2020_are_reproduced() -> None:
    row = next(row for row in read_published() if row.as_of == date(2020, 9, 30) and row.publisher == "KASN")
    assert (row.reported, row.recommended, row.followed_up) == (694, 492, 256)
    assert Language("id").percent(row.followed_up_share or 0) == "52%"
    assert all(row.as_of and row.publisher and row.population and row.url.startswith("https://") for row in read_published())


def test_a_later_stage_counts_in_those_before_and_corrections_do_not_count(session: Session) -> None:
    actor = actor_of(session)
    case_in(session, actor, "A", (ExternalStatus.HEAVY, "2024-11-20"))
    case_in(session, actor, "A", (ExternalStatus.REPORT, "2024-10-20"), (ExternalStatus.REFUSED, "2024-11-01"))
    wrong = case_in(session, actor, "B")
    step = FollowUpEntry(stage=Stage.FOLLOWED_UP, on_day=date(2024, 11, 3))
    row = enter_follow_up(session, actor, wrong.id, step)
    back = step.model_copy(update={"corrects_id": row.id, "is_withdrawal": True})
    enter_follow_up(session, actor, wrong.id, back)
    assert list(count_stages(session, actor, FunnelFilter()).values()) == [2, 1, 1, 1]
    assert count_ended(session, actor, FunnelFilter()) == 1
    november = FunnelFilter(since=date(2024, 11, 1))
    assert count_stages(session, actor, november)[Stage.REPORTED] == 1


def test_a_sanction_stays_one_when_its_person_retires(session: Session) -> None:
    actor = actor_of(session)
    case_in(session, actor, "A", (ExternalStatus.HEAVY, "2024-11-20"), (ExternalStatus.LEFT_SERVICE, "2024-12-01"))
    case_in(session, actor, "A", (ExternalStatus.REPORT, "2024-11-20"), (ExternalStatus.LEFT_SERVICE, "2024-12-01"))
    assert count_stages(session, actor, FunnelFilter())[Stage.SANCTIONED] == 1
    assert count_ended(session, actor, FunnelFilter()) == 1


def test_waiting_is_counted_by_agency_from_the_day_of_the_recommendation(session: Session) -> None:
    actor = actor_of(session)
    for day in ("2024-11-01", "2024-11-21", "2024-11-27"):
        case_in(session, actor, "Dinas  Rekaan" if day.endswith("27") else "dinas rekaan", (ExternalStatus.AWAITS_PPK, day))
    answered = case_in(session, actor, "Dinas Lain", (ExternalStatus.AWAITS_PPK, "2024-10-01"))
    enter_follow_up(session, actor, answered.id, FollowUpEntry(stage=Stage.FOLLOWED_UP, on_day=date(2024, 10, 9)))
    case_in(session, actor, "Dinas Lain", (ExternalStatus.AWAITS_PPK, "2024-10-01"), (ExternalStatus.CANCELLED, "2024-10-03"))
    ages = list_ages(session, actor, FunnelFilter(), today=TODAY, limit_days=DEFAULT_LIMIT)
    assert [(age.waiting, age.median_days, age.oldest_days, age.over) for age in ages] == [(3, 10, 30, 1)]


def test_only_the_persons_area_is_counted(session: Session) -> None:
    nation, west = actor_of(session, region_code=None), actor_of(session, region_code="32")
    for region in ("33", "32"):
        case_in(session, nation, "A", (ExternalStatus.REPORT, "2024-10-20"), region=region)
    counted = [count_stages(session, one, FunnelFilter())[Stage.REPORTED] for one in (nation, west)]
    assert counted == [2, 1]
    assert count_stages(session, nation, FunnelFilter(region="33"))[Stage.REPORTED] == 1


def test_the_reference_stands_on_the_scale_of_its_own_reports(session: Session) -> None:
    actor = actor_of(session)
    page = read_funnel(session, actor, FunnelFilter(), limit_days=10, reference="tak dikenal")
    assert [round((bar.reference or 0) / page.funnel.width, 2) for bar in page.funnel.bars] == [1.0, 0.71, 0.37, 0.0]
    assert [line.name for line in page.series.lines] == ["reported", "recommended", "followed_up"]


def test_page_and_tables_say_the_same_and_no_cell_is_a_formula(session: Session, sign_in: Any) -> None:
    actor = actor_of(session)
    case_in(session, actor, '=HYPERLINK("x")', (ExternalStatus.AWAITS_PPK, "2024-10-20"))
    browser = sign_in(role="pembaca", region_code="33")
    page = browser.get("/tindak-lanjut").text
    assert "694" in page
    assert "52%" in page
    tables = {
        name: browser.get(f"/tindak-lanjut/{name}.csv").content.decode("utf-8-sig") for name in ("corong", "instansi", "acuan")
    }
    rows = {name: list(csv.reader(io.StringIO(text))) for name, text in tables.items()}
    assert [row[1] for row in rows["corong"][1:]] == ["1", "1", "0", "0"]
    assert rows["instansi"][1][0].startswith("'=")
    assert len(rows["acuan"]) == 1 + len(read_published())
    assert safe_cell(-3) == -3
