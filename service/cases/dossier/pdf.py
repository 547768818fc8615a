# pyright: basic
# (fpdf2's types are loose.)
"""A dossier as PDF: the same sheet as the page, set in DejaVu, which has the letters of every name."""

import logging
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from service.cases.dossier.words import Record, Section, Sheet

MARGIN = 18
LABEL_WIDTH = 46
LINE = 5.2
SHORT_LINE = 90
"""Longer values get the whole width below their label."""

logging.getLogger("fontTools.subset").setLevel(logging.WARNING)  # It tells every table that it drops.


@cache
def font_folder() -> Path:
    """DejaVu comes with matplotlib, which is installed for plots; it is not imported for this."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib is not installed: run `make setup`, its fonts set the dossiers")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


class Paper(FPDF):
    """A4 with the case and the page number at the foot."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.add_font("dejavu", fname=font_folder() / "DejaVuSans.ttf")
        self.add_font("dejavu", style="B", fname=font_folder() / "DejaVuSans-Bold.ttf")
        self.letters = set(self.fonts["dejavu"].cmap) & set(self.fonts["dejavuB"].cmap)  # pyright: ignore

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.set_font("dejavu", size=7.5)
        self.cell(0, 4, f"{self.foot} · {self.page_no()}/{{nb}}", align="R")

    def say(self, text: str, *, size: float = 9.5, bold: bool = False, space: float = 0) -> None:
        self.set_font("dejavu", style="B" if bold else "", size=size)
        self.multi_cell(0, LINE * size / 9.5, self.printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(space)

    def printable(self, text: str) -> str:
        """What the font cannot draw, such as some emoji, is written as its number: nothing is lost in silence."""
        return "".join(letter if letter == "\n" or ord(letter) in self.letters else _number(letter) for letter in text)


def _number(letter: str) -> str:
    return " " if letter in "\r\t\v\f" else f"[U+{ord(letter):04X}]"


def draw(sheet: Sheet, *, language: str) -> bytes:
    """The whole document as bytes. Nothing is loaded from anywhere."""
    paper = Paper(sheet.subtitle)
    paper.set_title(paper.printable(sheet.title))
    paper.set_lang(language)
    paper.set_creator("netra")
    paper.add_page()
    paper.say(sheet.subtitle, size=9)
    paper.say(sheet.title, size=15, bold=True, space=2)
    for label, value in sheet.facts:
        _pair(paper, label, value)
    for section in sheet.sections:
        _section(paper, section)
    return bytes(paper.output())


def _section(paper: Paper, section: Section) -> None:
    paper.ln(3)
    paper.start_section(paper.printable(section.heading))
    paper.say(section.heading, size=11.5, bold=True, space=1)
    if section.note:
        paper.say(section.note, size=8.5, space=1)
    for record in section.records:
        _record(paper, record)
    for paragraph in section.paragraphs:
        paper.say(paragraph, space=1.5)


def _record(paper: Paper, record: Record) -> None:
    if record.heading:
        paper.say(record.heading, bold=True)
    for label, value in record.pairs:
        _pair(paper, label, value)
    paper.ln(1.5)


def _pair(paper: Paper, label: str, value: str) -> None:
    """Label and value side by side; a long value below its label."""
    if len(value) > SHORT_LINE or "\n" in value:
        paper.say(label, size=8.5)
        paper.set_x(MARGIN + 4)
        _value(paper, value)
        return
    if paper.will_page_break(3 * LINE):
        paper.add_page()
    paper.set_font("dejavu", size=8.5)
    top = paper.get_y()
    paper.multi_cell(LABEL_WIDTH, LINE, paper.printable(label), align="L", new_x=XPos.RIGHT, new_y=YPos.NEXT)
    below_label = paper.get_y()
    paper.set_xy(MARGIN + LABEL_WIDTH, top)
    _value(paper, value)
    paper.set_y(max(paper.get_y(), below_label))


def _value(paper: Paper, value: str) -> None:
    paper.set_font("dejavu", size=9.5)
    wrap = WrapMode.WORD if " " in value else WrapMode.CHAR
    paper.multi_cell(0, LINE, paper.printable(value), align="L", wrapmode=wrap, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
