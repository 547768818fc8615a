"""Which province, regency or city a text speaks of: a guess from its dateline and its words."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from models.reference import DATA, province_of

DATELINE = re.compile(r"^(.{2,80}?)\s*(?:\((?:ANTARA|ANTARA News|\w{2,16})\)|--|\s-\s|[–—])")
MOST_SPACES = 6
"""Between the words of a dateline; with more, the dash belongs to a sentence."""
PART_OF_A_NAME = r"[\w.]"
"""In front of it no name begins: `xSolo`, `www.Solo`."""
SHORTEST_NAME = 3
"""Letters up to which a word in capitals is an abbreviation: NTT, DKI."""
KINDS = ("Kabupaten ", "Kota ")
WRITTEN = {
    "Kabupaten ": ("Kabupaten ", "Kab. ", "Kab ", "Pemkab ", "Bupati "),
    "Kota ": ("Kota ", "Pemkot ", "Wali Kota ", "Walikota "),
}
"""A head of government or its office says which of two namesakes is meant: Bupati Bandung, Pemkot Bandung."""
ADMINISTERED = "Administrasi "
COMMON_WORDS = {
    "Batu",
    "Solok",
    "Bima",
    "Agam",
    "Mimika",
    "Tual",
    "Sabang",
    "Sarmi",
    "Nias",
    "Buru",
    "Berau",
    "Landak",
    "Sigi",
    "Lingga",
    "Kuningan",
    "Puncak",
    "Karo",
    "Kaur",
    "Metro",
    "Serang",
}
"""Names that are words, first names or parts of other names too: they count only behind Kabupaten or Kota.

"Puncak acara", "Karo Humas" (kepala biro), "Kaur Keuangan" (kepala urusan of a village), "Polda Metro Jaya", and in a title
with a capital to every word "Massa Serang Kantor".
"""
NO_REGIONS = (
    *("Medan Merdeka", "Semen Padang", "Nasi Padang", "Selat Malaka", "Dinas Ketapang"),
    *("Roh Kudus", "Misa Kudus", "Pati Polri", "Pati TNI", "Pati Mabes", "Palu Arit"),
    *("Sabang sampai Merauke", "Sabang sampai ke Merauke", "Sabang hingga Merauke", "Sabang ke Merauke"),
    *("Sabang-Merauke", "Sabang Merauke"),
)
"""Names of other things, and a figure of speech for the whole country, that hold the name of a region."""
PROVINCE_PREFIX = ("Provinsi ", "Prov. ")
SHORT_PROVINCES = {"31": ["Jakarta", "DKI Jakarta", "Daerah Khusus Jakarta"], "34": ["DI Yogyakarta"]}


@dataclass(frozen=True)
class RegionGuess:
    code: str | None
    evidence: str
    """What it rests on: dateline, teks, sumber; empty where nothing is known."""


def guess_region(text: str, title: str = "", *, fallback: str | None = None) -> RegionGuess:
    """The dateline decides, then the region that title and text name most and first, then the source's own."""
    gazetteer = load_gazetteer()
    if code := gazetteer.find(dateline_of(text)):
        return RegionGuess(code, "dateline")
    if code := gazetteer.find(f"{title}. {text}"):
        return RegionGuess(code, "teks")
    return RegionGuess(fallback, "sumber" if fallback else "")


def dateline_of(text: str) -> str:
    """`Semarang, Jateng` of `Semarang, Jateng (ANTARA) - …`, with the outlet where papers name it (`TEMPO.CO, Jakarta - …`);
    words in capitals are eased so that names are found."""
    found = DATELINE.match(text)
    if found is None or found[1].count(" ") > MOST_SPACES:
        return ""
    return " ".join(word.title() if word.isupper() and len(word) > SHORTEST_NAME else word for word in found[1].split())


class Gazetteer:
    """Every name and alias of the regions, as one pattern in which the longest name wins."""

    def __init__(self, regions: Iterable[tuple[str, str]], aliases: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, str | None] = dict.fromkeys(NO_REGIONS)
        bare: dict[str, set[str]] = defaultdict(set)
        for code, name in regions:
            self._add_region(code, name, bare)
        for name, codes in bare.items():
            if resolved := _resolve(codes):
                self._codes.setdefault(name, resolved)
        self._codes.update(aliases)
        self._full_forms = tuple({written for forms in WRITTEN.values() for written in forms})
        self._pattern = re.compile(grouped_pattern(self._codes, before=PART_OF_A_NAME) + r"(?!\w)")

    def find(self, text: str) -> str | None:
        """The code that is named most, a full name counting double; the first of equals.

        A regency whose province is named too keeps its mentions and gains those of the province.
        """
        counts: Counter[str] = Counter()
        for found in self._pattern.finditer(text):
            if code := self._codes[found[0]]:
                counts[code] += 2 if found[0].startswith(self._full_forms) else 1
        if not counts:
            return None
        total = {code: n + (counts[province_of(code)] if "." in code else 0) for code, n in counts.items()}
        return max(total, key=lambda code: total[code])  # Counter keeps the order of first mention.

    def _add_region(self, code: str, name: str, bare: dict[str, set[str]]) -> None:
        kind = next((kind for kind in KINDS if name.startswith(kind)), None)
        if kind is None:
            short = SHORT_PROVINCES.get(code, [])
            self._codes.update(dict.fromkeys([name, *(prefix + name for prefix in PROVINCE_PREFIX), *short], code))
            return
        short_name = name.removeprefix(kind).removeprefix(ADMINISTERED)
        for written in WRITTEN[kind]:
            self._codes[written + short_name] = code
        self._codes[name] = code
        if short_name not in COMMON_WORDS:
            bare[short_name].add(code)


def grouped_pattern(names: Iterable[str], *, before: str = "") -> str:
    """A pattern of these names by their first letters, the longest first: side by side, 3,000 of them cost 30 times as much.

    `before` is what may not stand in front. It is asked behind the first letter: a pattern that begins with letters is
    tried at these only, not at every place of a text.

    >>> grouped_pattern(["Solo", "Solok", "Sabang"])
    '(?:Sa(?:bang)|So(?:lok|lo))'
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        groups[name[:2]].append(re.escape(name[2:]))
    starts = {start: [re.escape(letter) for letter in start] for start in groups}
    if before:
        starts = {start: [first, f"(?<!{before}{first})", *more] for start, (first, *more) in starts.items()}
    return "(?:" + "|".join(f"{''.join(starts[start])}(?:{'|'.join(rest)})" for start, rest in groups.items()) + ")"


def _resolve(codes: set[str]) -> str | None:
    """A bare name that a regency and a city share (Bandung, Kediri) says the province, where both lie in one."""
    if len(codes) == 1:
        return next(iter(codes))
    provinces = {province_of(code) for code in codes}
    return provinces.pop() if len(provinces) == 1 else None


@cache
def load_gazetteer() -> Gazetteer:
    """Built once from models/data, which the tables follow: no database is needed to guess."""
    regions = [(row["code"], row["name"]) for name in ("provinces.csv", "regencies.csv") for row in _rows(name)]
    return Gazetteer(regions, [(row["alias"], row["code"]) for row in _rows("region_aliases.csv")])


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
