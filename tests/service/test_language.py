import re
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import service
from models import Answer, FetchOutcome, FlagReason, HealthState, NoViolationReason, Outcome, Rights, RunState, When
from service.errors import NetraError
from service.items.estimate import Standing
from service.items.highlight import Strength
from service.language import Language, read_catalogue
from service.review.filters import Shelf

FOLDER = Path(service.__file__).parent
PREFIXES: dict[str, type[StrEnum]] = {
    "hasil": Outcome,
    "jawaban": Answer,
    "alasan": NoViolationReason,
    "penanda.sebab": FlagReason,
    "antrean.rak": Shelf,
    "kekuatan": Strength,
    "ambang": Standing,
    "hak": Rights,
    "jalan": RunState,
    "keadaan": HealthState,
    "bagian": When,
}


def test_every_key_has_both_languages() -> None:
    assert [key for key, texts in read_catalogue().items() if set(texts) != {"id", "en"}] == []


def test_every_key_in_a_template_is_in_the_catalogue() -> None:
    named = {key for path in FOLDER.rglob("*.html") for key in re.findall(r"""\bl\(["']([\w.]+)["'][,)]""", path.read_text())}
    assert named - set(read_catalogue()) == set()
    assert len(named) > 100


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_member_that_is_shown_has_its_words(prefix: str) -> None:
    shown = [member for member in PREFIXES[prefix] if member is not When.ANY]
    assert [f"{prefix}.{member}" for member in shown if f"{prefix}.{member}" not in read_catalogue()] == []


def test_every_outcome_of_a_fetch_has_its_words() -> None:
    assert [outcome for outcome in FetchOutcome if f"sumber.{outcome}" not in read_catalogue()] == []


def test_every_error_has_its_sentence() -> None:
    def family(kind: type[NetraError]) -> set[str]:
        return {kind.code}.union(*(family(child) for child in kind.__subclasses__()))

    assert {code for code in family(NetraError) if f"galat.{code}" not in read_catalogue()} == {"masukan_salah"}


def test_the_switch_changes_the_language_and_comes_back(sqlite_visitor: TestClient) -> None:
    assert "Kata sandi" in sqlite_visitor.get("/masuk").text
    answer = sqlite_visitor.post("/bahasa", data={"kode": "en", "kembali": "/masuk?lanjut=%2Fsumber"})
    assert answer.headers["location"] == "/masuk?lanjut=%2Fsumber"
    text = sqlite_visitor.get("/masuk").text
    assert '<html lang="en">' in text
    assert "Password" in text


@pytest.mark.parametrize(
    ("region", "shown"), [("33", "10.12 WIB"), ("51", "11.12 WITA"), ("94", "12.12 WIT"), (None, "10.12 WIB")]
)
def test_times_stand_in_the_zone_of_their_region(region: str | None, shown: str) -> None:
    moment = datetime.fromisoformat("2024-10-16T03:12:00+00:00")
    assert Language("id").moment(moment, region) == f"16 Okt 2024, {shown}"


def test_numbers_and_days_follow_the_language() -> None:
    assert (Language("id").number(1234.5), Language("en").number(1234.5)) == ("1.234,5", "1,234.5")
    assert Language("id").day(date(2024, 8, 17)) == "17 Agu 2024"


def test_the_machine_is_never_certain() -> None:
    shown = [Language("id").chance(probability) for probability in (0.0, 0.004, 0.01, 0.5, 0.99, 0.996, 1.0)]
    assert shown == ["< 1%", "< 1%", "1%", "50%", "99%", "> 99%", "> 99%"]


def test_the_names_of_the_switch_begin_with_what_it_shows(sqlite_visitor: TestClient) -> None:
    switch = re.findall(r'aria-label="([^"]+)"[^>]*>(\w+)</button>', sqlite_visitor.get("/masuk").text)
    assert switch == [("ID, Indonesia", "ID"), ("EN, English", "EN")]


def test_an_act_that_nobody_named_yet_is_still_shown() -> None:
    assert Language("id").label("perbuatan_baru") == "perbuatan baru"
