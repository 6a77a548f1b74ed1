"""Servers with and without pgcrypto, logins and registrations, and what was recorded of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.schema.install_script import InstallOptions
from tests.support.witness import Connection

PASSWORD = "Tr0ub4dor&3 horse"
EMAIL = "ann@acme.example"

_RECORDS = """
SELECT script_name, execution_status, error_message, sql_command, tenant_hk, db_session_user, record_source, metadata
FROM script_tracking.script_execution_s WHERE script_type = 'AUTHENTICATION' ORDER BY version_number
"""


@dataclass(frozen=True)
class Attempt:
    """What was recorded of one attempt."""

    name: str
    status: str
    reason: str | None
    statement: str | None
    tenant: bytes | None
    login: str
    source: str
    metadata: dict[str, Any]


def attempts(connection: Connection) -> list[Attempt]:
    """Every recorded attempt, in order."""
    return [Attempt(*row) for row in connection.execute(_RECORDS)]


def login(
    connection: Connection, email: str | None, password: str | None, tenant: bytes | None = None
) -> dict[str, Any]:
    """Log in, and return the answer."""
    row = connection.execute(
        "SELECT auth.login_user_tracking(%s, %s, %s)", (email, password, tenant)
    ).fetchone()
    assert row
    return dict(row[0])


def register(connection: Connection, email: str, password: str = PASSWORD, **data: str) -> dict[str, Any]:
    """Register, and return the answer."""
    row = connection.execute(
        "SELECT auth.register_user_tracking(%s)", (Jsonb({"email": email, "password": password, **data}),)
    ).fetchone()
    assert row
    return dict(row[0])


def enter(connection: Connection, user: str) -> psycopg.Connection[Any]:
    """A connection of another login to the same database."""
    return psycopg.connect(connection.info.dsn, user=user, autocommit=True)


def with_store(conninfo: str) -> str:
    """Install the module with its own store into a database with dbtrack; returns the database's name."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        schema.install(Database.wrap(connection), InstallOptions(modules=("auth",)))
        # The cheapest bcrypt there is: what it costs is not the subject.
        connection.execute("SELECT script_tracking.set_setting('auth.bcrypt_cost', '4')")
        connection.execute("SELECT script_tracking.set_setting('auth.lockout_attempts', '3')")
        return connection.info.dbname
