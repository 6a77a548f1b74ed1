"""The source of the tenants: dbtrack's own hub, or a copy of the platform's `auth.tenant_h`.

The owner of the platform's table can replace it with a view at any time. So it is read with the caller's
privileges, never with dbtrack's, and in a way that runs no code of its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NotInstalledError, UsageError

PLATFORM = "auth.tenant_h"
OWN = "own"
_MOST_TENANTS = 1_000_000
_VIEWS_CAN_BE_REFUSED = "restrict_nonsystem_relation_kind"
_Hub = list[tuple[bytes, str | None]]


@dataclass(frozen=True)
class TenantChange:
    """What a synchronization did with one tenant.

    Args:
        change: added, enabled (it exists again), disabled (it was removed), or refused (its key or name is
            invalid or belongs to another tenant).
        tenant: its business key.
    """

    change: str
    tenant: str | None

    @property
    def line(self) -> str:
        """The change, for users."""
        return f"{self.tenant}: {self.change}"


def tenant_source(database: Database) -> str | None:
    """Return `auth.tenant_h` or `own`; None if no source was chosen, which has the effect of `own`."""
    source: str | None = (database.row(sql_files.query("tenants/tenant_source")) or (None,))[0]
    return source


def sync_tenants(database: Database) -> list[TenantChange]:
    """Synchronize the tenants with `auth.tenant_h`, read with the caller's privileges.

    Raises:
        UsageError: the source of the tenants is `own`.
        DbtrackError: the table is missing, not a plain table, or not readable; nothing was changed.
    """
    with database.transaction():
        hub = _read_hub(database) if database.call_value("lock_tenant_source") == PLATFORM else []
        keys, names = [key for key, _ in hub], [name for _, name in hub]
        changes = database.call("sync_tenants", p_tenant_hk=keys, p_tenant_bk=names)
        return [TenantChange(*change) for change in changes]


def sync_quietly(database: Database) -> None:
    """Synchronize the copy, if there is one, before a tenant is looked up; ignore errors."""
    with suppress(DbtrackError):
        if tenant_source(database) == PLATFORM:
            sync_tenants(database)


def choose_source(database: Database, source: str) -> list[TenantChange]:
    """Set the source of the tenants: `auth.tenant_h`, or `own` for dbtrack's hub.

    Raises:
        UsageError: there is no such source, or a tenant has another key there, so that its rows would lose
            their tenant.
        DbtrackError: as `sync_tenants`.
    """
    with database.transaction():
        database.call("set_tenant_source", source=source)
        if source == OWN:
            return []
        changes = sync_tenants(database)
        refused = [str(change.tenant) for change in changes if change.change == "refused"]
        if refused:
            raise UsageError(
                f"{len(refused)} tenants of {PLATFORM} cannot be copied: {', '.join(refused[:5])}",
                hint="their keys or names are too long or too short, or belong to other tenants "
                "here; nothing was changed",
            )
        return changes


def import_platform_tenants(database: Database) -> Sequence[str]:
    """Synchronize the tenants during an install, and return what was done, as lines."""
    source, has_tenants, has_hub = database.row(sql_files.query("tenants/tenant_source")) or (
        None,
        False,
        False,
    )
    if source == OWN or (source is None and (has_tenants or not has_hub)):
        return ()
    changes = sync_tenants(database) if source == PLATFORM else choose_source(database, PLATFORM)
    added = sum(change.change == "added" for change in changes)
    return (f"tenants are those of {PLATFORM}: {added} new",)


def source_problems(database: Database) -> list[tuple[str, str]]:
    """Return the problems of the copy of the platform's tenants, as (problem, command that fixes it)."""
    source, _, has_hub = database.row(sql_files.query("tenants/tenant_source")) or (None, False, False)
    if source is None and has_hub:
        return [
            (
                "the platform has its own tenant table, and dbtrack does not read it",
                f"dbtrack tenant source {PLATFORM} # or: {OWN}",
            )
        ]
    if source != PLATFORM:
        return []
    try:
        with database.transaction():
            hub = set(_read_hub(database))
    except DbtrackError as error:
        return [(error.message, f"dbtrack tenant source {OWN} # unless it can be read again")]
    return _differences(database, hub)


def _differences(database: Database, hub: set[tuple[bytes, str | None]]) -> list[tuple[str, str]]:
    copy = {
        (bytes(key), name): (is_active, is_gone)
        for key, name, is_active, is_gone in database.rows(sql_files.query("tenants/tenant_copy"))
    }
    missing = [tenant for tenant in hub if copy.get(tenant, (False, True))[1]]
    removed = [tenant for tenant, (is_active, _) in copy.items() if is_active and tenant not in hub]
    if not missing and not removed:
        return []
    return [
        (
            f"the copy is out of date: {len(missing)} tenants are not in it, {len(removed)} are gone",
            "dbtrack tenant sync",
        )
    ]


def _read_hub(database: Database) -> _Hub:
    before = database.rows(sql_files.query("tenants/guard_platform_tenants"))
    if _VIEWS_CAN_BE_REFUSED not in {row[0] for row in before}:
        raise DbtrackError(
            f"this server cannot read {PLATFORM} without running code of its owner",
            hint="update PostgreSQL to its latest minor release",
        )
    try:
        rows = database.rows(sql_files.query("tenants/platform_tenants"))
    except NotInstalledError as error:
        raise DbtrackError(f"{PLATFORM} does not exist, or lacks tenant_hk or tenant_bk") from error
    except DbtrackError as error:
        raise DbtrackError(f"{PLATFORM} cannot be read: {error.message}", hint=error.hint) from error
    database.execute(
        sql_files.query("tenants/unguard_platform_tenants"),
        {"names": [row[0] for row in before], "values": [row[1] for row in before]},
    )
    return _checked(rows)


def _checked(rows: Sequence[Sequence[object]]) -> _Hub:
    if len(rows) > _MOST_TENANTS:
        raise DbtrackError(f"{PLATFORM} has more than {_MOST_TENANTS} tenants")
    hub: _Hub = []
    for key, name in rows:
        if not isinstance(key, bytes):
            raise DbtrackError(f"{PLATFORM} has a tenant_hk that is not of type bytea")
        hub.append((key, None if name is None else str(name)))
    return hub
