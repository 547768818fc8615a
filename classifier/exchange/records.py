"""What a file of labels holds, whatever its format: records on their way in, tasks on their way out."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.corpus import CorpusText
from classifier.errors import InputError
from classifier.reading.document import Document, Kind, guess_kind
from classifier.reading.text import Span

LABELS = ACTS + LOOK_ALIKES
MARK = "bukti"
"""Label of a marked sentence that names no class: it shows whatever its text is labelled with."""
COLUMNS = ("id", "kind", "title", "text", "author_name", "author_bio", "label", "evidence", "event")
LARGEST_RECORD = 1_000_000
"""Bytes. No article is longer, and a hostile file must not fill the memory."""
LONGEST_EVENT = 200
IMPORTED, ASSESSED = "impor-", "penilaian-"
"""How `classifier.labels.read_labels` begins the ids of its texts."""
TOO_LARGE = f"larger than {LARGEST_RECORD:,} bytes; cut it"

_TEXTS = ("title", "text", "author_name", "author_bio", "event")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Offsets(StrEnum):
    """What an annotation program counts when it says where a marked sentence stands."""

    CHARACTERS = "characters"
    UTF_16 = "utf-16"
    """As JavaScript does: most emoji count two."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read what does not use our words: their label → ours, and how positions are counted."""

    label_map: Mapping[str, str] = field(default_factory=dict[str, str])
    offsets: Offsets = Offsets.CHARACTERS


@dataclass(frozen=True)
class Record:
    """One record of a file: a labelled text, or why it is refused, or neither where nobody has labelled it yet."""

    place: str
    """`file.csv:12`: the line on which it begins."""
    text: CorpusText | None = None
    refusal: str = ""
    unread: tuple[str, ...] = ()
    """Columns that mean nothing to us."""


@dataclass(frozen=True)
class Guess:
    """What an artifact says of a text that is to be labelled."""

    label: str
    probability: float
    evidence: tuple[Span, ...]
    artifact: str


@dataclass(frozen=True)
class Task:
    """A text on its way out; its label is empty where people are to give one."""

    text: CorpusText
    guess: Guess | None = None

    @property
    def event(self) -> str:
        """Empty where an import is an event of its own: the number of its row means nothing elsewhere."""
        is_own = self.text.event == self.text.id and self.text.id.startswith(IMPORTED)
        return "" if is_own else self.text.event


def guarded(place: str, build: Callable[[], Record]) -> Record:
    """The record that `build` makes, or its refusal."""
    try:
        return build()
    except InputError as error:
        return Record(place, refusal=str(error))


def read_values(found: Mapping[str, object]) -> dict[str, str]:
    """The texts of a record by our names, checked character by character; not stripped, because spans count from their start."""
    values = {name: _read_text(name, found.get(name)) for name in _TEXTS}
    if not values["text"].strip():
        raise InputError("there is no `text`")
    if len(values["event"]) > LONGEST_EVENT:
        raise InputError(f"`event` is longer than {LONGEST_EVENT} characters")
    return values | {"id": str(found.get("id") or ""), "kind": _read_kind(found.get("kind"), values["text"])}


def choose_label(named: Iterable[object], label_map: Mapping[str, str]) -> str:
    """The one class that a record names, in our words; empty where it names none."""
    ours = [_translate(label, label_map) for label in named]
    labels = list(dict.fromkeys(label for label in ours if label not in ("", MARK)))
    if len(labels) > 1:
        raise InputError(f"more than one label: {', '.join(labels)}; a text has one")
    return labels[0] if labels else ""


def check_span(text: str, start: object, end: object) -> Span:
    """A span that lies in the text and holds something."""
    if type(start) is not int or type(end) is not int:
        raise InputError("evidence whose start and end are no whole numbers")
    if not 0 <= start < end <= len(text):
        raise InputError(f"evidence {start}-{end} does not lie in the text of {len(text)} characters")
    return Span(start, end)


def make_record(
    place: str, values: Mapping[str, str], label: str, spans: Iterable[Span], *, unread: tuple[str, ...] = ()
) -> Record:
    """A record of checked parts; marked sentences are put in order, and each is kept once."""
    evidence = tuple(sorted(set(spans), key=lambda span: (span.start, span.end)))
    if evidence and not label:
        raise InputError("sentences are marked, but the text has no label")
    if not label:
        return Record(place, unread=unread)
    document = Document(values["text"], values["title"], Kind(values["kind"]), values["author_name"], values["author_bio"])
    return Record(place, CorpusText(values["id"], document, label, "-", None, evidence, values["event"]), unread=unread)


def hash_document(document: Document) -> str:
    """SHA-256 of what is read of a text: title, author and words."""
    return sha256("\0".join((document.title, document.author_name, document.author_bio, document.text)).encode()).hexdigest()


def _read_text(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"`{name}` is no text")
    if found := _CONTROL.search(value):
        raise InputError(f"`{name}` has a character that no text has, U+{ord(found.group()):04X}, at {found.start()}")
    return value


def _read_kind(value: object, text: str) -> str:
    kind = _read_text("kind", value).strip()
    if kind and kind not in tuple(Kind):
        raise InputError(f"kind {kind[:40]!r} is none of {', '.join(Kind)}")
    return kind or guess_kind(text).value


def _translate(label: object, label_map: Mapping[str, str]) -> str:
    theirs = _read_text("label", label).strip()
    ours = label_map.get(theirs, theirs)
    if ours and ours != MARK and ours not in LABELS:
        raise InputError(f"label {ours[:60]!r} is none of {', '.join(LABELS)}; say which it is: --label-map {ours[:60]}=OURS")
    return ours
