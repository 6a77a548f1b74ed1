"""What one test makes in a server that is shared: databases and roles, removed when the test ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
from psycopg import sql

from tests.support.servers.server import Server

_DROP_SLOTS = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = %s"
_PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE database = %s"


class Sandbox:
    """Databases and roles of one test.

    Databases are removed before roles, so that a role never owns anything by the time it goes.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._databases: list[str] = []
        self._roles: list[str] = []

    def database(self, template: str = "template1") -> str:
        """Create a database as a copy of `template` and return its conninfo, as superuser."""
        name = f"test_{secrets.token_hex(4)}"
        create_database(self.server, name, template)
        self._databases.append(name)
        return self.server.conninfo(name)

    def role(self, name: str = "user", *, login: bool = True, member_of: Sequence[str] = ()) -> str:
        """Create a role with a unique name that begins with `name`, and return that name."""
        unique = f"{name}_{secrets.token_hex(4)}"
        can_login = sql.SQL("LOGIN" if login else "NOLOGIN")
        connection = _administrator(self.server)
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(unique), can_login))
        self._roles.append(unique)
        for group in member_of:
            grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(unique))
            connection.execute(grant)
        return unique

    def close(self) -> None:
        """Remove all that the test made."""
        for name in reversed(self._databases):
            drop_database(self.server, name)
        _drop_unused_tablespaces(_administrator(self.server))
        for role in reversed(self._roles):
            _drop_role(_administrator(self.server), role)


RoleFactory = Callable[..., str]


def create_database(server: Server, name: str, template: str = "template1") -> None:
    """Create a database; FILE_COPY, because with fsync off its checkpoints cost less than the log of WAL_LOG."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    _administrator(server).execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(server: Server, name: str) -> None:
    """Drop a database, with what would forbid that: sessions, prepared transactions, replication slots."""
    administrator = _administrator(server)
    gids = [row[0] for row in administrator.execute(_PREPARED, (name,)).fetchall()]
    if gids:
        with _connect(server, name) as connection:
            for gid in gids:
                connection.execute(sql.SQL("ROLLBACK PREPARED {}").format(sql.Literal(gid)))
    administrator.execute(_DROP_SLOTS, (name,))
    administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_unused_tablespaces(connection: psycopg.Connection[Any]) -> None:
    """Drop what tests made in place, since a base backup with such a tablespace cannot start."""
    for (name,) in connection.execute("SELECT spcname FROM pg_tablespace WHERE oid >= 16384").fetchall():
        with suppress(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.execute(sql.SQL("DROP TABLESPACE IF EXISTS {}").format(sql.Identifier(name)))


def _drop_role(connection: psycopg.Connection[Any], role: str) -> None:
    name = sql.Identifier(role)
    connection.execute(sql.SQL("REASSIGN OWNED BY {} TO postgres").format(name))
    connection.execute(sql.SQL("DROP OWNED BY {}").format(name))
    connection.execute(sql.SQL("DROP ROLE {}").format(name))


@cache
def _administrator(server: Server) -> psycopg.Connection[Any]:
    """Return the session of this server that makes and removes things, and stays: a new one takes five milliseconds."""
    return _connect(server)


def _connect(server: Server, dbname: str = "postgres") -> psycopg.Connection[Any]:
    return psycopg.connect(server.conninfo(dbname), autocommit=True)
