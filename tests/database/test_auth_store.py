"""The own store of module auth: who gets in, what is recorded, and what a stranger can tell."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.schema import tenants
from dbtrack.schema.script import InstallOptions
from tests.database.authentication import EMAIL, PASSWORD, attempts, enter, login, register
from tests.database.witness import Connection
from tests.servers import Sandbox, Server
from tests.servers.sandbox import RoleFactory

WRONG = {"success": False, "message": "the e-mail or the password is wrong"}


@pytest.fixture(scope="module")
def _template(_module_sandbox: Sandbox, installed_template: str, server: Server) -> str:
    if not _has_pgcrypto(server):
        pytest.skip(f"PostgreSQL {server.major} comes without pgcrypto here")
    conninfo = _module_sandbox.database(installed_template)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        schema.install(Database.wrap(connection), InstallOptions(modules=("auth",)))
        # The cheapest bcrypt there is: what it costs is not the subject.
        connection.execute("SELECT script_tracking.set_setting('auth.bcrypt_cost', '4')")
        connection.execute("SELECT script_tracking.set_setting('auth.lockout_attempts', '3')")
    return psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"]


def _has_pgcrypto(server: Server) -> bool:
    with psycopg.connect(server.conninfo("postgres")) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgcrypto'"
        ).fetchone()
    return row == (1,)


@pytest.fixture
def store(_template: str, sandbox: Sandbox) -> Iterator[Connection]:
    """A superuser's connection to a database with the module and its own store, without users."""
    with psycopg.connect(sandbox.database(_template), autocommit=True) as connection:
        yield connection


def reasons(store: Connection) -> list[str | None]:
    return [attempt.reason for attempt in attempts(store) if attempt.name == "auth.login_user_tracking"]
