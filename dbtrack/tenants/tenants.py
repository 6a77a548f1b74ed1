"""Administer tenants, and their roles and schemas."""

from __future__ import annotations

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.tenants.platform_source import sync_quietly

TENANT_COLUMNS = (
    Column("tenant_bk", Kind.IDENTIFIER, "Tenant"),
    Column("tenant_name", Kind.TEXT, "Name"),
    Column("roles", Kind.LIST, "Roles", help="an asterisk marks the role's default tenant"),
    Column("schemas", Kind.LIST, "Schemas"),
    Column("tenant_hk", Kind.KEY, "Key"),
    Column("is_active", Kind.BOOLEAN, "Active", help="false: disabled, no new operations for it."),
)


def add_tenant(database: Database, tenant: str, name: str | None = None) -> bytes:
    """Add a tenant by its business key (1 to 100 characters), and return its hash key, 32 bytes."""
    return bytes(database.call_value("add_tenant", tenant_bk=tenant, tenant_name=name))


def list_tenants(database: Database) -> list[Row]:
    """Return the tenants that the caller may see, in the columns of `TENANT_COLUMNS`."""
    return database.rows(sql_files.query("tenants/list_tenants"))


def grant_tenant(database: Database, role: str, tenant: str, *, is_default: bool = False) -> None:
    """Let the members of a role see a tenant's records and record for it.

    Args:
        is_default: assign what the role does from now on to the tenant.
    """
    sync_quietly(database)
    database.call("grant_tenant", role_name=role, tenant=tenant, is_default=is_default)


def map_schema(database: Database, schema: str, tenant: str) -> None:
    """Assign DDL in the schema to the tenant from now on."""
    sync_quietly(database)
    database.call("map_tenant_schema", schema_name=schema, tenant=tenant)


def has_schema(database: Database, schema: str) -> bool:
    """Return whether the database has a schema of this name."""
    return bool(database.value(sql_files.query("tenants/has_schema"), {"schema": schema}))


def rename_tenant(database: Database, tenant: str, name: str) -> None:
    """Change the name of a tenant, 1 to 255 characters; its business key is kept.

    Raises:
        UsageError: there is no such tenant, or the name is invalid.
    """
    database.call("rename_tenant", tenant=tenant, tenant_name=name)


def set_active(database: Database, tenant: str, *, is_active: bool) -> None:
    """Enable or disable a tenant; while it is disabled, only its captured DDL is recorded."""
    database.call("set_tenant_active", tenant=tenant, is_active=is_active)


def revoke_tenant(database: Database, role: str, tenant: str) -> None:
    """Revoke a grant of `grant_tenant`.

    Raises:
        UsageError: the role has no such grant.
    """
    database.call("revoke_tenant", role_name=role, tenant=tenant)


def clear_default(database: Database, role: str) -> None:
    """Assign what the role does from now on to no tenant.

    Raises:
        UsageError: the role has no default tenant.
    """
    database.call("clear_default_tenant", role_name=role)


def unmap_schema(database: Database, schema: str) -> None:
    """Assign DDL in the schema to no tenant from now on.

    Raises:
        UsageError: it was not assigned to a tenant.
    """
    database.call("map_tenant_schema", schema_name=schema, tenant=None)
