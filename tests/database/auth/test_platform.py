"""Module auth over a platform's own functions: which are called, with whose rights, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.schema.install_script import InstallOptions
from tests.support.authentication import EMAIL, PASSWORD, attempts, enter, login, register
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

# On the oldest server CI runs those alone that are marked for every server.
pytestmark = pytest.mark.newest

WRONG = {"success": False, "message": "the e-mail or the password is wrong"}
_WITH_AUTH = InstallOptions(modules=("auth",))
_PROCEDURE = """
CREATE PROCEDURE auth.login_user(p_username varchar, p_password varchar, p_ip_address inet, p_user_agent text,
    OUT p_success boolean, OUT p_message text, OUT p_tenant_list jsonb, OUT p_session_token varchar,
    OUT p_user_data jsonb, OUT p_auto_login boolean) LANGUAGE plpgsql AS $$
BEGIN
    p_success := p_password = 'right';
    p_message := CASE WHEN p_success THEN 'welcome' ELSE 'no ' || p_password END;
    p_session_token := CASE WHEN p_success THEN 'abc' END;
END $$
"""
# The call of each succeeds with the password "right".
_PLATFORMS = {
    "boolean": "CREATE FUNCTION auth.login_user(varchar, varchar, bytea) RETURNS boolean"
    " LANGUAGE sql AS $$ SELECT $2 = 'right' $$",
    "two arguments": "CREATE FUNCTION auth.login_user(email text, password text) RETURNS boolean"
    " LANGUAGE sql AS $$ SELECT $2 = 'right' $$",
    "jsonb": "CREATE FUNCTION auth.login_user(p_email varchar, p_password varchar, p_tenant_hk bytea) RETURNS jsonb"
    " LANGUAGE sql AS $$ SELECT jsonb_build_object('success', $2 = 'right', 'message', 'words') $$",
    "uuid, or none": "CREATE FUNCTION auth.login_user(tenant text, email text, password text) RETURNS uuid"
    " LANGUAGE sql AS $$ SELECT gen_random_uuid() WHERE $3 = 'right' $$",
    "a table": "CREATE FUNCTION auth.login_user(_email text, _password text, strict boolean DEFAULT true)"
    " RETURNS TABLE (user_id int, error text) LANGUAGE sql"
    " AS $$ SELECT 7, NULL WHERE $2 = 'right' UNION ALL SELECT NULL, 'no' WHERE $2 <> 'right' $$",
    "out parameters": "CREATE FUNCTION auth.login_user(user_name text, passwd text, OUT ok boolean, OUT id int)"
    " LANGUAGE sql AS $$ SELECT $2 = 'right', 1 $$",
    "a procedure": _PROCEDURE,
}


@pytest.fixture
def platform(installed_conninfo: str) -> Iterator[Connection]:
    """A superuser's connection to a database with dbtrack and a platform's empty schema auth."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA auth")
        yield connection


def install(platform: Connection, *definitions: str) -> schema.InstallReport:
    for definition in definitions:
        platform.execute(definition.encode())
    return schema.install(Database.wrap(platform), _WITH_AUTH)


@pytest.mark.every_server
def test_common_signatures_are_called_without_pgcrypto(platform: Connection) -> None:
    for name, definition in _PLATFORMS.items():
        install(platform, definition)
        assert login(platform, EMAIL, "wrong", b"t") == WRONG, name
        assert attempts(platform)[-1].status == "FAILED", name
        assert login(platform, EMAIL, "right", b"t")["success"] is True, name
        done = attempts(platform)[-1]
        assert (done.status, done.statement, done.metadata["claimed_user"]) == ("COMPLETED", None, EMAIL), (
            name
        )
        assert done.metadata["checked_by"].startswith("auth.login_user("), name
        platform.execute("DROP ROUTINE auth.login_user")
    assert platform.execute("SELECT to_regclass('auth.user_h')").fetchone() == (None,)


def test_a_procedures_answer_comes_back_without_its_prefixes(platform: Connection) -> None:
    install(platform, _PROCEDURE)
    answer = login(platform, "jane", "right")
    assert (answer["success"], answer["message"], answer["session_token"]) == (True, "welcome", "abc")
    login(platform, EMAIL, PASSWORD)
    reason = attempts(platform)[-1].reason
    assert reason == "refused by the platform, in words that hold the password"


@pytest.mark.every_server
def test_an_error_of_the_platform_is_a_recorded_refusal(platform: Connection) -> None:
    install(
        platform,
        "CREATE TABLE public.tried (who text)",
        "CREATE FUNCTION auth.login_user(email text, password text) RETURNS boolean LANGUAGE plpgsql AS $$"
        " BEGIN INSERT INTO public.tried VALUES ($1); RAISE EXCEPTION 'bad password %', $2 USING ERRCODE = 'XY001'; END $$",
    )
    with platform.transaction():
        assert login(platform, EMAIL, PASSWORD) == WRONG
    (attempt,) = attempts(platform)
    assert attempt.reason == "auth.login_user(text,text) failed with SQLSTATE XY001"
    assert platform.execute("SELECT count(*) FROM public.tried").fetchone() == (0,)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "57014"])
def test_what_the_caller_must_repeat_or_asked_for_is_raised(platform: Connection, sqlstate: str) -> None:
    install(
        platform,
        "CREATE FUNCTION auth.login_user(email text, password text) RETURNS boolean LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '{sqlstate}'; END $$",
    )
    with pytest.raises(psycopg.Error) as caught:
        login(platform, EMAIL, PASSWORD)
    assert caught.value.sqlstate == sqlstate


def test_a_procedure_that_commits_is_named(platform: Connection) -> None:
    install(
        platform,
        "CREATE PROCEDURE auth.login_user(p_username text, p_password text, OUT p_success boolean) LANGUAGE plpgsql"
        " AS $$ BEGIN p_success := true; COMMIT; END $$",
    )
    assert login(platform, EMAIL, PASSWORD) == WRONG
    assert "commits or rolls back inside" in str(attempts(platform)[-1].reason)
    findings = schema.diagnose(Database.wrap(platform))
    assert any("seems to commit inside" in finding.message for finding in findings)


def test_other_arguments_take_an_adapter(platform: Connection) -> None:
    install(
        platform,
        "CREATE FUNCTION auth.login_user(code int, password text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    )
    assert login(platform, EMAIL, PASSWORD) == WRONG
    assert attempts(platform)[-1].reason == (
        "the arguments of auth.login_user(integer,text) are not known to dbtrack"
    )
    findings = schema.diagnose(Database.wrap(platform))
    assert any("not known to dbtrack" in finding.message for finding in findings)
    platform.execute(
        "CREATE FUNCTION auth.login_user_adapter(email varchar, password varchar, tenant_hk bytea) RETURNS jsonb"
        """ LANGUAGE sql AS $$ SELECT '{"success": false, "second_factor": true}'::jsonb $$"""
    )
    assert login(platform, EMAIL, PASSWORD) == {"success": False, "second_factor": True}


_REGISTER = (
    (
        "CREATE FUNCTION auth.register_user(user_data jsonb) RETURNS jsonb LANGUAGE sql"
        " AS $$ SELECT jsonb_build_object('success', true, 'name', $1 ->> 'first_name') $$"
    ),
    (
        "CREATE FUNCTION auth.register_user(p_email text, p_password text, p_first_name varchar, OUT success boolean,"
        " OUT name text) LANGUAGE sql AS $$ SELECT true, $3 $$"
    ),
)


@pytest.mark.parametrize("definition", _REGISTER, ids=["one object", "columns"])
def test_a_platforms_registration_gets_the_users_data(platform: Connection, definition: str) -> None:
    install(platform, definition)
    answer = register(platform, EMAIL, first_name="Ann")
    assert answer == {"success": True, "name": "Ann"}
    assert attempts(platform)[-1].name == "auth.register_user_tracking"


@pytest.mark.every_server
def test_the_platform_runs_with_the_callers_rights_and_path(platform: Connection, role: RoleFactory) -> None:
    user = role("app", member_of=("dbtrack_operator",))
    install(
        platform,
        f"CREATE SCHEMA helpers; GRANT USAGE ON SCHEMA helpers, auth TO {user}",
        "CREATE FUNCTION helpers.whoever() RETURNS text LANGUAGE sql AS 'SELECT current_user::text'",
        "CREATE FUNCTION auth.login_user(email text, password text, OUT success boolean, OUT who text)"
        " LANGUAGE plpgsql AS $$ BEGIN success := true; who := whoever(); END $$",
    )
    with enter(platform, user) as own:
        own.execute("SET search_path = helpers")
        assert login(own, EMAIL, PASSWORD)["who"] == user
        assert own.execute("SHOW search_path").fetchone() == ("helpers",)
    attempt = attempts(platform)[-1]
    assert attempt.login == user
    assert not attempt.source.startswith("auth_store"), "the caller's word, and marked as such"


def test_the_platforms_own_tracking_functions_stay(platform: Connection) -> None:
    theirs = "CREATE FUNCTION auth.login_user_tracking({}) RETURNS text LANGUAGE sql AS $$ SELECT 'theirs' $$"
    (warning,) = install(platform, _PROCEDURE, theirs.format("text, text, text")).warnings
    assert warning.endswith("auth.login_user_tracking(text,text,text) exists, and a call could mean either")
    assert platform.execute("SELECT auth.login_user_tracking('a', 'b', 'c')").fetchone() == ("theirs",)
    assert register(platform, EMAIL)["success"] is False, "the other wrapper is there"
    platform.execute("DROP FUNCTION auth.login_user_tracking")
    assert install(platform, theirs.format("text, text")).warnings == []
    assert login(platform, EMAIL, "right")["success"] is True
    assert platform.execute("SELECT auth.login_user_tracking('a', 'b')").fetchone() == ("theirs",)


def test_nothing_of_the_platforms_schema_is_left_open(platform: Connection) -> None:
    install(platform, _PROCEDURE)
    row = platform.execute("SELECT has_schema_privilege('dbtrack_owner', 'auth', 'CREATE')").fetchone()
    assert row == (False,)
    schema.uninstall(Database.wrap(platform), keep_data=False)
    names = platform.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'auth'::regnamespace"
    ).fetchall()
    assert names == [("login_user",)]


def test_without_pgcrypto_the_store_is_refused_in_one_sentence(platform: Connection) -> None:
    available = platform.execute(
        "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgcrypto'"
    ).fetchone()
    if available == (1,):
        platform.execute("CREATE TABLE auth.user_h (theirs int)")
        with pytest.raises(DbtrackError, match="that dbtrack did not make"):
            install(platform)
    else:
        with pytest.raises(DbtrackError, match="needs the extension pgcrypto") as caught:
            install(platform)
        assert "auth.login_user_adapter" in str(caught.value.hint)
    assert platform.execute(
        "SELECT count(*) FROM pg_proc WHERE proname LIKE 'auth@_%' ESCAPE '@'"
    ).fetchone() == (0,)
