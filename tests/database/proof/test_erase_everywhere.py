"""A name that is planted in every place where dbtrack keeps something goes from all of them, or is said to stay.

The places come from the catalog: a table or a column that `personal_columns` does not name makes these tests fail.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from dbtrack.db import Database
from dbtrack.proof.digest_file import current_digest
from dbtrack.proof.erase import Place, erase, find_places
from dbtrack.proof.seal import seal
from tests.support.sealed import verified
from tests.support.servers.sandbox import RoleFactory

# The columns of every table, and which of them can hold text. Partitions have those of their table.
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
    coalesce(e.typcategory, t.typcategory) IN ('S', 'U', 'I', 'C') AND coalesce(e.typname, t.typname)
        NOT IN ('xid8', 'pg_snapshot', 'uuid') AND (t.typname <> 'bytea' OR a.attname !~ '_hks?$')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
ORDER BY c.relname, a.attnum
"""
_LIST = "SELECT table_name, column_name, handling, note FROM script_tracking.personal_columns()"
_CHECKS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'script_tracking'::regnamespace AND conislocal AND coninhcount = 0
"""
# What a planted row has in a column that names nobody.
_PLAIN = {
    "bytea": "\\x00",
    "jsonb": "{}",
    "boolean": "false",
    "timestamp with time zone": "2026-01-01 00:00:00+00",
    "interval": "1 s",
    "pg_snapshot": "1:1:",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "inet": "192.0.2.77",
}
# Rows of these come from dbtrack itself: a planted one would be an altered record.
_RECORD = {"script_execution_h", "script_execution_s", "object_s"}


class _Column(NamedTuple):
    table: str
    name: str
    kind: str
    is_needed: bool
    may_have_text: bool

    @property
    def place(self) -> str:
        return f"{self.table}.{self.name}"

    def naming(self, person: str) -> str:
        """A value that names the person."""
        quoted = person.replace('"', '\\"')
        if self.kind.endswith("[]"):
            return f'{{other,"{quoted}"}}'
        if self.kind.endswith("catalog_object"):
            return f'(1,1,"{quoted}",table,x,x,1,,,{{}},{{}},{{}})'
        return json.dumps({"who": f"ask\n{person}"}) if self.kind == "jsonb" else person

    def plain(self) -> str:
        """A value that names nobody."""
        is_text = "char" in self.kind or self.kind in {"text", "name"}
        return "{}" if self.kind.endswith("[]") else _PLAIN.get(self.kind, "x" if is_text else "1")


def _columns(database: Database) -> list[_Column]:
    return [_Column(*row) for row in database.rows(_COLUMNS)]


def _handlings(database: Database) -> dict[str, set[str]]:
    handlings: dict[str, set[str]] = defaultdict(set)
    for table, column, handling, note in database.rows(_LIST):
        handlings[f"{table}.{column}"].add(handling)
        # What is not erased has a reason.
        assert note or handling not in {"never", "kept"}, (table, column)
    return handlings


def _is_personal(handlings: set[str]) -> bool:
    return bool(handlings - {"never"})


@pytest.mark.any_server
def test_each_column_that_can_hold_text_is_classified(installed: Database) -> None:
    there = {column.place for column in _columns(installed) if column.may_have_text}
    listed = _handlings(installed)
    missing = there - set(listed)
    assert not missing, f"is it personal? classify it in sql/routines/erasure/personal_columns.sql: {missing}"
    gone = {place for place in set(listed) - there if _is_personal(listed[place])}
    assert not gone, f"sql/routines/erasure/personal_columns.sql names what is not there: {gone}"


@pytest.mark.parametrize("name", ["bertha", '"o\'neil=r/ "x"'])
def test_a_name_planted_everywhere_goes_everywhere(
    installed_conninfo: str, installed: Database, role: RoleFactory, name: str
) -> None:
    person = role(name, member_of=("dbtrack_operator",))
    _work(installed_conninfo, installed, person)
    seal(installed)
    digest = current_digest(installed, None)
    assert verified(installed_conninfo, [digest]).findings == []
    handlings = _handlings(installed)
    _plant(installed_conninfo, installed, handlings, person)
    # Each place that the list calls personal has the name now, and a dry run finds it there.
    named = _named(installed, person)
    personal = {place for place, found in handlings.items() if _is_personal(found)} - {
        "script_execution_s.hash_diff", "object_s.hash_diff", "access_log.client_ip", "script_execution_s.client_ip",
        "installation.property_value"}  # fmt: skip
    assert personal - set(named) == set()
    assert _counts(find_places(installed, person)) == named | {"access_log.client_ip": 1}

    report = erase(installed, person, "request 4711")

    assert report.left == []
    kept = _counts(report.kept)
    assert _named(installed, person) == kept
    # The whole row of a state goes, if it is that of a person.
    assert set(kept) | {"alert_state.alert_name"} == {
        place for place, found in handlings.items() if "kept" in found
    }
    assert all(place.note for place in report.kept)
    assert "the role itself" in {place.name for place in report.kept}
    # What is left of the history of objects can still be read, and who has which right in part.
    assert installed.rows(
        "SELECT object_identity, privilege, grantor FROM script_tracking.get_object_grants('[erased]')"
        " WHERE object_type = 'table'"
    ) == [("public.before", "SELECT", "postgres")]
    seal(installed)
    result = verified(installed_conninfo, [digest])
    assert (result.findings, result.unproven_versions) == ([], 0)
    # From here on the record of the erasure proves the versions.
    installed.execute(
        "UPDATE script_tracking.object_s SET definition = '{}', hash_diff = sha256(convert_to(jsonb_build_array("
        "object_bk, object_type, object_identity, cause, to_jsonb(grantees), '{}'::jsonb)::text, 'UTF8')) "
        "WHERE definition::text LIKE '%erased%'"
    )
    assert "since a cleanup or an erasure" in str(verified(installed_conninfo, [digest]).findings)


def _counts(places: list[Place]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for place in places:
        if "." in place.name:
            counts[place.name] += place.rows
    return dict(counts)


def _work(conninfo: str, installed: Database, person: str) -> None:
    """Let dbtrack itself record the person wherever it records."""
    who, word = sql.Identifier(person).as_string(), person.replace("'", "''")
    installed.execute("CREATE TABLE ledger (entry int)")
    installed.execute("ALTER EVENT TRIGGER et_ddl_command_end DISABLE")
    installed.execute(f"CREATE TABLE before (i int); GRANT SELECT ON before TO {who}")
    installed.execute("ALTER EVENT TRIGGER et_ddl_command_end ENABLE")
    for statement in (
        f"ALTER TABLE ledger OWNER TO {who}",
        f"GRANT SELECT (entry) ON ledger TO {who}",
        f"COMMENT ON TABLE ledger IS 'ask {word}'",
        f"CREATE POLICY own ON ledger TO {who} USING (true)",
        f"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1 --\n-- {word}'",
        f"CREATE SCHEMA {who}",
        f"CREATE TABLE {who}.t (i int)",
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {who}",
    ):
        installed.execute(statement)
    with psycopg.connect(conninfo, user=person, autocommit=True, application_name=person) as connection:
        connection.execute("SELECT script_tracking.track_operation(%s, %s)", (person, person))
        connection.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation('load'), false, %s)",
            (f"{person} is locked",),
        )
    installed.value(
        "SELECT script_tracking.sign_review('last day', now() - interval '1 day', now(), %(by)s, %(by)s)",
        {"by": person},
    )
    # The next run compares everything, and finds what was not captured.
    installed.execute("UPDATE script_tracking.object_state SET swept_at = swept_at - interval '2 days'")
    installed.rows("SELECT * FROM script_tracking.maintain()")
    assert installed.value(
        "SELECT count(*) FROM script_tracking.object_s WHERE object_identity = 'public.before'"
    )
    installed.rows("SELECT * FROM script_tracking.reconcile_catalog()")
    installed.rows("SELECT * FROM script_tracking.maintain()")


def _plant(conninfo: str, installed: Database, handlings: dict[str, set[str]], person: str) -> None:
    """Write rows that name the person in each column that can, past all checks: a short one and a full one."""
    tables: dict[str, list[_Column]] = defaultdict(list)
    for column in _columns(installed):
        tables[column.table].append(column)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, constraint in connection.execute(_CHECKS).fetchall():
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        for table, columns in tables.items():
            personal = {column.name for column in columns if _is_personal(handlings.get(column.place, set()))}
            if not personal or table in _RECORD or table == "installation":
                continue
            for is_full in (False, True):
                values = {
                    column.name: column.naming(person)
                    if column.name in personal and column.kind != "inet"
                    else column.plain()
                    for column in columns
                    if is_full or column.is_needed or column.name in personal
                }
                statement = sql.SQL(
                    "INSERT INTO script_tracking.{} ({}) OVERRIDING SYSTEM VALUE VALUES ({}) ON CONFLICT DO NOTHING"
                ).format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() * len(values)),
                )
                connection.execute(statement, list(values.values()))


def _named(database: Database, person: str) -> dict[str, int]:
    """In how many rows of which columns the name is, however its quotes are written."""
    named = {}
    for table in sorted({column.table for column in _columns(database)}):
        rows = database.rows(
            f"SELECT c.key, count(*) FROM script_tracking.{table} AS t CROSS JOIN LATERAL jsonb_each_text(to_jsonb(t)) AS c"
            " WHERE translate(c.value, %(quotes)s, '') LIKE '%%' || translate(%(person)s, %(quotes)s, '') || '%%' GROUP BY 1",
            {"person": person, "quotes": "\\'\""},
        )
        named.update({f"{table}.{column}": count for column, count in rows})
    return named
