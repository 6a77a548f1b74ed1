"""``dbtrack tenant``: who the tenants are, and which roles, schemas and keys are theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.commands import tenant_key, tenant_source
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, PlainGroup, command, group

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.render import Section

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
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.add_tenant(database, tenant, title)


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the tenants, with their roles and schemas."""
    from dbtrack.tenants import tenants

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
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.grant_tenant(database, role, tenant, is_default=default)


def map_schema(
    connection: ConnectionArguments,
    schema_name: Annotated[str, typer.Argument(metavar="SCHEMA", help="A schema of the database.")],
    tenant: Tenant,
) -> None:
    """Say that the DDL in a schema is a tenant's."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.map_schema(database, schema_name, tenant)


def set_default(connection: ConnectionArguments, role: Role, tenant: Tenant) -> None:
    """Make a tenant the one of all that a role does."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.grant_tenant(database, role, tenant, is_default=True)


def show(connection: ConnectionArguments, tenant: Tenant, output: OutputArguments) -> None:
    """Show one tenant: names, roles, schemas, counts."""
    from dbtrack.render import default_format, write_sections

    with destination(output.output) as stream, connected(connection) as database:
        write_sections(
            output.format or default_format(stream), "tenant show", _parts(database, tenant), stream
        )


def _parts(database: Database, tenant: str) -> Iterator[Section]:
    from dbtrack.render import Section
    from dbtrack.reports import REPORTS, run

    parts = [report for report in REPORTS.values() if report.part_of == "tenant show"]
    for report in parts:
        rows = run(database, report, {"tenant": tenant}, is_noted=report is parts[0])
        yield Section(report.name, report.columns, rows, report.title)


def rename(
    connection: ConnectionArguments,
    tenant: Tenant,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The name that people read from now on.")],
) -> None:
    """Give a tenant another name to read; its short name stays.

    The short name cannot change: the tenant's key is made of it, and every record carries the key.
    """
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.rename_tenant(database, tenant, title)


def disable(connection: ConnectionArguments, tenant: Tenant) -> None:
    """Refuse new operations for a tenant.

    Its DDL is still captured, its records can be read, operations that run can end, its grants stay.
    """
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.set_active(database, tenant, is_active=False)


def enable(connection: ConnectionArguments, tenant: Tenant) -> None:
    """Take operations for a disabled tenant again."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.set_active(database, tenant, is_active=True)


def revoke(connection: ConnectionArguments, role: Role, tenant: Tenant) -> None:
    """Take a tenant from a role, its default among it."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.revoke_tenant(database, role, tenant)


def unmap_schema(
    connection: ConnectionArguments,
    schema_name: Annotated[str, typer.Argument(metavar="SCHEMA", help="A schema that a tenant has.")],
) -> None:
    """Say that the DDL in a schema is no tenant's."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.unmap_schema(database, schema_name)


def clear_default(connection: ConnectionArguments, role: Role) -> None:
    """Say that what a role does is no tenant's; it still sees its tenants."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.clear_default(database, role)


def build(name: str) -> PlainGroup:
    """Return the group of commands."""
    members: list[PlainCommand | PlainGroup] = [
        command("add", add, examples=EXAMPLES[:1]),
        command("list", list_all, examples=(Example("dbtrack tenant list", "Every tenant."),)),
        command("grant", grant, examples=EXAMPLES[1:2]),
        command("map-schema", map_schema, examples=EXAMPLES[2:]),
        command(
            "default",
            set_default,
            examples=(Example("dbtrack tenant default etl acme", "What the role etl does is acme's."),),
        ),
        command(
            "undefault", clear_default, examples=(Example("dbtrack tenant undefault etl", "It is nobody's."),)
        ),
        command(
            "revoke", revoke, examples=(Example("dbtrack tenant revoke etl acme", "It no longer sees acme."),)
        ),
        command(
            "unmap-schema",
            unmap_schema,
            examples=(Example("dbtrack tenant unmap-schema shop", "It is nobody's."),),
        ),
        command(
            "show", show, examples=(Example("dbtrack tenant show acme", "Its names, roles and counts."),)
        ),
        command(
            "rename",
            rename,
            examples=(Example("dbtrack tenant rename acme 'Acme GmbH'", "For people to read."),),
        ),
        command("disable", disable, examples=(Example("dbtrack tenant disable acme", "No new operations."),)),
        command("enable", enable, examples=(Example("dbtrack tenant enable acme", "As before."),)),
        *tenant_source.build(),
        tenant_key.build("key"),
    ]
    return group(name, ABOUT, members, EXAMPLES)
