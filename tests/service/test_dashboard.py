"""Figures by roles and areas, their tables, CSV files and the public page."""

from datetime import date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Outcome, RecallEstimate, RecallMethod, now
from models.legal.deadline import local_day
from service.dashboard.choices import Choice, Step, list_buckets
from service.dashboard.drawing.columns import draw_columns
from service.dashboard.drawing.tiles import PLACES, draw_tiles
from service.dashboard.service import FIGURES, PAGES
from service.dashboard.shares import share_of
from service.errors import InvalidInput
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user
from tests.service.judgements import UNVERIFIABLE
from tests.service.test_own_account import token_of

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def finish(session: Session, flag: Flag, outcome: Outcome, at: datetime | None = None) -> None:
    flag.state, flag.assessed_at = FlagState.ASSESSED, at or now()
    session.flush()
    user = make_user(session)
    session.add(Assessment(flag_id=flag.id, item_version_id=flag.item_version_id, user_id=user.id, outcome=outcome))
    session.flush()


def figure(browser: TestClient, key: str, query: str = "") -> list[dict[str, object]]:
    answer = browser.get(f"/api/v1/statistics/{key}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def test_the_dashboard_is_for_those_who_have_the_right(session: Session, sign_in, visitor: TestClient) -> None:
    answers = {role: sign_in(role=role).get("/dasbor").status_code for role in ("pengawas", "operator", "auditor", "pembaca")}
    assert answers == {"pengawas": 403, "operator": 403, "auditor": 200, "pembaca": 200}
    assert visitor.get("/dasbor/umur.csv").status_code in (303, 401)


def test_every_figure_counts_only_the_area_of_the_reader(session: Session, sign_in) -> None:
    for region in ("33.24", "33.24", "35", None):
        make_flag(session, make_item(session, region_code=region))
    own, nation = sign_in(role="koordinator", region_code="33"), sign_in(role="koordinator")
    assert sum(int(str(row["total"])) for row in figure(own, "penanda")) == 2
    assert sum(int(str(row["total"])) for row in figure(nation, "penanda")) == 4
    assert {row["region"] for row in figure(own, "wilayah") if row["flags"]} == {"33.24"}
    for path in ("/dasbor", "/dasbor/sumber.csv", "/api/v1/statistics/umur"):
        key = "region" if path.startswith("/api") else "wilayah"
        assert own.get(f"{path}?{key}=35").status_code == 404
        assert own.get(f"{path}?{key}=33.24").status_code == 200


def test_a_decision_is_counted_for_whoever_looks_next(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser = sign_in(role="koordinator")
    browser.post(f"/penanda/{flag.id}/ambil")
    assert browser.post(f"/penanda/{flag.id}/nilai", data=UNVERIFIABLE).status_code == 303
    rows = figure(browser, "penilaian", "step=hari&first_month=" + f"{local_day(now(), '33'):%Y-%m}")
    assert [row["total"] for row in rows if row["total"]] == [1]
    assert figure(browser, "lama")[0] == {"wait": "1_jam", "assessments": 1}
    assert not any(row["flags"] for row in figure(browser, "umur"))


def test_every_page_stands_empty_and_full_and_escapes_hostile_words(session: Session, sign_in) -> None:
    browser = sign_in(role="admin")
    for page in PAGES:
        assert browser.get(f"/dasbor/{page}").status_code == 200
    source = make_source(session, name=HOSTILE, slug="jahat")
    keep_estimate(session, local_day(now(), None))
    for number in range(12):
        flag = make_flag(
            session, make_item(session, source=source), sides=["golkar"], phase="kampanye", due_on=local_day(now(), "33")
        )
        finish(session, flag, Outcome.INDICATION if number % 2 else Outcome.NO_VIOLATION)
    make_flag(session, make_item(session, source=source))
    session.commit()
    for page in PAGES:
        text = browser.get(f"/dasbor/{page}?langkah=hari").text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "<svg" in text
        assert text.count("<details><summary>") == len(PAGES[page])


def test_a_csv_is_the_table_and_holds_no_formula(session: Session, sign_in) -> None:
    make_flag(session, make_item(session, source=make_source(session, slug="rumus", name="=cmd|calc")))
    answer = sign_in(role="auditor").get("/dasbor/sumber.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines() == ["source,name,flags,unfinished,indications,no_violation", "rumus,'=cmd|calc,1,1,0,0"]


def test_balance_shows_skew_and_makes_no_share_of_few(session: Session, sign_in) -> None:
    for side, signs, none in (("golkar", 19, 1), ("pks", 4, 26), ("pan", 2, 1)):
        for number in range(signs + none):
            flag = make_flag(session, make_item(session), sides=[side])
            finish(session, flag, Outcome.INDICATION if number < signs else Outcome.NO_VIOLATION)
    rows = {row["side"]: row for row in figure(sign_in(role="auditor"), "imbang_pihak")}
    assert (rows["golkar"]["mark"], rows["pks"]["mark"], rows["pan"]["mark"]) == ("lebih", "kurang", "sedikit")
    assert rows["golkar"]["share"] == 0.95
    assert [rows["pan"][name] for name in ("flags", "decided", "indications", "share", "low")] == [3, 3, 2, None, None]


def test_precision_counts_clear_decisions_on_flags_of_the_model_only(session: Session, sign_in) -> None:
    outcomes = [Outcome.INDICATION] * 6 + [Outcome.NO_VIOLATION] * 2 + [Outcome.DUPLICATE]
    for outcome in outcomes:
        finish(session, make_flag(session), outcome)
    for reason in ("sampel_audit", "informasi_masyarakat"):
        finish(session, make_flag(session, reason=reason), Outcome.NO_VIOLATION)
    last = figure(sign_in(role="analis"), "presisi")[-1]
    share = share_of(6, 8)
    assert share is not None
    assert (last["assessments"], last["precision"], last["low"]) == (9, 0.75, round(share.low, 4))


def keep_estimate(session: Session, day: date, **values: object) -> None:
    counts = {"population": 4_000, "drawn": 400, "read": 390, "undecided": 10, "missed": 2, "found": 80, "known_missed": 1}
    figures = {"waiting": 0, "share": 0.005, "share_low": 0.001, "share_high": 0.018}
    interval = {"recall": 0.79, "recall_low": 0.7, "recall_high": 0.88}
    about = {"artifact_id": make_artifact(session).id, "on_day": day, "method": RecallMethod.POOLED_DRAWS, "confidence": 0.95}
    session.add(RecallEstimate(**(about | counts | figures | interval | values)))
    session.flush()


def test_what_the_machine_finds_is_shown_with_its_interval_table_and_csv(session: Session, sign_in) -> None:
    browser, day = sign_in(role="koordinator", region_code="33"), local_day(now(), None)
    assert "Belum ada taksiran artefak yang aktif" in browser.get("/dasbor/mutu").text
    keep_estimate(session, day, read=12, recall_low=0.3)
    session.commit()
    assert "Itu sedikit: nilai sebenarnya dapat berada di mana saja" in browser.get("/dasbor/mutu").text
    keep_estimate(session, day)
    session.commit()
    page = browser.get("/dasbor/mutu").text
    assert "menemukan 79 % (70 % – 88 %)" in page.replace("79%", "79 %").replace("70%", "70 %").replace("88%", "88 %")
    assert "Itu sedikit" not in page
    row = figure(browser, "perolehan")[-1]
    assert (row["artifact"], row["method"], row["population"], row["recall_low"]) == ("uji-1", "undian_gabungan", 4_000, 0.7)
    assert len(browser.get("/dasbor/perolehan.csv").text.splitlines()) == 2


def test_without_a_confirmed_flag_nothing_is_said_of_what_is_found(session: Session, sign_in) -> None:
    keep_estimate(session, local_day(now(), None), found=0, recall=None, recall_low=None, recall_high=None)
    page = sign_in(role="analis").get("/dasbor/mutu").text
    assert "belum dapat dikatakan" in page
    assert "<svg" in page


def test_expired_flags_are_a_share_of_those_whose_clock_ran_out(session: Session, sign_in) -> None:
    today = local_day(now(), "33")
    for due_on, outcome in ((today - timedelta(days=1), None), (today, Outcome.DUPLICATE), (today + timedelta(days=1), None)):
        flag = make_flag(session, due_on=due_on)
        if outcome:
            finish(session, flag, outcome)
    months = f"last_month={today + timedelta(days=1):%Y-%m}"
    rows = figure(sign_in(role="koordinator"), "kedaluwarsa", months)
    assert [sum(int(str(row[name])) for row in rows) for name in ("tepat", "lewat", "habis", "berjalan")] == [1, 0, 1, 1]


@pytest.mark.parametrize("query", ["dari=kemarin", "dari=2024-05&sampai=2024-01", "dari=2001-01", "langkah=abad"])
def test_a_choice_that_makes_no_sense_is_refused(query: str) -> None:
    with pytest.raises(InvalidInput):
        Choice.parse(query, date(2024, 11, 3))


def test_long_periods_are_cut_coarsely() -> None:
    choice = Choice.of("2020-01", "2024-12", "", "", Step.DAY, date(2024, 12, 1)).at_least(Step.DAY)
    assert choice.step is Step.MONTH
    assert len(list_buckets(choice)) == 60


def test_a_regency_is_cut_by_month_where_an_act_is_chosen(session: Session, sign_in) -> None:
    make_flag(session, make_item(session, region_code="33.24"))
    answer = sign_in(role="auditor").get("/api/v1/statistics/penanda?region=33.24&act=kegiatan_berpihak&step=hari").json()
    assert answer["step"] == "bulan"
    assert sum(row["total"] for row in answer["rows"]) == 1


def test_whoever_may_not_open_flags_may_not_count_them_either(session: Session, sign_in) -> None:
    for _ in range(3):
        finish(session, make_flag(session, make_item(session, region_code="33")), Outcome.INDICATION)
    session.commit()
    browser = sign_in(role="auditor")
    counting, reading = (token_of(browser, scopes=["dasbor.baca", *more]) for more in ((), ("antrean.baca",)))
    assert {counting.get(f"/api/v1/statistics/{key}").status_code for key in FIGURES} == {403}
    places, balance = (figure(reading, key) for key in ("wilayah", "imbang_wilayah"))
    assert [row["indications"] for row in places if row["flags"]] == [row["indications"] for row in balance] == [3]


def test_drawings_stay_on_their_paper() -> None:
    drawn = draw_columns([[3, 0, 130], [0, 0, 0], [1, 2, 3]])
    assert all(0 <= part.y <= part.y + part.height <= drawn.base for part in drawn.parts)
    assert len(drawn.parts) == 5
    assert len(set(PLACES.values())) == len(PLACES) == 38
    assert [tile.filled for tile in draw_tiles({"11": 0, "33": 10}).tiles] == [0.0, 48.0]


def test_every_figure_stands_on_one_page() -> None:
    assert sorted(key for keys in PAGES.values() for key in keys) == sorted(FIGURES)
