"""The examples of docs/stream.md look like what is sent."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.command_line import run_dbtrack
from tests.support.paths import DOCS

pytestmark = pytest.mark.any_server

SAME = {
    "specversion",
    "type",
    "subject",
    "datacontenttype",
    "partitionkey",
    "objects",
    "statement",
    "status",
}


def example(name: str) -> dict[str, Any]:
    page = (DOCS / "stream.md").read_text(encoding="utf-8")
    match = re.search(rf"<!-- example: {name} -->\n```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert match is not None
    document: dict[str, Any] = json.loads(match[1])
    return document


def shape(value: Any) -> Any:
    """Return the names and types of a document, and the values that are always the same."""
    if isinstance(value, dict):
        return {name: part if name in SAME else shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return type(value).__name__


@pytest.fixture
def sent(installed_conninfo: str, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """Record the DDL of the examples; return its message in each format."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        key = connection.execute(
            "SELECT encode(script_tracking.track_operation('add-orders', 'MIGRATION'), 'hex')"
        ).fetchone()
        assert key is not None
        connection.execute("SELECT set_config('dbtrack.execution', %s, false)", key)
        connection.execute("CREATE TABLE orders (id bigint)")
    found = {}
    for name in ("cloudevents", "debezium"):
        done = run_dbtrack(
            "stream",
            "-d",
            installed_conninfo,
            "--to",
            "-",
            "--name",
            name,
            "--format",
            name,
            "--once",
            "--from-beginning",
            environment={"DBTRACK_STATE": str(tmp_path)},
        )
        found[name] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_example_of_a_cloud_event(sent: dict[str, dict[str, Any]]) -> None:
    message = sent["cloudevents"]
    message["data"].pop("address", None)
    assert shape(message) == shape(example("cloudevents"))


def test_the_example_of_a_schema_change(sent: dict[str, dict[str, Any]]) -> None:
    message = sent["debezium"]
    assert shape(message) == shape(example("debezium"))
    database = message["databaseName"]
    assert [
        {**change, "id": change["id"].replace(database, "shop")} for change in message["tableChanges"]
    ] == example("debezium")["tableChanges"]
