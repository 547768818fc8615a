"""One row says one thing, however an engine writes it down."""

import json

import pytest

from netra.keeping.rows import Kind, Shape, compare, digest

SHAPE = Shape("uji", {"id": Kind.PLAIN, "at": Kind.MOMENT, "value": Kind.JSON, "share": Kind.REAL, "words": Kind.STEMS}, ("id",))
ROW = (1, "2024-11-27 05:06:07.000000", '{"a": 1.0, "b": 1e16}', 0.5, "camat ajak")


@pytest.mark.parametrize(
    "same",
    [
        (1, "2024-11-27 05:06:07", '{"a": 1.0, "b": 1e16}', 0.5, "camat ajak"),
        (1, "2024-11-27 12:06:07+07:00", '{"a": 1.0, "b": 1e16}', 0.5, "camat ajak"),
        (1, "2024-11-27 05:06:07.000000", '{"b": 10000000000000000, "a": 1}', 0.5, "ajak camat"),
    ],
)
def test_what_engines_write_otherwise_is_the_same(same: tuple[object, ...]) -> None:
    assert compare(SHAPE, [ROW], [same])[1] == ""
    assert digest(SHAPE, [ROW]) == digest(SHAPE, [same])


@pytest.mark.parametrize(
    "other",
    [
        (1, "2024-11-27 05:06:07.000001", *ROW[2:]),
        (*ROW[:2], '{"a": 1.0, "b": 10000000000000001}', *ROW[3:]),
        (*ROW[:2], "null", *ROW[3:]),
        (*ROW[:2], None, *ROW[3:]),
        (*ROW[:3], 0.5000000000000001, ROW[4]),
        (*ROW[:4], "camat"),
    ],
)
def test_what_differs_is_named_with_both_rows(other: tuple[object, ...]) -> None:
    found = compare(SHAPE, [ROW, ROW], [ROW, other])[1]
    assert found.startswith("row 2 of uji differs: [1, ")


def test_a_missing_row_and_one_too_many_differ() -> None:
    assert "no row there" in compare(SHAPE, [ROW], [])[1]
    assert "no row here" in compare(SHAPE, [], [ROW])[1]


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"a": 1e999999}', "9" * 5_000, json.dumps("\ud800")])
def test_stored_text_that_is_no_good_json_is_compared_as_it_is(text: str) -> None:
    row = (*ROW[:2], text, *ROW[3:])
    assert compare(SHAPE, [row], [row])[1] == ""
    assert compare(SHAPE, [row], [ROW])[1]
