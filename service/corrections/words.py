"""What a request says, read from a form: cleaned, bounded, with the sentence for each field that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import CorrectionAsk, CorrectionSender
from service.tips.words import LONGEST_LINE, clean, clean_link, is_link

LONGEST_DESCRIPTION = 2_000
LONGEST_WRONG = 5_000
SHORTEST_WRONG = 10
FIELDS: tuple[str, ...] = ("minta", "pengirim", "provinsi", "tautan", "uraian", "keliru", "kontak")


@dataclass(frozen=True)
class CorrectionWords:
    """A request that can be stored."""

    asked: CorrectionAsk
    sender: CorrectionSender
    region_code: str | None
    address: str
    description: str
    wrong: str
    contact: str


@dataclass(frozen=True)
class ReadForm:
    """The words, or what is wrong: the field and the key of its sentence."""

    words: CorrectionWords | None
    problems: dict[str, str]


def read_form(given: Mapping[str, str], *, regions: frozenset[str]) -> ReadForm:
    """Nothing here asks what is held: the same form is right or wrong whoever it is about."""
    address, description, wrong = clean_link(given["tautan"]), clean(given["uraian"]), clean(given["keliru"])
    contact = " ".join(clean(given["kontak"]).split())
    problems = _judge(given, regions) | _judge_words(address, description, wrong, contact)
    if problems:
        return ReadForm(None, {name: problems[name] for name in FIELDS if name in problems})
    asked, sender = CorrectionAsk(given["minta"]), CorrectionSender(given["pengirim"])
    return ReadForm(CorrectionWords(asked, sender, given["provinsi"] or None, address, description, wrong, contact), {})


def _judge(given: Mapping[str, str], regions: frozenset[str]) -> dict[str, str]:
    problems = dict[str, str]()
    if given["minta"] not in set(CorrectionAsk):
        problems["minta"] = "koreksi_minta"
    if given["pengirim"] not in set(CorrectionSender):
        problems["pengirim"] = "koreksi_pengirim"
    if given["provinsi"] and given["provinsi"] not in regions:
        problems["provinsi"] = "koreksi_provinsi"
    return problems


def _judge_words(address: str, description: str, wrong: str, contact: str) -> dict[str, str]:
    problems = dict[str, str]()
    if address and not is_link(address):
        problems["tautan"] = "informasi_tautan"
    if not address and not description:
        problems["uraian"] = "koreksi_kosong"
    elif len(description) > LONGEST_DESCRIPTION:
        problems["uraian"] = "koreksi_uraian_panjang"
    if not SHORTEST_WRONG <= len(wrong) <= LONGEST_WRONG:
        problems["keliru"] = "koreksi_keliru"
    if len(contact) > LONGEST_LINE:
        problems["kontak"] = "informasi_panjang"
    return problems
