"""Statements of all threads share some aliases, which many threads may use at once when a service has just begun."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from service.news.repository import NEWEST
from service.review.claims import HELD
from service.review.repository import Holder

ROOT = Path(__file__).parents[2]
CLAIM_AT_ONCE = """
import sys, threading
from models import prepared
from service.review import claims
from service.review.filters import Shelf

sys.setswitchinterval(1e-6)
together, made = threading.Barrier(12), set()

def make():
    together.wait()
    made.add(prepared._prepare(claims._next_of_all, (Shelf.UNFINISHED, None, False, False), "postgresql")._text)

threads = [threading.Thread(target=make) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(made), made.pop().count("FROM flags AS flags_1 "))
"""


@pytest.mark.parametrize("alias", [HELD, NEWEST, Holder])
def test_its_columns_are_made_before_anybody_asks_for_them(alias: Any) -> None:
    names = set(inspect(alias).mapper.columns.keys())
    assert names <= vars(alias).keys()


def test_a_claim_that_many_threads_make_first_is_one_and_counts_by_its_alias() -> None:
    """In a process of its own, for a wrong statement stays: everybody who held one flag would be told that none is left."""
    made = subprocess.run([sys.executable, "-c", CLAIM_AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (made.stdout.split(), made.stderr) == (["1", "1"], "")
