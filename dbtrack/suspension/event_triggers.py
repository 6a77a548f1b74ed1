"""Suspend capture on purpose, for what needs a database without event triggers, and resume it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NotInstalledError, UsageError
from dbtrack.proof.seal import seal_record
from dbtrack.schema.install import EVENT_TRIGGERS, has_capture
from dbtrack.schema.install_script import InstallOptions, preamble
from dbtrack.schema.installed import is_installed
from dbtrack.schema.locks import naming_lock_holders
from dbtrack.schema.reconcile import Reconciliation, reconcile
from dbtrack.schema.suspension import knows_suspensions, open_suspension

DEFAULT_DURATION = timedelta(days=1)
LONGEST_DURATION = timedelta(days=366)
_MOST_REASON = 1000


@dataclass(frozen=True)
class Resumption:
    """What `resume` did.

    Args:
        key: the hash key of the execution that had suspended capture; None if it was not suspended.
        found: what reconcile found.
    """

    key: bytes | None
    found: Reconciliation


def suspend(
    database: Database,
    reason: str,
    duration: timedelta = DEFAULT_DURATION,
    *,
    lock_timeout_seconds: int = 5,
) -> bytes:
    """Remove the event triggers, record it, and return the hash key of that execution.

    First the catalogs are compared with the record, so that what is found later happened meanwhile. The
    triggers go in the transaction that records it: after a crash both happened, or neither. It is sealed, if
    this database uses seals.

    Args:
        database: connected as a role that may install dbtrack, and not in a transaction.
        reason: why, for those who read the record.
        duration: after how long the suspension counts as forgotten.

    Raises:
        UsageError: the reason is empty, the duration too long, or there are no event triggers.
        NotInstalledError: dbtrack is not installed.
        DbtrackError: capture is already suspended, or the server is a standby.
        LockedError: an installation or another suspension is running.
        PermissionDeniedError: the role may not remove the event triggers.
    """
    if not reason.strip() or len(reason) > _MOST_REASON:
        raise UsageError(f"--reason needs 1 to {_MOST_REASON} characters, such as: major upgrade to 18")
    if not timedelta() < duration <= LONGEST_DURATION:
        raise UsageError("--for needs a time between nothing and a year", hint="such as 2h or 1d")
    _require_current(database)
    if open_suspension(database) is None:
        reconcile(database)
    with naming_lock_holders(database, "capture was not suspended"), database.transaction():
        _begin(database, lock_timeout_seconds)
        key: bytes = database.call_value(
            "suspend_capture", p_reason=reason, p_seconds=duration.total_seconds()
        )
        database.run_script("RESET ROLE")
        database.run_script(sql_files.source("install/drop_triggers.sql").text)
    seal_record(database)
    return key


def resume(database: Database, *, lock_timeout_seconds: int = 5) -> Resumption:
    """Create the event triggers again, close the suspension, and record what happened meanwhile.

    It can be repeated: if it was interrupted before the catalogs were compared, it compares them.

    Args:
        database: connected as a role that may install dbtrack, and not in a transaction.

    Raises:
        NotInstalledError: dbtrack is not installed.
        DbtrackError: the server refuses event triggers; capture stays suspended. Or it is a standby.
        LockedError: an installation, a suspension or a reconcile is running.
    """
    _require_current(database)
    with naming_lock_holders(database, "capture was not resumed"), database.transaction():
        _begin(database, lock_timeout_seconds)
        key: bytes | None = database.call_value("resume_capture")
        database.run_script("RESET ROLE")
        if key is not None:
            _create_triggers(database)
    found = reconcile(database)
    seal_record(database)
    return Resumption(key, found)


def _create_triggers(database: Database) -> None:
    # Somebody may have created them by hand while capture was suspended.
    database.run_script(sql_files.source("install/drop_triggers.sql").text)
    for file in sql_files.sources("triggers"):
        database.run_script(file.text)
    if not has_capture(database):
        raise DbtrackError(
            f"the server refused the event triggers {', '.join(EVENT_TRIGGERS)}: capture stays suspended",
            hint="run it as a superuser, or as your provider's equivalent",
        )


def _begin(database: Database, lock_timeout_seconds: int) -> None:
    """Lock out other installations, and act as the owner of dbtrack's tables."""
    database.run_script(preamble(InstallOptions(lock_timeout_seconds=lock_timeout_seconds)))
    for name in ("lock", "act_as_owner"):
        database.run_script(sql_files.source(f"install/{name}.sql").text)


def _require_current(database: Database) -> None:
    if not is_installed(database):
        raise NotInstalledError("dbtrack is not installed in this database", hint="run: dbtrack install")
    if not knows_suspensions(database):
        raise DbtrackError(
            "the database is older than this program: it cannot suspend capture",
            hint="run first: dbtrack install",
        )
    if database.in_recovery:
        raise DbtrackError("this server is a standby", hint="connect to the primary server")
