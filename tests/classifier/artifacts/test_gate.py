"""The golden gate, with artifacts on disk: worse is refused, forced with a reason, and nothing passes in silence."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from classifier.artifacts import gate
from classifier.artifacts.artifact import LoadedArtifact
from classifier.artifacts.gate import compare_on_golden, promote_past_gate
from classifier.artifacts.golden import add_golden
from classifier.artifacts.registry import live_artifact, promote
from classifier.errors import ArtifactError, GoldenGateRefused, RegistryError
from models import (
    Artifact,
    ArtifactState,
    Assessment,
    AuditEvent,
    Cluster,
    ClusterMember,
    GoldenItem,
    Item,
    Outcome,
    TrainingText,
    now,
)
from models.database import make_session
from models.settings import Settings
from tests.classifier.variants import BLIND, CALM, EAGER, add_variant, find_sharp_line
from tests.factories import PARTISAN, make_flag, make_item, make_user


class Shelf:
    """Three artifacts on disk: the sharp one is live, the blind one flags nothing, the eager one everything."""

    def __init__(self, settings: Settings, engine: Engine, loaded: LoadedArtifact):
        self.engine, self.folder = engine, settings.artifacts_dir
        with make_session(engine).begin() as session:
            lines = (find_sharp_line(loaded), BLIND, EAGER)
            self.sharp, self.blind, self.eager = (add_variant(session, loaded, self.folder, line) for line in lines)
            promote(session, self.sharp)

    def promote(self, row: Artifact, force: str = ""):
        return promote_past_gate(self.engine, self.folder, row.name, actor="sari", force=force)

    def add_golden(self, **texts: str) -> dict[str, int]:
        with make_session(self.engine).begin() as session:
            items = {label: make_item(session, title="", text=text or PARTISAN).id for label, text in texts.items()}
            for label, item_id in items.items():
                add_golden(session, item_id, label, actor="sari")
        return items

    def live_name(self) -> str | None:
        with make_session(self.engine)() as session:
            live = live_artifact(session)
        return live.name if live else None


@pytest.fixture
def shelf(settings: Settings, engine: Engine, loaded: LoadedArtifact) -> Shelf:
    return Shelf(settings, engine, loaded)


def last_event(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first() or pytest.fail("an empty trail")


def test_candidate_that_loses_a_golden_act_is_refused_by_its_item(shelf: Shelf) -> None:
    items = shelf.add_golden(kegiatan_berpihak="", imbauan=CALM)
    lost = rf"1 of 2 golden items rightly.*Lost items: {items['kegiatan_berpihak']} \(kegiatan_berpihak\).*--force"
    with pytest.raises(GoldenGateRefused, match=lost):
        shelf.promote(shelf.blind)
    assert shelf.live_name() == shelf.sharp.name


def test_candidate_that_finds_less_is_refused_even_where_it_is_right_more_often(shelf: Shelf) -> None:
    items = shelf.add_golden(kegiatan_berpihak="", imbauan=CALM, ikrar=CALM + " Apel pagi.")
    shelf.promote(shelf.eager, force="mulai dari yang menandai semua")
    with pytest.raises(GoldenGateRefused, match=rf"2 of 3 .* finds 0 of 1 acts.*Lost items: {items['kegiatan_berpihak']} "):
        shelf.promote(shelf.blind)


def test_candidate_that_decides_as_well_becomes_live(shelf: Shelf) -> None:
    shelf.add_golden(kegiatan_berpihak="")
    promotion = shelf.promote(shelf.eager)
    assert shelf.live_name() == shelf.eager.name
    assert promotion.artifact.state is ArtifactState.LIVE
    assert promotion.gate is not None
    assert (promotion.gate.lost, promotion.former and promotion.former.name) == ([], shelf.sharp.name)


def label(shelf: Shelf, item_id: int, at: datetime, *, imports: bool = False) -> None:
    """A reading of an item, or of its words elsewhere."""
    with make_session(shelf.engine).begin() as session:
        if imports:
            text = {"text": f"{PARTISAN}\n", "kind": "news", "label": "ikrar"}
            session.add(TrainingText(origin="a", text_sha256="1" * 64, imported_by="uji", created_at=at, **text))
            return
        flag = make_flag(session, session.get_one(Item, item_id))
        values = {"outcome": Outcome.INDICATION, "user_id": make_user(session).id, "created_at": at}
        session.add(Assessment(flag_id=flag.id, item_version_id=flag.item_version_id, **values))


@pytest.mark.parametrize("imports", [False, True])
def test_what_one_of_both_may_have_learned_is_left_aside_and_counted(shelf: Shelf, *, imports: bool) -> None:
    items = shelf.add_golden(kegiatan_berpihak="", imbauan=CALM)
    label(shelf, items["kegiatan_berpihak"], now() - timedelta(days=9), imports=imports)
    with pytest.raises(GoldenGateRefused, match=r"0 of 1 golden items rightly.*1 were left aside"):
        shelf.promote(shelf.eager)
    promotion = shelf.promote(shelf.blind)
    assert promotion.gate is not None
    assert (promotion.gate.live.aside, [text.label for text in promotion.gate.live.texts]) == (1, ["imbauan"])
    with make_session(shelf.engine)() as session:
        assert last_event(session).detail["emas"]["disisihkan"] == 1


def test_a_story_of_which_a_copy_was_labelled_before_is_left_aside(shelf: Shelf) -> None:
    (golden_id,) = shelf.add_golden(kegiatan_berpihak="").values()
    with make_session(shelf.engine).begin() as session:
        mate, cluster = make_item(session, text="Cerita yang sama."), Cluster()
        session.add(cluster)
        session.flush()
        session.add_all(ClusterMember(item_id=own, cluster_id=cluster.id, similarity=1.0) for own in (golden_id, mate.id))
        mate_id = mate.id
    label(shelf, mate_id, now() - timedelta(days=9))
    promotion = shelf.promote(shelf.blind)
    assert (promotion.gate, promotion.remark.startswith("all 1 golden items may have been learned")) == (None, True)


@pytest.mark.parametrize(("labelled", "golden"), [(1, 0), (-9, -8)])
def test_what_was_labelled_later_or_golden_before_is_asked(shelf: Shelf, labelled: int, golden: int) -> None:
    """Days from now: both artifacts were trained a moment ago."""
    (item_id,) = shelf.add_golden(kegiatan_berpihak="").values()
    label(shelf, item_id, now() + timedelta(days=labelled))
    with make_session(shelf.engine).begin() as session:
        session.execute(update(GoldenItem).values(created_at=now() + timedelta(days=golden)))
    with pytest.raises(GoldenGateRefused, match=r"0 of 1 golden items rightly.*0 were left aside"):
        shelf.promote(shelf.blind)


def test_force_promotes_and_writes_the_reason_down(shelf: Shelf) -> None:
    items = shelf.add_golden(kegiatan_berpihak="")
    shelf.promote(shelf.blind, force="butir salah label")
    with make_session(shelf.engine)() as session:
        event = last_event(session)
    assert (event.action, event.actor, event.detail["paksa"]) == ("artefak.aktif", "sari", "butir salah label")
    assert event.detail["emas"] == {"butir": 1, "benar": 0, "benar_sebelumnya": 1, "hilang": [*items.values()], "disisihkan": 0}


def test_empty_golden_set_is_said(shelf: Shelf) -> None:
    promotion = shelf.promote(shelf.blind)
    assert (promotion.gate, "no golden item yet" in promotion.remark) == (None, True)
    with make_session(shelf.engine)() as session:
        assert last_event(session).detail["emas"] == promotion.remark


def test_missing_or_altered_candidate_is_never_promoted(shelf: Shelf) -> None:
    (shelf.folder / shelf.blind.name / "numbers.npz").write_bytes(b"lain")
    shutil.rmtree(shelf.folder / shelf.eager.name)
    for row in (shelf.blind, shelf.eager):
        with pytest.raises(ArtifactError, match="train again"):
            shelf.promote(row, force="tetap")
    assert shelf.live_name() == shelf.sharp.name


def test_lost_live_artifact_bars_the_way_only_without_a_reason(shelf: Shelf) -> None:
    shelf.add_golden(kegiatan_berpihak="")
    shutil.rmtree(shelf.folder / shelf.sharp.name)
    with pytest.raises(ArtifactError, match=r"nothing can be compared with it.*--force"):
        shelf.promote(shelf.blind)
    assert "could not be read" in shelf.promote(shelf.blind, force="folder hilang").remark
    assert shelf.live_name() == shelf.blind.name


def test_promotion_meanwhile_by_another_person_is_noticed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.add_golden(kegiatan_berpihak="")
    ask = gate.ask_golden

    def ask_slowly(*arguments):
        with make_session(shelf.engine).begin() as session:
            promote(session, session.get_one(Artifact, shelf.blind.id))
        return ask(*arguments)

    monkeypatch.setattr(gate, "ask_golden", ask_slowly)
    with pytest.raises(RegistryError, match=f"meanwhile {shelf.blind.name} became live"):
        shelf.promote(shelf.eager)
    with make_session(shelf.engine)() as session:
        assert session.scalars(select(Artifact.id).where(Artifact.state == ArtifactState.LIVE)).all() == [shelf.blind.id]


def test_two_artifacts_are_compared_each_at_its_own_line(shelf: Shelf) -> None:
    assert compare_on_golden(shelf.engine, Path(shelf.folder), shelf.sharp, shelf.eager) is None
    items = shelf.add_golden(kegiatan_berpihak="", imbauan=CALM)
    answers = compare_on_golden(shelf.engine, Path(shelf.folder), shelf.sharp, shelf.eager)
    assert answers is not None
    sharp, eager = answers
    assert (sharp.flagged, eager.flagged, sharp.acts, sharp.found) == ([True, False], [True, True], 1, 1)
    assert [text.item_id for text in sharp.list_right_beside(eager)] == [items["imbauan"]]
