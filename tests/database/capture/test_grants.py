"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES are recorded with their objects, and with who gained and lost what."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from tests.support.recorded import Record, Recorded
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

pytestmark = pytest.mark.every_server

Change = tuple[str, str | None, str, list[str], list[str]]
TABLE = ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"]


def changes(execution: Recorded) -> list[Change]:
    """Object, column, grantee, gained, lost."""
    return [
        (entry["object"], entry.get("column"), entry["grantee"], entry["gained"], entry["lost"])
        for entry in execution.metadata["privileges"]
    ]


def one(record: Record, statement: str) -> Recorded:
    [execution] = record.of(statement)
    return execution


KINDS = {
    "a table": ("GRANT SELECT ON t TO {r}", "table", "public.t", ["SELECT"]),
    "TABLE, quoted": ('GRANT SELECT ON TABLE "My ""t;" TO {r}', "table", 'public."My ""t;"', ["SELECT"]),
    "with its schema": ("GRANT SELECT, INSERT ON s . t TO {r}", "table", "s.t", ["INSERT", "SELECT"]),
    "folded": ("GRANT SELECT ON Public.T TO {r}", "table", "public.t", ["SELECT"]),
    "comments": ("GRANT /* on x to y */ SELECT ON -- s.t\n t TO {r}", "table", "public.t", ["SELECT"]),
    "a view": ("GRANT SELECT ON v TO GROUP {r}", "view", "public.v", ["SELECT"]),
    "a sequence": ("GRANT USAGE ON SEQUENCE q TO {r}", "sequence", "public.q", ["USAGE"]),
    "a function": ("GRANT EXECUTE ON FUNCTION f(int, text) TO {r}", "function", "public.f(integer,pg_catalog.text)", ["EXECUTE"]),
    "a function by name": ("GRANT EXECUTE ON FUNCTION g TO {r}", "function", "public.g()", ["EXECUTE"]),
    "a procedure": ("GRANT EXECUTE ON PROCEDURE p() TO {r}", "procedure", "public.p()", ["EXECUTE"]),
    "a routine": ("GRANT ALL ON ROUTINE p() TO {r}", "procedure", "public.p()", ["EXECUTE"]),
    "a type": ("GRANT USAGE ON TYPE k TO {r}", "type", "public.k", ["USAGE"]),
    "a domain": ("GRANT USAGE ON DOMAIN d TO {r}", "type", "public.d", ["USAGE"]),
    "a schema": ("GRANT USAGE, CREATE ON SCHEMA s TO {r}", "schema", "s", ["CREATE", "USAGE"]),
    "a language": ("GRANT USAGE ON LANGUAGE plpgsql TO {r}", "language", "plpgsql", ["USAGE"]),
    "a large object": ("GRANT SELECT ON LARGE OBJECT 777 TO {r}", "large object", "777", ["SELECT"]),
    "a wrapper": ("GRANT USAGE ON FOREIGN DATA WRAPPER w TO {r}", "foreign-data wrapper", "w", ["USAGE"]),
    "a server": ("GRANT USAGE ON FOREIGN SERVER z TO {r}", "server", "z", ["USAGE"]),
}  # fmt: skip
SHOP = [
    "CREATE SCHEMA s",
    "CREATE TABLE t (a int, b int)",
    'CREATE TABLE "My ""t;" ()',
    "CREATE TABLE s.t ()",
    "CREATE VIEW v AS SELECT 1 AS one",
    "CREATE SEQUENCE q",
    "CREATE FUNCTION f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",
    "CREATE TYPE k AS (a int)",
    "CREATE DOMAIN d AS int",
    "SELECT lo_create(777)",
    "CREATE FOREIGN DATA WRAPPER w",
    "CREATE SERVER z FOREIGN DATA WRAPPER w",
]


def test_every_kind_of_object_is_named_with_what_was_gained_and_lost(
    record: Record, role: RoleFactory
) -> None:
    grantee = role("grantee")
    record.of(*SHOP)
    for kind, (statement, object_type, identity, gained) in KINDS.items():
        grant = statement.format(r=grantee)
        execution = one(record, grant)
        assert (execution.tag, execution.objects) == ("GRANT", [identity]), kind
        assert execution.metadata["object_types"] == [object_type], kind
        assert changes(execution) == [(identity, None, grantee, gained, [])], kind
        assert changes(one(record, grant)) == [(identity, None, grantee, [], [])], kind
        revoke = grant.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM ")
        assert changes(one(record, revoke)) == [(identity, None, grantee, [], gained)], kind


@pytest.mark.parametrize(
    "statement",
    [grant for grant, *_ in KINDS.values() if '"' not in grant]
    + [
        "REVOKE GRANT OPTION FOR SELECT (a, b), UPDATE ON s.t,t FROM {r}, public CASCADE",
        "GRANT SELECT ON ALL TABLES\tIN SCHEMA s, public\nTO {r} WITH GRANT OPTION GRANTED BY CURRENT_USER",
        "GRANT ALL ON ALL ROUTINES IN SCHEMA s TO {r}, {r}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO {r}",
        "GRANT {r} TO public",
    ],
)
def test_a_plain_grant_is_read_as_one_with_comments_is(record: Record, statement: str) -> None:
    """Plain ones are read word by word, others by a regular expression."""
    text = statement.format(r="Somebody")
    query = (
        "SELECT o_kind, coalesce((SELECT array_agg(DISTINCT n ORDER BY n) FROM unnest(o_names) AS n), '{}'), "
        "coalesce(o_numbers, '{}'), coalesce((SELECT array_agg(n ORDER BY n) FROM unnest(o_grantees) AS n), '{}') "
        "FROM script_tracking.grant_names(%s)"
    )
    plain = record.connection.execute(query, (text,)).fetchone()
    assert plain == record.connection.execute(query, (f"{text} /* as it is */",)).fetchone()
    assert plain


def test_several_objects_grantees_and_columns(record: Record, role: RoleFactory) -> None:
    first, second = sorted((role("first"), role("second")))
    record.of(*SHOP)
    execution = one(record, f"GRANT SELECT, UPDATE (b) ON t TO {second}, PUBLIC, {first}")
    assert execution.objects == ["public.t"]
    assert changes(execution) == [
        ("public.t", None, "PUBLIC", ["SELECT"], []),
        ("public.t", None, first, ["SELECT"], []),
        ("public.t", None, second, ["SELECT"], []),
        ("public.t", "b", "PUBLIC", ["UPDATE"], []),
        ("public.t", "b", first, ["UPDATE"], []),
        ("public.t", "b", second, ["UPDATE"], []),
    ]
    execution = one(record, f"GRANT INSERT ON v, s.t TO {first}")
    assert changes(execution) == [
        ("public.v", None, first, ["INSERT"], []),
        ("s.t", None, first, ["INSERT"], []),
    ]
    assert changes(one(record, f"REVOKE ALL ON t FROM {first}")) == [
        ("public.t", None, first, [], ["SELECT"]),
        ("public.t", "b", first, [], ["UPDATE"]),
    ]
    revoke = f"REVOKE INSERT (a) ON t FROM {first}"  # writes no catalog row
    assert changes(one(record, revoke)) == []  # which t, only the session's search_path could tell
    record.of("DROP TABLE s.t")
    assert changes(one(record, revoke)) == [("public.t", None, first, [], [])]


def test_grant_options_and_what_goes_by_cascade(record: Record, role: RoleFactory) -> None:
    first, second = role("first"), role("second")
    record.of(*SHOP)
    [entry] = one(record, f"GRANT SELECT ON t TO {first} WITH GRANT OPTION").metadata["privileges"]
    assert (entry["gained"], entry["grant_option_gained"]) == (["SELECT"], ["SELECT"])
    record.of(f"SET ROLE {first}", f"GRANT SELECT ON t TO {second} GRANTED BY CURRENT_USER", "RESET ROLE")
    entries = one(record, f"REVOKE GRANT OPTION FOR SELECT ON t FROM {first} CASCADE").metadata["privileges"]
    assert {entry["grantee"]: (entry["lost"], entry.get("grant_option_lost")) for entry in entries} == {
        first: ([], ["SELECT"]),
        second: (["SELECT"], None),
    }


def test_all_in_schema_and_the_tenant_of_the_schema(record: Record, role: RoleFactory) -> None:
    grantee = role("grantee")
    record.of(*SHOP, "CREATE TABLE s.u ()", f"CREATE SCHEMA {grantee}", f"CREATE TABLE {grantee}.x ()")
    record.connection.execute("SELECT script_tracking.add_tenant('acme', 'Acme')")
    record.connection.execute("SELECT script_tracking.map_tenant_schema('s', 'acme')")
    execution = one(record, f"GRANT SELECT ON ALL TABLES IN SCHEMA s TO {grantee}")
    assert execution.objects == ["s.t", "s.u"]
    assert changes(execution) == [(name, None, grantee, ["SELECT"], []) for name in ("s.t", "s.u")]
    tenants = record.connection.execute(
        "SELECT count(*) FROM script_tracking.script_execution_s WHERE tenant_hk IS NOT NULL"
        " AND metadata ->> 'command_tag' = 'GRANT'"
    ).fetchone()
    assert tenants == (1,)
    execution = one(record, f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {grantee}")
    assert len(execution.objects) == 3


def test_default_privileges(record: Record, role: RoleFactory) -> None:
    grantee = role("grantee")
    me = record.connection.info.user
    steps: list[tuple[str, str, str, list[str], list[str]]] = [
        (f"GRANT SELECT ON TABLES TO {grantee}", " on tables", grantee, ["SELECT"], []),
        (f"REVOKE SELECT ON TABLES FROM {grantee}", " on tables", grantee, [], ["SELECT"]),
        ("REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", " on functions", "PUBLIC", [], ["EXECUTE"]),
        ("GRANT EXECUTE ON FUNCTIONS TO PUBLIC", " on functions", "PUBLIC", ["EXECUTE"], []),
        (f"IN SCHEMA public GRANT USAGE ON SEQUENCES TO {grantee}", " in schema public on sequences", grantee, ["USAGE"], []),
        (f"IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {grantee}", " in schema public on sequences", grantee, [], ["USAGE"]),
    ]  # fmt: skip
    for statement, place, who, gained, lost in steps:
        execution = one(record, "ALTER DEFAULT PRIVILEGES " + statement)
        identity = f"for role {me}{place}"
        assert (execution.objects, execution.metadata["object_types"]) == ([identity], ["default acl"])
        assert changes(execution) == [(identity, None, who, gained, lost)]


def test_a_grant_of_code_in_the_server_and_of_a_string_of_several(record: Record, role: RoleFactory) -> None:
    grantee = role("grantee")
    record.of(*SHOP)
    executions = record.of(
        f"DO $$BEGIN EXECUTE format('GRANT %s ON %I TO %I', 'SELECT', 't', '{grantee}');"
        f" GRANT UPDATE ON v TO {grantee}; END$$",
        f"GRANT INSERT ON t TO {grantee}; GRANT pg_monitor TO {grantee}; REVOKE SELECT ON t FROM {grantee}",
    )
    assert [(e.tag, e.objects) for e in executions] == [
        ("GRANT", ["public.t"]),
        ("GRANT", ["public.v"]),
        ("GRANT", ["public.t"]),
        ("REVOKE", ["public.t"]),
    ]
    assert changes(executions[2]) == [("public.t", None, grantee, ["INSERT"], [])]
    assert changes(executions[3]) == [("public.t", None, grantee, [], ["SELECT"])]
    record.connection.execute(f"REVOKE pg_monitor FROM {grantee}")


def test_a_grant_without_text_names_what_its_transaction_wrote(record: Record, role: RoleFactory) -> None:
    grantee = role("grantee")
    record.of(*SHOP, f"GRANT UPDATE ON v TO {grantee}")
    record.of(f"CREATE FUNCTION give() RETURNS void LANGUAGE sql AS 'GRANT SELECT ON t TO {grantee}'")
    execution = one(record, "SELECT give()")
    assert execution.objects == ["public.t"]
    assert execution.metadata["privileges_from"] == "transaction"
    present = {entry["grantee"]: entry["present"] for entry in execution.metadata["privileges"]}
    assert present[grantee] == ["SELECT"]
    assert "gained" not in execution.metadata["privileges"][0]


def test_more_objects_than_are_compared(record: Record, role: RoleFactory) -> None:
    grantee = role("grantee")
    record.connection.execute("SELECT lo_create(n) FROM generate_series(20001, 22001) AS n")
    numbers = ", ".join(str(number) for number in range(20001, 22002))
    execution = one(record, f"GRANT SELECT ON LARGE OBJECT {numbers} TO {grantee}")
    assert (len(execution.objects), execution.metadata["object_count"]) == (1000, 2001)
    assert execution.metadata["privileges_from"] == "transaction"
    assert len(execution.metadata["privileges"]) == 1000


def test_an_ordinary_login_forges_nothing(record: Record, role: RoleFactory) -> None:
    login, grantee = role("owner"), role("grantee")
    record.of(f"CREATE SCHEMA own AUTHORIZATION {login}", "CREATE TABLE public.secret ()")
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute("CREATE TABLE own.t ()")
        session.execute("CREATE TABLE own.secret ()")
        session.execute("SET search_path = pg_temp, own, pg_catalog; SET quote_all_identifiers = on")
        session.execute("CREATE TEMPORARY TABLE pg_class (relname text, relacl text)")
        session.execute("CREATE DOMAIN pg_temp.name AS pg_catalog.text CHECK (false)")
        forged = "a" * 64 + '[[1259, 1, 0, "(0,1)", {"10 SELECT": true}]]'
        for setting in ("ddl_privileges0", "ddl_dropped0", "ddl_stack", "ddl_extension"):
            session.execute(f"SET dbtrack.{setting} = '{forged}'".encode())
        before = record.mark()
        session.execute(f"GRANT SELECT ON t, secret TO {grantee}".encode())
    [execution] = record.since(before)
    assert (execution.login, execution.objects) == (login, ["own.secret", "own.t"])
    assert changes(execution) == [(name, None, grantee, ["SELECT"], []) for name in ("own.secret", "own.t")]


def test_a_grant_to_a_role_that_is_gone_from_an_access_list_and_back(
    record: Record, role: RoleFactory
) -> None:
    strange = role('we"ird; -- ON t TO')
    record.of(*SHOP)
    quoted = '"' + strange.replace('"', '""') + '"' if not strange.startswith('"') else strange
    execution = one(record, f"GRANT SELECT ON t TO {quoted}")
    assert [entry["gained"] for entry in execution.metadata["privileges"]] == [["SELECT"]]


def test_a_grant_that_fails_or_is_undone_leaves_nothing(record: Record, role: RoleFactory) -> None:
    grantee = role("grantee")
    record.of(*SHOP)
    executions = record.of(
        f"DO $$BEGIN BEGIN GRANT SELECT ON t TO {grantee}; RAISE 'x'; EXCEPTION WHEN OTHERS THEN NULL; END;"
        f" BEGIN GRANT SELECT ON absent TO {grantee}; EXCEPTION WHEN OTHERS THEN NULL; END;"
        f" GRANT UPDATE ON t TO {grantee}; END$$"
    )
    assert [changes(execution) for execution in executions] == [[("public.t", None, grantee, ["UPDATE"], [])]]


def test_show_prints_who_gained_and_lost_what(installed: Database, role: RoleFactory) -> None:
    grantee = role("grantee")
    installed.execute("CREATE TABLE public.t (a int)")
    installed.execute(f"GRANT SELECT, UPDATE (a) ON public.t TO {grantee} WITH GRANT OPTION")
    names = [column.name for column in REPORTS["history"].usual_columns]
    rows = [dict(zip(names, row, strict=True)) for row in run(installed, REPORTS["history"], {})]
    key = next(row["execution_key"] for row in rows if row["script_name"] == "GRANT")
    names = [column.name for column in REPORTS["show_privileges"].columns]
    shown: list[dict[str, Any]] = [
        dict(zip(names, row, strict=True))
        for row in run(installed, REPORTS["show_privileges"], {"key": key.hex()})
    ]
    assert [(row["grantee"], row["object_identity"], row["column_name"], row["gained"]) for row in shown] == [
        (grantee, "public.t", None, ["SELECT"]),
        (grantee, "public.t", "a", ["UPDATE"]),
    ]
    assert shown[0]["grant_option_gained"] == ["SELECT"]


def unexplained(connection: Connection) -> list[str]:
    connection.execute("SELECT count(*) FROM script_tracking.reconcile_catalog()")
    rows = connection.execute(
        "SELECT unnest(affected_objects) FROM script_tracking.script_execution_s WHERE script_type = 'UNATTRIBUTED'"
    )
    return sorted(row[0] for row in rows)


def test_reconcile_takes_a_grant_for_its_own_objects_only(
    record: Record, role: RoleFactory, server: Server
) -> None:
    grantee = role("grantee")
    record.of(*SHOP)
    assert unexplained(record.connection) == []
    record.of(
        f"GRANT SELECT ON t TO {grantee}", f"GRANT SELECT ON s.t TO {grantee}", "ALTER TABLE t ADD c int"
    )
    record.of(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {grantee}")
    record.connection.execute("ALTER EVENT TRIGGER et_ddl_command_end DISABLE")
    record.connection.execute(f"GRANT SELECT ON v TO {grantee}")
    record.connection.execute("ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS")
    assert unexplained(record.connection) == ["public.v"]
