"""Auditors: logins that may read the record until a time, and whose reading is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.tenants.platform_source import sync_quietly

AUDITOR_COLUMNS = (
    Column("login_name", Kind.IDENTIFIER, "Login"),
    Column("tenants", Kind.LIST, "Tenants", help="whose records it reads; null: everything"),
    Column("added_at", Kind.TIME, "Added", rank=2),
    Column("added_by", Kind.IDENTIFIER, "By", rank=3),
    Column("expires_at", Kind.TIME, "Until"),
    Column(
        "auditor_status",
        Kind.STATUS,
        "Status",
        help="VALID, EXPIRED, REMOVED, or INVALID: the role is another, or lost dbtrack_auditor",
    ),
    Column("last_read_at", Kind.TIME, "Last read", help="as the access log has it"),
    Column("sees_more", Kind.IDENTIFIER, "Sees more", help="other roles, by which it sees or writes more"),
)


def add_auditor(database: Database, login: str, until: datetime, tenants: Sequence[str] = ()) -> None:
    """Let a login read until a time; of a login that is an auditor, change until when and what.

    Args:
        tenants: those whose records it reads, by business key or hash key; empty for everything.

    Raises:
        UsageError: there is no such login, or it has rights of its own.
        PermissionDeniedError: the caller may not administer dbtrack, or may not grant the role of auditors.
    """
    if tenants:
        sync_quietly(database)
    with database.transaction():
        database.call("add_auditor", p_login=login, p_until=until, p_tenants=list(tenants) or None)
        database.call("enter_auditor", p_login=login)


def list_auditors(database: Database) -> list[Row]:
    """Return the auditors in the columns of `AUDITOR_COLUMNS`, those who may read first."""
    return database.call("list_auditors")


def remove_auditor(database: Database, login: str) -> bool:
    """End what an auditor may read; False: it is still a member of the role, which alone shows it nothing.

    Raises:
        UsageError: there is no such auditor.
    """
    with database.transaction():
        database.call("remove_auditor", p_login=login)
        return bool(database.call_value("leave_auditor", p_login=login))
