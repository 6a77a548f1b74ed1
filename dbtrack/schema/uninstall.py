"""Uninstall dbtrack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dbtrack import sql_files
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError, LockedError, NotInstalledError
from dbtrack.schema.install_script import InstallOptions, preamble, table_names
from dbtrack.schema.installed import is_installed
from dbtrack.schema.locks import limited_lock_waits, naming_lock_holders, wait_for_transactions
from dbtrack.schema.optional_modules import installed_modules

_LOCK_SECONDS = 5
_NAMES_SHOWN = 20


@dataclass(frozen=True)
class UninstallReport:
    """What an uninstall removed and kept, one line for each thing."""

    lines: Sequence[str]


class _Installed(NamedTuple):
    """How much of dbtrack there is, its records aside."""

    triggers: int
    functions: int


def uninstall_preview(database: Database, *, keep_data: bool) -> list[str]:
    """Return what an uninstall would remove, one line for each thing; change nothing."""
    lines = _removed(_installed(database), None if keep_data else _executions(database))
    if keep_data:
        lines[1] += ", except those that the tables need"
    return lines + _module_lines(database, keep_data=keep_data)


def uninstall_kept(database: Database) -> list[str]:
    """Return what an uninstall that keeps the data would keep, one line each; change nothing."""
    return [_kept(_executions(database))]


def _installed(database: Database) -> _Installed:
    return _Installed(*_count(database, sql_files.query("installation/count_installed")))


def _executions(database: Database) -> int:
    """Count the recorded executions, which takes seconds where there are millions."""
    [executions] = _count(database, sql_files.query("installation/count_recorded"))
    return int(executions)


def _count(database: Database, query: str) -> Row:
    _require_installed(database)
    with naming_lock_holders(database, "nothing was removed"), limited_lock_waits(database, _LOCK_SECONDS):
        return database.rows(query)[0]


def _removed(installed: _Installed, executions: int | None) -> list[str]:
    """Return the lines about what is removed; executions is None where the records are kept."""
    lines = [
        f"{installed.triggers} event triggers",
        f"{installed.functions} functions in schema script_tracking",
    ]
    if executions is not None:
        lines.append(f"the schema script_tracking with {executions} recorded executions")
    return lines


def _kept(executions: int) -> str:
    return f"the tables with {executions} recorded executions"


def outside_dependents(database: Database) -> list[str]:
    """Return the objects of others that would be dropped with dbtrack's schema: `view public.failures`."""
    names = {
        "relations": [*table_names(), *(file.name for file in sql_files.sources("views"))],
        "routines": [file.name for file in sql_files.sources("routines")],
        "mart": [file.name for file in sql_files.sources("mart")],
    }
    with naming_lock_holders(database, "nothing was removed"), limited_lock_waits(database, _LOCK_SECONDS):
        return [row[0] for row in database.rows(sql_files.query("installation/outside_dependents"), names)]


def uninstall(
    database: Database,
    *,
    keep_data: bool,
    cascade: bool = False,
    wait_seconds: float = 60,
    on_wait: Callable[[str], None] = lambda _: None,
) -> UninstallReport:
    """Remove the event triggers and functions, and unless `keep_data` the schema with all records.

    The event triggers are removed first, and then all transactions that may still fire them are waited for,
    so that no other session's statement fails. The roles are kept, as other databases of the cluster may use
    them.

    Args:
        cascade: also remove objects of others that depend on dbtrack's objects.
        wait_seconds: how long to wait for other transactions.
        on_wait: called with a short description of what it waits for.

    Raises:
        NotInstalledError: dbtrack is not installed.
        DbtrackError: objects of others depend on dbtrack's, and `cascade` is not set.
        LockedError: a transaction did not end in time, or a table was locked.
    """
    gone, executions = _installed(database), None if keep_data else _executions(database)
    module_lines = _module_lines(database, keep_data=keep_data)
    outside = [] if keep_data else outside_dependents(database)
    if outside and not cascade:
        raise DbtrackError(
            f"nothing was removed: these objects are not dbtrack's and would be dropped: {_listed(outside)}",
            hint="drop or move them first, or add --cascade to drop them too",
        )
    with limited_lock_waits(database, _LOCK_SECONDS):
        modules = installed_modules(database)
    with naming_lock_holders(database, "nothing was removed"):
        _run(database, ["install/lock.sql", "install/drop_triggers.sql"])
    _wait_for_transactions(database, wait_seconds, on_wait)
    with naming_lock_holders(database, "the event triggers were removed, but nothing else"):
        _run(database, _scripts(modules, keep_data=keep_data))
    kept: list[str] = []
    if keep_data:
        left = _installed(database).functions
        gone = gone._replace(functions=gone.functions - left)
        kept = _kept_lines(_executions(database), left)
    removed = [*_removed(gone, executions), *module_lines, *outside]
    return UninstallReport([f"removed {line}" for line in removed] + kept)


def _kept_lines(executions: int, functions: int) -> list[str]:
    lines = [f"kept {_kept(executions)}; dbtrack install uses them again"]
    if functions:
        lines.append(f"kept {functions} functions that row security or objects outside dbtrack need")
    return lines


def _run(database: Database, names: Sequence[str]) -> None:
    with database.transaction():
        database.run_script(preamble(InstallOptions()))
        # The preview has already listed the dependent objects.
        database.run_script("SET LOCAL client_min_messages = error")
        for name in names:
            database.run_script(sql_files.source(name).text)


def _wait_for_transactions(database: Database, seconds: float, on_wait: Callable[[str], None]) -> None:
    try:
        wait_for_transactions(database, seconds, on_wait)
    except LockedError as error:
        raise LockedError(
            f"the event triggers were removed, but nothing else: {error.message}", hint=error.hint
        ) from error


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more


def _module_lines(database: Database, *, keep_data: bool) -> list[str]:
    if "auth" not in installed_modules(database):
        return []
    _, has_store = database.row(sql_files.query("installation/has_module_auth")) or (False, False)
    if keep_data or not has_store:
        return ["the wrappers of module auth"]
    users = database.value(sql_files.query("installation/count_module_auth"))
    return ["the wrappers of module auth", f"the store of module auth with {users} users"]


def _scripts(modules: tuple[str, ...], *, keep_data: bool) -> list[str]:
    first = ["install/lock.sql", "install/lock_records.sql", "install/drop_triggers.sql"]
    if keep_data:
        # The functions of module auth are registered like the core's.
        return [*first, "install/keep_data.sql"]
    functions = [f"modules/{module}/uninstall_functions.sql" for module in modules]
    stores = [f"modules/{module}/uninstall_store.sql" for module in modules]
    return [*first, *functions, *stores, "install/uninstall.sql"]


def _require_installed(database: Database) -> None:
    if not is_installed(database):
        raise NotInstalledError("dbtrack is not installed in this database: there is nothing to remove")
