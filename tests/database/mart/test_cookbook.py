"""Each query of docs/sql-cookbook.md runs as it is written, and answers its question after a bad night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.paths import DOCS
from tests.support.servers import Sandbox

_SECTION = re.compile(r"^## (\d+)\. [^\n]+\n```sql\n(.*?)```", re.MULTILINE | re.DOTALL)
_TEXT = (DOCS / "sql-cookbook.md").read_text(encoding="utf-8")
_QUERIES = {int(number): query for number, query in _SECTION.findall(_TEXT)}

_NIGHT = (
    "SELECT script_tracking.set_setting('capture.enabled', 'off')",
    "CREATE TABLE untouched (id int)",
    "SELECT script_tracking.set_setting('capture.enabled', 'on')",
    "CREATE TABLE orders (id int PRIMARY KEY, customer int, amount int)",
    "CREATE INDEX orders_customer_idx ON orders (customer)",
    "CREATE FUNCTION recalc_totals(d date) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION recalc_totals(d date) RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "DROP INDEX orders_customer_idx",
    'GRANT SELECT ON orders TO "{bob}"',
    (
        "SELECT set_config('dbtrack.execution', encode(script_tracking.track_operation("
        "'V42__due_dates', 'MIGRATION', metadata => '{{\"ticket\": \"OPS-4711\"}}'), 'hex'), false)"
    ),
    "ALTER TABLE orders ADD COLUMN due_on date",
    "SELECT script_tracking.complete_operation(decode(current_setting('dbtrack.execution'), 'hex'), false, 'violated')",
    "SELECT set_config('dbtrack.execution', '', false)",
    "SELECT script_tracking.complete_operation(script_tracking.track_operation('V42__due_dates', 'MIGRATION'))",
    "SELECT script_tracking.complete_operation(script_tracking.track_operation('V43', 'MIGRATION'), false, 'no')",
    "SELECT script_tracking.track_operation('nightly-load')",
)
# What an answer contains; the columns are joined with blanks.
_ANSWERS = {
    1: "ALTER TABLE postgres COMPLETED",
    2: "postgres DROP INDEX",
    3: "V42__due_dates OPS-4711 postgres",
    4: "V43 postgres None no None",
    6: "SELECT 2",
    9: "GAINED SELECT public.orders",
    10: "changes that nobody recorded 0",
    14: "1",
    17: "V42__due_dates",
    18: "untouched",
    19: "ALTER TABLE public.orders ALTER TABLE orders ADD COLUMN due_on date",
    20: "nightly-load postgres",
}


@pytest.fixture(scope="module")
def night(_module_sandbox: Sandbox, installed_template: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    bob = _module_sandbox.role("bob")
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        for statement in _NIGHT:
            connection.execute(statement.format(bob=bob).encode())
        yield connection, bob


def test_the_twenty_questions_are_there() -> None:
    assert list(_QUERIES) == list(range(1, 21))


def test_each_query_answers_its_question(night: tuple[psycopg.Connection[Any], str]) -> None:
    connection, bob = night
    for number, query in _QUERIES.items():
        rows = connection.execute(query.replace("'bob'", f"'{bob}'").encode()).fetchall()
        answer = "\n".join(" ".join(map(str, row)) for row in rows)
        assert _ANSWERS.get(number, "") in answer, f"question {number}: {answer or 'no rows'}"
    # The first of the two is what is there now.
    assert "SELECT 1" in str(connection.execute(_QUERIES[6].encode()).fetchall()[1])
