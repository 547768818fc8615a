"""Every promise of docs/security.md and docs/dpia.md names a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEST = re.compile(r"`(test_[a-z0-9_]+)`")
DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


def defined() -> set[str]:
    return {name for path in (ROOT / "tests").rglob("test_*.py") for name in DEFINED.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("page", ["security.md", "dpia.md"])
def test_every_test_that_a_promise_names_exists(page: str) -> None:
    named = set(TEST.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))
    assert named
    assert sorted(named - defined()) == []


def test_every_promise_names_its_test() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    table = page.partition("## What is promised")[2].partition("## What is not")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if not TEST.search(row)] == []


def test_the_assessment_names_every_retention_rule() -> None:
    import yaml

    rules = yaml.safe_load((ROOT / "models" / "data" / "retention.yml").read_text(encoding="utf-8"))
    pages = "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in ("retention.md", "dpia.md"))
    assert [rule["slug"] for rule in rules if f"`{rule['slug']}`" not in pages] == []
