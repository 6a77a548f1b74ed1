"""``dbtrack tenant``: add, list, grant, map-schema, default."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.framework import Example, PlainGroup, command, group
from dbtrack.cli.options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.session import connected

ABOUT = """Add tenants, and say which roles and schemas are theirs.

A role sees the executions of its tenants only; those of no tenant belong to the administrators.
"""
EXAMPLES = (
    Example("dbtrack tenant add acme --title 'Acme Ltd'", "A new tenant."),
    Example(
        "dbtrack tenant grant acme_dba acme --default", "Its role sees it; what the role does is acme's."
    ),
    Example("dbtrack tenant map-schema shop acme", "DDL in the schema shop is acme's."),
)

Tenant = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's short name, e.g. acme.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="A login role of the server.")]


def add(
    connection: ConnectionArguments,
    tenant: Tenant,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="The name that people read. Default: the short name."),
    ] = None,
) -> None:
    """Add a tenant."""
    from dbtrack.schema import tenants

    with connected(connection) as database:
        tenants.add_tenant(database, tenant, title)


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the tenants, with their roles and schemas."""
    from dbtrack.schema import tenants

    with destination(output.output) as stream, connected(connection) as database:
        emit(tenants.TENANT_COLUMNS, tenants.list_tenants(database), stream, output, title="Tenants")


def grant(
    connection: ConnectionArguments,
    role: Role,
    tenant: Tenant,
    default: Annotated[
        bool, typer.Option("--default", help="Also make it the tenant of what the role does.")
    ] = False,
) -> None:
    """Let a role see a tenant and work for it."""
    from dbtrack.schema import tenants

    with connected(connection) as database:
        tenants.grant_tenant(database, role, tenant, is_default=default)


def map_schema(
    connection: ConnectionArguments,
    schema_name: Annotated[str, typer.Argument(metavar="SCHEMA", help="A schema of the database.")],
    tenant: Tenant,
) -> None:
    """Say that the DDL in a schema is a tenant's."""
    from dbtrack.schema import tenants

    with connected(connection) as database:
        tenants.map_schema(database, schema_name, tenant)


def set_default(connection: ConnectionArguments, role: Role, tenant: Tenant) -> None:
    """Make a tenant the one of all that a role does."""
    from dbtrack.schema import tenants

    with connected(connection) as database:
        tenants.grant_tenant(database, role, tenant, is_default=True)


def build(name: str) -> PlainGroup:
    """Return the group of commands."""
    members = [
        command("add", add, examples=EXAMPLES[:1]),
        command("list", list_all, examples=(Example("dbtrack tenant list", "Every tenant."),)),
        command("grant", grant, examples=EXAMPLES[1:2]),
        command("map-schema", map_schema, examples=EXAMPLES[2:]),
        command(
            "default",
            set_default,
            examples=(Example("dbtrack tenant default etl acme", "What the role etl does is acme's."),),
        ),
    ]
    return group(name, ABOUT, members, EXAMPLES)
