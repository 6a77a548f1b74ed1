"""The files for Prometheus, Grafana and pgwatch: their own programs accept them, and they name only what exists."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from dbtrack.metrics import PrintedFile, printed_file
from tests.support.command_line import done, run_dbtrack
from tests.support.required import required_program

CASES = Path(__file__).with_name("alert_cases.yml")


def promtool(*words: str | Path, directory: Path) -> str:
    found = subprocess.run(
        [required_program("promtool"), *words], capture_output=True, text=True, check=False, cwd=directory
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@pytest.mark.parametrize("name", list(PrintedFile))
def test_the_command_prints_each_without_a_database(name: PrintedFile) -> None:
    assert done(run_dbtrack("metrics", "--print", name.value)) == printed_file(name)


def test_the_rules_fire_and_stay_silent_as_they_should(tmp_path: Path) -> None:
    (tmp_path / "alert-rules.yml").write_text(printed_file(PrintedFile.ALERT_RULES))
    (tmp_path / "cases.yml").write_text(CASES.read_text())
    assert "SUCCESS" in promtool("check", "rules", "alert-rules.yml", directory=tmp_path)
    promtool("test", "rules", "cases.yml", directory=tmp_path)


def test_every_rule_has_a_case() -> None:
    rules = yaml.safe_load(printed_file(PrintedFile.ALERT_RULES))["groups"][0]["rules"]
    cases = CASES.read_text()
    assert [rule["alert"] for rule in rules if cases.count(f"alertname: {rule['alert']}\n") < 2] == []


def test_prometheus_accepts_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(printed_file(PrintedFile.PROMETHEUS_CONFIG))
    promtool("check", "config", "--syntax-only", "prometheus.yml", directory=tmp_path)


def test_the_dashboard_is_one() -> None:
    dashboard = json.loads(printed_file(PrintedFile.GRAFANA_DASHBOARD))
    panels = dashboard["panels"]
    assert dashboard["title"] == "dbtrack"
    assert len({panel["id"] for panel in panels}) == len(panels) > 10
    for panel in panels:
        assert panel["targets"], panel["title"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]


def test_prometheus_understands_every_query_of_the_dashboard(tmp_path: Path) -> None:
    dashboard = json.loads(printed_file(PrintedFile.GRAFANA_DASHBOARD))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = [
        {"record": f"q{number}", "expr": re.sub(r"\$__rate_interval", "5m", query)}
        for number, query in enumerate(queries)
    ]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    promtool("check", "rules", "rules.yml", directory=tmp_path)
