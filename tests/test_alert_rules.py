"""The alerts ring when they should: every one has a test, and promtool runs them where it is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parent.parent / "docs" / "deploy"
RULES, TESTS = FOLDER / "prometheus-alerts.yml", FOLDER / "prometheus-alerts.test.yml"


def test_every_alert_is_shown_to_ring_and_to_be_silent() -> None:
    alerts = {rule["alert"] for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]}
    calm, *others = yaml.safe_load(TESTS.read_text(encoding="utf-8"))["tests"]
    assert {case["alertname"] for case in calm["alert_rule_test"]} == alerts
    assert set(re.findall(r'alertname(?:="|: )(Netra\w+)', yaml.safe_dump(others))) == alerts


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_promtool_finds_the_rules_right() -> None:
    for command in (("check", "rules", RULES), ("test", "rules", TESTS)):
        said = subprocess.run(["promtool", *map(str, command)], capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode == 0, said.stdout + said.stderr
