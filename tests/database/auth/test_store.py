"""The own store of module auth: who gets in, what is recorded, and what a stranger can tell."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.tenants import tenants
from tests.conftest import _Servers
from tests.support.authentication import (
    EMAIL,
    PASSWORD,
    Attempt,
    attempts,
    enter,
    login,
    register,
    with_store,
)
from tests.support.dumps import call, database_name
from tests.support.servers import Sandbox, Server
from tests.support.servers.binaries import find_binaries
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

WRONG = {"success": False, "message": "the e-mail or the password is wrong"}
NOT_CREATED = {"success": False, "message": "this account cannot be created"}
_WITH_PGCRYPTO = {16: 15, 18: 17}


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, _servers: _Servers) -> Server:
    """Of the servers that tests have, those of 15 and 17 bring pgcrypto."""
    major = _WITH_PGCRYPTO.get(request.param, request.param)
    return _servers.get(major if find_binaries(major) else 17)


@pytest.fixture(scope="session")
def installed_template(_servers: _Servers, server: Server) -> str:
    """Of that server: the one that other tests share may be of another."""
    return _servers.template(server)


@pytest.fixture(scope="module")
def _template(_module_sandbox: Sandbox, installed_template: str) -> str:
    return with_store(_module_sandbox.database(installed_template))


@pytest.fixture
def store(_template: str, sandbox: Sandbox) -> Iterator[Connection]:
    """A superuser's connection to a database with the module and its own store, without users."""
    with psycopg.connect(sandbox.database(_template), autocommit=True) as connection:
        yield connection


def last(store: Connection) -> Attempt:
    return attempts(store)[-1]


def test_who_may_enter_and_what_is_recorded(store: Connection) -> None:
    assert register(store, EMAIL)["success"] is True
    answer = login(store, EMAIL, PASSWORD)
    assert answer["success"] is True
    assert store.execute("SELECT encode(user_hk, 'hex') FROM auth.user_h").fetchall() == [
        (answer["user_hk"],)
    ]
    done = last(store)
    assert (done.status, done.reason, done.statement) == ("COMPLETED", None, None)
    assert done.metadata["claimed_user"] == EMAIL
    assert done.source.startswith("auth_store@")


def test_every_refusal_reads_the_same_and_is_recorded_as_it_was(store: Connection) -> None:
    register(store, EMAIL)
    register(store, "off@acme.example")
    store.execute("SELECT script_tracking.auth_set_active('off@acme.example', false)")
    asked = {
        "unknown user": ("nobody@acme.example", PASSWORD),
        "wrong password": (EMAIL, "wrong"),
        "disabled": ("off@acme.example", PASSWORD),
    }
    for reason, (email, password) in asked.items():
        assert login(store, email, password) == WRONG
        assert (last(store).status, last(store).reason) == ("FAILED", reason)
    for nobody, nothing in ((None, None), ("", ""), (EMAIL, None), (EMAIL, PASSWORD + "x" * 72)):
        assert login(store, nobody, nothing) == WRONG
    store.execute("SELECT script_tracking.auth_set_active('off@acme.example', true)")
    assert login(store, "off@acme.example", PASSWORD)["success"] is True


def test_an_attempt_costs_one_bcrypt_whoever_it_is_for(store: Connection) -> None:
    register(store, EMAIL)
    register(store, "locked@acme.example")
    for _attempt in range(3):
        login(store, "locked@acme.example", "wrong")
    store.execute("SET track_functions = 'all'")
    for email, password in (
        (EMAIL, PASSWORD),
        (EMAIL, "wrong"),
        ("nobody@acme.example", PASSWORD),
        ("locked@acme.example", PASSWORD),
        (EMAIL, "x" * 100),
    ):
        with store.transaction():
            before = _crypts(store)
            login(store, email, password)
            assert _crypts(store) - before == 1, email


def _crypts(store: Connection) -> int:
    row = store.execute(
        "SELECT coalesce(pg_stat_get_xact_function_calls(p.oid), 0) FROM pg_proc AS p WHERE p.proname = 'auth_crypt'"
    ).fetchone()
    assert row
    return int(row[0])


def test_a_failure_survives_in_the_transaction_of_its_caller(store: Connection) -> None:
    with store.transaction():
        login(store, "nobody@acme.example", "x")
        login(store, "nobody@acme.example", "x")
    assert [attempt.reason for attempt in attempts(store)] == ["unknown user", "unknown user"]


def test_repeated_failures_lock_for_a_while_and_no_longer(store: Connection) -> None:
    register(store, EMAIL)
    for _attempt in range(3):
        assert login(store, EMAIL, "wrong") == WRONG
    until = _locked_until(store)
    assert login(store, EMAIL, PASSWORD) == WRONG
    assert last(store).reason == "locked"
    assert login(store, EMAIL, "wrong") == WRONG
    assert _locked_until(store) == until, "trying on makes no lock longer"
    store.execute("UPDATE auth.user_auth_s SET locked_until = now() WHERE locked_until IS NOT NULL")
    assert login(store, EMAIL, "wrong") == WRONG, "one failure after it is one, not the fourth"
    assert login(store, EMAIL, PASSWORD)["success"] is True


def _locked_until(store: Connection) -> object:
    row = store.execute(
        "SELECT locked_until FROM auth.user_auth_s WHERE load_end_date IS NULL AND locked_until IS NOT NULL"
    ).fetchone()
    assert row
    return row[0]


def test_guesses_at_once_are_counted_one_by_one(store: Connection) -> None:
    register(store, EMAIL)

    def guess() -> None:
        with psycopg.connect(store.info.dsn, autocommit=True) as own:
            for _attempt in range(3):
                login(own, EMAIL, "wrong")

    _at_once([guess] * 4)
    reasons = [attempt.reason for attempt in attempts(store)[1:]]
    assert sorted(map(str, reasons)) == ["locked"] * 9 + ["wrong password"] * 3


def test_of_two_registrations_at_once_one_succeeds(store: Connection) -> None:
    answers: list[bool] = []

    def enrol() -> None:
        with psycopg.connect(store.info.dsn, autocommit=True) as own:
            answers.append(register(own, EMAIL)["success"])

    _at_once([enrol] * 4)
    assert sorted(answers) == [False, False, False, True]
    assert store.execute("SELECT count(*) FROM auth.user_auth_s").fetchone() == (1,)
    assert [attempt.reason for attempt in attempts(store)].count("there is such a user already") == 3


def _at_once(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_e_mail_is_one_user_however_it_is_written(store: Connection) -> None:
    register(store, f"  {EMAIL.upper()} ")
    assert register(store, EMAIL) == NOT_CREATED
    assert login(store, EMAIL.title(), PASSWORD)["success"] is True
    assert store.execute("SELECT user_bk FROM auth.user_h").fetchall() == [(EMAIL,)]


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("no address", PASSWORD, "this is not an e-mail address"),
        ("a" * 250 + "@b.example", PASSWORD, "this is not an e-mail address"),
        (EMAIL, "short", "the password must have 10 characters or more"),
        (EMAIL, "\N{LATIN SMALL LETTER E WITH ACUTE}" * 37, "the password must have at most 72 bytes"),
        (EMAIL, f"my {EMAIL}", "the password must not hold the e-mail"),
    ],
)
def test_what_cannot_be_registered_is_told(
    store: Connection, email: str, password: str, message: str
) -> None:
    assert register(store, email, password) == {"success": False, "message": message}
    assert last(store).reason == message


@pytest.mark.parametrize("user_data", ["null", "[]", '"x"', "{}", '{"email": 1, "password": []}', None])
def test_invalid_data_is_refused_and_recorded(store: Connection, user_data: str | None) -> None:
    row = store.execute("SELECT auth.register_user_tracking(%s::jsonb)", (user_data,)).fetchone()
    assert row == ({"success": False, "message": "this is not an e-mail address"},)
    assert (last(store).status, last(store).reason) == ("FAILED", "this is not an e-mail address")


def test_a_new_cost_of_bcrypt_comes_with_the_next_login(store: Connection) -> None:
    register(store, EMAIL)
    store.execute("SELECT script_tracking.set_setting('auth.bcrypt_cost', '5')")
    assert login(store, EMAIL, PASSWORD)["success"] is True
    assert login(store, EMAIL, PASSWORD)["success"] is True
    rows = store.execute("SELECT left(password_hash, 7) FROM auth.user_auth_s ORDER BY load_date").fetchall()
    assert rows == [("$2a$04$",), ("$2a$05$",)]


def test_the_password_is_nowhere(store: Connection, server: Server) -> None:
    register(store, EMAIL, ip_address="192.0.2.1", user_agent=f"browser {PASSWORD}", password_hint=PASSWORD)
    login(store, EMAIL, PASSWORD)
    login(store, PASSWORD, PASSWORD)
    login(store, PASSWORD, "another")  # typed into the wrong field
    login(store, f"{PASSWORD.split()[0]}@x.example", PASSWORD.split()[0])
    statement = "SELECT auth.login_user_tracking('{}', '{}', NULL); CREATE TABLE beside (id int)"
    store.execute(statement.format(EMAIL, PASSWORD.replace("'", "''")).encode())
    dump = call(server, "pg_dump", "-d", database_name(store.info.dsn))
    assert "CREATE TABLE public.beside" in dump
    assert "script_execution_s" in dump
    assert PASSWORD.split()[0] not in dump
    first = attempts(store)[0].metadata
    assert first["claimed_client_ip"] == "192.0.2.1"
    assert "claimed_user_agent" not in first


@pytest.fixture
def operators(store: Connection, role: RoleFactory) -> dict[str, str]:
    """Tenants acme and globex, each with a login that may record for it."""
    logins = {}
    for tenant in ("acme", "globex"):
        tenants.add_tenant(Database.wrap(store), tenant)
        logins[tenant] = role(tenant, member_of=("dbtrack_operator",))
        tenants.grant_tenant(Database.wrap(store), logins[tenant], tenant, is_default=True)
    return logins


def _key(store: Connection, tenant: str) -> bytes:
    row = store.execute("SELECT script_tracking.calculate_hash_key(%s)", (tenant,)).fetchone()
    assert row
    return bytes(row[0])


def test_each_tenant_has_users_of_its_own(store: Connection, operators: dict[str, str]) -> None:
    for tenant, user in operators.items():
        with enter(store, user) as own:
            assert register(own, EMAIL, f"{PASSWORD} of {tenant}", tenant=tenant)["success"] is True
    for tenant, user in operators.items():
        with enter(store, user) as own:
            assert login(own, EMAIL, f"{PASSWORD} of {tenant}", _key(store, tenant))["success"] is True
            assert login(own, EMAIL, f"{PASSWORD} of {tenant}")["success"] is True, "its default"
            assert own.execute("SELECT tenant_hk FROM auth.user_h").fetchall() == [(_key(store, tenant),)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                own.execute("SELECT password_hash FROM auth.user_auth_s")


def test_nobody_acts_or_records_for_another_tenant(store: Connection, operators: dict[str, str]) -> None:
    globex = _key(store, "globex")
    with enter(store, operators["globex"]) as own:
        register(own, EMAIL)
    with enter(store, operators["acme"]) as own:
        for tenant in (globex, b"no tenant"):
            assert login(own, EMAIL, PASSWORD, tenant) == WRONG
            refused = last(store)
            assert (refused.reason, refused.tenant) == ("no tenant of the caller's", _key(store, "acme"))
            assert refused.metadata["claimed_tenant"] == tenant.hex()
            assert refused.login == operators["acme"]
        assert register(own, "new@x.example", tenant="globex") == NOT_CREATED
    assert store.execute("SELECT failed_count FROM auth.user_auth_s").fetchall() == [(0,)]


def test_what_writes_on_somebodys_word_is_closed_to_all(
    store: Connection, operators: dict[str, str], role: RoleFactory
) -> None:
    closed = [
        "SELECT script_tracking.auth_store_record('login', now(), NULL, NULL, '{}')",
        "SELECT script_tracking.auth_store_version('x', NULL, 'h', 0, NULL, true)",
        "SELECT script_tracking.auth_store_judge('x', true, 'h')",
        "SELECT script_tracking.auth_crypt('x', NULL)",
        "UPDATE auth.user_auth_s SET is_active = true",
    ]
    for user in (operators["acme"], role("boss", member_of=("dbtrack_admin",))):
        with enter(store, user) as own:
            for statement in closed:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    own.execute(statement.encode())
    for user in (role("reader", member_of=("dbtrack_reader",)), role("stranger")):
        with enter(store, user) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
            login(own, EMAIL, PASSWORD)
