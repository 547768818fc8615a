"""What leaves comes back: every format, with everything that texts hold, into files and into an empty database."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from classifier.corpus import CorpusText, load_corpus
from classifier.exchange.formats import READERS, Format
from classifier.exchange.records import Offsets, ReadOptions
from classifier.exchange.store import ImportJob, store_records
from classifier.labels import read_labels
from models.database import make_session
from tests.classifier.exchange.texts import many_texts, read, say, write

JOB = ImportJob("berkas", "uji", "sistem:uji")
slowly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stored(session: Session, path: Path, form: Format) -> list[CorpusText]:
    report = store_records(session, READERS[form](path, ReadOptions()), JOB)
    assert report.refused == []
    return read_labels(session)


@pytest.mark.parametrize("form", Format)
@given(written=many_texts)
@slowly
def test_a_file_gives_back_what_was_written(form: Format, written: list[CorpusText]) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "berkas", form, *written)
        found = [record.text for record in read(path, form)]
    assert [say(text) for text in found if text] == [say(text) for text in written]


@given(written=many_texts)
@slowly
def test_positions_in_utf_16_come_back_as_characters(written: list[CorpusText]) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "berkas", Format.DOCCANO, *written, offsets=Offsets.UTF_16)
        found = [record.text for record in read(path, Format.DOCCANO, Offsets.UTF_16)]
    assert [say(text) for text in found if text] == [say(text) for text in written]


@pytest.mark.parametrize("form", Format)
@given(written=many_texts)
@slowly
def test_an_empty_database_holds_what_was_exported(sqlite_engine: Engine, form: Format, written: list[CorpusText]) -> None:
    with TemporaryDirectory() as folder, make_session(sqlite_engine)() as session:
        first = stored(session, write(Path(folder) / "satu", form, *written), form)
        session.rollback()
        second = stored(session, write(Path(folder) / "dua", form, *first), form)
        session.rollback()
    assert [say(text) for text in first] == [say(text) for text in second] == [say(text) for text in written]


@pytest.mark.parametrize("form", Format)
def test_our_corpus_goes_out_and_in(session: Session, tmp_path: Path, form: Format) -> None:
    corpus = load_corpus()
    found = stored(session, write(tmp_path / "korpus", form, *corpus), form)
    assert [say(text) for text in found] == [say(text) for text in corpus]
