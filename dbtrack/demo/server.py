"""The embedded server of the demonstration, whose database `postgres` is marked as the demonstration's."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack import embedded
from dbtrack.config import ConnectionTarget
from dbtrack.embedded.account import Account
from dbtrack.embedded.binaries import programs
from dbtrack.errors import DbtrackError
from dbtrack.sql_files import read_file

if TYPE_CHECKING:
    from dbtrack.db import Database

_SQL_FOLDER = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class DemoServer:
    """A running embedded server.

    Args:
        path: its data directory.
        keywords: how to reach its database `postgres` as superuser, in libpq's keywords.
    """

    path: Path
    keywords: dict[str, str]

    def target(self, user: str | None = None) -> ConnectionTarget:
        """Return where to connect, as superuser or as another login."""
        # An address from PGHOSTADDR would win over the socket.
        overrides = self.keywords | {"dbname": "postgres", "hostaddr": ""}
        return ConnectionTarget(
            source="the demonstration's server", overrides=overrides | ({"user": user} if user else {})
        )

    @property
    def is_default(self) -> bool:
        """Whether this is the server that plain `embedded:` means."""
        return self.path == embedded.default_path()

    @property
    def quoted_path(self) -> str:
        """The path, quoted for a shell."""
        return shlex.quote(str(self.path))

    @property
    def option(self) -> str:
        """The value of `-d` that leads to this server, quoted for a shell."""
        return "embedded:" if self.is_default else shlex.quote(f"embedded:{self.path}")

    def conninfo(self, user: str | None = None) -> str:
        """Return the connection string for PostgreSQL's own programs."""
        keywords = self.keywords | {"dbname": "postgres"} | ({"user": user} if user else {})
        return " ".join(f"{name}={_quoted_value(value)}" for name, value in keywords.items())

    def program(self, name: str) -> Path:
        """Return the path of a program of the server's release: psql, pg_dump, …."""
        # Run by the user of the demonstration, not by the account that the server may run as.
        return programs(Account(os.geteuid(), os.getegid())) / name

    def psql_line(self) -> str:
        """Return the command line that opens the demonstration's database in psql."""
        host, port = self.keywords["host"], self.keywords["port"]
        return shlex.join([str(self.program("psql")), "-h", host, "-p", port, "-U", "postgres", "postgres"])


def start_server(path: Path | None) -> DemoServer:
    """Start the server; create it where there is none.

    Args:
        path: the data directory; None for the user's own.

    Raises:
        DbtrackError: the embedded server is not installed or does not start.
    """
    directory = embedded.default_path() if path is None else path.expanduser().absolute()
    server = DemoServer(directory, embedded.start(directory))
    # The migrations need the wheel's psql even on a server that runs already: fail before removing anything.
    server.program("psql")
    return server


def mark_and_clear(database: Database, server: DemoServer) -> bool:
    """Mark the database as the demonstration's, and remove an earlier demonstration from it.

    Returns:
        Whether an earlier one was removed.

    Raises:
        DbtrackError: the database holds something else; nothing was changed.
    """
    is_marked, schemas = _demo_state(database)
    if schemas and not is_marked:
        raise DbtrackError(
            f"the schema {schemas[0]} in {server.path} was not made by the demonstration",
            hint="use a separate server for the demonstration: dbtrack demo --path DIRECTORY",
        )
    database.run_script(demo_sql("mark"))
    if schemas:
        _clear(database, schemas)
    return bool(schemas)


def foreign_objects(database: Database) -> list[str]:
    """Return what the demonstration did not create in this server: `database sales`, `schema ledger`."""
    is_marked, schemas = _demo_state(database)
    others = [str(name) for (name,) in database.rows(demo_sql("foreign_objects"))]
    return others if is_marked else others + [f"schema {name}" for name in schemas]


def demo_sql(name: str) -> str:
    """Return the text of one of the demonstration's own SQL files."""
    return read_file(_SQL_FOLDER / f"{name}.sql").text


def _quoted_value(value: str) -> str:
    if value and not set(value) & set(" '\\"):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _demo_state(database: Database) -> tuple[bool, list[str]]:
    row = database.row(demo_sql("inspect"))
    if row is None:
        raise DbtrackError("the demonstration's database cannot be read")
    is_marked, schemas = row
    return bool(is_marked), list(schemas)


def _clear(database: Database, schemas: list[str]) -> None:
    from dbtrack import schema

    # dbtrack goes first, or it would record the removal of the rest.
    if "script_tracking" in schemas:
        schema.uninstall(database, keep_data=False)
    database.run_script(demo_sql("clear"))
