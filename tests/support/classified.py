"""Operations and commands for the tests of what is classified."""

from __future__ import annotations

import json
from typing import Any

from dbtrack.db import Database
from tests.support.command_line import run_dbtrack


def within(database: Database, name: str, ticket: str, *statements: str) -> None:
    """Run statements inside an operation with a ticket."""
    metadata = {"name": name, "metadata": json.dumps({"ticket": ticket})}
    key = database.value(
        "SELECT script_tracking.track_operation(%(name)s, 'MIGRATION', metadata => %(metadata)s::jsonb)",
        metadata,
    )
    with database.transaction():
        database.execute("SELECT set_config('dbtrack.execution', %(key)s, true)", {"key": key.hex()})
        for statement in statements:
            database.execute(statement)
    database.execute("SELECT script_tracking.complete_operation(%(key)s)", {"key": key})


def said(*words: str) -> str:
    """Run a command that must succeed, and may say on standard error what it did; return its output."""
    result = run_dbtrack(*words)
    assert result.returncode == 0, result.stderr
    return result.stdout


def one(database: Database, statement: str) -> Any:
    """Return the only value of a query."""
    return database.value(statement)
