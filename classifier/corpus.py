"""The texts that we wrote, with their labels and the sentences that show the act."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.errors import CorpusError
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span

FOLDER = Path(__file__).parent / "corpus"

PHASES = ("pra_penetapan", "kampanye", "masa_tenang", "pasca", "-")
REQUIRED_KEYS = {"id", "label", "kind", "phase", "region"}
OPTIONAL_KEYS = {"title", "author_name", "author_bio", "event"}

_MARK = re.compile("[⟦⟧]")


@dataclass(frozen=True)
class CorpusText:
    """One text with what is known of it."""

    id: str
    document: Document
    label: str
    phase: str
    region: str | None
    evidence: tuple[Span, ...]
    """Where in `document.text` the act shows; empty for look-alikes."""
    event: str
    """Texts of one event share it, so that no fold sees both sides."""
    labelled_at: datetime | None = None
    """When a person assessed it; none for what was written for the corpus."""
    is_class_known: bool = field(default=True, repr=False)
    """Not where a person said only that no civil servant acts: its answer teaches, its label does not."""

    @property
    def is_partisan(self) -> bool:
        return self.label in ACTS


def load_corpus(folder: Path = FOLDER) -> list[CorpusText]:
    """Every text of the folder's *.txt files, in order of file and line."""
    texts = [text for path in sorted(folder.glob("*.txt")) for text in _read_file(path)]
    if not texts:
        raise CorpusError(f"{folder}: no texts; a corpus is *.txt files of records between lines of ---")
    seen: set[str] = set()
    for text in texts:
        if text.id in seen:
            raise CorpusError(f"{folder}: id {text.id} is used twice")
        seen.add(text.id)
    return texts


def hash_corpus(texts: list[CorpusText]) -> str:
    """SHA-256 over everything that training reads."""
    said = (f"{text!r}{'' if text.is_class_known else '?'}" for text in texts)
    return sha256("\0".join(said).encode()).hexdigest()


def _read_file(path: Path) -> list[CorpusText]:
    texts, record, first_line = [], list[str](), 1
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line != "---":
            record.append(line)
            continue
        texts += _read_record(record, f"{path.name}:{first_line}")
        record, first_line = [], number + 1
    return texts + _read_record(record, f"{path.name}:{first_line}")


def _read_record(lines: list[str], place: str) -> list[CorpusText]:
    if not any(line.strip() for line in lines):
        return []
    header, _, body = "\n".join(lines).strip("\n").partition("\n\n")
    values = _read_header(header, place)
    text, evidence = _take_marks(body.strip(), place)
    if bool(evidence) != (values["label"] in ACTS):
        raise CorpusError(f"{place}: label {values['label']} with {len(evidence)} marked sentences")
    document = Document(
        text=text,
        title=values.get("title", ""),
        kind=Kind(values["kind"]),
        author_name=values.get("author_name", ""),
        author_bio=values.get("author_bio", ""),
    )
    region = None if values["region"] == "-" else values["region"]
    event = values.get("event", values["id"])
    return [CorpusText(values["id"], document, values["label"], values["phase"], region, evidence, event)]


def _read_header(header: str, place: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in header.split("\n"):
        key, colon, value = line.partition(":")
        if not colon or key in values or key not in REQUIRED_KEYS | OPTIONAL_KEYS:
            raise CorpusError(f"{place}: header line {line!r} is not one known `key: value`")
        values[key] = value.strip()
    if missing := REQUIRED_KEYS - set(values):
        raise CorpusError(f"{place}: header lacks {sorted(missing)}")
    for key, allowed in (("label", ACTS + LOOK_ALIKES), ("kind", tuple(Kind)), ("phase", PHASES)):
        if values[key] not in allowed:
            raise CorpusError(f"{place}: {key} {values[key]!r} is not one of {', '.join(allowed)}")
    return values


def _take_marks(body: str, place: str) -> tuple[str, tuple[Span, ...]]:
    """The text without its marks, and where the marked sentences stand in it."""
    pieces, spans, start, length, position = [], list[Span](), -1, 0, 0
    for match in _MARK.finditer(body):
        piece = body[position : match.start()]
        pieces.append(piece)
        length, position = length + len(piece), match.end()
        opens = match.group() == "⟦"
        if opens == (start >= 0):
            raise CorpusError(f"{place}: marks are nested or one is left open")
        if not opens:
            spans.append(Span(start, length))
        start = length if opens else -1
    if start >= 0 or not body:
        raise CorpusError(f"{place}: a mark is left open, or there is no text")
    return "".join(pieces) + body[position:], tuple(spans)
