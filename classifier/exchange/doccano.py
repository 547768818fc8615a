"""doccano's JSONL: one text a line, marked sentences as `[start, end, "label"]`.

doccano keeps keys that it does not know and gives them back, at the top or under `meta`: there our title and author travel.
It has no predictions: what an artifact guesses stands under `meta` too, where no import takes it for a label.
"""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from classifier.errors import InputError
from classifier.exchange.jsonl import read_lines, read_object, say_guess
from classifier.exchange.offsets import from_utf16, to_utf16
from classifier.exchange.records import (
    Offsets,
    ReadOptions,
    Record,
    Task,
    check_span,
    choose_label,
    guarded,
    make_record,
    read_values,
)
from classifier.reading.text import Span

LABEL_KEYS = ("label", "labels", "entities", "cats")
"""Sequence labelling, the same in old versions, the same with relations, and intent detection."""


def read_doccano(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Every line of a file that is not blank."""
    for place, line in read_lines(path):
        yield guarded(place, partial(_read_row, place, line, options))


def write_doccano(file: TextIO, tasks: Iterable[Task], offsets: Offsets) -> None:
    for task in tasks:
        file.write(json.dumps(_to_object(task, offsets), ensure_ascii=False) + "\n")


def _read_row(place: str, line: bytes, options: ReadOptions) -> Record:
    row = read_object(line)
    if not any(key in row for key in LABEL_KEYS):
        raise InputError("there is no `label`; export as JSONL from doccano")
    meta = row["meta"] if isinstance(row.get("meta"), dict) else {}
    values = read_values(meta | row)
    found = [mark for key in LABEL_KEYS for mark in _list_marks(key, row.get(key))]
    marks = [_read_mark(mark) for mark in found if not isinstance(mark, str)]
    named = [mark for mark in found if isinstance(mark, str)] + [label for *_, label in marks]
    spans = [_read_span(values["text"], start, end, options.offsets) for start, end, _ in marks]
    return make_record(place, values, choose_label(named or [meta.get("label")], options.label_map), spans)


def _list_marks(key: str, value: object) -> list[Any]:
    """A single class stands alone in projects that allow only one."""
    if value is None or isinstance(value, str):
        return [value] if value else []
    if not isinstance(value, list):
        raise InputError(f"`{key}` is no list")
    return value


def _read_mark(mark: object) -> tuple[object, object, object]:
    if isinstance(mark, list) and len(mark) == 3:
        return mark[0], mark[1], mark[2]
    if isinstance(mark, dict):
        return mark.get("start_offset"), mark.get("end_offset"), mark.get("label")
    raise InputError('a label that is neither a name nor [start, end, "label"]')


def _read_span(text: str, start: object, end: object, offsets: Offsets) -> Span:
    if offsets is Offsets.UTF_16:
        return check_span(text, from_utf16(text, start), from_utf16(text, end))
    return check_span(text, start, end)


def _to_object(task: Task, offsets: Offsets) -> dict[str, object]:
    """A class without a marked sentence has no place in doccano; only then does it travel under `meta`.

    Were it always there, it would outlive the marks that an annotator takes away.
    """
    text, document = task.text, task.text.document
    meta: dict[str, object] = {
        "kind": document.kind.value,
        "title": document.title,
        "author_name": document.author_name,
        "author_bio": document.author_bio,
        "event": task.event,
    }
    if text.label and not text.evidence:
        meta["label"] = text.label
    if task.guess:
        meta["prediction"] = say_guess(task.guess)
    marks = [[*_to_positions(document.text, span, offsets), text.label] for span in text.evidence]
    return {"id": text.id, "text": document.text, "label": marks, "meta": meta}


def _to_positions(text: str, span: Span, offsets: Offsets) -> tuple[int, int]:
    if offsets is Offsets.UTF_16:
        return to_utf16(text, span.start), to_utf16(text, span.end)
    return span.start, span.end
