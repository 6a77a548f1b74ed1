"""The screen of the history: one line an execution, and nobody's object or login is lost where it is narrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dbtrack.render.formats import Look
from dbtrack.render.screens.failure_words import failure_words
from dbtrack.render.screens.shortening import cells
from dbtrack.reports import REPORTS
from tests.support.screen_sheets import NOW, as_rows, assert_sheet, drawn

COLUMNS = REPORTS["history"].columns
_LONG = "public.orders_with_a_name_that_is_as_long_as_postgresql_allows_for_a_table"


def record(seconds_ago: float, name: str, **values: Any) -> dict[str, Any]:
    return {
        "execution_key": bytes([int(seconds_ago) % 251]) * 32,
        "script_name": name,
        "script_type": "DDL_AUTO",
        "execution_status": "COMPLETED",
        "execution_timestamp": NOW - timedelta(seconds=seconds_ago),
        "duration_ms": Decimal("0.9"),
        "db_session_user": "postgres",
    } | values


RECORDS = [
    record(
        22,
        "nightly-load",
        script_type="MANUAL",
        execution_status="RUNNING",
        duration_ms=None,
        tenant="acme",
    ),
    record(30, "ALTER TABLE", db_session_user="alice", affected_objects=["public.customer.email_address"]),
    record(
        34,
        "REVOKE",
        privileges=[{"object": "public.orders", "grantee": "bob", "gained": [], "lost": ["UPDATE"]}],
        affected_objects=["public.orders"],
    ),
    record(
        40,
        "GRANT",
        duration_ms=Decimal("9.2"),
        privileges=[
            {"object": "public.orders", "grantee": "bob", "gained": ["SELECT", "UPDATE"], "lost": []},
            {"object": "public.invoice", "grantee": "bob", "gained": ["SELECT"], "lost": []},
        ],
        affected_objects=["public.orders", "public.invoice"],
    ),
    record(
        50,
        "ALTER TABLE",
        duration_ms=5200,
        waited_ms=5100,
        db_session_user="alice",
        affected_objects=["public.orders"],
    ),
    record(
        61,
        "V42__due_dates",
        script_type="MIGRATION",
        duration_ms=181,
        db_session_user="deploy",
        ticket="OPS-4711",
        children=4,
        changed_objects=["public.orders", "public.orders.due_on", "public.recalc_totals(date)"],
    ),
    record(
        62,
        "V42__due_dates",
        script_type="MIGRATION",
        execution_status="FAILED",
        duration_ms=134,
        db_session_user="deploy",
        ticket="OPS-4711",
        children=4,
        failed_children=1,
        sqlstate="23514",
        error_message='psql:migrations/V42.sql:4: ERROR:  check constraint "positive" of relation "orders" is '
        "violated by some row\nDETAIL:  x",
    ),
    record(
        70, "DROP INDEX", db_session_user="a_login_of_an_application", affected_objects=[_LONG, "public.b"]
    ),
    record(
        71,
        "CREATE TABLE",
        affected_objects=['public."日本語テーブル"'],
        parent_key=b"\x07" * 32,
        parent_name="V41__tables",
    ),
    record(
        72, "2026_11_27_123456_a_migration_with_quite_a_long_name", script_type="MIGRATION", duration_ms=900
    ),
    record(86_400, "CREATE TABLE", affected_objects=["public.t\x1b[31m\u202e"], tenant="orchard"),
    record(
        3 * 86_400, "pg_dump-full", script_type="BACKUP", duration_ms=34_300, execution_status="CANCELLED"
    ),
    record(
        400 * 86_400, "old", duration_ms=None, execution_status="ABANDONED", error_message="connection gone"
    ),
]


def test_the_history_at_every_width() -> None:
    assert_sheet("history", COLUMNS, as_rows(COLUMNS, RECORDS))


def test_the_object_and_the_person_are_on_every_line_that_has_them() -> None:
    for width in (50, 60, 80, 100):
        lines = drawn("history", COLUMNS, as_rows(COLUMNS, RECORDS), width).splitlines()
        altered = next(line for line in lines if "1e1e1e1e" in line)
        assert "alice" in altered
        assert "ALTER TABLE" in altered
        assert "ress  " in altered, "the end of a name tells more than its middle"


def test_failures_and_waits_are_marked_without_colour_too() -> None:
    text = drawn("history", COLUMNS, as_rows(COLUMNS, RECORDS), 200)
    assert "✘  134 ms  V42__due_dates" in text
    assert '23514 at V42.sql:4, 3 changes stay: check constraint "positive"' in text
    assert "5.2 s!" in text
    assert "22.0 s…" in text
    assert "4 changes: orders, due_on, recalc_totals" in text
    assert "public.orders: bob +SELECT +UPDATE and 1 more" in text


def test_an_operation_without_a_line_of_its_own_is_named() -> None:
    operation = record(60, "V42", script_type="MIGRATION")
    inside = record(
        59,
        "CREATE FUNCTION",
        affected_objects=["public.recalc(pg_catalog.date)"],
        parent_key=operation["execution_key"],
        parent_name="V42",
    )
    alone = drawn("history", COLUMNS, as_rows(COLUMNS, [inside]), 90)
    assert "└ CREATE FUNCTION  public.recalc(date) · V42" in alone
    assert "· V42" not in drawn("history", COLUMNS, as_rows(COLUMNS, [inside, operation]), 90)


def test_on_request_there_are_ages_machine_facts_and_statements() -> None:
    rows = as_rows(COLUMNS, [record(50, "ALTER TABLE", statement="ALTER TABLE a\n\n  ADD b int;\n")])
    text = drawn("history", COLUMNS, rows, 80, Look(relative=True, verbose=True))
    assert "50 s ago" in text
    assert (b"\x32" * 32).hex() in text
    assert "    ALTER TABLE a\n\n      ADD b int;\n" in text


def test_an_empty_history_has_its_head_and_tells_what_to_type() -> None:
    text = drawn("history", COLUMNS, [], 80)
    assert text.splitlines()[0] == " history · prod@127.0.0.1:5432 · since Fri 20 Nov 06:28 UTC"
    assert "no rows" in text
    assert "show KEY" in text.splitlines()[-1]


def test_ten_thousand_rows_are_drawn_as_they_come() -> None:
    shown: list[int] = []

    def rows() -> Iterator[list[Any]]:
        for number in range(10_000):
            shown.append(number)
            yield as_rows(COLUMNS, [record(number, "x" * (number % 200), affected_objects=[_LONG * 3])])[0]

    lines = drawn("history", COLUMNS, rows(), 80).splitlines()
    assert len(lines) > 10_000
    assert max(map(cells, lines)) <= 80
    assert "rows" not in lines[0], "nobody has counted them yet"


@pytest.mark.parametrize(
    ("message", "sqlstate", "expected"),
    [
        (
            'psql:a/V42.sql:4: ERROR:  column "x" exists\nLINE 1',
            "42701",
            '42701 at V42.sql:4: column "x" exists',
        ),
        ("ERROR:  deadlock detected", "40P01", "40P01: deadlock detected"),
        ("exit code 1; nothing on stderr", None, "exit code 1; nothing on stderr"),
        (None, None, ""),
        (None, "57014", "57014"),
    ],
)
def test_why_something_failed(message: str | None, sqlstate: str | None, expected: str) -> None:
    assert failure_words(message, sqlstate) == expected
