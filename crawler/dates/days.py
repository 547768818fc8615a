"""Days in running text: `6 Februari 2024`, `6/2/2024`, `February 6, 2024`; no clock, no zone."""

import re
from collections.abc import Iterator
from datetime import date

from crawler.dates.months import month_of

WORDED = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[ .\-/]+([A-Za-z]{3,10})[ .,\-/']+(\d{4})(?!\d)")
WORDED_MONTH_FIRST = re.compile(r"([A-Za-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")
NUMBERED = re.compile(r"(?<![\d/.-])(\d{1,2})([/\-.])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-])")
YEAR_FIRST = re.compile(r"(?<![\d/-])(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?!\d)")


def find_days(text: str) -> Iterator[tuple[tuple[int, int, int], int, int]]:
    """Year, month and day of each date in the order of the text, and where it stands. Days come before months, as
    everywhere in Indonesia; a month above 12 says that this one does not."""
    days: list[tuple[tuple[int, int, int], int, int]] = []
    for found in WORDED.finditer(text):
        if month := month_of(found[2]):
            days.append(((int(found[3]), month, int(found[1])), found.start(), found.end()))
    for found in WORDED_MONTH_FIRST.finditer(text):
        if month := month_of(found[1]):
            days.append(((int(found[3]), month, int(found[2])), found.start(), found.end()))
    for found in NUMBERED.finditer(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if len(found[4]) == 2 and found[2] == ".":  # 14.05.09 is a clock.
            continue
        day, month = (month, day) if month > 12 else (day, month)
        days.append(((year if year > 99 else 2000 + year, month, day), found.start(), found.end()))
    for found in YEAR_FIRST.finditer(text):
        days.append(((int(found[1]), int(found[3]), int(found[4])), found.start(), found.end()))
    days.sort(key=lambda entry: entry[1])
    return (entry for entry in days if _is_a_day(*entry[0]))


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False
