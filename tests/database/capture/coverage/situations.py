"""What is captured when a statement fails, is undone, does nothing, or goes past the triggers."""

from __future__ import annotations

from tests.database.capture.coverage.case import Case

_END = "ALTER EVENT TRIGGER et_ddl_command_end"

SITUATIONS = (
    Case("a DDL that fails", "CREATE TABLE broken (id nosuch)", alone=True),
    Case("a DDL that is rolled back", "BEGIN; CREATE TABLE undone (); ROLLBACK", alone=True),
    Case(
        "a `CREATE ROLE` that is rolled back",
        "BEGIN; CREATE ROLE undone; ROLLBACK",
        alone=True,
        note="the log does not tell that it was undone",
    ),
    Case("`CREATE … IF NOT EXISTS` of what exists", "CREATE TABLE IF NOT EXISTS t ()", "CREATE TABLE t ()"),
    Case("`DROP … IF EXISTS` of what does not exist", "DROP TABLE IF EXISTS absent"),
    Case("a temporary table", "CREATE TEMPORARY TABLE scratch (id int)"),
    Case("a DDL that a `DO` block runs", "DO $$ BEGIN CREATE TABLE inside (); END $$"),
    Case("under `session_replication_role = replica`", "CREATE TABLE t ()", "SET session_replication_role = replica"),
    Case("under `event_triggers = off`", "CREATE TABLE t ()", "SET event_triggers = off", since=17),
    Case("while a trigger of dbtrack's is disabled", "CREATE TABLE t ()", f"{_END} DISABLE"),
    Case("while `capture.enabled` is off", "CREATE TABLE t ()", "SELECT script_tracking.set_setting('capture.enabled', 'off')"),
)  # fmt: skip
