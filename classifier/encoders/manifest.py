"""What a folder says of its model: encoder.json, or the names that exports usually have."""

import json
import re
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from classifier.errors import EncoderError

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
LEAST_TOKENS, MOST_TOKENS = 8, 2048

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class Pooling(StrEnum):
    """How the vectors of a text's tokens become one."""

    MEAN = "mean"
    CLS = "cls"
    """The vector of the first token."""
    NONE = "none"
    """The model's output is one vector a text already."""


@dataclass(frozen=True)
class Manifest:
    name: str = "onnx"
    """How scores and folders call the encoder, before its hash."""
    max_tokens: int = 256
    """Longer texts are read to here."""
    pooling: Pooling = Pooling.MEAN
    inputs: dict[str, str] = field(default_factory=lambda: {name: name for name in INPUTS})
    """Our names of inputs to the model's; a model need not have all of them."""
    output: str = "last_hidden_state"


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file, with defaults where it or the file is silent; what it says and we do not know is an error."""
    values = _read_object(path) if path.exists() else {}
    known = {own.name for own in fields(Manifest)}
    if unknown := sorted(set(values) - known):
        raise EncoderError(f"{path}: unknown {', '.join(unknown)}; it may say {', '.join(sorted(known))}")
    for name, is_fitting, wanted in _RULES:
        if name in values and not is_fitting(values[name]):
            raise EncoderError(f"{path}: {name} is {values[name]!r}, and must be {wanted}")
    values["inputs"] = Manifest().inputs | values.get("inputs", {})
    if len(set(values["inputs"].values())) < len(INPUTS):
        raise EncoderError(f"{path}: inputs give one input of the model two roles")
    if "pooling" in values:
        values["pooling"] = Pooling(values["pooling"])
    return Manifest(**values)


def _read_object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise EncoderError(f"{path}: not JSON: {error}") from error
    if not isinstance(value, dict):
        raise EncoderError(f"{path}: not a JSON object")
    return value


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return type(value) is int and LEAST_TOKENS <= value <= MOST_TOKENS


def _is_pooling(value: object) -> bool:
    return isinstance(value, str) and value in tuple(Pooling)


def _is_inputs(value: object) -> bool:
    return isinstance(value, dict) and all(name in INPUTS and _is_text(own) for name, own in value.items())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


_RULES = (
    ("name", _is_name, "up to 40 of a-z, 0-9 and hyphens"),
    ("max_tokens", _is_count, f"a number from {LEAST_TOKENS} to {MOST_TOKENS}"),
    ("pooling", _is_pooling, " or ".join(Pooling)),
    ("inputs", _is_inputs, f"an object from {', '.join(INPUTS)} to names of the model's inputs"),
    ("output", _is_text, "the name of one of the model's outputs"),
)
