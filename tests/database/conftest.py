"""Fixtures for the tests that need a server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.ingested import WORK, Logged
from tests.support.logging_server import copy_logs, run_all, start_logging_server
from tests.support.recorded import Record
from tests.support.required import missing
from tests.support.servers import Sandbox, Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy, build_tenancy
from tests.support.witness import Connection, Witness

_LOCALES = {
    "icu": "LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C.UTF-8'",
    "libc": "LOCALE 'tr_TR.utf8'",
}


@pytest.fixture
def connection(empty_conninfo: str) -> Iterator[Connection]:
    """A superuser's connection, in autocommit mode, to an empty database."""
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def witness(connection: Connection) -> Witness:
    """An empty database whose DDL is watched by plain event triggers."""
    return Witness(connection)


@pytest.fixture
def record(installed_conninfo: str) -> Iterator[Record]:
    """What dbtrack records in a database of its own; capture that failed and only warned fails the test."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        record = Record(connection)
        yield record
        assert [warning for warning in record.warnings if "dbtrack" in warning] == []


@pytest.fixture(scope="module")
def _module_sandbox(server: Server) -> Iterator[Sandbox]:
    sandbox = Sandbox(server)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def shared_record(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Record]:
    """The same in one database for all tests of a module, which clean up after themselves."""
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        yield Record(connection)


@pytest.fixture(scope="module")
def outsider(_module_sandbox: Sandbox, shared_record: Record) -> str:
    """A login of that database that owns the schemas `own` and `hostile`, and nothing else."""
    login = _module_sandbox.role("outsider")
    for name in ("own", "hostile"):
        shared_record.connection.execute(f"CREATE SCHEMA {name} AUTHORIZATION {login}".encode())
    return login


@pytest.fixture
def session(shared_record: Record, outsider: str) -> Iterator[Connection]:
    """A new connection of the outsider's."""
    with psycopg.connect(shared_record.connection.info.dsn, user=outsider, autocommit=True) as session:
        yield session


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """A server that logged some work in every form, and copies of its logs."""
    server = start_logging_server("log_statement = all\nlog_timezone = 'Europe/Berlin'\n")
    directory = tmp_path_factory.mktemp("logs")
    run_all(server.conninfo("postgres", tcp=True) + " application_name=worker", *WORK)
    yield Logged(server, copy_logs(server, directory))
    server.stop()


@pytest.fixture
def follower() -> Iterator[Server]:
    """A server of the test's own, which logs in every form and which nothing else writes to."""
    server = start_logging_server()
    yield server
    server.stop()


@pytest.fixture
def tenancy(installed_conninfo: str, role: RoleFactory) -> Iterator[Tenancy]:
    """Two tenants with a login each, and a service that acts for both."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield build_tenancy(connection, role)


@pytest.fixture(scope="module")
def shared_tenancy(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Tenancy]:
    """The same for all tests of a module, which leave it as it is."""
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        yield build_tenancy(connection, _module_sandbox.role)


@pytest.fixture(scope="module")
def logging(server: Server) -> Iterator[Server]:
    """A server of the module's own that logs all statements, with dbtrack installed: roles belong to all databases."""
    logging = start_logging_server("log_statement = all\n", server.major)
    try:
        with psycopg.connect(logging.conninfo(), autocommit=True) as connection:
            schema.install(Database.wrap(connection))
        yield logging
    finally:
        logging.stop()


@pytest.fixture(scope="module", params=_LOCALES)
def turkish(request: pytest.FixtureRequest, server: Server) -> Iterator[Database]:
    """A database whose own rules of letters are Turkish, with dbtrack installed."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    if request.param == "libc" and "tr_TR.utf8" not in known:
        missing("the locale tr_TR.utf8", "localedef -i tr_TR -f UTF-8 tr_TR.UTF-8")
    # Even without ICU there are two of its collations.
    if request.param == "icu" and not server.psql("SELECT 1 FROM pg_collation WHERE collname = 'tr-x-icu'"):
        pytest.skip("this server was built without ICU")
    name = f"turkish_{request.param}"
    server.psql(f"CREATE DATABASE {name} ENCODING 'UTF8' {_LOCALES[request.param]} TEMPLATE template0")
    try:
        with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
            database = Database.wrap(connection)
            schema.install(database)
            yield database
    finally:
        server.psql(f"DROP DATABASE {name} WITH (FORCE)")
