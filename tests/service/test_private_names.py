"""Names of private people in tips: what the rule finds, what it leaves alone, and what it costs."""

import re
import time

import pytest

from service.tips.masking import mask_private
from service.tips.names import find_names
from tests.service.voices import UNSEEN, VOICES, plain, private_spans


def compare(voices: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Words that should have been found, and words that should not."""
    missed, wrong = list[str](), list[str]()
    for voice in voices:
        text, wanted = plain(voice), set[tuple[int, int]]()
        for begin, end in private_spans(voice):
            wanted |= {(begin + word.start(), begin + word.end()) for word in re.finditer(r"[\w'’-]+", text[begin:end])}
        found = set(find_names(text))
        missed += [text[slice(*span)] for span in sorted(wanted - found)]
        wrong += [text[slice(*span)] for span in sorted(found - wanted)]
    return missed, wrong


def test_private_people_are_found_and_officials_are_left_alone() -> None:
    """Two politicians whom nothing in the sentence tells from a neighbour are masked with them."""
    assert compare(VOICES) == ([], ["Jokowi", "Prabowo"])
    assert compare(UNSEEN) == (["Reza"], [])


@pytest.mark.parametrize(
    "text",
    [
        "Bapak Kepala Dinas Pendidikan dan Ibu Camat Wanasari hadir.",
        "Kami mendukung Pak Suryadi, calon bupati.",
        "Bapak-bapak Satpol PP dan ibu-ibu PKK berkumpul di Ibu Kota Kabupaten.",
        "Terlapor: Lurah Batu Itam",
        "Sekretaris Daerah, Bapak Ir. Bambang Sutejo, membuka rapat.",
    ],
)
def test_offices_contestants_and_places_stay(text: str) -> None:
    assert mask_private(text) == text


def test_a_mask_keeps_the_length_and_a_place_of_that_name() -> None:
    text = "Bu Melati menolak. Melati takut. Kejadian di Posyandu Melati."
    assert mask_private(text) == "Bu M••••• menolak. M••••• takut. Kejadian di Posyandu Melati."
    assert len(mask_private(text)) == len(text)


@pytest.mark.parametrize(
    "part", ["Bu Aa ", "Bu A. A. A. ", "Adik saya ", "Pak Aaaa, ", "salam\n", "nama saya ", "pelapor:", "\n"]
)
def test_no_text_that_a_form_takes_is_slow(part: str) -> None:
    """Some dozen milliseconds for four times as much; what grows with the square of the text would take eight seconds."""
    text = ("salam" + part * 20_000)[:20_000]
    began = time.process_time()
    mask_private(text)
    assert time.process_time() - began < 3
