"""Module auth is installed, kept up to date, watched over and taken away as the core is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema, sql_files
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.schema.install_script import InstallOptions
from tests.conftest import _Servers
from tests.support.authentication import EMAIL, PASSWORD, login, register, with_store
from tests.support.servers import Server
from tests.support.servers.binaries import find_binaries

_FUNCTIONS = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'auth@_%' ESCAPE '@' OR proname LIKE '%user@_tracking' ESCAPE '@'"


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, _servers: _Servers) -> Server:
    """One that brings pgcrypto."""
    return _servers.get(15 if request.param in {15, 16} and find_binaries(15) else 17)


@pytest.fixture(scope="session")
def installed_template(_servers: _Servers, server: Server) -> str:
    """Of that server: the one that other tests share may be of another."""
    return _servers.template(server)


@pytest.fixture
def store(installed_conninfo: str) -> Iterator[Database]:
    """A database with the module and its own store."""
    with_store(installed_conninfo)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield Database.wrap(connection)


def test_a_later_install_keeps_it_up_to_date_unasked(store: Database) -> None:
    register(store.raw, EMAIL)
    store.execute("DROP FUNCTION script_tracking.auth_unfit(text, text)")
    store.execute("CREATE OR REPLACE FUNCTION auth.register_user_tracking(user_data jsonb) RETURNS jsonb"
                  " LANGUAGE sql AS 'SELECT user_data'")  # fmt: skip
    found = {finding.subject for finding in schema.diagnose(store)}
    assert found >= {"script_tracking.auth_unfit(text,text)", "auth.register_user_tracking(jsonb)"}
    schema.install(store)
    assert schema.diagnose(store) == []
    assert login(store.raw, EMAIL, PASSWORD)["success"] is True


def test_a_printed_script_without_it_leaves_it_alone(
    server: Server, installed_conninfo: str, store: Database, tmp_path: Path
) -> None:
    for options in (InstallOptions(), InstallOptions(modules=("auth",))):
        script = tmp_path / "install.sql"
        script.write_text(schema.install_script(options))
        subprocess.run(
            [server.bin_dir / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", installed_conninfo, "-f", script],
            check=True,
            capture_output=True,
        )  # fmt: skip
        assert schema.diagnose(store) == []
    assert register(store.raw, EMAIL)["success"] is True


def test_uninstall_keeps_the_users_or_takes_them_along(store: Database) -> None:
    register(store.raw, EMAIL)
    schema.uninstall(store, keep_data=True)
    assert store.value(_FUNCTIONS) == 0
    assert [finding.remedy_sql for finding in schema.diagnose(store)] != []
    schema.install(store)
    assert schema.diagnose(store) == []
    assert login(store.raw, EMAIL, PASSWORD)["success"] is True
    assert "the store of module auth with 1 users" in schema.uninstall_preview(store, keep_data=False)
    schema.uninstall(store, keep_data=False)
    assert store.value(_FUNCTIONS) == 0
    assert store.value("SELECT to_regnamespace('auth')") is None


@pytest.mark.parametrize(
    ("breakage", "message"),
    [
        ("ALTER TABLE auth.user_h DISABLE ROW LEVEL SECURITY", "row security"),
        ("GRANT SELECT ON auth.user_auth_s TO dbtrack_reader", "may read password hashes"),
        ("GRANT EXECUTE ON FUNCTION auth.register_user_tracking(jsonb) TO PUBLIC", "everybody may execute"),
        ("DROP EXTENSION pgcrypto", "the extension is missing"),
    ],
)
def test_the_doctor_finds_and_fixes(store: Database, breakage: str, message: str) -> None:
    store.execute(breakage)
    (finding,) = [found for found in schema.diagnose(store) if message in found.message]
    store.execute(str(finding.remedy_sql))
    schema.install(store)
    assert schema.diagnose(store) == []


@pytest.mark.parametrize("has_login", [False, True])
def test_a_function_of_the_platforms_that_is_in_the_way_is_found_and_the_remedy_fixes_it(
    installed: Database, has_login: bool
) -> None:
    installed.run_script(
        "CREATE SCHEMA auth; CREATE FUNCTION auth.login_user_tracking(email varchar, password varchar, tenant_hk bytea)"
        " RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('success', password = 'right') $$"
    )
    if has_login:
        installed.run_script(
            "CREATE FUNCTION auth.login_user(email text, password text) RETURNS boolean LANGUAGE sql"
            " AS $$ SELECT password = 'right' $$"
        )
    else:
        installed.run_script(
            "CREATE FUNCTION auth.register_user(user_data jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
        )
    schema.install(installed, InstallOptions(modules=("auth",)))
    (finding,) = [found for found in schema.diagnose(installed) if "has its name" in found.message]
    assert "auth.login_user_tracking(character varying,character varying,bytea)" in finding.message
    installed.run_script(str(finding.remedy_sql))
    schema.install(installed)
    assert [found for found in schema.diagnose(installed) if "wrapper" in found.message] == []
    assert login(installed.raw, EMAIL, "right")["success"] is True
    assert login(installed.raw, EMAIL, "wrong")["success"] is False
    recorded = "SELECT count(*) FROM script_tracking.script_execution_h WHERE script_execution_bk LIKE 'auth.login%%'"
    assert installed.value(recorded.replace("%%", "%")) == 2


def test_functions_of_an_earlier_version_go(store: Database) -> None:
    store.execute("CREATE FUNCTION script_tracking.auth_retired() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    store.execute("ALTER FUNCTION script_tracking.auth_retired() OWNER TO dbtrack_owner")
    store.execute(
        "INSERT INTO script_tracking.installed_routine VALUES ('script_tracking.auth_retired()', 'x')"
    )
    schema.install(store)
    assert store.value("SELECT to_regproc('script_tracking.auth_retired')") is None
    assert schema.diagnose(store) == []


def test_functions_are_as_safe_as_the_cores(store: Database) -> None:
    ours = "pronamespace = 'auth'::regnamespace OR proname LIKE 'auth@_%' ESCAPE '@'"
    definer = store.rows(f"SELECT proname FROM pg_proc WHERE ({ours}) AND prosecdef ORDER BY 1")
    assert [name for (name,) in definer] == [
        "auth_claimed_tenant", "auth_set_active", "auth_store_login", "auth_store_register", "auth_writing_tenant"
    ]  # fmt: skip
    owners = store.rows(f"SELECT DISTINCT proowner::regrole::text FROM pg_proc WHERE {ours}")
    assert owners == [("dbtrack_owner",)]
    unpinned = store.rows(
        f"SELECT proname FROM pg_proc WHERE ({ours}) AND NOT coalesce(proconfig, '{{}}') @>"
        " ARRAY['search_path=pg_catalog, pg_temp'] ORDER BY 1"
    )
    # These two have to hand their caller's path on, and name everything in full.
    assert [name for (name,) in unpinned] == ["login_user_tracking", "register_user_tracking"]
    files = {file.name for file in sql_files.sources("modules/auth/routines")}
    installed = store.rows("SELECT proname FROM pg_proc WHERE proname LIKE 'auth@_%' ESCAPE '@'")
    assert {name for (name,) in installed} == files
    for (definition,) in store.rows(f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE {ours}"):
        store.run_script(definition)  # bodies are loaded unchecked


def test_another_module_is_not_known() -> None:
    with pytest.raises(UsageError, match="there is no module 'ldap'"):
        InstallOptions(modules=("ldap",))
