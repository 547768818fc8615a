"""How two texts stand to each other, by their sketches."""

from dataclasses import dataclass
from operator import ge
from typing import Protocol

import numpy as np

from crawler.duplicates.sketches import MOST_VALUES, SHORT, Values
from models import MembershipBasis

STRONG = 0.5
"""From this similarity on nothing else is asked, but of very short texts."""
EDITED = ((0.12, 0.25, 18), (0.2, 0.35, 13))
"""Similarity, containment and triples of a copy of which every fifth word was exchanged: it keeps about half of its
triples and shares a quarter of all. With few triples it must be clearer, for a footer alone has a dozen."""
PART, PART_SHARED = 0.5, 15
"""The shorter text stands in the longer one, cut or with its own frame around it."""
FEW, FEW_STRONG = 12, 0.7
"""Of texts with few triples much must be the same."""
KIN, KIN_SHARED = 0.15, 8
"""Two versions of one story that were edited apart share so much still; two stories in one round-up share nothing."""
QUOTE, QUOTE_SHARED = 0.1, 12
"""A passage of some twenty words in common."""


class Comparable(Protocol):
    """A sketch, fresh or stored."""

    @property
    def values(self) -> Values: ...
    @property
    def text_hash(self) -> int: ...
    @property
    def word_count(self) -> int: ...


@dataclass(frozen=True)
class Relation:
    similarity: float
    """Part of both texts together that is the same."""
    containment: float
    """Part of the shorter text that stands in the other."""
    shared: int
    """So many triples are the same; of long texts, among those that were kept."""
    smaller: int
    is_identical: bool
    is_short: bool

    @property
    def is_strong(self) -> bool:
        return self.is_identical or self.similarity >= (FEW_STRONG if self.smaller < FEW else STRONG)

    @property
    def is_kin(self) -> bool:
        """Whether both may be one story, where a third text says so."""
        return self.basis is not None or (self.containment >= KIN and self.shared >= KIN_SHARED)

    @property
    def basis(self) -> MembershipBasis | None:
        """What makes both one story; None where nothing does."""
        if self.is_identical:
            return MembershipBasis.IDENTICAL
        if self.is_short:
            return None
        if self.is_strong:
            return MembershipBasis.SIMILAR
        if self.containment >= PART and self.shared >= PART_SHARED:
            return MembershipBasis.CONTAINED
        found = (self.similarity, self.containment, self.shared)
        is_edited = any(all(map(ge, found, least)) for least in EDITED)
        return MembershipBasis.SIMILAR if is_edited else None

    @property
    def is_quote(self) -> bool:
        return self.shared >= QUOTE_SHARED and self.containment >= QUOTE


def relate(one: Comparable, other: Comparable) -> Relation:
    """Compare two sketches. Both are cut to the range that both know in full: so they are one sample of both texts."""
    limit = min(_known_to(one.values), _known_to(other.values))
    mine, theirs = one.values[one.values <= limit], other.values[other.values <= limit]
    shared = len(np.intersect1d(mine, theirs, assume_unique=True))
    smaller = min(len(mine), len(theirs))
    return Relation(
        similarity=shared / max(1, len(mine) + len(theirs) - shared),
        containment=shared / max(1, smaller),
        shared=shared,
        smaller=smaller,
        is_identical=(one.text_hash, one.word_count) == (other.text_hash, other.word_count),
        is_short=min(one.word_count, other.word_count) < SHORT,
    )


def _known_to(values: Values) -> int:
    return int(values[-1]) if len(values) == MOST_VALUES else 0xFFFFFFFF
