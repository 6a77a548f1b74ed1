"""The keys with which services prove their tenant."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.tenants.platform_source import sync_quietly

KEY_COLUMNS = (
    Column("key_name", Kind.IDENTIFIER, "Key"),
    Column("key_version", Kind.IDENTIFIER, "Version"),
    Column("tenants", Kind.LIST, "Tenants", help="those that it may prove; null: all"),
    Column("created_at", Kind.TIME, "Made"),
    Column("created_by", Kind.IDENTIFIER, "By"),
    Column("expires_at", Kind.TIME, "Ends"),
)


def create_key(database: Database, name: str, tenants: Sequence[str] = ()) -> str:
    """Create a key and return it as NAME.VERSION.HEX, which cannot be retrieved again.

    Args:
        tenants: which tenants it may prove, by business key or hash key; empty for all.

    Raises:
        UsageError: the key exists already, or there is no such tenant.
    """
    if tenants:
        sync_quietly(database)
    return _create(database, name, tenants=list(tenants) or None, is_rotation=False, overlap_hours=0)


def rotate_key(database: Database, name: str, *, overlap_hours: int = 24) -> str:
    """Create the next version of a key, for the same tenants, and return it.

    Args:
        overlap_hours: how long the earlier version remains valid, 0 to 8760.

    Raises:
        UsageError: there is no such key.
    """
    return _create(database, name, tenants=None, is_rotation=True, overlap_hours=overlap_hours)


def drop_key(database: Database, name: str) -> None:
    """Revoke all versions of a key immediately.

    Raises:
        UsageError: there is no such key.
    """
    database.call("drop_tenant_key", key_name=name)


def list_keys(database: Database) -> list[Row]:
    """Return all keys, without their secrets, in the columns of `KEY_COLUMNS`."""
    return database.call("list_tenant_keys")


def _create(
    database: Database, name: str, *, tenants: list[str] | None, is_rotation: bool, overlap_hours: int
) -> str:
    return str(
        database.call_value(
            "create_tenant_key",
            key_name=name,
            tenants=tenants,
            is_rotation=is_rotation,
            overlap_hours=overlap_hours,
        )
    )
