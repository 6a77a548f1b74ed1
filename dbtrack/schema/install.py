"""Install and upgrade dbtrack, in one transaction and under a lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.schema.adoption import adoption
from dbtrack.schema.install_script import InstallOptions, install_steps
from dbtrack.schema.installed import is_installed
from dbtrack.schema.locks import limited_lock_waits, naming_lock_holders
from dbtrack.schema.optional_modules import installed_modules
from dbtrack.schema.suspension import open_suspension
from dbtrack.tenants.platform_source import import_platform_tenants
from dbtrack.version import __version__

EVENT_TRIGGERS = ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop", "et_table_rewrite")


@dataclass(frozen=True)
class InstallReport:
    """What an install did.

    Args:
        from_version: the version before; None for a first installation.
        to_version: the version now.
        migrations: the names of the migrations that were applied.
        adopted: how many executions were adopted from a schema that dbtrack did not create.
        has_capture: whether DDL is captured now.
        warnings: what could not be done, one line each.
        tenant_lines: what was done with the platform's tenants.
        adopted_lines: what was adopted, and what was changed in it.
        suspension: that capture is suspended, since when and why; None if it is not.
    """

    from_version: str | None
    to_version: str
    migrations: Sequence[str]
    adopted: int
    has_capture: bool
    warnings: Sequence[str]
    database_name: str = ""
    tenant_lines: Sequence[str] = ()
    adopted_lines: Sequence[str] = ()
    suspension: str | None = None


def install(
    database: Database,
    options: InstallOptions | None = None,
    *,
    progress: Callable[[int, int], None] = lambda _done, _steps: None,
) -> InstallReport:
    """Install dbtrack into the database, or upgrade it. A second run changes nothing.

    Args:
        progress: called before each step with how many are done, and how many there are.

    Raises:
        UsageError: the server's major version is not supported, or it is a standby.
        PermissionDeniedError: the role may not create the schema.
        DbtrackError: the schema was not created by dbtrack, or capture is required and unavailable.
        LockedError: another install is running, or a table was locked for too long.
    """
    options = options or InstallOptions()
    with (
        naming_lock_holders(database, "nothing was installed"),
        limited_lock_waits(database, options.lock_timeout_seconds),
    ):
        before = _applied(database)
        from_version = _version(database) if before is not None else None
        kept_modules = installed_modules(database) if before is not None else ()
    options = replace(options, modules=tuple({*options.modules, *kept_modules}))
    known = len(database.notices)
    with naming_lock_holders(database, "nothing was installed"), database.transaction():
        captures = _run_steps(database, options, progress)
        adopted = adoption(database)
        applied = _applied(database) or {}
    suspension = open_suspension(database)
    tenant_lines, tenant_warnings = _import_tenants(database)
    return InstallReport(
        from_version=from_version,
        to_version=__version__,
        migrations=[name for number, name in applied.items() if number not in (before or {})],
        adopted=adopted.executions,
        adopted_lines=adopted.lines,
        has_capture=captures,
        warnings=[*(notice.message for notice in list(database.notices)[known:]), *tenant_warnings],
        database_name=database.name,
        tenant_lines=tenant_lines,
        suspension=suspension.details if suspension else None,
    )


def _import_tenants(database: Database) -> tuple[Sequence[str], Sequence[str]]:
    # Done after the installation, which must succeed whatever the state of the platform's table.
    try:
        return import_platform_tenants(database), ()
    except DbtrackError as error:
        return (), (f"the platform's tenants were not copied: {error.message}",)


def _run_steps(database: Database, options: InstallOptions, progress: Callable[[int, int], None]) -> bool:
    """Run the install script; tell whether DDL is captured now.

    Raises:
        DbtrackError: it is not, and the options require it.
    """
    steps = list(install_steps(options))
    for number, step in enumerate(steps):
        progress(number, len(steps))
        database.run_script(step.text)
    captures = has_capture(database)
    if options.require_capture and (suspension := open_suspension(database)):
        raise DbtrackError(
            f"{suspension.details}; --require-capture requires capture, so nothing was installed",
            hint="run first: dbtrack resume",
        )
    if options.require_capture and not captures:
        raise DbtrackError(
            "the server refused event triggers, which --require-capture requires; nothing was installed",
            hint="run it as a superuser, or as your provider's equivalent",
        )
    return captures


def _applied(database: Database) -> dict[int, str] | None:
    """Return the applied migrations by number; None if dbtrack is not installed."""
    if not is_installed(database):
        return None
    return dict(database.rows(sql_files.query("installation/applied_migrations")))


def _version(database: Database) -> str | None:
    version: str | None = database.value(sql_files.query("installation/installed_version"))
    return version


def has_capture(database: Database) -> bool:
    """Tell whether all event triggers of dbtrack are there and always fire."""
    return int(database.value(sql_files.query("installation/count_event_triggers"))) == len(EVENT_TRIGGERS)
