"""The whole way on one machine: an outlet site of our own, crawled, scored and served."""

from pathlib import Path

DEMO_SOURCES = Path(__file__).parent / "sources"
