"""The golden gate: an artifact that decides the golden items worse than the live one becomes live only by force.

Both are asked only what neither may have learned: a memory proves nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from classifier.artifacts.artifact import LoadedArtifact
from classifier.artifacts.golden import Exam, GoldenText, set_exam
from classifier.artifacts.registry import find_artifact, hold_live, live_artifact, load_registered, promote
from classifier.errors import ArtifactError, GoldenGateRefused
from models import Artifact
from models.database import make_reading_session, make_session


@dataclass(frozen=True)
class GoldenAnswers:
    """What one artifact says of the golden items, at its own line."""

    artifact: str
    texts: list[GoldenText]
    flagged: list[bool]
    aside: int = 0
    """Golden items that it was not asked, because it or the other one may have learned them."""

    @property
    def right(self) -> list[bool]:
        return [flagged == text.is_act for text, flagged in zip(self.texts, self.flagged, strict=True)]

    @property
    def found(self) -> int:
        """Golden acts that it flags."""
        return sum(flagged and text.is_act for text, flagged in zip(self.texts, self.flagged, strict=True))

    @property
    def acts(self) -> int:
        return sum(text.is_act for text in self.texts)

    def list_right_beside(self, other: "GoldenAnswers") -> list[GoldenText]:
        """What this artifact decides rightly and the other does not."""
        answers = zip(self.texts, self.right, other.right, strict=True)
        return [text for text, is_right, is_other_right in answers if is_right and not is_other_right]


@dataclass(frozen=True)
class Gate:
    """A candidate beside the live artifact on the golden items."""

    live: GoldenAnswers
    candidate: GoldenAnswers

    @property
    def is_worse(self) -> bool:
        return sum(self.candidate.right) < sum(self.live.right) or self.candidate.found < self.live.found

    @property
    def lost(self) -> list[GoldenText]:
        return self.live.list_right_beside(self.candidate)


@dataclass(frozen=True)
class Promotion:
    """What became live, and the gate that it passed."""

    artifact: Artifact
    former: Artifact | None
    gate: Gate | None
    remark: str
    """Why nothing was compared, where there is no gate."""


def promote_past_gate(engine: Engine, artifacts_dir: Path, name: str, *, actor: str, force: str = "") -> Promotion:
    """Make an artifact live unless it decides the golden items worse than the live one; `force` is a reason to do it anyway.

    Nothing is locked while the golden items are scored: who promoted meanwhile is noticed, and this is refused.
    """
    with make_reading_session(engine)() as session:
        row, live = find_artifact(session, name), live_artifact(session)
        exam = set_exam(session, [row, live] if live else [row])
    loaded = load_registered(artifacts_dir, row)
    gate, remark = _hold_gate(artifacts_dir, live, row, loaded, exam, is_forced=bool(force))
    if gate and gate.is_worse and not force:
        raise GoldenGateRefused(_explain(gate))
    with make_session(engine).begin() as session:
        hold_live(session, live)
        row = session.get_one(Artifact, row.id)
        promote(session, row, actor=actor, note=_note(gate, remark, force))
    return Promotion(row, live, gate, remark)


def ask_golden(loaded: LoadedArtifact, row: Artifact, exam: Exam) -> GoldenAnswers:
    """Score the golden items."""
    scored = loaded.make_scorer().score([text.document for text in exam.texts])
    return GoldenAnswers(row.name, exam.texts, [own.probability >= row.threshold for own in scored], exam.aside)


def compare_on_golden(
    engine: Engine, artifacts_dir: Path, first: Artifact, second: Artifact
) -> tuple[GoldenAnswers, GoldenAnswers] | None:
    """What two artifacts say of the golden items; None where there is none."""
    with make_reading_session(engine)() as session:
        exam = set_exam(session, [first, second])
    if not exam.texts and not exam.aside:
        return None
    one, other = load_registered(artifacts_dir, first), load_registered(artifacts_dir, second)
    return ask_golden(one, first, exam), ask_golden(other, second, exam)


def _hold_gate(
    artifacts_dir: Path, live: Artifact | None, row: Artifact, loaded: LoadedArtifact, exam: Exam, *, is_forced: bool
) -> tuple[Gate | None, str]:
    if live is None or live.id == row.id:
        return None, "nothing else was live to compare it with"
    if not exam.texts and exam.aside:
        return None, f"all {exam.aside} golden items may have been learned by one of both, so nothing was compared"
    if not exam.texts:
        return None, "there is no golden item yet, so nothing was compared; find some: netra golden suggest"
    try:
        beside = load_registered(artifacts_dir, live)
    except ArtifactError as error:  # A lost live artifact must not bar the way of whoever gives a reason.
        if not is_forced:
            raise ArtifactError(f"{error}. It is live, and nothing can be compared with it: mend it, or use --force") from error
        return None, f"the live artifact could not be read: {error}"
    return Gate(ask_golden(beside, live, exam), ask_golden(loaded, row, exam)), ""


def _explain(gate: Gate) -> str:
    live, candidate = gate.live, gate.candidate
    lost = ", ".join(f"{text.item_id} ({text.label})" for text in gate.lost)
    return (
        f"{candidate.artifact} decides {sum(candidate.right)} of {len(candidate.texts)} golden items rightly and finds "
        f"{candidate.found} of {candidate.acts} acts; the live {live.artifact} {sum(live.right)} and {live.found}. "
        f"{live.aside} were left aside. Lost items: {lost}. "
        f"Look at both: netra artifacts compare {live.artifact} {candidate.artifact}. "
        f"To make it live anyway: netra artifacts promote {candidate.artifact} --force REASON"
    )


def _note(gate: Gate | None, remark: str, force: str) -> dict[str, Any]:
    """What the trail keeps of the gate; golden items by the numbers of their items."""
    note: dict[str, Any] = {"paksa": force} if force else {}
    if gate is None:
        return note | {"emas": remark}
    right = {"butir": len(gate.live.texts), "benar": sum(gate.candidate.right), "benar_sebelumnya": sum(gate.live.right)}
    return note | {"emas": right | {"hilang": [text.item_id for text in gate.lost], "disisihkan": gate.live.aside}}
