"""What says that an execution was an agent's."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.command_line import Dbtrack, done, rows

pytestmark = pytest.mark.any_server


@pytest.mark.parametrize(
    ("metadata", "agent"),
    [
        ({"agent": "claude-code", "application_name": "psql"}, "claude-code"),
        ({"application_name": "Cursor 1.7"}, "cursor"),
        ({"application_name": "postgres-mcp"}, "mcp"),
        ({"application_name": "codexer"}, None),
        ({"application_name": "psql", "agent": ""}, None),
        ({}, None),
    ],
)
def test_agent_of_metadata(installed_conninfo: str, metadata: dict[str, str], agent: str | None) -> None:
    with psycopg.connect(installed_conninfo) as connection:
        row = connection.execute("SELECT script_tracking.get_agent(%s)", (Jsonb(metadata),)).fetchone()
    assert row == (agent,)


def test_what_agents_did_is_a_filter(dbtrack: Dbtrack, installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE by_hand (id int)")
    with psycopg.connect(installed_conninfo, autocommit=True, application_name="Cursor 1.7") as connection:
        connection.execute("CREATE TABLE by_cursor (id int)")
    statement = ["psql", "-X", "-q", "-d", installed_conninfo, "-c", "CREATE TABLE by_claude (id int)"]
    done(dbtrack("track", "V1", "--agent", "claude-code", "--", *statement))

    def found(*words: str) -> list[object]:
        return [row["script_name"] for row in rows(dbtrack("history", "--format", "jsonl", *words))]

    assert found("--agent", "*") == ["CREATE TABLE", "V1", "CREATE TABLE"]
    assert found("--agent", "claude-code") == ["CREATE TABLE", "V1"]
    assert found("--agent", "cur*") == ["CREATE TABLE"]
    assert found("--agent", "devin") == []
