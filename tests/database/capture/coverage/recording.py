"""Running each case: as a script for psql, which a wrapped command runs, and in a connection of the test's own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import psycopg

from tests.database.capture.coverage.case import Case
from tests.support.witness import Connection

_MARK = "SELECT coalesce(max(version_number), 0) AS mark FROM script_tracking.script_execution_s \\gset"
_RECORDED = """
SELECT :'case', count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM script_tracking.script_execution_parent_l AS l
    WHERE l.child_execution_hk = s.script_execution_hk
        AND l.parent_execution_hk = decode(current_setting('dbtrack.execution'), 'hex')))
FROM script_tracking.script_execution_s AS s
WHERE s.script_type = 'DDL_AUTO' AND s.load_end_date IS NULL AND s.version_number > :mark;
"""
_RESET = "SET application_name = 'between'; RESET session_replication_role; RESET allow_in_place_tablespaces;"


def script(cases: Sequence[Case]) -> str:
    """Return what psql runs: each case once, and a line on what the event triggers recorded and linked of it.

    It prints the case's number, how many executions there are, and how many are linked to the operation.
    """
    return "\n".join(_script_of(number, case) for number, case in enumerate(cases))


def _script_of(number: int, case: Case) -> str:
    lines = [
        "" if case.alone else "BEGIN;",
        f"{case.before};",
        f"\\set case {number}",
        _MARK,
        f"SET application_name = '{session_name(case)}';",
        f"{case.statement};",
        "SET application_name = 'between';",
        _RECORDED,
        f"{case.after};" if case.alone else "ROLLBACK;",
        _RESET if case.alone else "",
    ]
    return "\n".join(lines)


def session_name(case: Case) -> str:
    """Return the application name under which the case's statement runs, by which the log knows it."""
    return "case " + "".join(letter for letter in case.name if letter.isascii() and letter not in "`'")[:50]


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
