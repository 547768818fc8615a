"""Houses in full work, for faults that hit them all at once."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.faults.network import Far, beyond_a_cable
from tests.netra.conftest import artifact, sqlite_with_live_artifact, with_live_artifact

__all__ = ["artifact", "sqlite_with_live_artifact", "with_live_artifact"]


@pytest.fixture
def chance() -> random.Random:
    """What decides when and where it strikes. A failed test prints the seed; `FAULTS_SEED=17 make test-faults` repeats it."""
    seed = int(os.environ.get("FAULTS_SEED") or random.randrange(1_000_000))
    print(f"FAULTS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def far() -> Iterator[Far]:
    with beyond_a_cable() as far:
        yield far
