"""Other readers of text next to the linear model: what an encoder promises, and how we hold it to that."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from classifier.errors import EncoderError

TOLERANCE = 1e-5


class Encoder(Protocol):
    """Texts to vectors. Whatever keeps these promises can give a second opinion; docs/encoders.md shows how.

    Vectors are finite, the same in every run, and the same whichever texts stand beside a text (to 1e-5).
    """

    @property
    def name(self) -> str:
        """Letters, digits and hyphens, with a hash of every file that its vectors depend on."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """An array of float32, one row of `dimensions` a text, in order."""
        ...


def encode_checked(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """Vectors of texts, refused where they are not what an encoder promises."""
    vectors = encoder.encode(texts)
    promised = (len(texts), encoder.dimensions)
    if vectors.shape != promised or vectors.dtype != np.float32:
        raise EncoderError(f"{encoder.name}: gave {vectors.dtype} of shape {vectors.shape}, not float32 of shape {promised}")
    if not np.isfinite(vectors).all():
        raise EncoderError(f"{encoder.name}: gave numbers that are not finite; export the model again, in float32")
    return vectors


def check_encoder(encoder: Encoder, texts: Sequence[str]) -> None:
    """Hold an encoder to its promises on some texts: together, again, in another order, one by one, and none at all."""
    together = encode_checked(encoder, texts)
    _refuse_change(encoder, together, encode_checked(encoder, texts), "a second time")
    _refuse_change(encoder, together, encode_checked(encoder, texts[::-1])[::-1], "in another order")
    _refuse_change(encoder, together, np.concatenate([encode_checked(encoder, [text]) for text in texts]), "one by one")
    encode_checked(encoder, [])


def _refuse_change(encoder: Encoder, one: np.ndarray, other: np.ndarray, how: str) -> None:
    change = float(np.abs(one - other).max())
    if change > TOLERANCE:
        raise EncoderError(f"{encoder.name}: vectors move by {change:.1g} when the same texts are read {how}")
