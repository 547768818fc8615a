"""No side is taken: every text again with other parties, candidates, ballot numbers, regions and genders, and what that moves."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import models
from classifier.reading.document import Document
from classifier.scoring.scorer import Scorer

LISTS = Path(__file__).parent.parent / "configs" / "swap.yml"
REGIONS = Path(models.__file__).parent / "data"
BATCH = 256
SHIFT = 7
"""How far along a list the other name stands, so that neighbours of the alphabet are not each other's other."""
ORDINARY = frozenset(
    {"Kaur", "Siak", "Dairi", "Banjar", "Barru", "Bone", "Buru", "Nias", "Solok", "Batu", "Metro", "Berau", "Landak", "Seluma"}
)
"""Names of regions that are words, surnames or parts of other names too."""

_KIND_OF_REGION = re.compile(r"^(Kabupaten|Kota) (Administrasi )?")

Swap = Callable[[str, int], str]
"""A text and a number that chooses the other name, to the text with the other name."""


@dataclass(frozen=True)
class AxisResult:
    """What the exchange along one axis does."""

    changed: int
    """Texts in which there was something to exchange."""
    largest: float
    mean: float
    flips: int
    worst: int | None
    """Place of the text that moved most."""

    def as_dict(self, texts: int) -> dict[str, Any]:
        share = round(self.flips / texts, 5) if texts else 0.0
        return {
            "changed": self.changed,
            "largest_change": round(self.largest, 6),
            "mean_change": round(self.mean, 6),
            "flips": self.flips,
            "flip_share": share,
            "worst": self.worst,
        }


def measure_swaps(documents: Sequence[Document], scorer: Scorer) -> dict[str, dict[str, Any]]:
    """By axis: how many texts changed, largest and mean change of probability among them, flags that flip."""
    before = _score(documents, scorer)
    return {axis: _measure_axis(documents, before, swap, scorer).as_dict(len(documents)) for axis, swap in AXES.items()}


def find_parties(text: str) -> list[str]:
    """Short names of the parties that a text names."""
    return [own[0] for own in _lists()["parties"] if _one_of(tuple(own)).search(text)]


def _measure_axis(documents: Sequence[Document], before: np.ndarray, swap: Swap, scorer: Scorer) -> AxisResult:
    swapped = [_swap_document(document, swap, number) for number, document in enumerate(documents)]
    rows = [row for row, (old, new) in enumerate(zip(documents, swapped, strict=True)) if old != new]
    if not rows:
        return AxisResult(0, 0.0, 0.0, 0, None)
    after = _score([swapped[row] for row in rows], scorer)
    changes = np.abs(after - before[rows])
    line = scorer.parameters.threshold
    flips = int(((after >= line) != (before[rows] >= line)).sum())
    return AxisResult(len(rows), float(changes.max()), float(changes.mean()), flips, rows[int(changes.argmax())])


def _score(documents: Sequence[Document], scorer: Scorer) -> np.ndarray:
    batches = (documents[start : start + BATCH] for start in range(0, len(documents), BATCH))
    return np.array([own.probability for batch in batches for own in scorer.score(batch)])


def _swap_document(document: Document, swap: Swap, number: int) -> Document:
    return replace(
        document,
        text=swap(document.text, number),
        title=swap(document.title, number),
        author_bio=swap(document.author_bio, number),
    )


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
    lists = _lists()
    step = 1 + number % 4
    for own, pattern in (
        (lists["digits"], _after_ballot(r"0?([1-5])")),
        (lists["words"], _after_ballot(f"({'|'.join(lists['words'])})")),
    ):
        text = pattern.sub(
            lambda match, own=own: match.group()[: match.start(1) - match.start()] + _shift(own, match[1], step), text
        )
    fingers = lists["gestures"]
    return re.sub("|".join(fingers), lambda match: _shift(fingers, match.group(), step), text)


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


AXES: dict[str, Swap] = {
    "parties": swap_parties,
    "candidates": swap_candidates,
    "ballot_numbers": swap_numbers,
    "regions": swap_regions,
    "genders": swap_genders,
}


def _shift(own: list[str], value: str, step: int) -> str:
    other = own[(own.index(value.lower()) + step) % len(own)]
    return other.capitalize() if value[0].isupper() else other


@cache
def _lists() -> dict[str, Any]:
    return yaml.safe_load(LISTS.read_text(encoding="utf-8"))


@cache
def _one_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache
def _after_ballot(number: str) -> re.Pattern[str]:
    before = "|".join(re.escape(word) for word in _lists()["ballot"])
    return re.compile(rf"(?i)(?<!\w)(?:{before})\s*{number}(?!\w)")


@cache
def _candidate() -> re.Pattern[str]:
    before = "|".join(_lists()["candidate"])
    salutation = "Pak|Bu|Bang|Gus|Kang|Mas|Mbak|Cak|Bung|Haji"
    name = r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,3}"
    return re.compile(rf"(?i:\b(?:{before}))(?: (?i:nomor urut) \d)? (?:(?:{salutation}) )?({name})")


@cache
def _region_names() -> tuple[str, ...]:
    names = dict[str, None]()
    for file in ("provinces.csv", "regencies.csv"):
        with (REGIONS / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                names[_KIND_OF_REGION.sub("", row["name"])] = None
    return tuple(sorted(names.keys() - ORDINARY))
