"""Tenants: who they are, which roles and schemas are theirs."""

from __future__ import annotations

from dbtrack import sqlfiles
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row

TENANT_COLUMNS = (
    Column("tenant_bk", Kind.IDENTIFIER, "Tenant"),
    Column("tenant_name", Kind.TEXT, "Name"),
    Column("roles", Kind.LIST, "Roles", help="an asterisk marks the role's default tenant"),
    Column("schemas", Kind.LIST, "Schemas"),
    Column("tenant_hk", Kind.KEY, "Key"),
)


def add_tenant(database: Database, tenant: str, name: str | None = None) -> bytes:
    """Add a tenant by its business key (1 to 100 characters); returns its hash key, 32 bytes."""
    return bytes(database.value(sqlfiles.query("add_tenant"), {"tenant": tenant, "name": name}))


def list_tenants(database: Database) -> list[Row]:
    """The tenants that the caller may see, in the columns of `TENANT_COLUMNS`."""
    return database.rows(sqlfiles.query("list_tenants"))


def grant_tenant(database: Database, role: str, tenant: str, *, is_default: bool = False) -> None:
    """Let the members of a role see a tenant's records and record for it.

    Args:
        is_default: what the role does from now on belongs to the tenant.
    """
    database.execute(
        sqlfiles.query("grant_tenant"), {"role": role, "tenant": tenant, "is_default": is_default}
    )


def map_schema(database: Database, schema: str, tenant: str) -> None:
    """DDL in the schema belongs to the tenant from now on."""
    database.execute(sqlfiles.query("map_tenant_schema"), {"schema": schema, "tenant": tenant})
