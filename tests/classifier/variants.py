"""Artifacts for tests without training again: the trained numbers with another line."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from classifier.artifacts.artifact import LoadedArtifact, save_artifact
from classifier.artifacts.registry import register_artifact
from classifier.reading.document import Document
from classifier.scoring.parameters import Lines
from models import Artifact
from tests.factories import PARTISAN

BLIND, EAGER = 1.0, 0.0
"""Lines: one that no text passes, one that every text passes."""
CALM = "Harga cabai naik karena hujan. Pedagang mengurangi stok di pasar."


def find_sharp_line(loaded: LoadedArtifact) -> float:
    """A line between the factories' partisan text and a calm one."""
    calm, partisan = loaded.make_scorer().score([Document(CALM), Document(PARTISAN)])
    assert calm.probability < partisan.probability
    return (calm.probability + partisan.probability) / 2


def save_variant(loaded: LoadedArtifact, artifacts_dir: Path, flag: float) -> Path:
    parameters = replace(loaded.parameters, lines=Lines(flag, min(flag, 0.2)))
    return save_artifact(artifacts_dir, parameters, metrics=loaded.metrics, corpus_sha256="").folder


def add_variant(session: Session, loaded: LoadedArtifact, artifacts_dir: Path, flag: float) -> Artifact:
    return register_artifact(session, save_variant(loaded, artifacts_dir, flag))


def add_row(session: Session, name: str) -> Artifact:
    """A registered artifact of which nothing lies on disk."""
    row = Artifact(name=name, sha256="0" * 64, threshold=0.5)
    session.add(row)
    session.flush()
    return row
