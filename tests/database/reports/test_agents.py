"""What says that an execution was an agent's."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from tests.support.recorded import Record


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
def test_agent_of_metadata(shared_record: Record, metadata: dict[str, str], agent: str | None) -> None:
    row = shared_record.connection.execute(
        "SELECT script_tracking.get_agent(%s)", (Jsonb(metadata),)
    ).fetchone()
    assert row == (agent,)
