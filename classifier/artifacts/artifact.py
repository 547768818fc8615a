"""A trained classifier on disk: numbers in .npz, everything else in JSON, a model card, and SHA-256 over all.

Nothing in the folder can run. It is written beside its place and renamed, so a half-written artifact never loads.
"""

import io
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
from classifier.scoring.ngrams import WordNgrams
from classifier.scoring.parameters import UNCALIBRATED, Calibration, Lines, Parameters, Vocabulary
from classifier.scoring.scorer import Scorer

FORMAT = 9
ARRAYS = ("words_idf", "chars_idf", "window_coef", "document_coef", "class_coef", "class_intercept")
NGRAMS = ("ngram_words", "ngram_sizes")
"""The words of all n-grams, by their numbers in the vocabulary, and how many each has: read faster than spelled names."""
NUMBERS, DESCRIPTION, CARD, SUMS = "numbers.npz", "artifact.json", "MODEL_CARD.md", "SHA256SUMS"
UNREADABLE = (
    *(ValueError, KeyError, TypeError, AttributeError, RuntimeError, MemoryError, EOFError),
    *(zipfile.BadZipFile, zlib.error, ConfigError),
)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "PySastrawi")

PROBES = (
    Document(
        "Camat Rawa Laut mengajak para kepala sekolah memenangkan paslon nomor urut 2. Ajakan itu disampaikan dalam rapat dinas.",
        title="Bawaslu panggil camat soal ajakan di rapat dinas",
    ),
    Document("ASN wajib netral, jgn ikut2 kampanye ya bapak ibu 🙏 #PilkadaDamai", kind=Kind.POST, author_bio="abdi negara"),
    Document("Lurah Dermaga Lama resmikan posyandu, warga RW 03 antusias", kind=Kind.HEADLINE),
    Document("KADIS WIRDANA SURUH GURU2 COBLOS NO.2! Kata anak buahnya paslon2 Setia-Wirdana pasti menang.", kind=Kind.POST),
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
        np.savez(scratch / NUMBERS, **_collect_arrays(parameters))  # Compressed it is little smaller, and loads much slower.
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
    digest, files = _verify(folder)
    if expected_sha256 and digest != expected_sha256:
        raise ArtifactError(f"{folder}: is not the artifact that was registered (SHA-256 {digest}); restore it or train again")
    parameters, probe, metrics = _read(folder, files)
    if not np.allclose(_probe(parameters), probe, rtol=0, atol=PROBE_TOLERANCE):
        raise ArtifactError(f"{folder}: was trained by code that reads texts otherwise; train again")
    return LoadedArtifact(folder, folder.name, digest, parameters.threshold, metrics, parameters)


def _read(folder: Path, files: dict[str, bytes]) -> tuple[Parameters, np.ndarray, dict[str, Any]]:
    """Parameters, probe and metrics, if they fit together: matching hashes prove only that nobody changed them since."""
    try:
        description = json.loads(files[DESCRIPTION])
        if description.get("format") != FORMAT:
            raise ArtifactError(f"{folder}: format {description.get('format')!r}, this version reads {FORMAT}; train again")
        parameters = _read_parameters(folder, description, files[NUMBERS])
        _refuse_misfit(parameters)
        probe = np.array(description["probe"], dtype=float)
        if probe.shape != (len(PROBES),):
            raise ValueError(f"the probe holds {probe.shape} numbers, not {len(PROBES)}")
        return parameters, probe, description["metrics"]
    except UNREADABLE as error:
        raise ArtifactError(f"{folder}: its files do not fit one another ({error}); train again") from error


def _read_parameters(folder: Path, description: dict[str, Any], packed: bytes) -> Parameters:
    with np.load(io.BytesIO(packed), allow_pickle=False) as numbers:
        if set(numbers.files) != {*ARRAYS, *NGRAMS}:
            raise ValueError(f"{NUMBERS} holds {sorted(numbers.files)}")
        arrays = {name: numbers[name] for name in ARRAYS}
        ngrams = {name: numbers[name] for name in NGRAMS}
    return Parameters(
        config=config_from_dict(description["config"], str(folder / DESCRIPTION)),
        vocabulary=_read_vocabulary(**description["vocabulary"], **ngrams),
        window_intercept=description["window_intercept"],
        document_intercept=description["document_intercept"],
        classes=description["classes"],
        calibration=Calibration(**description["calibration"]),
        lines=Lines(**description["lines"]),
        **arrays,
    )


def _read_vocabulary(
    words: list[str], chars: list[str], cues: list[str], ngram_words: np.ndarray, ngram_sizes: np.ndarray
) -> Vocabulary:
    if ngram_words.dtype != np.int32 or ngram_sizes.dtype != np.int32 or ngram_words.ndim != 1 or ngram_sizes.ndim != 1:
        raise ValueError("n-grams are not rows of int32")
    if len(set(words)) != len(words) or not all(isinstance(word, str) for word in words):
        raise ValueError("the vocabulary holds a word twice, or what is no word")
    return Vocabulary(WordNgrams(words, ngram_words.astype(np.int64), ngram_sizes.astype(np.int64)), chars, cues)


def _refuse_misfit(parameters: Parameters) -> None:
    """Every number has its column: a vector that is too short would score in silence with another feature's weight."""
    vocabulary, classes = parameters.vocabulary, len(parameters.classes)
    words, chars, cues = len(vocabulary.word_ngrams), len(vocabulary.char_ngrams), len(set(vocabulary.cues))
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


def _verify(folder: Path) -> tuple[str, dict[str, bytes]]:
    """The hash over all, and what the files hold: what is read from here on is the very bytes that were checked."""
    try:
        sums = (folder / SUMS).read_bytes()
        listed = {file: digest for digest, file in (line.split("  ", 1) for line in sums.decode().splitlines())}
        files = {file: (folder / file).read_bytes() for file in (DESCRIPTION, CARD, NUMBERS)}
        altered = [file for file, content in files.items() if listed.get(file) != sha256(content).hexdigest()]
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder}: not a whole artifact ({error}); train again") from error
    if altered:
        raise ArtifactError(f"{folder}: {', '.join(altered)} does not match its SHA-256; restore the artifact or train again")
    return sha256(sums).hexdigest(), files


def _collect_arrays(parameters: Parameters) -> dict[str, Any]:
    ngrams = WordNgrams.number(parameters.vocabulary.words)
    arrays = {name: getattr(parameters, name) for name in ARRAYS}
    arrays["class_coef"] = np.asfortranarray(arrays["class_coef"])  # As scorers read it: feature by feature.
    return arrays | {"ngram_words": ngrams.row.astype(np.int32), "ngram_sizes": ngrams.sizes.astype(np.int32)}


def _describe(parameters: Parameters, metrics: dict[str, Any], corpus_sha256: str) -> dict[str, Any]:
    """Everything but the arrays. No date: the same training must give the same bytes."""
    vocabulary = parameters.vocabulary
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
        "vocabulary": {"words": WordNgrams.number(vocabulary.words).words, "chars": vocabulary.chars, "cues": vocabulary.cues},
    }


def _code_version() -> str:
    """SHA-256 over the classifier's own code, its lexicon and the stemmer: features mean nothing without them."""
    classifier = Path(__file__).parent.parent
    configs, models = classifier / "configs", classifier.parent / "models"
    files = sorted([*classifier.rglob("*.py"), configs / "lexicon.yml", configs / "regions.txt"])
    files += sorted((models / "stemming").glob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
