"""A list that is ten times as long takes as much memory: what a file costs does not depend on who asks for how much."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import ExportFormat, Flag, FlagState, now
from models.database import table_of
from models.settings import Settings
from netra.crawls.crawling import environment
from tests.factories import PARTISAN, make_flag, make_item, make_user

ROOT = Path(__file__).parent.parent.parent
MEGABYTES = 6
"""What may come on top: the ids of the order, eight bytes a row, and what an allocator keeps."""
COPY = """
INSERT INTO flags ({names})
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
SELECT {names} FROM flags, numbers WHERE flags.id = :id
"""


def peak_of(settings: Settings, kind: ExportFormat) -> float:
    """In megabytes, of a process that exports everything that is finished."""
    command = [sys.executable, "-m", "tests.service.export_memory", kind.value, "rak=dinilai"]
    found = subprocess.run(command, cwd=ROOT, env=os.environ | environment(settings), capture_output=True, text=True, check=True)
    return int(found.stdout) / 1024


def fill(session: Session, flag: Flag, count: int) -> None:
    names = ", ".join(column.name for column in table_of(Flag).columns if column.name != "id")
    session.execute(text(COPY.format(names=names)), {"count": count, "id": flag.id})
    session.commit()


def growth(session: Session, settings: Settings, kind: ExportFormat, few: int) -> float:
    make_user(session, role="admin")
    item = make_item(session, text=PARTISAN * 20)
    flag = make_flag(session, item, state=FlagState.ASSESSED, assessed_at=now())
    fill(session, flag, few)
    before = peak_of(settings, kind)
    fill(session, flag, 9 * few)
    return peak_of(settings, kind) - before


@pytest.mark.slow
def test_ten_times_the_rows_take_the_same_memory(session: Session, settings: Settings) -> None:
    assert growth(session, settings, ExportFormat.CSV, 1_000) < MEGABYTES


@pytest.mark.long
@pytest.mark.parametrize("kind", ExportFormat)
def test_two_hundred_thousand_rows_take_the_memory_of_twenty_thousand(
    session: Session, settings: Settings, kind: ExportFormat
) -> None:
    assert growth(session, settings, kind, 20_000) < MEGABYTES
