"""A range of the database through the artifact: read in small parts, written in one transaction.

Who is killed leaves no half: either a range's predictions and its event are there, or none of both. Whoever comes again
scores what has no prediction yet. Two at once may score the same text; one prediction is written. What cannot be scored is
put aside for the artifact, with its reason.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, Select, delete, select, update
from sqlalchemy.orm import Session

from classifier.aside import find_aside, leave_aside
from classifier.errors import TooManyAside
from classifier.flags import raise_flags
from classifier.labels import to_document
from classifier.quarantine import FailedText
from classifier.score import insert_predictions, to_row
from classifier.scoring.apart import Failure
from classifier.scoring.scorer import Scored
from models import Artifact, ArtifactState, AuditEvent, Item, ItemVersion, Prediction, record_event
from models.database import make_engine, make_reading_session, make_session, show_address
from models.settings import Settings
from netra.rescoring.errors import Misplaced
from netra.rescoring.ranges import Choice, IdRange, select_waiting
from netra.rescoring.scorers import ArtifactPlace, score
from netra.rescoring.work import Done

ACTOR = "sistem:skor"
READ = 200
"""Texts in memory at once."""


@dataclass(frozen=True)
class Text:
    """A text of the range: what came of it, or that its prediction was there already (None)."""

    version_id: int
    item_id: int
    found: Scored | Failure | None


@dataclass(frozen=True)
class DatabaseWork:
    """Needs no address: each process reads its own NETRA_DATABASE_URL, and refuses where that leads to another house."""

    place: ArtifactPlace
    artifact_id: int
    choice: Choice
    raises_flags: bool
    begun: str = ""
    """Hash of the event with which the run began: in no other database, not even in a copy, stands the same."""

    def __call__(self, unit: IdRange) -> Done:
        with _house(self.begun) as engine:
            texts = [text for part in self._read(engine, unit) for text in part]
            if not texts:
                return Done()
            with make_session(engine).begin() as session:
                if self.raises_flags:
                    _hold_live(session, self.artifact_id)
                done = self._write(session, unit, texts)
        return done + Done(bad=sum(isinstance(text.found, Failure) for text in texts))

    def _read(self, engine: Engine, unit: IdRange) -> Iterator[list[Text]]:
        """Parts with their scores, of which little is kept: the texts themselves go part by part."""
        after, aside = unit.first, self._find_aside(engine)
        while after <= unit.last:
            ids = IdRange(after, unit.last)
            query = select_waiting(self.artifact_id, self.choice, ids, with_scored=self.raises_flags, aside=aside)
            with make_reading_session(engine)() as session:
                rows = session.execute(query.order_by(ItemVersion.id).limit(READ)).all()
            if not rows:
                return
            yield self._score(rows)
            after = rows[-1][0].id + 1

    def _find_aside(self, engine: Engine) -> set[int]:
        try:
            with make_reading_session(engine)() as session:
                return find_aside(session, self.artifact_id)
        except TooManyAside as error:
            raise Misplaced(f"{self.place.name} is not fit for it: {error}") from error

    def _score(self, rows: Sequence[Any]) -> list[Text]:
        fresh = [to_document(version, kind) for version, kind, is_predicted in rows if not is_predicted]
        found = iter(score(self.place, fresh))
        return [Text(version.id, version.item_id, None if is_predicted else next(found)) for version, _, is_predicted in rows]

    def _write(self, session: Session, unit: IdRange, texts: Sequence[Text]) -> Done:
        rows = [to_row(text.version_id, self.artifact_id, text.found) for text in texts if isinstance(text.found, Scored)]
        written = insert_predictions(session, rows) if rows else set[int]()
        if self.raises_flags:
            standing, flags = self._take_usual_way(session, [text for text in texts if not isinstance(text.found, Failure)])
        else:
            standing, flags = _hold_standing(session, written), list[int]()
        _take_back(session, self.artifact_id, written - standing)
        if written & standing or self.raises_flags:
            detail = {"artefak": self.place.name, "dari": unit.first, "sampai": unit.last}
            detail |= {"diskor": len(written & standing), "penanda": flags}
            record_event(session, "skor.arsip", actor=ACTOR, subject=("artifact", self.artifact_id), detail=detail)
        leave_aside(session, self.artifact_id, self.place.name, list(_list_failed(texts)))
        return Done(len(written & standing), len(flags), left=0 if self.raises_flags else len(written - standing))

    def _take_usual_way(self, session: Session, texts: Sequence[Text]) -> tuple[set[int], list[int]]:
        """The versions that stand, and the flags raised for those that nobody brought this way before: as `netra score` does."""
        items = {text.version_id: text.item_id for text in texts}
        _hold_items(session, sorted(set(items.values())))
        held = _versions(list(items)).with_for_update(key_share=True, of=ItemVersion)
        scored_by = {row.id: row.scored_by_id for row in session.execute(held)}
        passing = [version_id for version_id, artifact_id in scored_by.items() if artifact_id != self.artifact_id]
        moved = update(ItemVersion).where(ItemVersion.id.in_(passing)).values(scored_by_id=self.artifact_id)
        session.execute(moved, execution_options={"synchronize_session": False})
        pairs = [(version_id, items[version_id]) for version_id in passing]
        return set(scored_by), raise_flags(session, session.get_one(Artifact, self.artifact_id), pairs).raised


def _list_failed(texts: Sequence[Text]) -> Iterator[FailedText]:
    for text in texts:
        if isinstance(text.found, Failure):
            yield FailedText(text.version_id, text.item_id, text.found.reason)


def begin(session: Session, work: DatabaseWork) -> DatabaseWork:
    """Write the beginning of a run into the trail, by which its workers know that they are in the right house."""
    detail = {"artefak": work.place.name, "penanda": work.raises_flags, "sumber": list(work.choice.source_ids)}
    detail |= {"dari": str(work.choice.since or ""), "sampai": str(work.choice.until or "")}
    event = record_event(session, "skor.arsip_mulai", actor=ACTOR, subject=("artifact", work.artifact_id), detail=detail)
    return replace(work, begun=event.hash)


@contextmanager
def _house(begun: str) -> Iterator[Engine]:
    """The database of this process, open for one unit: a worker that waits for the next one holds no connection."""
    engine = make_engine(Settings().database_address, pool_size=1)
    try:
        with make_reading_session(engine)() as session:
            is_ours = session.scalar(select(AuditEvent.id).where(AuditEvent.hash == begun)) is not None
        if not is_ours:
            address = show_address(engine.url)
            raise Misplaced(f"a worker reads {address}, which is another house; start it with the same NETRA_DATABASE_URL")
        yield engine
    finally:
        engine.dispose()


def _hold_live(session: Session, artifact_id: int) -> None:
    """Nobody promotes another one until we commit. Artifacts come before items, versions and the trail, as in a promotion."""
    query = select(Artifact).where(Artifact.id == artifact_id).with_for_update(read=True)
    row = session.scalars(query, execution_options={"populate_existing": True}).one()
    if row.state is not ArtifactState.LIVE:
        raise Misplaced(
            f"{row.name} is no longer live but {row.state.value}, and only the live artifact raises flags. What was done is "
            "stored; run it again with the live one, or make this one live (netra artifacts promote)"
        )


def _versions(ids: Sequence[int]) -> Select[int, int | None]:
    query = select(ItemVersion.id, ItemVersion.scored_by_id).where(ItemVersion.id.in_(ids), ItemVersion.erased_at.is_(None))
    return query.order_by(ItemVersion.id)


def _hold_standing(session: Session, ids: set[int]) -> set[int]:
    """Those whose words stand until we commit. Who is erasing or moving one right now is not waited for."""
    held = _versions(sorted(ids)).with_for_update(read=True, skip_locked=True, of=ItemVersion)
    return {version_id for version_id, _ in session.execute(held)}


def _hold_items(session: Session, ids: Sequence[int]) -> None:
    """Items before versions, as everybody takes them who raises flags."""
    session.execute(select(Item.id).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(key_share=True)).all()


def _take_back(session: Session, artifact_id: int, version_ids: set[int]) -> None:
    """Of texts that were erased while they were scored nothing stays, least of all their words as evidence."""
    if version_ids:
        own = (Prediction.artifact_id == artifact_id, Prediction.item_version_id.in_(version_ids))
        session.execute(delete(Prediction).where(*own), execution_options={"synchronize_session": False})
