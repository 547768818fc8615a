"""A text on which scoring dies, hangs or fails: it is put aside after three tries, with its reason; all others are scored."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from classifier.artifacts.artifact import SavedArtifact, load_artifact
from classifier.artifacts.registry import live_artifact
from classifier.artifacts.shadow import ShadowBatch, ShadowRun
from classifier.aside import list_left_aside
from classifier.errors import TooManyAside
from classifier.quarantine import list_aside, try_again
from classifier.reading.document import Document
from classifier.score import CLAIM, claim_versions, count_waiting, score_batch
from classifier.scoring import apart as apart_module
from classifier.scoring.apart import CannotScoreApart, Failure, ScorerApart, score_apart
from classifier.scoring.apart import _Process as _AnyProcess
from classifier.scoring.scorer import Scored, Scorer
from models import Artifact, ArtifactState, AuditEvent, Flag, ItemVersion, Prediction, now, verify_chain
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.crawls.crawling import environment
from tests.factories import PARTISAN, make_item, make_source
from tests.processes import run_netra

TEXTS = 20
HANGS_ON_A_BATCH = """
import time
from classifier.scoring.scorer import Scorer
from models.database import make_engine
from models.settings import Settings
from netra.scoring import ScoringRun

sound = Scorer.score

def score(self, documents, **options):
    if any("MACET" in document.text for document in documents):
        time.sleep(600)
    return sound(self, documents, **options)

Scorer.score = score
settings = Settings(_env_file=None)
ScoringRun(settings, make_engine(settings.database_address), patience=1).step()
"""


class FatalScorer(Scorer):
    """Dies, breaks or hangs on texts that say so, as a mistake in a C library would do it."""

    def score(self, documents, *, explain_all: bool = False) -> list[Scored]:  # type: ignore[no-untyped-def]
        for document in documents:
            if "MATI" in document.text:
                os.kill(os.getpid(), signal.SIGKILL)
            if "GAGAL" in document.text:
                raise ValueError("kalimat tanpa akhir")
            if "MACET" in document.text:
                time.sleep(60)
        return super().score(documents, explain_all=explain_all)


@pytest.fixture
def fatal(artifact: SavedArtifact) -> FatalScorer:
    return FatalScorer(load_artifact(artifact.folder).parameters, artifact.name)


def fill(engine: Engine, poison: str) -> int:
    """Texts of which one is fatal; returns its item."""
    with make_session(engine).begin() as session:
        source = make_source(session)
        ids = [
            make_item(session, source=source, title="", text=f"{PARTISAN} {poison if number == 7 else ''} Butir {number}.").id
            for number in range(TEXTS)
        ]
        return ids[7]


def live(session: Session) -> Artifact:
    found = live_artifact(session)
    assert found is not None
    return found


def score_until_nothing_waits(engine: Engine, scorer: Scorer, at: datetime) -> int:
    """As a watching run does, with a clock of its own. Returns how many minutes that took."""
    sessions = make_session(engine)
    with sessions() as session:
        artifact = live(session)
    for minutes in range(10):
        while score_batch(sessions, scorer, artifact, at=at + minutes * 1.1 * CLAIM).claimed:
            """On to the next batch."""
        with sessions() as session:
            if not count_waiting(session, artifact):
                return minutes
    raise AssertionError("scoring never comes to an end")


def die_of_a_batch(engine: Engine, at: datetime) -> None:
    """What is left of a process that the text has killed: claims that nobody gives back."""
    with make_session(engine).begin() as session:
        assert len(claim_versions(session, live(session), limit=200, at=at)) == TEXTS


@pytest.mark.parametrize(("poison", "reason"), [("MATI", "signal 9"), ("GAGAL", "ValueError: kalimat tanpa akhir")])
def test_the_rest_is_scored_and_the_poison_is_put_aside_after_three_tries(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer, poison: str, reason: str
) -> None:
    item_id, at = fill(engine, poison), now()
    if poison == "MATI":
        die_of_a_batch(engine, at - 2 * CLAIM)
    assert score_until_nothing_waits(engine, fatal, at) == 2
    with make_reading_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Prediction)) == TEXTS - 1
        assert session.scalar(select(func.count()).select_from(Flag)) == TEXTS - 1
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.in_(("skor.gagal", "skor.karantina"))))
        assert list(actions) == ["skor.gagal", "skor.gagal", "skor.karantina"]
        aside = list_aside(session)
        assert [(text.item_id, reason in text.reason) for text in aside] == [(item_id, True)]
        assert verify_chain(session).breaks == []
    shown = json.loads(run_netra(with_live_artifact, "quarantine", "texts", "--json").stdout)
    assert [text["item_id"] for text in shown["texts"]] == [item_id]


def test_a_scorer_that_fails_on_every_text_puts_none_aside(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer
) -> None:
    fill(engine, "")
    die_of_a_batch(engine, now() - 2 * CLAIM)
    fatal.parameters = fatal._weights = None  # type: ignore[assignment] - As code that was changed meanwhile finds it.
    with make_reading_session(engine)() as session:
        artifact = live(session)
    with pytest.raises(CannotScoreApart, match=f"none of {TEXTS} texts"):
        score_batch(make_session(engine), fatal, artifact)
    with make_reading_session(engine)() as session:
        assert count_waiting(session, artifact) == TEXTS
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "skor.gagal")).all() == []


def test_texts_that_all_fail_are_put_aside_where_others_would_not(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer
) -> None:
    with make_session(engine).begin() as session:
        source = make_source(session)
        for number in range(3):
            make_item(session, source=source, title="", text=f"{PARTISAN} GAGAL Butir {number}.")
    assert score_until_nothing_waits(engine, fatal, now()) == 2
    with make_reading_session(engine)() as session:
        assert len(list_aside(session)) == 3


def test_what_was_put_aside_is_scored_when_somebody_asks(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer, artifact: SavedArtifact
) -> None:
    fill(engine, "GAGAL")
    score_until_nothing_waits(engine, fatal, now())
    with make_session(engine).begin() as session:
        try_again(session, list_aside(session), actor="sistem:uji")
    sound = load_artifact(artifact.folder).make_scorer()
    assert score_until_nothing_waits(engine, sound, now() + timedelta(hours=1)) == 0
    with make_reading_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Prediction)) == TEXTS
        assert list_aside(session) == []


def test_a_text_that_hangs_costs_no_more_than_its_patience(fatal: FatalScorer) -> None:
    documents = [Document(f"{PARTISAN} {word}") for word in ("satu", "MACET", "tiga")]
    results = score_apart(fatal, documents, patience=5)
    assert [isinstance(found, Scored) for found in results] == [True, False, True]
    assert results[1] == Failure("it took longer than 5 seconds")


def test_a_process_that_a_text_hangs_ends_and_the_next_one_scores_the_batch(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer
) -> None:
    fill(engine, "MACET")
    command = [sys.executable, "-c", HANGS_ON_A_BATCH]
    ended = subprocess.run(command, env=environment(with_live_artifact), capture_output=True, text=True, timeout=90, check=False)
    assert (ended.returncode, "Timeout" in ended.stderr) == (1, True), ended.stderr
    assert score_until_nothing_waits(engine, Scorer(fatal.parameters, fatal.name), now() + 2 * CLAIM) == 0
    with make_reading_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Prediction)) == TEXTS


def test_scores_apart_are_those_of_a_batch(fatal: FatalScorer) -> None:
    documents = [Document(PARTISAN), Document("Harga cabai naik karena hujan.")]
    apart, together = score_apart(fatal, documents), fatal.score(documents)
    assert [(found.label, found.act, found.evidence) for found in apart if isinstance(found, Scored)] == [
        (found.label, found.act, found.evidence) for found in together
    ]


def test_an_innocent_text_is_scored_although_its_process_was_ended_while_idle(fatal: FatalScorer) -> None:
    apart = ScorerApart(fatal)
    try:
        apart.score([Document(PARTISAN)])
        process = apart._process._process  # type: ignore[union-attr]
        process.kill()
        process.wait()
        (found,) = apart.score([Document(PARTISAN)])
        assert isinstance(found, Scored)
    finally:
        apart.close()


def test_a_text_is_tried_in_a_second_process_before_it_is_blamed(fatal: FatalScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, begin = list[object](), apart_module._start

    def begin_counted(scorer: Scorer) -> object:
        begun.append(process := begin(scorer))
        if len(begun) == 1:  # As from outside, behind the look whether it still lives.
            monkeypatch.setattr(process, "receive", _raise_eof)
        return process

    monkeypatch.setattr(apart_module, "_start", begin_counted)
    apart = ScorerApart(fatal)
    monkeypatch.setattr(_AnyProcess, "tell_death", lambda _self: "ended from outside")
    try:
        found = apart.score([Document(PARTISAN), Document(f"{PARTISAN} MATI")], together=False)
    finally:
        apart.close()
    assert [type(own) for own in found] == [Scored, Failure]
    assert len(begun) == 3


def _raise_eof(_end: float) -> None:
    raise EOFError


def test_a_process_that_cannot_be_begun_is_no_fault_of_a_text(fatal: FatalScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/tidak/ada/python")
    with pytest.raises(CannotScoreApart, match="no process can be begun"):
        score_apart(fatal, [Document(PARTISAN)])


def test_a_shadow_leaves_out_what_breaks_it(with_live_artifact: Settings, engine: Engine, fatal: FatalScorer) -> None:
    shadow, first = start_shadow(engine, fatal, "GAGAL")
    batch = ShadowRun(engine, ScorerApart(fatal), shadow, first).score_batch()
    assert (batch.scored, batch.written) == (TEXTS, TEXTS - 1)


def test_a_text_that_hangs_a_shadow_is_put_aside_for_it_and_live_scoring_goes_on_meanwhile(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer
) -> None:
    shadow, first = start_shadow(engine, fatal, "MACET")
    run = ShadowRun(engine, ScorerApart(fatal, patience=3), shadow, first)
    assert run.score_batch(seconds=0.1) == ShadowBatch(TEXTS)
    assert score_until_nothing_waits(engine, Scorer(fatal.parameters, fatal.name), now() + 2 * CLAIM) == 0
    assert run.score_batch() == ShadowBatch(TEXTS, TEXTS - 1)
    following = ShadowRun(engine, ScorerApart(fatal), shadow, first)
    assert (following.count_waiting(), following.score_batch().scored) == (0, 0)
    said = run_netra(with_live_artifact, "quarantine", "texts", "--again", "--json")
    (aside,) = json.loads(said.stdout)["texts"]
    assert (aside["artifact"], aside["reason"]) == ("bayangan", "it took longer than 3 seconds")
    assert following.count_waiting() == 1


def test_a_shadow_that_breaks_on_everything_scores_nothing_more(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.aside.MOST_ASIDE", 1)
    shadow, first = start_shadow(engine, fatal, "GAGAL")
    run = ShadowRun(engine, ScorerApart(fatal), shadow, first)
    run.score_batch()
    with pytest.raises(TooManyAside, match="1 texts were put aside"):
        run.score_batch()


def test_a_batch_that_fails_as_a_whole_puts_no_text_aside(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer
) -> None:
    shadow, first = start_shadow(engine, fatal, "")
    fatal.parameters = fatal._weights = None  # type: ignore[assignment] - As code that was changed meanwhile finds it.
    with pytest.raises(CannotScoreApart, match=f"none of {TEXTS} texts"):
        ShadowRun(engine, ScorerApart(fatal), shadow, first).score_batch()
    with make_reading_session(engine)() as session:
        assert list_left_aside(session) == []


def test_a_version_that_was_put_aside_is_tried_again_by_the_next_artifact(
    with_live_artifact: Settings, engine: Engine, fatal: FatalScorer
) -> None:
    fill(engine, "GAGAL")
    score_until_nothing_waits(engine, fatal, now())
    with make_reading_session(engine)() as session:
        newer = replace_artifact(live(session))
        assert count_waiting(session, newer) == TEXTS
        assert session.scalar(select(func.count()).where(ItemVersion.scored_by_id.is_(None))) == 0


def start_shadow(engine: Engine, fatal: FatalScorer, poison: str) -> tuple[Artifact, Artifact]:
    """A shadow and the live artifact, which has scored all texts, the fatal one too."""
    fill(engine, poison)
    assert score_until_nothing_waits(engine, Scorer(fatal.parameters, fatal.name), now()) == 0
    with make_session(engine).begin() as session:
        shadow = Artifact(name="bayangan", sha256="1" * 64, state=ArtifactState.SHADOW, threshold=0.5)
        session.add(shadow)
        session.flush()
        return shadow, live(session)


def replace_artifact(artifact: Artifact) -> Artifact:
    return Artifact(id=artifact.id + 1, name="lain", sha256="2" * 64, threshold=0.5)
