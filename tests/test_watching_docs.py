"""What docs/watching.md, the dashboard and the alerts name is what the service exports."""

import json
import re
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from models.logs.records import FIELDS
from models.settings import Settings
from service.app import create_app

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
DASHBOARD = ROOT / "docs" / "deploy" / "grafana-netra.json"
ALERTS = ROOT / "docs" / "deploy" / "prometheus-alerts.yml"


@pytest.fixture
def exported(sqlite_settings: Settings) -> dict[str, str]:
    """Name and kind of everything that /metrics says."""
    with TestClient(create_app(sqlite_settings), base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as browser:
        text = browser.get("/metrics").text
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def metrics_in(expressions: list[str]) -> set[str]:
    found = {name for expression in expressions for name in re.findall(r"\b(?:netra|process)_[a-z_]+", expression)}
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in found}


def test_the_table_of_metrics_is_what_is_exported(exported: dict[str, str]) -> None:
    rows = dict(re.findall(r"^\| `(netra_\w+)` \| (\w+) \|", PAGE, re.MULTILINE))
    kinds = {name: "gauge" if name.endswith("_info") else kind for name, kind in rows.items()}
    assert kinds == {name: kind for name, kind in exported.items() if name.startswith("netra_")}


def test_names_follow_the_conventions_of_prometheus(exported: dict[str, str]) -> None:
    for name, kind in exported.items():
        assert (kind == "counter") is name.endswith("_total"), name
        assert not re.search(r"_(ms|milliseconds|minutes|hours|kb|mb)\b", name), name


def test_every_panel_asks_for_metrics_that_exist(exported: dict[str, str]) -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert metrics_in(expressions) <= set(exported)
    assert all(metrics_in([expression]) for expression in expressions)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids)) > 10


def test_every_alert_is_whole_and_asks_for_metrics_that_exist(exported: dict[str, str]) -> None:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert metrics_in([rule["expr"] for rule in rules]) <= set(exported)
    assert {rule["labels"]["severity"] for rule in rules} == {"page", "ticket"}
    assert all(
        rule["annotations"]["summary"] and set(rule) <= {"alert", "expr", "for", "labels", "annotations"} for rule in rules
    )
    assert len({rule["alert"] for rule in rules}) == len(rules)


def test_every_field_of_a_log_line_is_documented() -> None:
    logs = PAGE.partition("## Logs")[2]
    assert [field for field in FIELDS if f"`{field}`" not in logs] == []
