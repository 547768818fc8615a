"""Which of the two engines a test meets every day."""

import pytest

sqlite_every_day = pytest.mark.parametrize(
    "settings", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
"""For costly tests whose SQL is tried on PostgreSQL elsewhere every day: there they are slow ones."""
