"""Publish the record by logical replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row, quote_identifier
from dbtrack.errors import UsageError

PUBLICATION_COLUMNS = (
    Column("publication", Kind.IDENTIFIER, "Publication"),
    Column("owner", Kind.IDENTIFIER, "Owner"),
    Column("publishes", Kind.TEXT, "Publishes"),
    Column("tables", Kind.LIST, "Tables"),
    Column("tenants", Kind.LIST, "Tenants", help="Null: all executions, also those without a tenant."),
    Column("is_active", Kind.BOOLEAN, "Active", help="false: the server's wal_level is not logical."),
)

_FAILOVER_MAJOR = 17


@dataclass(frozen=True)
class Publication:
    """A publication of the record, and what its subscriber needs.

    Args:
        tenants: business keys; empty for the whole record.
        subscription: the name of the subscription.
        connection: how the subscriber connects to this database, in libpq's keywords, without a password.
        copies_data: whether the subscriber also receives what is recorded already.
        subscriber_major: the major version of the subscriber's server; None for this server's.
        follows_failover: whether standbys of this server keep the subscription's slot, from PostgreSQL 17 on.
    """

    name: str
    tenants: Sequence[str]
    subscription: str
    connection: str
    copies_data: bool = True
    subscriber_major: int | None = None
    follows_failover: bool = False


def publisher_sql(database: Database, publication: Publication) -> str:
    """Return the statement that creates the publication.

    Raises:
        UsageError: a tenant does not exist.
    """
    return str(
        database.call_value(
            "publication_statement",
            p_publication_name=publication.name,
            p_tenants=list(publication.tenants),
        )
    )


def subscriber_sql(database: Database, publication: Publication) -> str:
    """Return the statement that its subscriber runs.

    Raises:
        UsageError: the slot should be kept by standbys, and one of the servers is too old for that.
    """
    major = publication.subscriber_major or database.server_version // 10000
    if publication.follows_failover and min(major, database.server_version // 10000) < _FAILOVER_MAJOR:
        raise UsageError(
            f"standbys keep the slot of a subscription from PostgreSQL {_FAILOVER_MAJOR} on, on both sides",
            hint="leave --failover out, and see docs/topologies.md for what a failover then means",
        )
    return str(
        database.call_value(
            "subscription_statement",
            p_publication_name=publication.name,
            p_subscription_name=publication.subscription,
            p_connection=publication.connection,
            p_copies_data=publication.copies_data,
            p_subscriber_major=major,
            p_follows_failover=publication.follows_failover,
        )
    )


def create_publication(database: Database, publication: Publication) -> None:
    """Create the publication.

    Raises:
        UsageError: there is one of that name.
        DbtrackError: the role may not.
    """
    if database.value(sql_files.query("publication/is_of_record"), {"name": publication.name}) is not None:
        raise UsageError(
            f"there is a publication {publication.name} already",
            hint=f"choose another name, or run: dbtrack publication drop {publication.name}",
        )
    statement = publisher_sql(database, publication)
    with database.transaction():
        # The server warns of its wal_level too, and does not say what to do: see publishes_nothing_yet.
        database.execute("SET LOCAL client_min_messages TO error")
        database.run_script(statement)


def list_publications(database: Database) -> list[Row]:
    """Return the publications with tables of dbtrack's, in the columns of `PUBLICATION_COLUMNS`."""
    return database.rows(sql_files.query("publication/list"))


def drop_publication(database: Database, name: str) -> None:
    """Drop a publication of the record.

    Raises:
        UsageError: there is none of that name, or it publishes other tables too.
    """
    is_of_record = database.value(sql_files.query("publication/is_of_record"), {"name": name})
    if is_of_record is None:
        raise UsageError(f"there is no publication {name}", hint="list them with: dbtrack publication list")
    if not is_of_record:
        raise UsageError(
            f"the publication {name} publishes tables that are not dbtrack's",
            hint="drop it with DROP PUBLICATION, or see: dbtrack doctor",
        )
    database.execute(f"DROP PUBLICATION {quote_identifier(name)}")


def publishes_nothing_yet(database: Database) -> bool:
    """Return whether the server's `wal_level` keeps publications from being received."""
    return bool(database.value("SELECT pg_catalog.current_setting('wal_level') <> 'logical'"))
