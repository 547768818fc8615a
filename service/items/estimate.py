"""What an artifact says of a text, as a page says it."""

from dataclasses import dataclass
from enum import StrEnum

from models import Artifact, Prediction


class Standing(StrEnum):
    """Where a probability stands against the lines of its artifact."""

    ABOVE = "di_atas"
    READ = "perlu_dibaca"
    """Between the reading line and the line: no flag of its own, but nothing to trust either."""
    BELOW = "di_bawah"


@dataclass(frozen=True)
class Estimate:
    probability: float
    """Of two digits, and never 0 or 1: no machine is certain."""
    standing: Standing
    line: float
    read_line: float
    label: str
    is_act: bool
    """False for a look-alike, which is only a maybe."""
    artifact: str


def estimate_of(prediction: Prediction | None, artifact: Artifact | None) -> Estimate | None:
    if prediction is None or artifact is None:
        return None
    return Estimate(
        probability=round(min(max(prediction.probability, 0.01), 0.99), 2),
        standing=stand(prediction.probability, artifact),
        line=round(artifact.threshold, 2),
        read_line=round(artifact.read_line, 2),
        label=prediction.act or prediction.label,
        is_act=prediction.act is not None,
        artifact=artifact.name,
    )


def stand(probability: float, artifact: Artifact) -> Standing:
    """Artifacts from before the reading line have 0 there: then there is none."""
    if probability >= artifact.threshold:
        return Standing.ABOVE
    return Standing.READ if 0 < artifact.read_line <= probability else Standing.BELOW
