"""The guide for monitors says what the screens say."""

import re
from pathlib import Path

from service.language import read_catalogue
from tests.browser.pictures import PICTURES

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "panduan-pengawas.md").read_text(encoding="utf-8")
OWN_WORDS = {
    "Mengapa urutannya begitu?",
    "Menyaring.",
    "Banyak sekaligus.",
    "Menandai kalimat.",
    "Nama terlapor",
    "pertama terlihat",
    "Pencarian tersimpan",
}
KEYS_NOT_LETTERS = {"Tab", "/lapor", "Ctrl Enter", "Enter"}


def test_every_button_and_heading_that_the_guide_names_is_on_a_screen() -> None:
    shown = {text["id"] for text in read_catalogue().values()}
    named = set(re.findall(r"(?<![*\w])\*\*([^*]+)\*\*", GUIDE)) - OWN_WORDS
    assert {name for name in named if name not in shown and not name.startswith("Jangan ")} == set()


def test_every_key_of_the_screen_is_in_the_guide() -> None:
    template = (DOCS.parent / "service" / "templates" / "_keys.html").read_text(encoding="utf-8")
    keys = {key for name in re.findall(r'\("([^"]+)", "tombol', template) for key in name.replace("–", " ").split()}
    assert keys - set(re.findall(r"`([^`]+)`", GUIDE.replace("`Ctrl Enter`", "`Ctrl` `Enter`"))) == set()


def test_every_picture_of_the_guide_is_taken_and_every_one_taken_is_shown() -> None:
    shown = set(re.findall(r"\(images/([\w-]+\.png)\)", GUIDE))
    assert shown == {f"{picture.name}.png" for picture in PICTURES}
    assert all((DOCS / "images" / name).stat().st_size < 250_000 for name in shown)


def test_nobody_is_called_guilty() -> None:
    assert re.findall(r"(?i)\bpelanggar\b|\bterbukti\b", GUIDE) == []
