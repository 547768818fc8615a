"""What a tip says, read from a form: cleaned, bounded, with the sentence for each field that is wrong."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.addresses import is_web_url

LONGEST_TEXT = 5_000
SHORTEST_TEXT = 20
LONGEST_LINK = 2_000
LONGEST_LINE = 200
OLDEST_EVENT = date(2000, 1, 1)

WITHOUT_SCHEME = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}(?:/\S*)?", re.I)
TURNS_TEXT = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that make a text read otherwise than it is stored."""
FIELDS = ("wilayah", "tautan", "teks", "terjadi", "diketahui", "jabatan", "instansi", "kontak")


@dataclass(frozen=True)
class TipWords:
    """A tip that can be stored."""

    region_code: str
    link: str
    text: str
    happened_on: date
    known_on: date
    office: str
    agency: str
    contact: str


@dataclass(frozen=True)
class ReadForm:
    """The words, or what is wrong: the field and the key of its sentence."""

    words: TipWords | None
    problems: dict[str, str]


def read_form(given: Mapping[str, str], *, regions: frozenset[str], today: date) -> ReadForm:
    """`regions` are the codes that may be chosen, `today` the day where the sender is."""
    link, text = clean_link(given.get("tautan", "")), clean(given.get("teks", ""))
    office, agency, contact = (" ".join(clean(given.get(name, "")).split()) for name in ("jabatan", "instansi", "kontak"))
    happened_on, known_on = _read_day(given.get("terjadi", "")), _read_day(given.get("diketahui", ""))
    region_code = given.get("wilayah", "")
    problems = _judge_words(link, text) | _judge_days(happened_on, known_on, today)
    if region_code not in regions:
        problems["wilayah"] = "informasi_wilayah"
    lines = {"jabatan": office, "instansi": agency, "kontak": contact}
    problems |= {name: "informasi_panjang" for name, line in lines.items() if len(line) > LONGEST_LINE}
    if problems or happened_on is None or known_on is None:
        return ReadForm(None, {name: problems[name] for name in FIELDS if name in problems})
    return ReadForm(TipWords(region_code, link, text, happened_on, known_on, office, agency, contact), {})


def clean(text: str) -> str:
    """One form of each letter, lines kept; nothing that a terminal or a reader would obey."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        mark for mark in TURNS_TEXT.sub("", text) if mark in "\n\t" or unicodedata.category(mark) not in {"Cc", "Cs", "Co", "Cn"}
    )
    return "".join(kept).strip()


def clean_link(link: str) -> str:
    """As it was typed; with its scheme where somebody left that out."""
    link = clean(link)
    return f"https://{link}" if WITHOUT_SCHEME.fullmatch(link) else link


def is_link(link: str) -> bool:
    return len(link) <= LONGEST_LINK and not any(mark.isspace() for mark in link) and is_web_url(link)


def _judge_words(link: str, text: str) -> dict[str, str]:
    if not link and not text:
        return {"teks": "informasi_kosong"}
    problems = dict[str, str]()
    if link and not is_link(link):
        problems["tautan"] = "informasi_tautan"
    if len(text) > LONGEST_TEXT:
        problems["teks"] = "informasi_teks_panjang"
    elif not link and len(text) < SHORTEST_TEXT:
        problems["teks"] = "informasi_teks_pendek"
    return problems


def _judge_days(happened_on: date | None, known_on: date | None, today: date) -> dict[str, str]:
    if happened_on is None or not OLDEST_EVENT <= happened_on <= today:
        return {"terjadi": "informasi_terjadi"}
    if known_on is None or not happened_on <= known_on <= today:
        return {"diketahui": "informasi_diketahui"}
    return {}


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
