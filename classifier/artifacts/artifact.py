"""A trained classifier on disk: numbers in .npz, everything else in JSON, a model card, and SHA-256 over all.

Nothing in the folder can run. It is written beside its place and renamed, so a half-written artifact never loads.
"""

import json
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from classifier.artifacts.card import write_card
from classifier.config import config_from_dict
from classifier.errors import ArtifactError, ConfigError
from classifier.reading.document import Document, Kind
from classifier.scoring.parameters import UNCALIBRATED, Calibration, Lines, Parameters, Vocabulary
from classifier.scoring.scorer import Scorer

FORMAT = 3
ARRAYS = ("words_idf", "chars_idf", "window_coef", "document_coef", "class_coef", "class_intercept")
NUMBERS, DESCRIPTION, CARD, SUMS = "numbers.npz", "artifact.json", "MODEL_CARD.md", "SHA256SUMS"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error, ConfigError)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "PySastrawi")

PROBES = (
    Document(
        "Camat Rawa Laut mengajak para kepala sekolah memenangkan paslon nomor urut 2. Ajakan itu disampaikan dalam rapat dinas.",
        title="Bawaslu panggil camat soal ajakan di rapat dinas",
    ),
    Document("ASN wajib netral, jgn ikut2 kampanye ya bapak ibu 🙏 #PilkadaDamai", kind=Kind.POST, author_bio="abdi negara"),
    Document("Lurah Dermaga Lama resmikan posyandu, warga RW 03 antusias", kind=Kind.HEADLINE),
)
"""Texts whose probabilities an artifact keeps: code that reads them otherwise does not fit its numbers."""
PROBE_TOLERANCE = 1e-4


@dataclass(frozen=True)
class SavedArtifact:
    """Where an artifact lies and what it is."""

    folder: Path
    name: str
    sha256: str
    threshold: float
    metrics: dict[str, Any]


@dataclass(frozen=True)
class LoadedArtifact(SavedArtifact):
    parameters: Parameters

    def make_scorer(self) -> Scorer:
        return Scorer(self.parameters, self.name)


def save_artifact(out_dir: Path, parameters: Parameters, *, metrics: dict[str, Any], corpus_sha256: str) -> SavedArtifact:
    """Write an artifact under `out_dir`; its name carries its hash, so the same training gives the same folder."""
    out_dir.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".artifact-", dir=out_dir))
    try:
        description = _describe(parameters, metrics, corpus_sha256)
        np.savez_compressed(scratch / NUMBERS, **{name: getattr(parameters, name) for name in ARRAYS})
        (scratch / DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False, indent=1), encoding="utf-8")
        (scratch / CARD).write_text(write_card(description), encoding="utf-8")
        sums = "".join(f"{_hash(scratch / file)}  {file}\n" for file in (DESCRIPTION, CARD, NUMBERS))
        (scratch / SUMS).write_text(sums, encoding="utf-8")
        digest = sha256(sums.encode()).hexdigest()
        name = f"{parameters.config.name}-{digest[:12]}"
        if not (out_dir / name).exists():
            scratch.rename(out_dir / name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return SavedArtifact(out_dir / name, name, digest, parameters.threshold, metrics)


def load_artifact(folder: Path, *, expected_sha256: str | None = None) -> LoadedArtifact:
    """Read an artifact after every file has matched its hash."""
    digest = _verify(folder)
    if expected_sha256 and digest != expected_sha256:
        raise ArtifactError(f"{folder}: is not the artifact that was registered (SHA-256 {digest}); restore it or train again")
    description, parameters = _read(folder)
    if not np.allclose(_probe(parameters), description["probe"], rtol=0, atol=PROBE_TOLERANCE):
        raise ArtifactError(f"{folder}: was trained by code that reads texts otherwise; train again")
    return LoadedArtifact(folder, folder.name, digest, parameters.threshold, description["metrics"], parameters)


def _read(folder: Path) -> tuple[dict[str, Any], Parameters]:
    """What the files say, if it fits together: matching hashes prove only that nobody changed it since."""
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if description.get("format") != FORMAT:
            raise ArtifactError(f"{folder}: format {description.get('format')!r}, this version reads {FORMAT}; train again")
        parameters = _read_parameters(folder, description)
        _refuse_misfit(parameters)
        return {name: description[name] for name in ("probe", "metrics")}, parameters
    except UNREADABLE as error:
        raise ArtifactError(f"{folder}: its files do not fit one another ({error}); train again") from error


def _read_parameters(folder: Path, description: dict[str, Any]) -> Parameters:
    with (folder / NUMBERS).open("rb") as file, np.load(file, allow_pickle=False) as numbers:
        if set(numbers.files) != set(ARRAYS):
            raise ValueError(f"{NUMBERS} holds {sorted(numbers.files)}")
        arrays = {name: numbers[name] for name in ARRAYS}
    return Parameters(
        config=config_from_dict(description["config"], str(folder / DESCRIPTION)),
        vocabulary=Vocabulary(**description["vocabulary"]),
        window_intercept=description["window_intercept"],
        document_intercept=description["document_intercept"],
        classes=description["classes"],
        calibration=Calibration(**description["calibration"]),
        lines=Lines(**description["lines"]),
        **arrays,
    )


def _refuse_misfit(parameters: Parameters) -> None:
    """Every number has its column: a vector that is too short would score in silence with another feature's weight."""
    vocabulary, classes = parameters.vocabulary, len(parameters.classes)
    words, chars, cues = (len(set(names)) for names in (vocabulary.words, vocabulary.chars, vocabulary.cues))
    shapes = {
        "words_idf": (words,),
        "chars_idf": (chars,),
        "window_coef": (words + chars + cues,),
        "document_coef": (words + chars + cues,),
        "class_coef": (classes, words + cues),
        "class_intercept": (classes,),
    }
    for name, shape in shapes.items():
        array = getattr(parameters, name)
        if array.shape != shape or array.dtype.kind != "f":
            raise ValueError(f"{name} holds {array.dtype} of {array.shape}, its names ask for {shape}")
    if len(parameters.calibration.weights) != len(UNCALIBRATED.weights):
        raise ValueError(f"calibration has {len(parameters.calibration.weights)} weights")


def _probe(parameters: Parameters) -> list[float]:
    return [round(scored.probability, 6) for scored in Scorer(parameters).score(PROBES)]


def _verify(folder: Path) -> str:
    try:
        sums = (folder / SUMS).read_bytes()
        listed = {file: digest for digest, file in (line.split("  ", 1) for line in sums.decode().splitlines())}
        altered = [file for file in (DESCRIPTION, CARD, NUMBERS) if listed.get(file) != _hash(folder / file)]
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder}: not a whole artifact ({error}); train again") from error
    if altered:
        raise ArtifactError(f"{folder}: {', '.join(altered)} does not match its SHA-256; restore the artifact or train again")
    return sha256(sums).hexdigest()


def _describe(parameters: Parameters, metrics: dict[str, Any], corpus_sha256: str) -> dict[str, Any]:
    """Everything but the arrays. No date: the same training must give the same bytes."""
    return {
        "format": FORMAT,
        "intended_use": "Order public Indonesian texts for human review. Never a finding about a person.",
        "code_version": _code_version(),
        "probe": _probe(parameters),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "corpus_sha256": corpus_sha256,
        "config": parameters.config.as_dict(),
        "metrics": metrics,
        "lines": asdict(parameters.lines),
        "calibration": asdict(parameters.calibration),
        "classes": parameters.classes,
        "window_intercept": parameters.window_intercept,
        "document_intercept": parameters.document_intercept,
        "vocabulary": asdict(parameters.vocabulary),
    }


def _code_version() -> str:
    """SHA-256 over the classifier's own code and lexicon: features mean nothing without them."""
    classifier = Path(__file__).parent.parent
    configs = classifier / "configs"
    files = sorted([*classifier.rglob("*.py"), configs / "lexicon.yml", configs / "regions.txt"])
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
