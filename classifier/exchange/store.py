"""Labelled records into `training_texts`: each text once, in one transaction a file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from classifier.corpus import CorpusText
from classifier.exchange.jsonl import to_spans
from classifier.exchange.records import Record, hash_document
from classifier.labels import REPLACED, read_golden, read_spans
from classifier.reading.text import Span
from classifier.stories import words_of
from models import ItemKind, ItemVersion, TrainingText, record_event

CHUNK = 500
MOST_WORDS_WITHOUT_EVIDENCE = 60
"""A partisan text of more words teaches little unless a sentence of it is marked."""

Key = tuple[str, str]
Answer = tuple[str, tuple[Span, ...]]


@dataclass(frozen=True)
class ImportJob:
    """Which file comes in, by whose hand, and what may happen to texts that are there already."""

    origin: str
    form: str
    actor: str
    replaces: bool = False
    is_dry: bool = False


@dataclass
class ImportReport:
    """What became of the records, or what would."""

    new: int = 0
    replaced: int = 0
    already_there: int = 0
    without_label: int = 0
    without_evidence: int = 0
    """Of the new and the replaced: long partisan texts in which no sentence is marked."""
    refused: list[Record] = field(default_factory=list[Record])
    unread: set[str] = field(default_factory=set[str])

    @property
    def records(self) -> int:
        return self.new + self.replaced + self.already_there + self.without_label + len(self.refused)

    @property
    def counts(self) -> dict[str, int]:
        """Everything but the refused, which are told one by one."""
        names = ("new", "replaced", "already_there", "without_label", "without_evidence")
        return {name: getattr(self, name) for name in names}


def store_records(
    session: Session, records: Iterable[Record], job: ImportJob, *, on_record: Callable[[], None] = lambda: None
) -> ImportReport:
    """Store every record that can be stored, and write the events last. A dry job reads only."""
    if not job.is_dry and session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE training_texts IN SHARE ROW EXCLUSIVE MODE"))  # Two imports at once take turns.
    importing = _Import(session, job)
    for chunk in _chunks(records):
        importing.take(chunk)
        for _ in chunk:
            on_record()
    if not job.is_dry:
        importing.record_events()
    return importing.report


class _Import:
    """One file on its way in: what it said so far, and what it changed."""

    def __init__(self, session: Session, job: ImportJob) -> None:
        self.session = session
        self.job = job
        self.report = ImportReport()
        self._golden = {words_of(golden.document) for golden in read_golden(session)}
        self._said: dict[Key, tuple[str, Answer]] = {}
        """What the file said of a text that went in, and where."""
        self._fresh: list[dict[str, Any]] = []
        self._changes: list[tuple[int, dict[str, Any]]] = []

    @cached_property
    def _erased(self) -> set[str]:
        """Hashes of words that were erased. No index leads to them: the versions are walked through, once a file."""
        query = select(ItemVersion.text_sha256).where(ItemVersion.erased_at.is_not(None))
        return set(self.session.scalars(query.execution_options(yield_per=CHUNK)))

    def take(self, records: list[Record]) -> None:
        labelled = list(self._sift(records))
        known = self._find_known([_key_of(found) for _, found in labelled])
        for record, found in labelled:
            self._take_text(record, found, known.get(_key_of(found)))
        if self._fresh and not self.job.is_dry:
            self.session.execute(insert(TrainingText), self._fresh)
            self.session.flush()
        self._fresh = []

    def record_events(self) -> None:
        session, actor, report = self.session, self.job.actor, self.report
        for row_id, detail in self._changes:
            record_event(session, REPLACED, actor=actor, subject=("training_text", row_id), detail=detail)
        detail = {
            "berkas": self.job.origin,
            "format": self.job.form,
            "baru": report.new,
            "diganti": report.replaced,
            "sudah_ada": report.already_there,
            "tanpa_label": report.without_label,
            "tanpa_bukti": report.without_evidence,
            "ditolak": len(report.refused),
        }
        record_event(session, "label.impor", actor=actor, subject=("training_text", None), detail=detail)

    def _sift(self, records: list[Record]) -> Iterator[tuple[Record, CorpusText]]:
        for record in records:
            self.report.unread.update(record.unread)
            if record.refusal:
                self.report.refused.append(record)
            elif record.text is None:
                self.report.without_label += 1
            else:
                yield record, record.text

    def _find_known(self, keys: list[Key]) -> dict[Key, TrainingText]:
        query = select(TrainingText).where(TrainingText.text_sha256.in_([digest for digest, _ in keys]))
        return {(row.text_sha256, row.kind.value): row for row in self.session.scalars(query)}

    def _take_text(self, record: Record, found: CorpusText, row: TrainingText | None) -> None:
        place, said = self._said.get(_key_of(found), ("", None))
        if words_of(found.document) in self._golden:
            self._refuse(record, "it is a golden item, which is never trained on")
        elif sha256(found.document.text.encode()).hexdigest() in self._erased:
            self._refuse(record, "its words were erased here and are not stored again; leave it out of the file")
        elif said == _answer_of(found):
            self.report.already_there += 1
        elif said is not None:
            self._refuse(record, f"{place} gives the same text {_describe(said)}; keep one of both")
        elif row is None:
            self._add(record, found)
        else:
            self._compare(record, found, row)

    def _add(self, record: Record, found: CorpusText) -> None:
        document = found.document
        self._fresh.append(
            {
                "origin": self.job.origin,
                "text_sha256": hash_document(document),
                "kind": ItemKind(document.kind),
                "title": document.title,
                "text": document.text,
                "author_name": document.author_name,
                "author_bio": document.author_bio,
                "label": found.label,
                "evidence": to_spans(found.evidence),
                "event": found.event,
                "imported_by": self.job.actor,
            }
        )
        self.report.new += 1
        self._accept(record, found)

    def _compare(self, record: Record, found: CorpusText, row: TrainingText) -> None:
        if self.job.replaces:  # Also what says the same: it holds from today, against what was decided here meanwhile.
            self._replace(record, found, row)
        elif (row.label, read_spans(row.evidence, row.text)) == _answer_of(found):
            self.report.already_there += 1
        else:
            what = f"label {row.label}" if row.label != found.label else "other evidence"
            self._refuse(record, f"the text is there with {what} (from {row.origin}); --replace takes this file's word")

    def _replace(self, record: Record, found: CorpusText, row: TrainingText) -> None:
        evidence = to_spans(found.evidence)
        detail = {"berkas": self.job.origin, "label": [row.label, found.label], "bukti": [row.evidence, evidence]}
        self._changes.append((row.id, detail))
        if not self.job.is_dry:
            row.label, row.evidence = found.label, evidence
        self.report.replaced += 1
        self._accept(record, found)

    def _accept(self, record: Record, found: CorpusText) -> None:
        self._said[_key_of(found)] = (record.place, _answer_of(found))
        self.report.without_evidence += _lacks_evidence(found)

    def _refuse(self, record: Record, reason: str) -> None:
        self.report.refused.append(Record(record.place, refusal=reason))


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    iterator = iter(records)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _key_of(found: CorpusText) -> Key:
    return hash_document(found.document), found.document.kind.value


def _answer_of(found: CorpusText) -> Answer:
    return found.label, found.evidence


def _describe(answer: Answer) -> str:
    label, evidence = answer
    return f"label {label} with {len(evidence)} marked sentences"


def _lacks_evidence(found: CorpusText) -> bool:
    is_long = len(found.document.text.split()) > MOST_WORDS_WITHOUT_EVIDENCE
    return found.is_partisan and not found.evidence and is_long
