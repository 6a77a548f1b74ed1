"""What the files for Grafana, Prometheus and pgwatch name is there in a real database."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from dbtrack import metrics
from dbtrack.db import Database
from dbtrack.metrics import PrintedFile, Scope, printed_file

_NAME = re.compile(r"\bdbtrack_[a-z_]+")
_OPERATION = (
    "SELECT script_tracking.complete_operation(script_tracking.track_operation('deploy', 'MIGRATION'))"
)


@pytest.fixture
def names(installed: Database) -> set[str]:
    """The names of all samples of a database in which everything has run once."""
    installed.value(_OPERATION)
    installed.value("SELECT script_tracking.create_endpoint('slack', 'webhook')")
    installed.execute("INSERT INTO script_tracking.digest_destination VALUES ('/worm', 'directory')")
    installed.rows("SELECT * FROM script_tracking.maintain()")
    installed.rows("SELECT pg_create_physical_replication_slot('printed', true)")
    try:
        families = metrics.collect(installed, Scope(), None)
    finally:
        installed.rows("SELECT pg_drop_replication_slot('printed')")
    return {sample.name for family in families for sample in family.samples} | {"dbtrack_spool_records"}


@pytest.mark.parametrize("name", [PrintedFile.GRAFANA_DASHBOARD, PrintedFile.ALERT_RULES])
def test_each_metric_that_a_file_names_exists(names: set[str], name: PrintedFile) -> None:
    text = printed_file(name)
    found = set(_NAME.findall(text))
    assert len(found) > 8
    assert found - names == set()


def test_the_annotations_of_the_dashboard_are_found(installed: Database) -> None:
    installed.value(_OPERATION)
    dashboard = json.loads(printed_file(PrintedFile.GRAFANA_DASHBOARD))
    (annotations,) = dashboard["annotations"]["list"]
    query = annotations["target"]["rawSql"]
    assert "$__timeFilter" in query
    # As Grafana replaces its macro.
    query = re.sub(r"\$__timeFilter\((.*?)\)", r"\1 BETWEEN now() - interval '1 hour' AND now()", query)
    ((time, timeend, text, tags),) = installed.rows(query)
    assert time < timeend
    assert (text, tags) == ("deploy", "migration,completed")


@pytest.mark.every_server
def test_pgwatch_can_run_its_query(installed: Database) -> None:
    definition = yaml.safe_load(printed_file(PrintedFile.PGWATCH))
    metric = definition["metrics"]["dbtrack"]
    assert set(definition["presets"]["dbtrack"]["metrics"]) == {"dbtrack"}
    installed.value(_OPERATION)
    ((_, query),) = metric["sqls"].items()
    result = installed.result(query)
    columns = [column.name for column in result.columns]
    assert columns[0] == "epoch_ns"
    # pgwatch takes columns of this name as tags, and all others as values.
    assert [name for name in columns[1:] if not name.startswith("tag_")] == metric["gauges"] == ["value"]
    found = [dict(zip(columns, row, strict=True)) for row in result.rows]
    (counted,) = [
        row
        for row in found
        if row["tag_metric"] == "dbtrack_executions_total"
        and (row["tag_type"], row["tag_status"]) == ("MIGRATION", "COMPLETED")
    ]
    assert counted["value"] == 1
    tags = [tuple(value for name, value in row.items() if name.startswith("tag_")) for row in found]
    assert len(tags) == len(set(tags))
