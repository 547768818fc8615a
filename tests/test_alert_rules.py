"""The alerts ring when they should: every one has a test, and promtool runs them."""

import re
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import JobTurn, now
from models.database import make_reading_session
from service.watching.collector import DatabaseCollector
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


def test_no_label_of_ours_is_one_that_prometheus_gives(session: Session, engine: Engine, tmp_path: Path) -> None:
    session.add(JobTurn(name="digest", succeeded_at=now()))
    session.commit()
    families = DatabaseCollector(make_reading_session(engine), tmp_path).collect()
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert "task" in labels
    assert not labels & {"job", "instance"}
