"""Our own lines of JSON: one text a line, with everything that an import can keep."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from classifier.errors import InputError
from classifier.exchange.records import (
    COLUMNS,
    LARGEST_RECORD,
    TOO_LARGE,
    Guess,
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

_BOM = b"\xef\xbb\xbf"


def read_jsonl(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Every line of a file that is not blank."""
    for place, line in read_lines(path):
        yield guarded(place, partial(_read_row, place, line, options))


def write_jsonl(file: TextIO, tasks: Iterable[Task]) -> None:
    for task in tasks:
        file.write(json.dumps(_to_object(task), ensure_ascii=False) + "\n")


def read_lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Places and lines of a file; of a line that is too long, only as much as shows it."""
    with path.open("rb") as file:
        for number, line in enumerate(_bounded_lines(file), start=1):
            line = line.removeprefix(_BOM) if number == 1 else line
            if line.strip():
                yield f"{path}:{number}", line


def read_object(line: bytes) -> dict[str, Any]:
    """A line as the object that it is."""
    if len(line) > LARGEST_RECORD:
        raise InputError(TOO_LARGE)
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise InputError("not a JSON object")
    return found


def to_spans(spans: Iterable[Span]) -> list[dict[str, int]]:
    """Spans as JSON says them, in files and in the database."""
    return [{"start": span.start, "end": span.end} for span in spans]


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LARGEST_RECORD + 1):
        rest = line
        while len(rest) > LARGEST_RECORD and not rest.endswith(b"\n"):
            rest = file.readline(LARGEST_RECORD + 1)
        yield line


def _read_row(place: str, line: bytes, options: ReadOptions) -> Record:
    row = read_object(line)
    if "label" not in row:
        raise InputError(f"there is no `label`; keys are {', '.join(COLUMNS)}")
    values = read_values(row)
    spans = [check_span(values["text"], start, end) for start, end in _read_evidence(row.get("evidence"))]
    unread = tuple(sorted(set(row) - {*COLUMNS, "prediction"}))
    return make_record(place, values, choose_label([row["label"]], options.label_map), spans, unread=unread)


def _read_evidence(value: object) -> Iterator[tuple[object, object]]:
    if value is None:
        return
    if not isinstance(value, list):
        raise InputError("`evidence` is no list")
    for span in value:
        if not isinstance(span, dict):
            raise InputError('`evidence` holds something else than {"start": 0, "end": 9}')
        yield span.get("start"), span.get("end")


def _to_object(task: Task) -> dict[str, object]:
    document = task.text.document
    said: dict[str, object] = {
        "id": task.text.id,
        "kind": document.kind.value,
        "title": document.title,
        "text": document.text,
        "author_name": document.author_name,
        "author_bio": document.author_bio,
        "label": task.text.label,
        "evidence": to_spans(task.text.evidence),
        "event": task.event,
    }
    return said | ({"prediction": say_guess(task.guess)} if task.guess else {})


def say_guess(guess: Guess) -> dict[str, object]:
    """A guess apart from the label, so that no import takes it for one."""
    return {
        "label": guess.label,
        "probability": round(guess.probability, 6),
        "evidence": to_spans(guess.evidence),
        "artifact": guess.artifact,
    }
