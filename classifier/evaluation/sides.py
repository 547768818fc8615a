"""The other side of a text: each party, ballot number, candidate, region and gender for another one, and how posts write them."""

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import models

LISTS = Path(__file__).parent.parent / "configs" / "swap.yml"
REGIONS = Path(models.__file__).parent / "data"
SHIFT = 7
"""How far along a list the other name stands, so that neighbours of the alphabet are not each other's other."""
ORDINARY = frozenset(
    {"Kaur", "Siak", "Dairi", "Banjar", "Barru", "Bone", "Buru", "Nias", "Solok", "Batu", "Metro", "Berau", "Landak", "Seluma"}
)
"""Names of regions that are words, surnames or parts of other names too."""
ORDINALS = ("ordinals", "nths", "romans")
"""Lists of numbers that are one only behind a word for a contestant: "paslon kedua", "paslon ke-2", "paslon II"."""

_KIND_OF_REGION = re.compile(r"^(Kabupaten|Kota) (Administrasi )?")

Swap = Callable[[str, int], str]
"""A text and a number that chooses the other name, to the text with the other name."""


def find_parties(text: str) -> list[str]:
    """Short names of the parties that a text names."""
    return [own[0] for own in _lists()["parties"] if _one_of(tuple(own)).search(text)]


def swap_parties(text: str, number: int) -> str:
    """Each party for another one, by the form of its name that was used."""
    parties = _lists()["parties"]
    forms = {form: at for at, own in enumerate(parties) for form in own}

    def other(match: re.Match[str]) -> str:
        own = parties[forms[match.group()]]
        target = parties[(forms[match.group()] + 1 + number % (len(parties) - 1)) % len(parties)]
        return target[min(own.index(match.group()), len(target) - 1)]

    return _one_of(tuple(forms)).sub(other, text)


def swap_numbers(text: str, number: int) -> str:
    """Ballot numbers in digits, words and fingers."""
    lists, step = _lists(), 1 + number % 4

    def other(match: re.Match[str]) -> str:
        value = _value_of(match)
        return match.group().removesuffix(value) + _shift(_list_of(value), value, step)

    fingers = lists["gestures"]
    return re.sub("|".join(fingers), lambda match: _shift(fingers, match.group(), step), _ballot_number().sub(other, text))


def spell_numbers(text: str, number: int) -> str:
    """Ballot numbers in one of the ways in which posts write them, all of a text in the same one."""
    lists = _lists()
    spelling = lists["spellings"][number % len(lists["spellings"])]

    def spell(match: re.Match[str]) -> str:
        value = _value_of(match)
        at = _fold(_list_of(value)).index(value.lower())
        return spelling.format(at + 1, **{name: lists[name][at] for name in ORDINALS})

    return _ballot_number().sub(spell, text)


def swap_candidates(text: str, number: int) -> str:
    """The name behind "calon bupati" and the like, wherever it stands in the text.

    Not in heads that write Every Word Like This: there nobody can tell where a name ends.
    """
    if _is_title_case(text):
        return text
    names = _lists()["names"]
    found = [name for name in dict.fromkeys(match[1] for match in _candidate().finditer(text)) if not _begins_no_name(name)]
    for at, name in enumerate(found):
        text = re.sub(rf"\b{re.escape(name)}\b", names[(number + at * SHIFT) % len(names)], text)
    return text


def _begins_no_name(words: str) -> bool:
    first = words.split()[0]
    return first in _lists()["no_names"] or any(first in own for own in _lists()["parties"])


def _is_title_case(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def swap_regions(text: str, number: int) -> str:
    """Each province and regency for another one."""
    regions = _region_names()
    place = {name: at for at, name in enumerate(regions)}
    return _one_of(regions).sub(lambda match: regions[(place[match.group()] + SHIFT + number) % len(regions)], text)


def swap_genders(text: str, _number: int) -> str:
    """Words for men and women, each for the other."""
    pairs = {word: other for one, two in _lists()["genders"] for word, other in ((one, two), (two, one))}
    pairs |= {word.capitalize(): other.capitalize() for word, other in pairs.items() if word.islower()}
    return _one_of(tuple(pairs)).sub(lambda match: pairs[match.group()], text)


def swap_sides(text: str, number: int) -> str:
    """All that tells one side from another."""
    for swap in (swap_candidates, swap_parties, swap_numbers, swap_regions):
        text = swap(text, number)
    return text


def _value_of(match: re.Match[str]) -> str:
    return match[1] or match[2]


def _list_of(value: str) -> list[str]:
    """The list that a value, in whatever letters, is of."""
    return next(own for own in map(_lists().__getitem__, ("digits", "words", *ORDINALS)) if value.lower() in _fold(own))


def _fold(own: list[str]) -> list[str]:
    return [value.lower() for value in own]


def _shift(own: list[str], value: str, step: int) -> str:
    other = own[(_fold(own).index(value.lower()) + step) % len(own)]
    return other.upper() if value.isupper() else other.capitalize() if value[0].isupper() else other


@cache
def _lists() -> dict[str, Any]:
    return yaml.safe_load(LISTS.read_text(encoding="utf-8"))


@cache
def _one_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache
def _ballot_number() -> re.Pattern[str]:
    lists = _lists()
    ballot, others = (_join(lists[name]) for name in ("ballot", "before_ballot"))
    ordinal = _join([value for name in ORDINALS for value in lists[name]])
    number = rf"(?:(?:{ballot}|{others})[\s.,:]*|#)0?([1-5]|{_join(lists['words'])})"
    return re.compile(rf"(?i)(?<!\w)(?:{number}|(?:{ballot})\s+({ordinal}))(?!\w|[.,-]\d)")


def _join(names: list[str]) -> str:
    return "|".join(map(re.escape, names))


@cache
def _candidate() -> re.Pattern[str]:
    before = "|".join(_lists()["candidate"])
    salutation = "Pak|Bu|Bang|Gus|Kang|Mas|Mbak|Cak|Bung|Haji"
    name = r"[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,3}"
    return re.compile(rf"(?i:\b(?:{before}))(?: (?i:nomor urut) \d)? (?:(?:{salutation}) )?({name})")


@cache
def _region_names() -> tuple[str, ...]:
    names = dict[str, None]()
    for file in ("provinces.csv", "regencies.csv"):
        with (REGIONS / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                names[_KIND_OF_REGION.sub("", row["name"])] = None
    return tuple(sorted(names.keys() - ORDINARY))
