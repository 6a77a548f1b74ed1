"""The keys with which services prove for which tenant they act."""

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
    """Make a key; returns it, NAME.VERSION.HEX, which is not to be had again.

    Args:
        tenants: those that it may prove, by business key or hash key; none for all.

    Raises:
        UsageError: there is such a key already, or no such tenant.
    """
    if tenants:
        sync_quietly(database)
    return _create(database, name, tenants=list(tenants) or None, is_rotation=False, overlap_hours=0)


def rotate_key(database: Database, name: str, *, overlap_hours: int = 24) -> str:
    """Make the next version of a key, for the same tenants; returns it.

    Args:
        overlap_hours: how long the earlier version still proves, 0 to 8760.

    Raises:
        UsageError: there is no such key.
    """
    return _create(database, name, tenants=None, is_rotation=True, overlap_hours=overlap_hours)


def drop_key(database: Database, name: str) -> None:
    """End a key, all its versions, at once.

    Raises:
        UsageError: there is no such key.
    """
    database.call("drop_tenant_key", key_name=name)


def list_keys(database: Database) -> list[Row]:
    """All keys, without their secrets, in the columns of `KEY_COLUMNS`."""
    return database.call("list_tenant_keys")


def _create(
    database: Database, name: str, *, tenants: list[str] | None, is_rotation: bool, overlap_hours: int
) -> str:
    key = database.call_value(
        "create_tenant_key",
        key_name=name,
        tenants=tenants,
        is_rotation=is_rotation,
        overlap_hours=overlap_hours,
    )
    return str(key)
