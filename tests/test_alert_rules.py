"""The alerts ring when they should: every one has a test, and promtool runs them."""

import re
from pathlib import Path

import pytest
import yaml

from tests.programs import run_program

FOLDER = Path(__file__).parent.parent / "docs" / "deploy"
RULES, TESTS = FOLDER / "prometheus-alerts.yml", FOLDER / "prometheus-alerts.test.yml"


def test_every_alert_is_shown_to_ring_and_to_be_silent() -> None:
    alerts = {rule["alert"] for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]}
    calm, *others = yaml.safe_load(TESTS.read_text(encoding="utf-8"))["tests"]
    assert {case["alertname"] for case in calm["alert_rule_test"]} == alerts
    assert set(re.findall(r'alertname(?:="|: )(Netra\w+)', yaml.safe_dump(others))) == alerts


@pytest.mark.slow
def test_promtool_finds_the_rules_right() -> None:
    for command in (("check", "rules", RULES), ("test", "rules", TESTS)):
        said = run_program("promtool", *command)
        assert said.returncode == 0, said.stdout + said.stderr
