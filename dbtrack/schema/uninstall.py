"""Taking it away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack import sqlfiles
from dbtrack.db import Database
from dbtrack.errors import NotInstalledError
from dbtrack.schema.modules import installed_modules


@dataclass(frozen=True)
class UninstallReport:
    """What an uninstall removed, one line each."""

    lines: Sequence[str]


def uninstall_preview(database: Database, *, keep_data: bool) -> list[str]:
    """What an uninstall would remove, one line each; changes nothing."""
    _require_installed(database)
    triggers, functions, executions = database.row(sqlfiles.query("count_installed")) or (0, 0, 0)
    lines = [f"{triggers} event triggers", f"{functions} functions in schema script_tracking"]
    if not keep_data:
        lines.append(f"the schema script_tracking with {executions} recorded executions")
    return lines + _module_lines(database, keep_data=keep_data)


def uninstall(database: Database, *, keep_data: bool) -> UninstallReport:
    """Remove the event triggers and functions, and, unless `keep_data`, the schema with all records.

    The roles stay: other databases of the cluster may use them.

    Raises:
        NotInstalledError: there is nothing to remove.
    """
    lines = uninstall_preview(database, keep_data=keep_data)
    modules = installed_modules(database)
    with database.transaction():
        database.run_script("SET LOCAL client_min_messages = error; SET LOCAL lock_timeout = '5s'")
        database.run_script(sqlfiles.source("drop_triggers.sql").text)
        for name in _scripts(modules, keep_data=keep_data):
            database.run_script(sqlfiles.source(name).text)
    kept = ["the tables with their records stay; dbtrack install takes them up again"] if keep_data else []
    return UninstallReport([f"removed {line}" for line in lines] + kept)


def _module_lines(database: Database, *, keep_data: bool) -> list[str]:
    if "auth" not in installed_modules(database):
        return []
    _, has_store = database.row(sqlfiles.query("has_module_auth")) or (False, False)
    if keep_data or not has_store:
        return ["the wrappers of module auth"]
    users = database.value(sqlfiles.query("count_module_auth"))
    return ["the wrappers of module auth", f"the store of module auth with {users} users"]


def _scripts(modules: tuple[str, ...], *, keep_data: bool) -> list[str]:
    names = [f"modules/{module}/uninstall_functions.sql" for module in modules]
    if keep_data:
        return [*names, "drop_views.sql", "keep_data.sql"]
    return [*names, *(f"modules/{module}/uninstall_store.sql" for module in modules), "uninstall.sql"]


def _require_installed(database: Database) -> None:
    if database.value("SELECT pg_catalog.to_regclass('script_tracking.schema_migration')") is None:
        raise NotInstalledError("dbtrack is not installed in this database: there is nothing to remove")
