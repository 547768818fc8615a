"""Every event that some room writes into the trail has a name that people read."""

import re
from pathlib import Path

from service.language import read_catalogue

ROOT = Path(__file__).parent.parent
ACTION = re.compile(r"""record_event\(\s*session,\s*"([a-z_.]+)".*?subject=\("([a-z_]+)",""", re.DOTALL)


def test_every_action_and_subject_is_named_in_both_languages() -> None:
    texts = read_catalogue()
    found = {
        match.groups()
        for room in ("crawler", "classifier", "service", "netra")
        for path in (ROOT / room).rglob("*.py")
        for match in ACTION.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(found) >= 10
    missing = {f"jejak.aksi.{action}" for action, _ in found} | {f"perihal.{subject}" for _, subject in found}
    assert sorted(missing - texts.keys()) == []
