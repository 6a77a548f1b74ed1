"""Temporary objects are left out, whatever is done to them; permanent ones with misleading names are not."""

from __future__ import annotations

import pytest

from tests.support.recorded import Record

pytestmark = pytest.mark.every_server

FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"


def test_nothing_of_a_temporary_table_is_recorded(record: Record) -> None:
    record.of(FUNCTION)
    executions = record.of(
        "CREATE TEMPORARY TABLE t (id int DEFAULT 1, CONSTRAINT k CHECK (id > 0))",
        "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f()",
        'CREATE TRIGGER "odd ""name" AFTER INSERT ON t EXECUTE FUNCTION f()',
        "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
        "CREATE POLICY p ON t",
        "ALTER TRIGGER tr ON t RENAME TO ts",
        "ALTER POLICY p ON t USING (true)",
        "COMMENT ON TRIGGER ts ON t IS 'x'",
        "COMMENT ON CONSTRAINT k ON t IS 'x'",
        "COMMENT ON COLUMN t.id IS 'x'",
        "ALTER TABLE t ALTER id DROP DEFAULT",
        "ALTER TABLE t DROP CONSTRAINT k",
        "DROP TRIGGER ts ON t",
        "DROP RULE r ON t",
        "DROP POLICY p ON t",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE FUNCTION pg_temp.g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TYPE pg_temp.e AS ENUM ()",
        "DROP TABLE t CASCADE",
    )
    assert executions == []


@pytest.mark.parametrize("name", ["a on pg_temp.t", 'a" on pg_temp.t', "on pg_temp.t", '"" on pg_temp.t'])
def test_a_name_that_looks_temporary_hides_nothing(record: Record, name: str) -> None:
    record.of(FUNCTION, "CREATE TABLE t (id int)")
    quoted = '"' + name.replace('"', '""') + '"'
    executions = record.of(
        f"CREATE TRIGGER {quoted} AFTER INSERT ON t EXECUTE FUNCTION f()",
        f"CREATE POLICY {quoted} ON t",
        f"CREATE RULE {quoted} AS ON DELETE TO t DO INSTEAD NOTHING",
        f"CREATE PUBLICATION {quoted}",
        f"DROP TRIGGER {quoted} ON t",
        f"DROP RULE {quoted} ON t",
    )
    on_table = [f"{quoted} on public.t"]
    assert [execution.objects for execution in executions] == [on_table] * 3 + [[quoted]] + [on_table] * 2


def test_a_permanent_object_beside_temporary_ones_is_recorded(record: Record) -> None:
    record.of("CREATE TEMPORARY TABLE t ()", "CREATE TABLE u ()")
    [execution] = record.of("DROP TABLE t, u")
    assert execution.objects == ["public.u"]


def test_ddl_of_a_session_with_temporary_objects_reads_no_catalog_whole(record: Record) -> None:
    connection = record.connection
    connection.execute("CREATE TEMPORARY TABLE scratch (a int)")

    def whole_reads() -> object:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(
            "SELECT seq_scan FROM pg_stat_all_tables WHERE relid = 'pg_depend'::regclass"
        ).fetchone()
        return row[0] if row else None

    connection.execute("CREATE TABLE first (a int)")
    before = whole_reads()
    for number in range(5):
        connection.execute(f"CREATE TABLE made_{number} (a int)".encode())
        connection.execute(f"ALTER TABLE made_{number} ADD COLUMN b int".encode())
    assert whole_reads() == before
