"""The platform's own hub of tenants: dbtrack reads it, and whoever owns it gains nothing by that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.tenants import platform_source, tenants
from tests.support.authentication import attempts, login, register
from tests.support.command_line import done, run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

# Not the hash of the name, as a platform's keys need not be.
ACME = bytes(range(32))
HUB = """
CREATE TABLE auth.tenant_h (
    tenant_hk bytea NOT NULL PRIMARY KEY,
    tenant_bk varchar(255) NOT NULL UNIQUE,
    load_date timestamptz NOT NULL DEFAULT now()
)
"""
FIRST_WITH_GUARD = {15: 150008, 16: 160004}


@dataclass(frozen=True)
class Platform:
    """A database with a hub of tenants that a plain login owns.

    Args:
        admin: a superuser's connection, as who installs has.
        owner: the login's.
    """

    admin: Connection
    owner: Connection

    @property
    def database(self) -> Database:
        return Database.wrap(self.admin)

    @property
    def environment(self) -> dict[str, str]:
        return {"DBTRACK_DSN": self.admin.info.dsn}

    def add(self, key: bytes, name: str) -> None:
        self.owner.execute("INSERT INTO auth.tenant_h VALUES (%s, %s)", (key, name))

    def synced(self) -> list[tuple[str, str | None]]:
        return [(change.change, change.tenant) for change in platform_source.sync_tenants(self.database)]

    def troubles(self) -> list[str]:
        return [finding.message for finding in schema.diagnose(self.database)]


def skip_without_guard(server_version: int) -> None:
    """The PostgreSQL 16 of these tests is 16.2."""
    if server_version < FIRST_WITH_GUARD.get(server_version // 10000, 0):
        pytest.skip("this minor release cannot refuse views; see test_a_server_that_cannot_refuse_views")


@pytest.fixture
def platform(connection: Connection, role: RoleFactory) -> Iterator[Platform]:
    """A platform with the tenant acme, and dbtrack installed after it."""
    skip_without_guard(connection.info.server_version)
    login_name = role("platform")
    connection.execute(f"CREATE SCHEMA auth AUTHORIZATION {login_name}".encode())
    with psycopg.connect(connection.info.dsn, user=login_name, autocommit=True) as owner:
        owner.execute(HUB)
        platform = Platform(connection, owner)
        platform.add(ACME, "acme")
        schema.install(platform.database)
        yield platform


def names(platform: Platform) -> list[tuple[str, bool]]:
    rows = tenants.list_tenants(platform.database)
    return [(row[0], row[5]) for row in rows]


def test_an_install_takes_the_tenants_of_the_platform_with_their_keys(
    platform: Platform, role: RoleFactory
) -> None:
    assert [bytes(row[4]) for row in tenants.list_tenants(platform.database)] == [ACME]
    assert schema.diagnose(platform.database) == []
    worker = role("worker", member_of=("dbtrack_operator",))
    tenants.grant_tenant(platform.database, worker, "acme")
    with psycopg.connect(platform.admin.info.dsn, user=worker, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.track_operation('nobodys')")
        connection.execute(
            "SELECT script_tracking.track_operation('load', tenant_hk => script_tracking.resolve_tenant('acme'))"
        )
    recorded = platform.database.rows(
        "SELECT tenant_hk FROM script_tracking.current_execution WHERE script_name = 'load'"
    )
    assert recorded == [(ACME,)]


def test_a_tenant_is_added_there_and_not_here(platform: Platform) -> None:
    result = run_dbtrack("tenant", "add", "globex", environment=platform.environment)
    assert (result.returncode, result.stderr) == (
        2,
        (
            "dbtrack: the tenants of this database are those of auth.tenant_h; "
            "add it there, then run: dbtrack tenant sync\n"
        ),
    )
    platform.add(b"\x11" * 16, "globex")
    assert platform.troubles() == ["the copy is out of date: 1 tenants are not in it, 0 are gone"]
    result = run_dbtrack("tenant", "sync", environment=platform.environment)
    assert (result.returncode, result.stderr) == (0, "globex: added\n")
    assert platform.troubles() == []


def test_an_unknown_tenant_is_looked_for_there_before_it_is_refused(
    platform: Platform, role: RoleFactory
) -> None:
    platform.add(b"\x11" * 32, "globex")
    tenants.grant_tenant(platform.database, role("worker"), "globex")
    with pytest.raises(UsageError, match='no tenant "initech"') as refused:
        tenants.grant_tenant(platform.database, role("other"), "initech")
    assert refused.value.hint
    assert "dbtrack tenant sync" in refused.value.hint


def test_a_tenant_that_is_gone_is_disabled_and_comes_back(platform: Platform) -> None:
    platform.owner.execute("DELETE FROM auth.tenant_h")
    assert platform.troubles() == ["the copy is out of date: 0 tenants are not in it, 1 are gone"]
    result = run_dbtrack("maintain", "-v", environment=platform.environment)
    assert "tenants: done, 1 changes from auth.tenant_h" in result.stderr
    assert names(platform) == [("acme", False)]
    assert platform.troubles() == []
    with pytest.raises(UsageError, match=r"is gone from auth\.tenant_h"):
        tenants.set_active(platform.database, "acme", is_active=True)
    platform.add(ACME, "acme")
    assert platform.synced() == [("enabled", "acme")]
    # What an administrator disabled stays so.
    tenants.set_active(platform.database, "acme", is_active=False)
    assert platform.synced() == []
    assert names(platform) == [("acme", False)]


def test_a_name_never_gets_another_key(platform: Platform) -> None:
    platform.owner.execute("UPDATE auth.tenant_h SET tenant_hk = '\\x2222222222222222'")
    platform.owner.execute("INSERT INTO auth.tenant_h VALUES (decode(repeat('33', 65), 'hex'), 'too long')")
    assert sorted(platform.synced()) == [("disabled", "acme"), ("refused", "acme"), ("refused", "too long")]
    result = run_dbtrack("maintain", environment=platform.environment)
    assert (result.returncode, result.stderr.count("\n")) == (0, 1)
    assert "cannot be copied: acme, too long" in result.stderr


SWAPS = (
    "CREATE VIEW auth.tenant_h AS SELECT auth.evil() AS tenant_hk, 'x' AS tenant_bk",
    "CREATE VIEW auth.tenant_h WITH (security_invoker) AS SELECT auth.evil() AS tenant_hk, 'x' AS tenant_bk",
    """
    CREATE TABLE auth.tenant_h (tenant_bk text);
    CREATE FUNCTION auth.tenant_hk(auth.tenant_h) RETURNS bytea LANGUAGE sql AS 'SELECT auth.evil()';
    INSERT INTO auth.tenant_h VALUES ('x')
    """,
)


@pytest.mark.every_server
def test_what_takes_the_tables_place_runs_with_nobodys_rights(platform: Platform) -> None:
    platform.owner.execute("CREATE TABLE auth.seen (who name)")
    platform.owner.execute(
        "CREATE FUNCTION auth.evil() RETURNS bytea LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO auth.seen VALUES (current_user); RETURN ''; END $$"
    )
    for swap in SWAPS:
        platform.owner.execute("ALTER TABLE auth.tenant_h RENAME TO tenant_gone")
        platform.owner.execute(swap.encode())
        with pytest.raises(DbtrackError, match=r"auth\.tenant_h (cannot be read|does not exist)"):
            platform.synced()
        assert retention.maintain(platform.database).failures
        assert platform.troubles() != []
        assert platform.owner.execute("SELECT who FROM auth.seen").fetchall() == []
        platform.owner.execute(f"DROP {'VIEW' if 'VIEW' in swap else 'TABLE'} auth.tenant_h CASCADE".encode())
        platform.owner.execute("ALTER TABLE auth.tenant_gone RENAME TO tenant_h")
    assert schema.install(platform.database).warnings == []
    assert names(platform) == [("acme", True)]


def test_a_rule_that_makes_the_table_a_view_is_refused(platform: Platform) -> None:
    if platform.admin.info.server_version >= 160000:
        pytest.skip("a table becomes a view by a rule on PostgreSQL 15 only")
    platform.owner.execute(
        "DROP TABLE auth.tenant_h; CREATE TABLE auth.tenant_h (tenant_hk bytea, tenant_bk text);"
        'CREATE RULE "_RETURN" AS ON SELECT TO auth.tenant_h DO INSTEAD'
        " SELECT (1 / 0)::text::bytea AS tenant_hk, ''::text AS tenant_bk"
    )
    with pytest.raises(DbtrackError, match="non-system view"):
        platform.synced()


def test_policies_of_the_owner_are_not_run(platform: Platform, role: RoleFactory) -> None:
    boss = role("boss", member_of=("dbtrack_admin",))
    platform.owner.execute(
        f"GRANT USAGE ON SCHEMA auth TO {boss}; GRANT SELECT ON auth.tenant_h TO {boss};"
        "ALTER TABLE auth.tenant_h ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY evil ON auth.tenant_h USING ((1 / 0) = 1)".encode()
    )
    with psycopg.connect(platform.admin.info.dsn, user=boss, autocommit=True) as connection:
        with pytest.raises(DbtrackError, match="row-level security"):
            platform_source.sync_tenants(Database.wrap(connection))
        platform.owner.execute("ALTER TABLE auth.tenant_h DISABLE ROW LEVEL SECURITY")
        assert platform_source.sync_tenants(Database.wrap(connection)) == []
        # Afterwards the session is as it was.
        assert connection.execute("SHOW row_security").fetchone() == ("on",)


def test_a_generated_column_cannot_call_a_function_of_the_owners(platform: Platform) -> None:
    if platform.admin.info.server_version < 180000:
        pytest.skip("virtual generated columns came with PostgreSQL 18")
    platform.owner.execute(
        "CREATE FUNCTION auth.evil(text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN ''; END $$"
    )
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="user-defined function"):
        platform.owner.execute(
            "DROP TABLE auth.tenant_h; CREATE TABLE auth.tenant_h (tenant_bk text,"
            " tenant_hk bytea GENERATED ALWAYS AS (auth.evil(tenant_bk)) VIRTUAL)"
        )


def test_who_holds_the_table_holds_nobody_up(platform: Platform) -> None:
    with platform.owner.transaction():
        platform.owner.execute("LOCK TABLE auth.tenant_h IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DbtrackError, match="cannot be read: canceling statement due to lock timeout"):
            platform.synced()


def test_tenants_of_ones_own_are_kept_until_somebody_chooses(installed: Database) -> None:
    skip_without_guard(installed.server_version)
    tenants.add_tenant(installed, "acme")
    installed.execute("CREATE SCHEMA auth")
    installed.execute(HUB)
    installed.execute("INSERT INTO auth.tenant_h VALUES (sha256('globex'), 'globex')")
    schema.install(installed)
    assert [row[0] for row in tenants.list_tenants(installed)] == ["acme"]
    (finding,) = schema.diagnose(installed)
    assert "does not read it" in finding.message
    environment = {"DBTRACK_DSN": installed.raw.info.dsn}
    done(run_dbtrack("tenant", "source", "own", environment=environment))
    assert schema.diagnose(installed) == []
    installed.execute("INSERT INTO auth.tenant_h VALUES ('\\x00112233445566778899aabbccddeeff', 'acme')")
    with pytest.raises(UsageError, match="cannot be copied: acme"):
        platform_source.choose_source(installed, "auth.tenant_h")
    assert done(run_dbtrack("tenant", "source", environment=environment)) == "own\n"
    installed.execute("UPDATE auth.tenant_h SET tenant_hk = sha256('acme') WHERE tenant_bk = 'acme'")
    result = run_dbtrack("tenant", "source", "auth.tenant_h", environment=environment)
    assert (result.returncode, result.stderr) == (0, "globex: added\n")


def test_a_server_that_cannot_refuse_views_is_not_read(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.execute("CREATE SCHEMA auth")
    installed.execute(HUB)
    monkeypatch.setattr(platform_source, "_VIEWS_CAN_BE_REFUSED", "not_there_yet")
    (warning,) = schema.install(installed).warnings
    assert "without running code of its owner" in warning


def test_wrappers_take_the_platforms_keys(platform: Platform) -> None:
    platform.owner.execute(
        "CREATE FUNCTION auth.login_user(email text, password text, tenant_hk bytea) RETURNS jsonb LANGUAGE sql"
        " AS $$SELECT '{\"success\": true}'::jsonb$$;"
        "CREATE FUNCTION auth.register_user(user_data jsonb) RETURNS jsonb LANGUAGE sql"
        " AS $$SELECT '{\"success\": true}'::jsonb$$"
    )
    schema.install(platform.database, schema.InstallOptions(modules=("auth",)))
    platform.add(b"\x11" * 16, "globex")
    platform.synced()
    login(platform.admin, "ann@acme.example", "pw", ACME)
    register(platform.admin, "ann@acme.example", tenant="acme")
    register(platform.admin, "ann@acme.example", tenant_hk="11" * 16)
    assert [attempt.tenant for attempt in attempts(platform.admin)] == [ACME, ACME, b"\x11" * 16]
