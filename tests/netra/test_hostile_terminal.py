"""Texts from anywhere on the screen of whoever types commands: they steer no terminal, as a table, as a line, or as JSON."""

import io
import json

import pytest
from rich.table import Table
from rich.text import Text

from netra.console import PlainConsole, print_json
from tests.service.hostile import FORMULAS, TEXTS

STEERING = {*map(chr, range(9)), *map(chr, range(11, 32)), *map(chr, range(127, 160)), "\u202e", "\u2066"}
EVERYTHING = {**TEXTS, **FORMULAS}


def printed(renderable: object) -> str:
    screen = io.StringIO()
    PlainConsole(file=screen, width=200, highlight=False).print(renderable, markup=False, soft_wrap=True)
    return screen.getvalue()


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_text_steers_a_terminal(name: str) -> None:
    table = Table("judul")
    table.add_row(Text(EVERYTHING[name]))
    for said in (printed(EVERYTHING[name]), printed(table)):
        assert STEERING & set(said) == set()


def test_json_on_a_screen_is_the_same_json_and_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(EVERYTHING)
    said = capsys.readouterr().out
    assert STEERING & set(said) == set()
    assert json.loads(said) == EVERYTHING
