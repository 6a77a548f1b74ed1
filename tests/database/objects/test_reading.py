"""What the record says of objects: who made which part, its versions, differences and privileges, now and then."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import psycopg.types.json
import pytest

from dbtrack.db import Database
from dbtrack.reports import REPORTS, prepare, run
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers import Sandbox, Server

Rows = list[dict[str, Any]]

NIGHT = """
CREATE SCHEMA shop
CREATE TABLE public.orders (order_id int PRIMARY KEY, customer_id bigint NOT NULL, amount numeric(10,2), po text)
CREATE TABLE shop.orders (order_id int)
CREATE INDEX orders_customer_idx ON public.orders (customer_id)
MARK before_migration
BEGIN V42__due_dates OPS-4711
ALTER TABLE public.orders ADD COLUMN due_on date
CREATE OR REPLACE FUNCTION public.recalc_totals(p_day date) RETURNS int LANGUAGE sql AS 'SELECT 1'
END
MARK after_migration
ALTER TABLE public.orders RENAME po TO purchase_ref
ALTER TABLE public.orders ALTER amount TYPE numeric(12,2), ADD CHECK (amount > 0)
ALTER TABLE public.orders ALTER amount TYPE numeric(14,2)
ALTER TABLE public.orders ALTER due_on SET DEFAULT now()
ALTER TABLE public.orders ALTER due_on DROP DEFAULT
DROP INDEX public.orders_customer_idx
CREATE FUNCTION public.recalc_totals(p_customer int, p_day date) RETURNS int LANGUAGE sql AS 'SELECT 1'
CREATE OR REPLACE FUNCTION public.recalc_totals(p_day date) RETURNS int LANGUAGE sql AS 'SELECT 2'
GRANT SELECT, UPDATE ON public.orders TO {bob}
MARK granted
REVOKE UPDATE ON public.orders FROM {bob}
GRANT UPDATE (amount) ON public.orders TO {bob} WITH GRANT OPTION
ALTER TABLE public.orders DROP COLUMN purchase_ref
CREATE TABLE public.old_name (a int)
ALTER TABLE public.old_name RENAME TO new_name
CREATE TABLE public."Order Items" ("Id" int)
CREATE TABLE public.twice (a int)
DROP TABLE public.twice
CREATE TABLE public.twice (a int, b int)
CREATE VIEW public.due AS SELECT order_id, due_on FROM public.orders
ALTER TABLE public.orders RENAME COLUMN due_on TO payable_on
ALTER TABLE public.orders RENAME COLUMN payable_on TO due_on
"""


@dataclass(frozen=True)
class Night:
    """A recorded night: its database, the moments that it marked, a role, and the operation."""

    database: Database
    conninfo: str
    marks: dict[str, datetime]
    bob: str
    operation: str

    def report(self, name: str, **arguments: object) -> Rows:
        prepared = prepare(self.database, REPORTS[name], arguments)
        names = [column.name for column in prepared.columns]
        return [dict(zip(names, row, strict=True)) for row in prepared.rows(self.database)]

    def blame(self, name: str, part: str, **arguments: object) -> dict[str, Any]:
        (found,) = self.report("blame", object=name, part=part, **arguments)
        return found

    def dbtrack(self, *words: str) -> Any:
        return run_dbtrack(*words, "-d", self.conninfo)


@pytest.fixture(scope="module")
def night(server: Server, installed_template: str) -> Iterator[Night]:
    sandbox = Sandbox(server)
    conninfo = sandbox.database(installed_template)
    bob = sandbox.role("bob", login=False)
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            marks, operation = _play(connection, bob)
            yield Night(Database.wrap(connection), conninfo, marks, bob, operation)
    finally:
        sandbox.close()


def _play(connection: psycopg.Connection[Any], bob: str) -> tuple[dict[str, datetime], str]:
    marks: dict[str, datetime] = {}
    operation = ""
    for line in filter(None, NIGHT.splitlines()):
        match line.split():
            case ["MARK", name]:
                marks[name] = _one(connection, "SELECT clock_timestamp()")
            case ["BEGIN", name, ticket]:
                query = (
                    "SELECT encode(script_tracking.track_operation(%s, 'MIGRATION', metadata => %s), 'hex')"
                )
                operation = _one(connection, query, [name, psycopg.types.json.Jsonb({"ticket": ticket})])
                connection.execute("SELECT set_config('dbtrack.execution', %s, false)", [operation])
            case ["END"]:
                connection.execute("SELECT set_config('dbtrack.execution', '', false)")
                connection.execute(
                    "SELECT script_tracking.complete_operation(decode(%s, 'hex'))", [operation]
                )
            case _:
                connection.execute(line.format(bob=bob))
    return marks, operation


def _one(connection: psycopg.Connection[Any], query: str, arguments: Sequence[object] = ()) -> Any:
    row = connection.execute(query, arguments).fetchone()
    assert row is not None
    return row[0]


def test_blame_names_the_migration_its_ticket_and_the_login(night: Night) -> None:
    found = night.blame("public.orders", "due_on")
    assert (found["added_name"], found["added_ticket"], found["added_user"]) == (
        "V42__due_dates",
        "OPS-4711",
        "postgres",
    )
    # Set and dropped again: that was a change, and the last one is told; a renaming there and back, too.
    assert (found["changed_name"], found["definition"], found["known_by"]) == (
        "ALTER TABLE",
        "date",
        "recorded",
    )


def test_a_part_that_postgresql_makes_anew_was_added_when_it_was_written_first(night: Night) -> None:
    found = night.blame("public.orders", "orders_amount_check")
    (created,) = night.report("log", object="public.orders", limit=50)[-6:-5] or [{}]
    assert found["kind"] == "constraint"
    assert found["added_key"] == found["changed_key"], "ALTER COLUMN TYPE made it again, and equal"
    assert created["execution_key"] is not None


@pytest.mark.parametrize(
    ("name", "part", "command"),
    [("public.orders_customer_idx", None, "DROP INDEX"), ("orders", "purchase_ref", "ALTER TABLE")],
)
def test_what_is_gone_says_who_dropped_it(night: Night, name: str, part: str | None, command: str) -> None:
    (found,) = rows(night.dbtrack("blame", name, *([part] if part else []), "--format", "jsonl"))
    assert (found["is_dropped"], found["changed_name"], found["object_identity"]) == (
        True,
        command,
        "public.orders",
    )


def test_the_triggers_of_a_foreign_key_are_nobodys_parts(installed_conninfo: str) -> None:
    """PostgreSQL enforces constraints by triggers of its own. A drop tells of them; no table ever showed them."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        for statement in (
            "CREATE TABLE public.customer (id int PRIMARY KEY)",
            "CREATE TABLE public.orders (id int UNIQUE DEFERRABLE, customer_id int REFERENCES public.customer)",
            "ALTER TABLE public.orders DROP CONSTRAINT orders_customer_id_fkey",
            "ALTER TABLE public.orders DROP CONSTRAINT orders_id_key",
        ):
            connection.execute(statement)
    blamed = rows(run_dbtrack("blame", "orders", "--format", "jsonl", "-d", installed_conninfo))
    assert {part["name"] for part in blamed if part["is_dropped"]} == {
        "orders_customer_id_fkey",
        "orders_id_key",
    }
    log = rows(run_dbtrack("log", "customer", "--format", "jsonl", "-d", installed_conninfo))
    assert len(log) == 1, "the table that the foreign key referred to is as it was"


def test_an_index_that_was_built_concurrently_has_its_statement(installed_conninfo: str) -> None:
    """Its execution has two versions: the history of the table is found by the time of the second one."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.orders (id int)")
        connection.execute("CREATE INDEX CONCURRENTLY by_id ON public.orders (id)")
    (part,) = rows(run_dbtrack("blame", "orders", "by_id", "--format", "jsonl", "-d", installed_conninfo))
    assert (part["added_name"], part["changed_name"]) == ("CREATE INDEX", "CREATE INDEX")
    assert part["changed_user"] == "postgres"
    told = rows(run_dbtrack("log", "orders", "--format", "jsonl", "-d", installed_conninfo))
    assert {each["command_tag"] for each in told} == {"CREATE TABLE", "CREATE INDEX"}


def test_who_granted_what_and_when(night: Night) -> None:
    told = [
        (row["column_name"], row["privileges"], row["is_grantable"], row["script_name"])
        for row in night.report("grants", to=night.bob)
    ]
    assert told == [(None, ["SELECT"], False, "GRANT"), ("amount", ["UPDATE"], True, "GRANT")]
    (then,) = night.report("grants", to=night.bob, as_of=night.marks["granted"].isoformat())
    assert then["privileges"] == ["SELECT", "UPDATE"]
    assert [row["grantee"] for row in night.report("grants", on="public.orders")] == [night.bob] * 2
    assert night.report("grants", to=night.bob, as_of=night.marks["after_migration"].isoformat()) == []
    shown = done(night.dbtrack("grants", "--to", night.bob, "--format", "csv"))
    assert shown.count("public.orders") == 2


def test_versions_have_what_they_changed(night: Night) -> None:
    log = night.report("log", object="public.orders")
    assert [row["version"] for row in log] == list(range(len(log), 0, -1))
    by_statement = {row["sql_command"].rstrip(";"): row["changes"] for row in log}
    added = by_statement["ALTER TABLE public.orders ADD COLUMN due_on date"]
    assert [
        (each["name"], each["old_text"], each["new_text"])
        for each in added.values()
        if each["kind"] == "column"
    ] == [("due_on", None, "date")]
    assert len(night.report("log", object="public.orders", limit=3)) == 3
    since = night.marks["granted"].isoformat()
    assert all(
        row["changed_at"] > night.marks["granted"]
        for row in night.report("log", object="orders", since=since)
    )


def test_an_object_as_it_stood(night: Night) -> None:
    script = done(
        night.dbtrack("schema", "public.orders", "--as-of", night.marks["before_migration"].isoformat())
    )
    assert "po text" in script
    assert "CREATE INDEX orders_customer_idx" in script
    assert "due_on" not in script
    parts = rows(night.dbtrack("schema", "public.orders", "--format", "jsonl"))
    assert [part["name"] for part in parts if part["kind"] == "column"] == [
        "order_id",
        "customer_id",
        "amount",
        "due_on",
    ]


def test_differences_of_one_object(night: Night) -> None:
    words = done(night.dbtrack("diff", "public.recalc_totals(date)", "--format", "words"))
    assert "-AS $function$SELECT 1$function$" in words
    assert "+AS $function$SELECT 2$function$" in words
    # The whole migration, by its key.
    key = night.operation[:12]
    found = rows(night.dbtrack("diff", "public.orders", f"{key}^", key, "--format", "jsonl"))
    assert [(row["kind"], row["name"], row["change"]) for row in found if row["kind"] == "column"] == [
        ("column", "due_on", "added")
    ]
    unified = done(night.dbtrack("diff", "orders", "1", "3", "--format", "unified"))
    assert "+    due_on date" in unified
    assert "--- public.orders" in unified


def test_differences_of_the_database(night: Night) -> None:
    window = (
        "--since",
        night.marks["before_migration"].isoformat(),
        "--until",
        night.marks["after_migration"].isoformat(),
    )
    found = rows(night.dbtrack("diff", *window, "--format", "jsonl"))
    assert {row["object_identity"] for row in found} == {
        "public.orders",
        "public.recalc_totals(pg_catalog.date)",
    }
    assert {(row["script_name"], row["ticket"]) for row in found} == {("V42__due_dates", "OPS-4711")}
    script = done(night.dbtrack("diff", *window, "--format", "sql"))
    assert "ALTER TABLE public.orders ADD COLUMN due_on date;" in script
    assert night.dbtrack("diff", *window, "--exit-code", "--format", "sql").returncode == 3
    later = ("--since", "1 second ago")
    assert night.dbtrack("diff", *later, "--exit-code", "--format", "json").returncode == 0


def test_a_renaming_is_told_once_and_not_of_what_mentions_the_name(night: Night) -> None:
    night.database.execute("ALTER TABLE shop.orders RENAME TO purchases")
    words = done(night.dbtrack("diff", "shop.purchases", "--format", "words"))
    assert "shop.orders → shop.purchases" in words
    night.database.execute("ALTER TABLE shop.purchases RENAME TO orders")


def test_names_are_read_as_postgresql_reads_them(night: Night) -> None:
    def found(name: str) -> str:
        (row,) = night.database.rows(
            "SELECT o.object_identity FROM script_tracking.get_object(%(name)s) AS o", {"name": name}
        )
        return str(row[0])

    assert found("ORDERS") == "public.orders"
    assert found("shop.orders") == "shop.orders"
    assert found('"Order Items"') == 'public."Order Items"'
    assert found("recalc_totals(DATE)") == "public.recalc_totals(pg_catalog.date)"
    assert (
        found("public.recalc_totals(p_customer int4, p_day date)")
        == "public.recalc_totals(integer,pg_catalog.date)"
    )
    assert found("shop") == "shop"
    with night.database.transaction():
        night.database.execute("SET LOCAL search_path = shop, public")
        assert found("orders") == "shop.orders"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["blame", "public.ordres"], 2, "did you mean public.orders"),
        (["blame", "recalc_totals"], 2, "is the name of 2 functions"),
        (["blame", "orders", "duo_on"], 2, "did you mean due_on"),
        (["blame", "a.b.c.d"], 2, "not the name of an object"),
        (["diff", "orders", "99"], 2, "there is no version 99"),
        (["diff"], 2, "--since"),
        (["grants"], 2, "--to ROLE"),
        (["log", "orders", "--since", "2999-01-01"], 2, "future"),
        (["schema", "public.new_name", "--as-of", "2001-01-01"], 2, "no object called"),
        (["schema", "orders", "--as-of", "2001-01-01"], 2, "dbtrack log orders lists its versions"),
    ],
)
def test_wrong_words_are_refused_with_the_next_step(
    night: Night, words: list[str], code: int, told: str
) -> None:
    result = night.dbtrack(*words)
    assert (result.returncode, told in result.stderr) == (code, True), result.stderr


def test_a_name_follows_the_object_and_others_that_had_it_are_told(night: Night) -> None:
    latest = night.dbtrack("log", "public.orders", "--patch", "-n", "1").stdout
    assert len(re.findall(r"^ +\d+  \d\d", latest, re.MULTILINE)) == 1
    renamed = night.dbtrack("log", "old_name", "--format", "jsonl")
    assert "old_name is called public.new_name now" in renamed.stderr
    assert len(renamed.stdout.splitlines()) == 2
    again = night.dbtrack("schema", "public.twice")
    assert "b integer" in again.stdout
    assert "another table had this name" in again.stderr


def test_the_record_as_it_stood(night: Night) -> None:
    then = night.marks["after_migration"].isoformat()
    during = night.report("history", as_of=night.marks["before_migration"].isoformat())
    assert "V42__due_dates" not in {row["script_name"] for row in during}
    (row,) = [row for row in night.report("history", as_of=then) if row["script_name"] == "V42__due_dates"]
    assert row["execution_status"] == "COMPLETED"
    start = night.database.value(
        "SELECT min(load_date)::text FROM script_tracking.script_execution_s WHERE script_name = 'V42__due_dates'"
    )
    (row,) = [row for row in night.report("history", as_of=start) if row["script_name"] == "V42__due_dates"]
    assert row["execution_status"] == "RUNNING"
    (shown,) = night.report("show_execution", key=night.operation, as_of=start)
    assert shown["execution_status"] == "RUNNING"
    metrics = {row["metric_name"]: row["metric_value"] for row in night.report("dashboard", as_of=start)}
    assert (metrics["running_operations"], metrics["total_operations_24h"]) == (1, 5)
    known = night.database.rows(
        "SELECT execution_status FROM script_tracking.executions_as_of(%(moment)s) "
        "WHERE script_name = 'V42__due_dates'",
        {"moment": start},
    )
    assert known == [("RUNNING",)]


def test_what_is_older_than_its_history_is_found_by_the_transactions_of_the_catalogs(
    installed: Database,
) -> None:
    """The executions were recorded, and only later the objects."""
    installed.execute("SELECT script_tracking.set_setting('capture.object_history', 'off')")
    installed.execute("CREATE TABLE public.older (a int, b text)")
    with installed.transaction():
        installed.execute("ALTER TABLE public.older ADD COLUMN c int")
        with installed.transaction():  # a savepoint: its rows have another transaction's number
            installed.execute("ALTER TABLE public.older ALTER b SET NOT NULL")
    installed.execute("SELECT script_tracking.set_setting('capture.object_history', 'on')")
    installed.execute("SELECT script_tracking.maintain()")

    def told(part: str) -> tuple[Any, ...]:
        report = REPORTS["blame"]
        (row,) = run(installed, report, {"object": "public.older", "part": part})
        found = dict(zip([column.name for column in report.columns], row, strict=True))
        return (
            found["added_at"],
            found["changed_name"],
            found["known_by"],
            _statement(installed, found["changed_key"]),
        )

    assert told("a") == (None, "CREATE TABLE", "exact", "CREATE TABLE public.older (a int, b text)")
    assert told("b")[2:] == ("likely", "ALTER TABLE public.older ALTER b SET NOT NULL")
    assert told("c")[3] == "ALTER TABLE public.older ADD COLUMN c int"


def _statement(database: Database, key: bytes) -> str:
    query = "SELECT sql_command FROM script_tracking.script_execution_s WHERE script_execution_hk = %(key)s"
    return str(database.value(query, {"key": key})).rstrip(";")
