"""Dates as Indonesian papers write them."""

from datetime import UTC, datetime

import pytest

from crawler.dates import parse_date


@pytest.mark.parametrize(
    ("text", "expected", "zone", "precision"),
    [
        ("Senin, 16 Oktober 2024 14:05 WIB", "2024-10-16T14:05:00+07:00", "WIB", "minute"),
        ("Rabu (7/10/2020)", "2020-10-07T00:00:00+07:00", "WIB", "day"),
        ("07 Okt 2020 | 13:20 WITA", "2020-10-07T13:20:00+08:00", "WITA", "minute"),
        ("Jumat, 1 Nopember 2024, 09.15 WIT", "2024-11-01T09:15:00+09:00", "WIT", "minute"),
        ("2024-10-16T14:05:09+08:00", "2024-10-16T14:05:09+08:00", "+08:00", "second"),
        ("2024-10-16T07:05:00Z", "2024-10-16T07:05:00+00:00", "+00:00", "second"),
        ("2024-10-16", "2024-10-16T00:00:00+07:00", "WIB", "day"),
        ("Wed, 16 Oct 2024 14:05:00 +0700", "2024-10-16T14:05:00+07:00", "+07:00", "second"),
        ("Diterbitkan 28/08/2024 - 10:41", "2024-08-28T10:41:00+07:00", "WIB", "minute"),
        ("October 16, 2024 2:05 pm", "2024-10-16T14:05:00+07:00", "WIB", "minute"),
    ],
)
def test_reads_what_papers_write(text: str, expected: str, zone: str, precision: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert (moment.at.isoformat(), moment.zone, moment.precision) == (expected, zone, precision)


@pytest.mark.parametrize("text", ["", "kemarin sore", "31 Februari 2024", "nomor 12/2024", "Pasal 7 ayat 10", "2024-13-40"])
def test_gives_none_for_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_a_date_without_zone_gets_the_zone_of_the_outlet() -> None:
    moment = parse_date("16 Oktober 2024 14:05", "Asia/Jayapura")
    assert moment is not None
    assert moment.zone == "WIT"
    assert moment.at == datetime(2024, 10, 16, 5, 5, tzinfo=UTC)
