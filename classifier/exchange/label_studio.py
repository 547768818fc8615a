"""Label Studio's JSON: a list of tasks with `data`, `annotations` by people and `predictions` by machines.

An export from Label Studio (format JSON) and a file for its import have the same form. A text's class is a result of type
`choices`, a marked sentence one of type `labels`. Only annotations are read: a prediction that nobody confirmed is no label.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from classifier.errors import InputError
from classifier.exchange.offsets import from_utf16
from classifier.exchange.records import (
    LARGEST_RECORD,
    MARK,
    TOO_LARGE,
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

LARGEST_FILE = 200_000_000
CHOICES, MARKS, TEXT = "label", "evidence", "text"
"""Names of our tags: `from_name` of classes and of marked sentences, and `to_name` of both."""
IGNORED = ("relation", "textarea", "rating", "number", "datetime")
"""Types of results that say nothing of the class."""

_SPACE = re.compile(r"[ \t\r\n]*")
Reading = tuple[str, list[Span]]


def read_label_studio(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Every task of a file; what stands behind a place that is no JSON is lost, and said to be."""
    for place, task, size in _read_tasks(path):
        yield guarded(place, partial(_read_task, place, task, size, options))


def write_label_studio(file: TextIO, tasks: Iterable[Task]) -> None:
    file.write("[")
    for number, task in enumerate(tasks):
        file.write((",\n" if number else "\n") + json.dumps(_to_task(task), ensure_ascii=False))
    file.write("\n]\n")


def _read_tasks(path: Path) -> Iterator[tuple[str, object, int]]:
    """Tasks with their place and their length in bytes; where the file breaks, an InputError stands for the task."""
    text = _read_file(path)
    decoder, number, line, counted = json.JSONDecoder(), 0, 1, 0
    begin = at = _skip_space(text, 0)
    if text[at : at + 1] == "[":
        at = _skip_space(text, at + 1)
    elif text[at : at + 1] != "{":
        raise InputError(f"{path} is no list of tasks; export as JSON from Label Studio")
    while at < len(text) and text[at] != "]":
        number, line, counted = number + 1, line + text.count("\n", counted, at), at
        place = f"{path}:{line} (task {number})"
        try:
            task, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield place, InputError(f"not JSON: {error}; nothing behind it was read"), 0
            return
        yield place, task, _count_bytes(text, at, end)
        at = _skip_space(text, end)
        if text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
        elif text[at : at + 1] not in ("", "]"):
            yield place, InputError("no comma behind this task; nothing behind it was read"), 0
            return
    if text[begin] == "[" and at >= len(text):
        yield str(path), InputError("the list is not closed: the file is torn, tasks may be missing"), 0


def _read_file(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise InputError(f"{path} is larger than {LARGEST_FILE // 1_000_000} MB; export it in parts")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; export it again as JSON") from None


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _count_bytes(text: str, start: int, end: int) -> int:
    """Of a giant its characters, which are too many already: no copy is made of it."""
    return end - start if end - start > LARGEST_RECORD else len(text[start:end].encode("utf-8"))


def _read_task(place: str, task: object, size: int, options: ReadOptions) -> Record:
    if isinstance(task, InputError):
        raise task
    if size > LARGEST_RECORD:
        raise InputError(TOO_LARGE)
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        raise InputError("no task with `data`; export as JSON, not JSON-MIN")
    data = task["data"]
    values = read_values(data | {"id": data.get("netra_id") or task.get("id")})
    label, spans = _agree([_read_annotation(own, values["text"], options) for own in _choose_annotations(task)])
    return make_record(place, values, label, spans)


def _choose_annotations(task: dict[str, Any]) -> list[dict[str, Any]]:
    """What people finished; of those, what was declared the ground truth, if anything was."""
    annotations = task.get("annotations") or []
    if not isinstance(annotations, list) or not all(isinstance(own, dict) for own in annotations):
        raise InputError("`annotations` is no list of objects; export whole annotations, not only their ids")
    done = [own for own in annotations if not own.get("was_cancelled") and own.get("result")]
    return [own for own in done if own.get("ground_truth")] or done


def _agree(readings: list[Reading]) -> Reading:
    """The label that everybody gave, with the sentences that the last one marked."""
    labels = sorted({label for label, _ in readings})
    if len(labels) > 1:
        raise InputError(f"annotators disagree: {', '.join(labels)}; mark one as ground truth")
    return readings[-1] if readings else ("", [])


def _read_annotation(annotation: dict[str, Any], text: str, options: ReadOptions) -> Reading:
    results = annotation["result"]
    if not isinstance(results, list) or not all(isinstance(own, dict) for own in results):
        raise InputError("`result` is no list of objects")
    if strange := [str(own.get("type"))[:40] for own in results if own.get("type") not in ("choices", "labels", *IGNORED)]:
        raise InputError(f"a result of type {strange[0]!r}; classes are `choices` and marked sentences `labels` of a Text")
    choices = [own for own in results if own.get("type") == "choices"]
    marks = [own for own in results if own.get("type") == "labels"]
    chosen = [own for own in choices if own.get("from_name") == CHOICES] or choices
    named = [*_list_names(chosen, "choices"), *_list_names(marks, "labels")]
    return choose_label(named, options.label_map), [_find_span(_value_of(mark), text, options.offsets) for mark in marks]


def _list_names(results: list[dict[str, Any]], key: str) -> Iterator[object]:
    for result in results:
        names = _value_of(result).get(key)
        if not isinstance(names, list):
            raise InputError(f"a result without a list of `{key}`")
        yield from names


def _value_of(result: dict[str, Any]) -> dict[str, Any]:
    value = result.get("value")
    if not isinstance(value, dict):
        raise InputError("a result without `value`")
    return value


def _find_span(value: dict[str, Any], text: str, offsets: Offsets) -> Span:
    """The marked sentence. Its own words, which come with it, tell whether positions count characters or UTF-16 units.

    Old versions of Label Studio counted the latter (https://github.com/HumanSignal/label-studio/issues/1347).
    """
    start, end, words = value.get("start"), value.get("end"), value.get("text")
    tries = [_count_characters, _count_utf16] if offsets is Offsets.CHARACTERS else [_count_utf16]
    if not isinstance(words, str) or not words.strip():
        return tries[0](text, start, end)
    for count in tries:
        try:
            span = count(text, start, end)
        except InputError:
            continue
        if _squeeze(text[span.start : span.end]) == _squeeze(words):
            return span
    raise InputError(f"the words of evidence {start}-{end} do not stand there in the text; was it changed?")


def _count_characters(text: str, start: object, end: object) -> Span:
    return check_span(text, start, end)


def _count_utf16(text: str, start: object, end: object) -> Span:
    return check_span(text, from_utf16(text, start), from_utf16(text, end))


def _squeeze(words: str) -> str:
    """Words without the space between them: Label Studio trims it, and writes line breaks as a backslash and an n."""
    return "".join(words.replace("\\n", " ").split())


def _to_task(task: Task) -> dict[str, object]:
    document, name = task.text.document, task.text.id
    data = {
        "netra_id": name,
        "kind": document.kind.value,
        "title": document.title,
        "text": document.text,
        "author_name": document.author_name,
        "author_bio": document.author_bio,
        "event": task.event,
    }
    said: dict[str, object] = {"data": data}
    if task.text.label:
        said["annotations"] = [{"result": _to_results(name, task.text.label, task.text.evidence, document.text)}]
    if task.guess:
        results = _to_results(f"{name}-p", task.guess.label, task.guess.evidence, document.text)
        said["predictions"] = [
            {"model_version": task.guess.artifact, "score": round(task.guess.probability, 6), "result": results}
        ]
    return said


def _to_results(name: str, label: str, spans: Iterable[Span], text: str) -> list[dict[str, object]]:
    """The class, then the marked sentences; every id is used once in a file, as Label Studio asks."""
    chosen = {"id": name, "from_name": CHOICES, "to_name": TEXT, "type": "choices", "value": {"choices": [label]}}
    return [chosen, *(_to_mark(f"{name}-{number}", span, text) for number, span in enumerate(spans, start=1))]


def _to_mark(name: str, span: Span, text: str) -> dict[str, object]:
    """A mark that names no class: an annotator changes the class in one place."""
    value = {"start": span.start, "end": span.end, "text": text[span.start : span.end], "labels": [MARK]}
    return {"id": name, "from_name": MARKS, "to_name": TEXT, "type": "labels", "value": value}
