"""Tenants see their own records and nothing else, and nobody writes another's."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS, run
from dbtrack.tenants import tenants
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

Connection = psycopg.Connection[tuple[object, ...]]
_NAMES = "SELECT script_name FROM script_tracking.current_execution WHERE script_type = 'MANUAL' ORDER BY 1"


@pytest.fixture
def two_tenants(installed: Database, role: RoleFactory) -> dict[str, str]:
    """Tenants acme and globex, each with a login that may record for it; the platform has a record of its own."""
    logins = {}
    for tenant in ("acme", "globex"):
        tenants.add_tenant(installed, tenant)
        logins[tenant] = role(tenant, member_of=("dbtrack_operator",))
        tenants.grant_tenant(installed, logins[tenant], tenant, is_default=True)
        with _login(installed, logins[tenant]) as connection:
            connection.execute("SELECT script_tracking.track_operation(%s)", (f"work of {tenant}",))
    installed.execute("SELECT script_tracking.track_operation('work of the platform')")
    return logins


def _login(installed: Database, user: str) -> Connection:
    return psycopg.connect(installed.raw.info.dsn, user=user, autocommit=True)


@pytest.mark.every_server
def test_each_login_sees_its_own_tenants_only(installed: Database, two_tenants: dict[str, str]) -> None:
    for tenant, login in two_tenants.items():
        with _login(installed, login) as connection:
            assert connection.execute(_NAMES).fetchall() == [(f"work of {tenant}",)]
            assert connection.execute("SELECT tenant_bk FROM script_tracking.tenant_h").fetchall() == [
                (tenant,)
            ]
            history = connection.execute(
                "SELECT script_name FROM script_tracking.get_execution_history(7)"
            ).fetchall()
            assert history == [(f"work of {tenant}",)]


def test_an_administrator_sees_all_tenants(
    installed: Database, two_tenants: dict[str, str], role: RoleFactory
) -> None:
    with _login(installed, role("boss", member_of=("dbtrack_admin",))) as connection:
        names = [row[0] for row in connection.execute(_NAMES)]
    assert names == ["work of acme", "work of globex", "work of the platform"]


def test_a_reader_without_a_tenant_sees_nothing(
    installed: Database, two_tenants: dict[str, str], role: RoleFactory
) -> None:
    with _login(installed, role("guest", member_of=("dbtrack_reader",))) as connection:
        assert connection.execute(_NAMES).fetchall() == []
        rows = connection.execute(
            "SELECT metric_name, metric_value FROM script_tracking.get_enterprise_dashboard()"
        )
        assert ("total_operations_24h", 0) in rows.fetchall()


def test_a_member_of_pg_read_all_data_sees_no_tenant(
    installed: Database, two_tenants: dict[str, str], role: RoleFactory
) -> None:
    partitions = installed.rows(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'script_tracking.script_execution_s'::regclass"
    )
    with _login(installed, role("auditor", member_of=("pg_read_all_data",))) as connection:
        for (table,) in [*partitions, ("script_tracking.script_execution_s",)]:
            assert connection.execute(f"SELECT * FROM {table}").fetchall() == []


@pytest.mark.parametrize(
    "attack",
    [
        "SET row_security = off",
        "SET dbtrack.tenant = 'globex'",
        "CREATE TEMP VIEW pg_temp.caller_tenants AS SELECT 1",
        "SET search_path = pg_temp, public",
        "SET ROLE dbtrack_operator",
    ],
)
def test_no_setting_of_the_session_shows_more(
    installed: Database, two_tenants: dict[str, str], attack: str
) -> None:
    with _login(installed, two_tenants["acme"]) as connection:
        connection.execute(attack.encode())
        try:
            seen = connection.execute(_NAMES).fetchall()
        except psycopg.errors.InsufficientPrivilege:
            seen = [("work of acme",)]  # row_security = off: refused outright, which shows nothing either
    assert seen == [("work of acme",)]


def test_a_login_cannot_record_for_another_tenant(installed: Database, two_tenants: dict[str, str]) -> None:
    with _login(installed, two_tenants["acme"]) as connection:
        key = connection.execute("SELECT script_tracking.calculate_hash_key('globex')").fetchone()
        assert key
        with pytest.raises(psycopg.Error, match="may not record for this tenant"):
            connection.execute("SELECT script_tracking.track_operation('x', tenant_hk => %s)", key)


def test_a_login_cannot_close_what_another_opened(installed: Database, two_tenants: dict[str, str]) -> None:
    with _login(installed, two_tenants["acme"]) as acme, _login(installed, two_tenants["globex"]) as globex:
        key = acme.execute("SELECT script_tracking.track_operation('mine')").fetchone()
        assert key
        with pytest.raises(psycopg.Error, match="may not close this operation"):
            globex.execute("SELECT script_tracking.complete_operation(%s)", key)
        assert acme.execute("SELECT script_tracking.complete_operation(%s)", key).fetchone() == (True,)


@pytest.mark.parametrize(
    "verb",
    ["INSERT INTO {} DEFAULT VALUES", "UPDATE {} SET record_source = 'x'", "DELETE FROM {}", "TRUNCATE {}"],
)
@pytest.mark.parametrize("table", ["script_execution_h", "script_execution_s", "tenant_role_l"])
def test_nobody_but_the_functions_writes_a_row(
    installed: Database, two_tenants: dict[str, str], role: RoleFactory, verb: str, table: str
) -> None:
    for login in (two_tenants["acme"], role("boss", member_of=("dbtrack_admin",))):
        with _login(installed, login) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(verb.format(f"script_tracking.{table}").encode())


@pytest.mark.every_server
def test_captured_ddl_belongs_to_the_login_or_to_its_schema(
    installed: Database, two_tenants: dict[str, str], server: Server
) -> None:
    installed.execute(
        f'CREATE SCHEMA "Acme Shop"; GRANT ALL ON SCHEMA "Acme Shop" TO {two_tenants["globex"]}'
    )
    tenants.map_schema(installed, "Acme Shop", "acme")
    installed.execute('CREATE TABLE "Acme Shop".by_schema (id int)')
    installed.execute("CREATE TABLE public.of_nobody (id int)")
    with _login(installed, two_tenants["globex"]) as connection:
        connection.execute('CREATE TABLE "Acme Shop".by_login (id int)')
    rows = installed.rows(
        "SELECT affected_objects[1], tenant_bk FROM script_tracking.current_execution "
        "WHERE script_name = 'CREATE TABLE' ORDER BY execution_timestamp"
    )
    assert rows == [
        ('"Acme Shop".by_schema', "acme"),
        ("public.of_nobody", None),
        ('"Acme Shop".by_login', "globex"),
    ]


def test_listing_shows_roles_and_schemas(installed: Database, two_tenants: dict[str, str]) -> None:
    tenants.map_schema(installed, "public", "acme")
    rows = {row[0]: row[2:4] for row in tenants.list_tenants(installed)}
    assert rows == {
        "acme": ([f"{two_tenants['acme']}*"], ["public"]),
        "globex": ([f"{two_tenants['globex']}*"], []),
    }


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT script_tracking.add_tenant('acme')", 'there is a tenant "acme" already'),
        ("SELECT script_tracking.grant_tenant('no_such_role', 'acme')", 'there is no role "no_such_role"'),
        ("SELECT script_tracking.map_tenant_schema('public', 'nobody')", 'there is no tenant "nobody"'),
        ("SELECT script_tracking.add_tenant('')", "must have 1 to 100 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(
    installed: Database, two_tenants: dict[str, str], statement: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        installed.execute(statement)


def test_an_operator_without_a_tenant_sees_what_it_ran_itself(
    installed: Database, two_tenants: dict[str, str], role: RoleFactory
) -> None:
    login = role("operator", member_of=("dbtrack_operator",))
    with _login(installed, login) as connection:
        connection.execute("SELECT script_tracking.track_operation('mine')")
        connection.execute("CREATE TEMP TABLE mine (id int)")
        database = Database.wrap(connection)
        assert [row[1] for row in run(database, REPORTS["own"], {})] == ["mine"]
        assert connection.execute(_NAMES).fetchall() == []
    for tenant, other in two_tenants.items():
        with _login(installed, other) as connection:
            assert [row[1] for row in run(Database.wrap(connection), REPORTS["own"], {})] == [], tenant


def test_behind_the_login_of_a_service_there_is_no_own(tenancy: Tenancy) -> None:
    with tenancy.connect(tenancy.service) as connection:
        connection.execute("SELECT script_tracking.track_operation('unproven')")
        assert connection.execute("SELECT * FROM script_tracking.get_own_executions()").fetchall() == []


def test_a_foreign_key_tells_nothing_of_who_opened_it(
    installed: Database, two_tenants: dict[str, str]
) -> None:
    keys: dict[str, bytes] = dict(
        installed.rows(
            "SELECT script_name, script_execution_hk FROM script_tracking.current_execution"
            " WHERE script_type = 'MANUAL'"
        )
    )
    with _login(installed, two_tenants["acme"]) as connection:
        for name in ("work of globex", "work of the platform"):
            with pytest.raises(psycopg.Error, match="may not close") as caught:
                connection.execute("SELECT script_tracking.complete_operation(%s)", (keys[name],))
            assert two_tenants["globex"] not in str(caught.value)
            assert "postgres" not in str(caught.value)
    assert installed.value("SELECT count(*) FROM script_tracking.open_execution") == 3
