"""``dbtrack tenant``: tenants, and the roles, schemas and keys that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.commands import tenant_key, tenant_source
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit, emit_sections
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.render import Section

ABOUT = """Manage tenants, and the roles and schemas that belong to them.

A role sees only the executions of its tenants. Executions without a tenant belong to the administrators.
"""
EXAMPLES = (
    Example("dbtrack tenant add acme --title 'Acme Ltd'", "Add a tenant."),
    Example(
        "dbtrack tenant grant acme_dba acme --default",
        "The role may see acme; what the role does belongs to acme.",
    ),
    Example("dbtrack tenant map-schema shop acme", "DDL in the schema shop belongs to acme."),
)

Tenant = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's short name, e.g. acme.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="A login role of the server.")]


def add(
    connection: ConnectionArguments,
    tenant: Tenant,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="The name for people. Default: the short name."),
    ] = None,
) -> None:
    """Add a tenant."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.add_tenant(database, tenant, title)


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the tenants, with their roles and schemas."""
    from dbtrack.tenants import tenants

    with destination(output) as stream, connected(connection) as database:
        emit(
            tenants.TENANT_COLUMNS,
            tenants.list_tenants(database),
            stream,
            output,
            title="Tenants",
            report="tenant list",
            database=database,
        )


def grant(
    connection: ConnectionArguments,
    role: Role,
    tenant: Tenant,
    default: Annotated[
        bool,
        typer.Option(
            "--default", help="Also make it the role's default tenant: what the role does belongs to it."
        ),
    ] = False,
) -> None:
    """Let a role see a tenant's executions and record for it."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.grant_tenant(database, role, tenant, is_default=default)


def map_schema(
    connection: ConnectionArguments,
    schema_name: Annotated[str, typer.Argument(metavar="SCHEMA", help="A schema of the database.")],
    tenant: Tenant,
) -> None:
    """Assign the DDL in a schema to a tenant."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.map_schema(database, schema_name, tenant)
        if not tenants.has_schema(database, schema_name):
            messages.warn(
                f"there is no schema {schema_name} yet; it belongs to {tenant} as soon as it is created"
            )


def set_default(connection: ConnectionArguments, role: Role, tenant: Tenant) -> None:
    """Set the tenant to which everything that a role does belongs."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.grant_tenant(database, role, tenant, is_default=True)


def show(connection: ConnectionArguments, tenant: Tenant, output: OutputArguments) -> None:
    """Show one tenant: names, roles, schemas, counts."""
    with destination(output) as stream, connected(connection) as database:
        emit_sections("tenant show", _parts(database, tenant), stream, output)


def _parts(database: Database, tenant: str) -> Iterator[Section]:
    from dbtrack.render import Section
    from dbtrack.reports import REPORTS, run

    parts = [report for report in REPORTS.values() if report.part_of == "tenant show"]
    for report in parts:
        rows = run(database, report, {"tenant": tenant}, records_access=report is parts[0])
        yield Section(report.name, report.columns, rows, report.title)


def rename(
    connection: ConnectionArguments,
    tenant: Tenant,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The new name for people.")],
) -> None:
    """Give a tenant another name for people; its short name stays.

    The short name cannot change, because the tenant's key is computed from it, and every record contains the
    key.
    """
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.rename_tenant(database, tenant, title)


def disable(connection: ConnectionArguments, tenant: Tenant) -> None:
    """Refuse new operations for a tenant.

    Its DDL is still captured, its records can be read, running operations can end, and its grants remain.
    """
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.set_active(database, tenant, is_active=False)


def enable(connection: ConnectionArguments, tenant: Tenant) -> None:
    """Accept new operations for a disabled tenant again."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.set_active(database, tenant, is_active=True)


def revoke(connection: ConnectionArguments, role: Role, tenant: Tenant) -> None:
    """Revoke a tenant from a role, also as its default."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.revoke_tenant(database, role, tenant)


def unmap_schema(
    connection: ConnectionArguments,
    schema_name: Annotated[str, typer.Argument(metavar="SCHEMA", help="A schema that belongs to a tenant.")],
) -> None:
    """Stop assigning the DDL in a schema to a tenant."""
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.unmap_schema(database, schema_name)


def clear_default(connection: ConnectionArguments, role: Role) -> None:
    """Remove a role's default tenant.

    What the role does then belongs to no tenant. The role still sees its tenants.
    """
    from dbtrack.tenants import tenants

    with connected(connection) as database:
        tenants.clear_default(database, role)


_MEMBERS: dict[str, CommandDefinition | GroupDefinition] = {
    "add": CommandDefinition(add, EXAMPLES[:1]),
    "list": CommandDefinition(list_all, (Example("dbtrack tenant list", "List all tenants."),)),
    "grant": CommandDefinition(grant, EXAMPLES[1:2]),
    "map-schema": CommandDefinition(map_schema, EXAMPLES[2:]),
    "default": CommandDefinition(
        set_default,
        (Example("dbtrack tenant default etl acme", "What the role etl does belongs to acme."),),
    ),
    "undefault": CommandDefinition(
        clear_default,
        (Example("dbtrack tenant undefault etl", "What the role etl does belongs to no tenant."),),
    ),
    "revoke": CommandDefinition(
        revoke, (Example("dbtrack tenant revoke etl acme", "The role no longer sees acme."),)
    ),
    "unmap-schema": CommandDefinition(
        unmap_schema,
        (Example("dbtrack tenant unmap-schema shop", "DDL in the schema shop belongs to no tenant."),),
    ),
    "show": CommandDefinition(
        show, (Example("dbtrack tenant show acme", "Show its names, roles and counts."),)
    ),
    "rename": CommandDefinition(
        rename,
        (Example("dbtrack tenant rename acme 'Acme GmbH'", "Change the name for people."),),
    ),
    "disable": CommandDefinition(
        disable, (Example("dbtrack tenant disable acme", "Refuse new operations."),)
    ),
    "enable": CommandDefinition(
        enable, (Example("dbtrack tenant enable acme", "Accept new operations again."),)
    ),
    **tenant_source.COMMANDS,
    **tenant_key.COMMANDS,
}
COMMANDS = {"tenant": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
