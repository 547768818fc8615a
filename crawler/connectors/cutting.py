"""Cuts a JSON answer into its entries, each with its own bytes: the evidence of one post must not carry forty others."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from crawler.connectors.problems import ApiProblem, ProblemKind

MAX_PARTS = 500
"""Entries read of one answer; no platform gives more than 250."""
SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True)
class Part:
    value: Any
    raw: bytes
    """Exactly the bytes of the answer that say this value."""


@dataclass(frozen=True)
class Cut:
    parts: tuple[Part, ...]
    rest: dict[str, Any]
    """The other keys of an answer that is an object."""


def cut_answer(body: bytes, key: str | None = None) -> Cut:
    """The entries of a list: the answer itself, or what stands under `key`. Raises ApiProblem for anything else."""
    try:
        text = body.decode("utf-8-sig")
        start = _skip(text, 0)
        if key is None:
            return Cut(tuple(_list_at(text, start)[0]), {})
        return _cut_object(text, start, key)
    except (ValueError, IndexError, RecursionError) as error:
        raise ApiProblem(ProblemKind.UNREADABLE, "jawaban platform bukan JSON seperti yang didokumentasikan") from error


def read_object(body: bytes) -> dict[str, Any]:
    """An answer that is one object; empty for whatever else came."""
    try:
        value = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _cut_object(text: str, start: int, key: str) -> Cut:
    parts: list[Part] | None = None
    rest, end = dict[str, Any](), _expect(text, start, "{")
    while text[end] != "}":
        name, end = _decoder.raw_decode(text, end)
        end = _expect(text, _skip(text, end), ":")
        if name == key:
            parts, end = _list_at(text, end)
        else:
            rest[str(name)], end = _decoder.raw_decode(text, end)
        end = _after_comma(text, end)
    if parts is None:
        raise ValueError(f"{key} is missing")
    return Cut(tuple(parts), rest)


def _list_at(text: str, start: int) -> tuple[list[Part], int]:
    parts, end = list[Part](), _expect(text, start, "[")
    for value, begin, stop in _values(text, end):
        end = stop
        if len(parts) < MAX_PARTS:
            parts.append(Part(value, text[begin:stop].encode()))
    return parts, _expect(text, _after_comma(text, end), "]")


def _values(text: str, end: int) -> Iterator[tuple[Any, int, int]]:
    while text[end] != "]":
        value, stop = _decoder.raw_decode(text, end)
        yield value, end, stop
        end = _after_comma(text, stop)


def _after_comma(text: str, end: int) -> int:
    end = _skip(text, end)
    return _skip(text, end + 1) if text[end] == "," else end


def _expect(text: str, at: int, sign: str) -> int:
    if text[at] != sign:
        raise ValueError(f"expected {sign}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse)
