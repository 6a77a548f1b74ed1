"""The first pass, run as a wrapped command: each case once, and what the event triggers recorded and linked of it.

`python -m tests.database.coverage.recording` reads PGDATABASE and its like, and writes JSON to its standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator

import psycopg

from tests.database.coverage.case import Case
from tests.database.coverage.cases import cases_on
from tests.database.witness import Connection

_MARK = "SELECT coalesce(max(version_number), 0) FROM script_tracking.script_execution_s"
_NAME = "SELECT set_config('application_name', %s, false)"
_RECORDED = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM script_tracking.script_execution_parent_l AS l
    WHERE l.child_execution_hk = s.script_execution_hk AND l.parent_execution_hk = decode(%s, 'hex')))
FROM script_tracking.script_execution_s AS s
WHERE s.script_type = 'DDL_AUTO' AND s.load_end_date IS NULL AND s.version_number > %s
"""


def recorded(connection: Connection, case: Case, operation: str) -> tuple[int, int]:
    """Return how many executions the triggers recorded of the case, and how many are linked to the operation."""
    with surroundings(connection, case):
        mark = connection.execute(_MARK).fetchone()
        assert mark
        connection.execute(_NAME, (session_name(case),))
        attempt(connection, case.statement)
        connection.execute(_NAME, ("between",))
        row = connection.execute(_RECORDED, (operation, mark[0])).fetchone()
        assert row
        return int(row[0]), int(row[1])


def session_name(case: Case) -> str:
    """Return the application name under which the case's statement runs, by which the log knows it."""
    return "case " + "".join(letter for letter in case.name if letter.isascii() and letter != "`")[:50]


@contextlib.contextmanager
def surroundings(connection: Connection, case: Case) -> Iterator[None]:
    """Prepare for a case, and undo it."""
    with contextlib.ExitStack() as stack:
        if case.alone:
            stack.callback(_run_each, connection, f"{case.after}; RESET ALL")
            _run_each(connection, case.before)
        else:
            stack.enter_context(connection.transaction(force_rollback=True))
            connection.execute((case.before or "SELECT").encode())
        yield


def _run_each(connection: Connection, statements: str) -> None:
    # One string would be one transaction, which CREATE DATABASE and its like refuse.
    for statement in [statements] if "$$" in statements else statements.split(";"):
        connection.execute((statement or "SELECT").encode())


def attempt(connection: Connection, statement: str) -> None:
    """Run a statement that may fail."""
    inside = connection.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE
    try:
        connection.execute(statement.encode())
    except psycopg.Error:
        if inside:
            raise


def main() -> None:
    """Run every case of this server's major."""
    operation = os.environ["DBTRACK_EXECUTION"]
    with psycopg.connect("", autocommit=True) as connection:
        cases = cases_on(connection.info.server_version // 10000, labels=sys.argv[1] == "labels")
        json.dump({case.name: recorded(connection, case, operation) for case in cases}, sys.stdout)


if __name__ == "__main__":
    main()
