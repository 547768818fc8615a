"""Second opinions on disk: numbers in .npz, the rest in JSON, SHA-256 over both. Nothing in the folder can run."""

import json
import shutil
import tempfile
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from classifier.encoders import Encoder
from classifier.encoders.rerank import Band, Reranker, Weights
from classifier.errors import EncoderError
from classifier.scoring.scorer import Scorer

FORMAT = 1
NUMBERS, DESCRIPTION, SUMS = "numbers.npz", "reranker.json", "SHA256SUMS"
ARRAYS = ("mean", "scale", "coef")


def save_reranker(root: Path, reranker: Reranker) -> Path:
    """Write a second opinion into its folder under `root`, named for artifact and encoder; a former one is replaced."""
    root.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".reranker-", dir=root))
    try:
        np.savez_compressed(scratch / NUMBERS, **{name: getattr(reranker.weights, name) for name in ARRAYS})
        (scratch / DESCRIPTION).write_text(json.dumps(_describe(reranker), ensure_ascii=False, indent=1), encoding="utf-8")
        (scratch / SUMS).write_text(_sum_up(scratch), encoding="utf-8")
        folder = _folder_of(root, reranker.encoder, reranker.scorer)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def load_reranker(root: Path, encoder: Encoder, scorer: Scorer) -> Reranker:
    """The second opinion that was learned for this encoder and this artifact, after its files have matched their hashes."""
    folder = _folder_of(root, encoder, scorer)
    if not folder.is_dir():
        raise EncoderError(f"{encoder.name} has not learned from {scorer.name or 'this artifact'}; run: netra encoder fit")
    description = _read_verified(folder)
    if description.get("format") != FORMAT:
        raise EncoderError(f"{folder}: format {description.get('format')!r}, this version reads {FORMAT}; run: netra encoder fit")
    for key, name in (("encoder", encoder.name), ("artifact", scorer.name)):
        if description[key] != name:
            raise EncoderError(f"{folder}: was learned with {key} {description[key]}, not {name}; run: netra encoder fit")
    with np.load(folder / NUMBERS, allow_pickle=False) as numbers:
        arrays = {name: numbers[name] for name in ARRAYS}
    weights = Weights(**arrays, odds=description["odds"], intercept=description["intercept"])
    return Reranker(encoder, scorer, weights, Band(**description["band"]), description["metrics"])


def _folder_of(root: Path, encoder: Encoder, scorer: Scorer) -> Path:
    return root / f"{scorer.name}+{encoder.name}"


def _describe(reranker: Reranker) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "encoder": reranker.encoder.name,
        "artifact": reranker.scorer.name,
        "band": asdict(reranker.band),
        "odds": reranker.weights.odds,
        "intercept": reranker.weights.intercept,
        "metrics": reranker.metrics,
    }


def _read_verified(folder: Path) -> dict[str, Any]:
    try:
        is_whole = (folder / SUMS).read_text(encoding="utf-8") == _sum_up(folder)
    except (OSError, ValueError) as error:
        raise EncoderError(f"{folder}: not a whole second opinion ({error}); run: netra encoder fit") from error
    if not is_whole:
        raise EncoderError(f"{folder}: does not match its SHA-256; run: netra encoder fit")
    return json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))


def _sum_up(folder: Path) -> str:
    return "".join(f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in (NUMBERS, DESCRIPTION))
