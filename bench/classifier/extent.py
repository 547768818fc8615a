"""How much of the classifier's speed is measured: all of it, or so little that it only shows that it runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Extent:
    """Numbers of texts but where it is said."""

    rounds: int = 3
    articles: int = 1000
    posts: int = 4000
    memory_articles: int = 4000
    assessments: int = 20_000
    curve: tuple[int, ...] = (50, 100, 200, 400, 800)
    """Numbers of labels."""
    draws: int = 3
    """Of each number of labels."""


FULL = Extent()
TRIAL = Extent(rounds=1, articles=10, posts=10, memory_articles=10, assessments=50, curve=(50,), draws=1)
