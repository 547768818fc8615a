"""The states of artifacts: one live, one shadow at most, whoever changes them at once; and folders that are refused."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from classifier.artifacts.artifact import CARD, DESCRIPTION, NUMBERS, SUMS, LoadedArtifact, load_artifact
from classifier.artifacts.registry import (
    end_shadow,
    find_artifact,
    find_former,
    hold_live,
    live_artifact,
    load_registered,
    promote,
    register_artifact,
    roll_back,
    shadow_artifact,
    start_shadow,
)
from classifier.errors import ArtifactError, RegistryError
from models import Artifact, ArtifactState, AuditEvent, now, verify_chain
from models.database import make_session
from tests.classifier.variants import add_row


def list_successions(session: Session) -> list[tuple[str, str | None]]:
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "artefak.aktif").order_by(AuditEvent.id))
    return [(event.detail["nama"], event.detail["sebelumnya"]) for event in events]


def test_many_who_promote_at_once_leave_one_live_artifact_and_an_unbroken_succession(engine: Engine) -> None:
    sessions = make_session(engine)
    with sessions.begin() as session:
        ids = [add_row(session, f"uji-{number}").id for number in range(4)]

    def promote_one(artifact_id: int) -> None:
        with sessions.begin() as session:
            promote(session, session.get_one(Artifact, artifact_id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(promote_one, ids * 2))
    with sessions() as session:
        live = session.scalars(select(Artifact.name).where(Artifact.state == ArtifactState.LIVE)).all()
        succession = list_successions(session)
        assert live == [succession[-1][0]]
        assert [before for _, before in succession] == [None, *(name for name, _ in succession[:-1])]
        assert verify_chain(session).breaks == []


def test_many_who_start_a_shadow_at_once_leave_one(engine: Engine) -> None:
    sessions = make_session(engine)
    with sessions.begin() as session:
        ids = [add_row(session, f"uji-{number}").id for number in range(4)]

    def start_one(artifact_id: int) -> None:
        with sessions.begin() as session:
            start_shadow(session, session.get_one(Artifact, artifact_id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start_one, ids))
    with sessions() as session:
        states = Counter(session.scalars(select(Artifact.state)))
        assert states == {ArtifactState.SHADOW: 1, ArtifactState.CANDIDATE: 3}


def test_promotion_that_rests_on_an_old_view_is_refused(session: Session) -> None:
    first, second = add_row(session, "uji-1"), add_row(session, "uji-2")
    hold_live(session, None)
    promote(session, first)
    with pytest.raises(RegistryError, match="meanwhile uji-1 became live"):
        hold_live(session, None)
    promote(session, second)
    with pytest.raises(RegistryError, match="meanwhile uji-2 became live"):
        hold_live(session, first)


def test_roll_back_leads_further_back_and_never_to_what_it_ended(session: Session) -> None:
    first, second, third = (add_row(session, f"uji-{number}") for number in range(3))
    for row in (first, second, third):
        promote(session, row)
    roll_back(session, third, find_former(session, third))
    assert live_artifact(session) is second
    roll_back(session, second, find_former(session, second))
    assert live_artifact(session) is first
    with pytest.raises(RegistryError, match="nothing was live before uji-0"):
        find_former(session, first)
    promote(session, third)
    assert find_former(session, third) is first


def test_shadow_is_a_candidate_before_and_after(session: Session) -> None:
    live, row = add_row(session, "uji-1"), add_row(session, "uji-2")
    promote(session, live)
    with pytest.raises(RegistryError, match="uji-1 is aktif"):
        start_shadow(session, live)
    start_shadow(session, row)
    start_shadow(session, row)
    assert shadow_artifact(session) is row
    end_shadow(session, row)
    assert (row.state, shadow_artifact(session)) == (ArtifactState.CANDIDATE, None)
    with pytest.raises(RegistryError, match="uji-2 is no shadow"):
        end_shadow(session, row)
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["artefak.aktif", "artefak.bayangan", "artefak.bayangan_selesai"]


def test_promoted_shadow_is_no_shadow_any_more(session: Session) -> None:
    row = add_row(session, "uji-1")
    start_shadow(session, row)
    promote(session, row)
    assert (live_artifact(session), shadow_artifact(session)) == (row, None)


def test_name_is_found_by_a_beginning_that_only_it_has(session: Session) -> None:
    one, longer, other = add_row(session, "uji-1"), add_row(session, "uji-12"), add_row(session, "uji-3")
    assert find_artifact(session, "uji-1") is one
    assert find_artifact(session, "uji-12") is longer
    assert find_artifact(session, "uji-3") is other
    for name, message in (
        ("uji", "begins the names of 3 artifacts"),
        ("lain", "there is no artifact"),
        ("", "there is no artifact"),
    ):
        with pytest.raises(RegistryError, match=message):
            find_artifact(session, name)


def test_registered_artifact_is_loaded_by_its_hash(session: Session, artifact_copy: Path) -> None:
    row = register_artifact(session, artifact_copy)
    assert load_registered(artifact_copy.parent, row).sha256 == row.sha256
    row.sha256 = "1" * 64
    with pytest.raises(ArtifactError, match="is not the artifact that was registered"):
        load_registered(artifact_copy.parent, row)
    row.name = "hilang"
    with pytest.raises(ArtifactError, match="not a whole artifact"):
        load_registered(artifact_copy.parent, row)


def seal(folder: Path) -> None:
    """Make the hashes match again, as whoever forges an artifact would."""
    files = (DESCRIPTION, CARD, NUMBERS)
    lines = [f"{sha256((folder / file).read_bytes()).hexdigest()}  {file}\n" for file in files]
    (folder / SUMS).write_text("".join(lines))


def spoil_numbers(folder: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    with np.load(folder / NUMBERS) as numbers:
        arrays = dict(numbers)
    change(arrays)
    np.savez_compressed(folder / NUMBERS, **arrays)
    seal(folder)


def spoil_description(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    description = json.loads((folder / DESCRIPTION).read_text())
    change(description)
    (folder / DESCRIPTION).write_text(json.dumps(description))
    seal(folder)


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("this code came out of a file",)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.update(words_idf=np.array([Bomb()], dtype=object)),
        lambda arrays: arrays.update(extra=np.array([Bomb()], dtype=object)),
        lambda arrays: arrays.pop("chars_idf"),
        lambda arrays: arrays.update(window_coef=arrays["window_coef"][:-1]),
        lambda arrays: arrays.update(document_coef=arrays["document_coef"][None, :]),
        lambda arrays: arrays.update(class_coef=arrays["class_coef"].T),
        lambda arrays: arrays.update(class_intercept=arrays["class_intercept"].astype(str)),
        lambda arrays: arrays.update(ngram_words=arrays["ngram_words"] + 1),
        lambda arrays: arrays.update(ngram_words=arrays["ngram_words"] * 0 + 1),
        lambda arrays: arrays.update(ngram_words=arrays["ngram_words"].astype(float)),
        lambda arrays: arrays.update(ngram_sizes=arrays["ngram_sizes"][:-1]),
        lambda arrays: arrays.update(ngram_sizes=arrays["ngram_sizes"] * 0),
        lambda arrays: arrays.update(ngram_sizes=np.array([len(arrays["ngram_words"])], dtype=np.int32)),
    ],
)
def test_numbers_that_do_not_fit_are_refused_and_nothing_in_them_runs(
    artifact_copy: Path, capsys: pytest.CaptureFixture[str], change: Callable[[dict[str, np.ndarray]], object]
) -> None:
    spoil_numbers(artifact_copy, change)
    with pytest.raises(ArtifactError, match=r"do not fit one another.*train again"):
        load_artifact(artifact_copy)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["vocabulary"]["words"].pop(),
        lambda said: said["vocabulary"]["words"].__setitem__(0, said["vocabulary"]["words"][1]),
        lambda said: said["vocabulary"]["words"].append("tambahan"),
        lambda said: said["vocabulary"]["words"].__setitem__(0, 7),
        lambda said: said["vocabulary"]["chars"].append("x" * 1000),
        lambda said: said["vocabulary"]["chars"].append("\0"),
        lambda said: said["vocabulary"]["cues"].append("isyarat baru"),
        lambda said: said["vocabulary"]["chars"].append(said["vocabulary"]["chars"].pop(0)) or said["vocabulary"].pop("words"),
        lambda said: said["classes"].pop(),
        lambda said: said["calibration"]["weights"].pop(),
        lambda said: said["config"].pop("seed"),
        lambda said: said.pop("probe"),
        lambda said: said["probe"].pop(),
        lambda said: said.update(probe="nothing"),
        lambda said: said.update(lines=[0.5, 0.2]),
    ],
)
def test_descriptions_that_do_not_fit_are_refused(artifact_copy: Path, change: Callable[[dict[str, Any]], object]) -> None:
    spoil_description(artifact_copy, change)
    with pytest.raises(ArtifactError, match=r"do not fit one another.*train again"):
        load_artifact(artifact_copy)


@pytest.mark.parametrize("file", [DESCRIPTION, NUMBERS])
@pytest.mark.parametrize("content", [b"", b"[]", b"\x80\x04cposix\nsystem\n.", b"PK\x03\x04"])
def test_files_of_another_kind_are_refused(artifact_copy: Path, file: str, content: bytes) -> None:
    (artifact_copy / file).write_bytes(content)
    seal(artifact_copy)
    with pytest.raises(ArtifactError, match="train again"):
        load_artifact(artifact_copy)


def test_sealed_copy_of_an_unspoiled_artifact_loads(artifact_copy: Path, loaded: LoadedArtifact) -> None:
    seal(artifact_copy)
    assert load_artifact(artifact_copy, expected_sha256=loaded.sha256).name == loaded.name


def test_an_artifact_is_as_old_as_the_reading_of_its_texts(session: Session, loaded: LoadedArtifact) -> None:
    read_at = now() - timedelta(hours=1)
    row = register_artifact(session, loaded.folder, trained_at=read_at)
    assert row.trained_at == read_at
    assert register_artifact(session, loaded.folder, trained_at=now()).trained_at == read_at
