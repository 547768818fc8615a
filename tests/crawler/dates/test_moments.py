"""Dates as Indonesian papers write them."""

from datetime import UTC, datetime

import pytest

from crawler.dates.moments import before_reading, parse_date
from crawler.dates.months import month_of

SEEN_AT = datetime(2024, 11, 2, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected", "zone", "precision"),
    [
        ("Senin, 16 Oktober 2024 14:05 WIB", "2024-10-16T14:05:00+07:00", "WIB", "minute"),
        ("Rabu (7/10/2020)", "2020-10-07T00:00:00+07:00", "WIB", "day"),
        ("07 Okt 2020 | 13:20 WITA", "2020-10-07T13:20:00+08:00", "WITA", "minute"),
        ("Jumat, 1 Nopember 2024, 09.15 WIT", "2024-11-01T09:15:00+09:00", "WIT", "minute"),
        ("Selasa, 6/2/2024 14.05 WIB", "2024-02-06T14:05:00+07:00", "WIB", "minute"),
        ("Selasa, 6/2/24 14.05 WIB", "2024-02-06T14:05:00+07:00", "WIB", "minute"),
        ("Jum'at, 19 Juni 2015 - 11:58 wib", "2015-06-19T11:58:00+07:00", "WIB", "minute"),
        ("20:21 Senin, 4 November 2024", "2024-11-04T20:21:00+07:00", "WIB", "minute"),
        ("14:05 WITA, 6 Februari 2024", "2024-02-06T14:05:00+08:00", "WITA", "minute"),
        ("12:30 WIB, 5 Mei 2024", "2024-05-05T12:30:00+07:00", "WIB", "minute"),
        ("12:05 WITA 5 Mei 2024", "2024-05-05T12:05:00+08:00", "WITA", "minute"),
        ("12.15.09 WIT | Minggu, 5 Mei 2024", "2024-05-05T12:15:09+09:00", "WIT", "second"),
        ("12 Agusuts 2024 08.00", "2024-08-12T08:00:00+07:00", "WIB", "minute"),
        ("22-10-2024,08:31 WIB", "2024-10-22T08:31:00+07:00", "WIB", "minute"),
        ("2024/02/06 14:05:22", "2024-02-06T14:05:22+07:00", "WIB", "second"),
        ("7/23/2024 14:05", "2024-07-23T14:05:00+07:00", "WIB", "minute"),
        ("Senin, 4 Nov 2024, 11:15 GMT+7", "2024-11-04T11:15:00+07:00", "+07:00", "minute"),
        ("2024-10-16T14:05:09+08:00", "2024-10-16T14:05:09+08:00", "+08:00", "second"),
        ("2024-10-16T07:05:00Z", "2024-10-16T07:05:00+00:00", "+00:00", "second"),
        ("2016-02-23 T16:00:20Z", "2016-02-23T16:00:20+00:00", "+00:00", "second"),
        ("2024-10-16", "2024-10-16T00:00:00+07:00", "WIB", "day"),
        ("1707203100123", "2024-02-06T14:05:00+07:00", "WIB", "second"),
        ("Wed, 16 Oct 2024 14:05:00 +0700", "2024-10-16T14:05:00+07:00", "+07:00", "second"),
        ("Diterbitkan 28/08/2024 - 10:41", "2024-08-28T10:41:00+07:00", "WIB", "minute"),
        ("October 16, 2024 2:05 pm", "2024-10-16T14:05:00+07:00", "WIB", "minute"),
        ("October 16th, 2024 12:05 a.m.", "2024-10-16T00:05:00+07:00", "WIB", "minute"),
        ("2024-10-16 02.05 PM", "2024-10-16T14:05:00+07:00", "WIB", "minute"),
        ("2024-10-16 12:05:09 am WITA", "2024-10-16T00:05:09+08:00", "WITA", "second"),
        ("2024-10-16 02:05 PM +08:00", "2024-10-16T14:05:00+08:00", "+08:00", "minute"),
        ("2024-10-16 14:05 PM", "2024-10-16T14:05:00+07:00", "WIB", "minute"),
    ],
)
def test_reads_what_papers_write(text: str, expected: str, zone: str, precision: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert (moment.at.isoformat(), moment.zone, moment.precision) == (expected, zone, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kemarin sore",
        "2 jam lalu",
        "31 Februari 2024",
        "nomor 12/2024",
        "Pasal 7 ayat 10",
        "2024-13-40",
        "0812345678901",
        "5 Persen 2024",
    ],
)
def test_gives_none_for_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kompas.com - 16/02/2024, 14:05 WIB Diperbarui 16/02/2024, 15:00 WIB", "2024-02-16T14:05:00+07:00"),
        ("Update: Senin, 4 Maret 2024 10:00 WIB | Terbit: 3 Maret 2024 09:00 WIB", "2024-03-03T09:00:00+07:00"),
        ("16 Februari 2024 diperbarui 15:00 WIB", "2024-02-16T00:00:00+07:00"),
        ("Terakhir diperbarui 3 Maret 2024", None),
        ("Last updated: 2024-03-03T10:00:00+07:00", None),
    ],
)
def test_the_date_of_a_change_is_never_taken(text: str, expected: str | None) -> None:
    moment = parse_date(text)
    assert (moment.at.isoformat() if moment else None) == expected


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("15 menit yang lalu", "2024-11-02T09:45:00+07:00", "minute"),
        ("2 jam lalu", "2024-11-02T08:00:00+07:00", "day"),
        ("kemarin 14:05", "2024-11-01T14:05:00+07:00", "minute"),
        ("Hari ini, 08.30 WIB", "2024-11-02T08:30:00+07:00", "minute"),
        ("3 hari lalu", "2024-10-30T10:00:00+07:00", "day"),
    ],
)
def test_dates_that_count_from_today_need_the_time_of_the_fetch(text: str, expected: str, precision: str) -> None:
    moment = parse_date(text, seen_at=SEEN_AT)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision) == (expected, precision)


@pytest.mark.parametrize(
    ("text", "expected", "zone"),
    [
        ("Tue, 12 Nov 2024 18:05:00 WIB", "2024-11-12T18:05:00+07:00", "WIB"),
        ("Sel, 12 Nov 2024 18:05 WITA", "2024-11-12T18:05:00+08:00", "WITA"),
        ("Tue, 12 Nov 2024 18:05:00 +07:00", "2024-11-12T18:05:00+07:00", "+07:00"),
        ("Tue, 12 Nov 2024 18:05:00 +07", "2024-11-12T18:05:00+07:00", "+07:00"),
        ("Tue, 12 Nov 2024 18:05:00 GMT+7", "2024-11-12T18:05:00+07:00", "+07:00"),
        ("Tue, 12 Nov 2024 18:05:00 GMT", "2024-11-12T18:05:00+00:00", "+00:00"),
        ("Tue, 12 Nov 2024 18:05:00 EST", "2024-11-12T18:05:00-05:00", "-05:00"),
        ("Tue, 12 Nov 2024 18:05:00 -0000", "2024-11-12T18:05:00+00:00", "+00:00"),
        ("2024-10-16 07:05:00 UTC", "2024-10-16T07:05:00+00:00", "+00:00"),
        ("2024-10-16T07:05:00+00", "2024-10-16T07:05:00+00:00", "+00:00"),
    ],
)
def test_the_zone_is_the_one_that_the_words_say(text: str, expected: str, zone: str) -> None:
    moment = parse_date(text, "Asia/Jayapura")
    assert moment is not None
    assert (moment.at.isoformat(), moment.zone, moment.is_zone_said) == (expected, zone, True)


def test_a_mail_date_without_zone_is_of_the_outlet_and_not_of_greenwich() -> None:
    moment = parse_date("Tue, 12 Nov 2024 18:05:00", "Asia/Makassar")
    assert moment is not None
    assert (moment.at.isoformat(), moment.is_zone_said) == ("2024-11-12T18:05:00+08:00", False)


def test_a_date_without_zone_gets_the_zone_of_the_outlet() -> None:
    moment = parse_date("16 Oktober 2024 14:05", "Asia/Jayapura")
    assert moment is not None
    assert (moment.zone, moment.is_zone_said) == ("WIT", False)
    assert moment.at == datetime(2024, 10, 16, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-11-02T09:50:00Z", "2024-11-02T09:50:00+07:00"),
        ("2024-11-02T10:50:00+09:00", "2024-11-02T10:50:00+09:00"),
        ("2024-11-02T03:50:00Z", "2024-11-02T03:50:00+00:00"),
        ("2024-11-02T12:00:00+07:00", "2024-11-02T12:00:00+07:00"),
        ("2024-11-02T14:00:00Z", "2024-11-02T14:00:00+00:00"),
    ],
)
def test_only_a_zone_can_explain_a_moment_that_was_still_to_come(text: str, meant: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert before_reading(moment, "Asia/Jakarta", SEEN_AT).at.isoformat() == meant


@pytest.mark.parametrize(
    ("word", "month"),
    [("Pebuari", 2), ("Agutus", 8), ("Septemberr", 9), ("Okotber", 10), ("Jumat", None), ("Maten", None), ("Juno", None)],
)
def test_a_month_with_one_slip_is_known(word: str, month: int | None) -> None:
    assert month_of(word) == month


def test_a_long_text_of_digits_ends_quickly() -> None:
    assert parse_date("1/" * 200_000) is None


@pytest.mark.parametrize(
    "behind",
    [
        "| RPJMD 2025-2029",
        "| Anggota DPRD 2009-1014",
        "| Telp 0812-3456",
        "Hotline 021-1205",
        "(2024-2029)",
        "+99:00",
        "-2029",
        "GMT+25",
    ],
)
@pytest.mark.parametrize("day", ["16 Oktober 2024 14:05", "2024-10-16 14:05"])
def test_what_no_clock_shows_is_no_zone(day: str, behind: str) -> None:
    moment = parse_date(f"{day} {behind}", "Asia/Makassar")
    assert moment is not None
    assert (moment.at.isoformat(), moment.is_zone_said) == ("2024-10-16T14:05:00+08:00", False)


def test_a_day_without_clock_keeps_its_zone_before_two_years() -> None:
    moment = parse_date("16 Oktober 2024 | RPJMD 2025-2029")
    assert moment is not None
    assert moment.at.isoformat() == "2024-10-16T00:00:00+07:00"
