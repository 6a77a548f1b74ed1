"""``dbtrack publication``: create, list, drop."""

from __future__ import annotations

import re
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.schema.publications import Publication

ABOUT = """Publish the record to another PostgreSQL by logical replication.

The subscriber has dbtrack too. It receives executions, links and tenants, and never settings, seals, rollups
or keys. What 'dbtrack cleanup' removes here stays there.
"""
EXAMPLES = (
    Example("dbtrack publication create -d shop", "Publish the record, and print what the subscriber runs."),
    Example(
        "dbtrack publication create acme_record --tenant acme -d shop", "Publish the record of one tenant."
    ),
    Example("dbtrack publication create --print-sql -d shop", "Only print the statements of both sides."),
    Example("dbtrack publication list -d shop", "List what is published."),
    Example("dbtrack publication drop dbtrack_record -d shop", "Stop publishing."),
)

_DEFAULT_NAME = "dbtrack_record"
_NEEDS_DBTRACK = "-- On the subscriber, which needs dbtrack of this version or a later one: dbtrack install"
_LOGIN = (
    "-- If a password is needed, it is read from the password file of the subscriber's server (~/.pgpass)."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the publication.")]


def create(
    connection: ConnectionArguments,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help=f"The name of the publication. Default: {_DEFAULT_NAME}.")
    ] = _DEFAULT_NAME,
    tenant: Annotated[
        list[str] | None,
        typer.Option(
            "--tenant",
            metavar="TENANT",
            help="Publish only this tenant's record; may be repeated. Erasures do not reach its subscriber.",
        ),
    ] = None,
    subscription: Annotated[
        str | None,
        typer.Option(
            "--subscription",
            metavar="NAME",
            help="The name of the subscription in what is printed. Default: those of the publication and the "
            "database, with an underscore.",
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            metavar="ROLE",
            help="The role as which the subscriber connects, in what is printed. Default: this connection's.",
        ),
    ] = None,
    subscriber_version: Annotated[
        int | None,
        typer.Option(
            "--subscriber-version",
            metavar="MAJOR",
            min=15,
            max=99,
            help="The subscriber's PostgreSQL version, e.g. 16, for what is printed. Default: this server's.",
        ),
    ] = None,
    new_only: Annotated[
        bool,
        typer.Option("--new-only", help="The subscriber receives only what is recorded from now on."),
    ] = False,
    *,
    failover: Annotated[
        bool,
        typer.Option(
            "--failover",
            help="Standbys of this server keep the subscription's slot, so that the subscriber can follow a "
            "failover. PostgreSQL 17 and later.",
        ),
    ] = False,
    print_sql: Annotated[
        bool, typer.Option("--print-sql", help="Print the statements of both sides, and create nothing.")
    ] = False,
) -> None:
    """Create a publication, and print what the subscriber runs.

    Publishes inserts and updates of executions, links and tenants. With --tenant it publishes inserts alone,
    and the subscriber's dbtrack ends superseded versions.
    """
    from dbtrack.schema import publications

    with connected(connection) as database:
        publication = publications.Publication(
            name,
            tenant or (),
            subscription or _slot_name(f"{name}_{database.name}"),
            _address(database, role),
            copies_data=not new_only,
            subscriber_major=subscriber_version,
            follows_failover=failover,
        )
        _publish(database, publication, print_sql=print_sql)


def _publish(database: Database, publication: Publication, *, print_sql: bool) -> None:
    from dbtrack.schema import publications

    lines = [_NEEDS_DBTRACK, _LOGIN, publications.subscriber_sql(database, publication)]
    if print_sql:
        lines = ["-- On this database:", publications.publisher_sql(database, publication), *lines]
    else:
        publications.create_publication(database, publication)
        messages.say(f"dbtrack: created the publication {publication.name}")
        if publication.tenants:
            messages.say("dbtrack: erasures do not reach its subscriber; run dbtrack erase there too")
    if publications.publishes_nothing_yet(database):
        messages.warn("wal_level is not logical: set it in postgresql.conf, and restart the server")
    sys.stdout.write("\n".join(lines) + "\n")


def _address(database: Database, role: str | None) -> str:
    info = database.raw.info
    # Another machine cannot use this one's socket.
    host = socket.gethostname() if info.host.startswith("/") or not info.host else info.host
    given = {"host": host, "port": str(info.port), "dbname": info.dbname, "user": role or info.user}
    return " ".join(f"{keyword}={_quoted(value)}" for keyword, value in given.items())


def _slot_name(text: str) -> str:
    """Return a name that a replication slot may have: the subscription makes one of its name."""
    return re.sub("[^a-z0-9_]", "_", text.lower())


def _quoted(value: str) -> str:
    """Return a value of a connection string, in libpq's quotes where it needs them."""
    if value and all(character.isalnum() or character in "_.-:" for character in value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the publications that have tables of dbtrack's."""
    from dbtrack.schema import publications

    with destination(output) as stream, connected(connection) as database:
        rows = publications.list_publications(database)
        emit(
            publications.PUBLICATION_COLUMNS,
            rows,
            stream,
            output,
            title="Publications",
            report="publication list",
            database=database,
        )


def drop(connection: ConnectionArguments, name: Name) -> None:
    """Drop a publication of the record. Its subscribers keep what they have received.

    Drop the subscription first, on the subscriber: otherwise it reports errors until it is dropped.
    """
    from dbtrack.schema import publications

    with connected(connection) as database:
        publications.drop_publication(database, name)


_MEMBERS = {
    "create": CommandDefinition(create, EXAMPLES[:3]),
    "list": CommandDefinition(list_all, EXAMPLES[3:4]),
    "drop": CommandDefinition(drop, EXAMPLES[4:]),
}
COMMANDS = {"publication": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
