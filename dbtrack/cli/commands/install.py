"""``dbtrack install``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected, record_waiting, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, Quiet
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.schema import InstallReport

EXAMPLES = (
    Example("dbtrack install -d shop", "Install dbtrack into the database shop, or upgrade it."),
    Example("dbtrack install --sql > dbtrack.sql", "Show the SQL that would run; this does not connect."),
    Example("dbtrack install --with auth -d shop", "Also record logins and registrations."),
    Example(
        "dbtrack install --adopt -d shop", "Take over a script_tracking schema that dbtrack did not create."
    ),
)


class Redaction(StrEnum):
    """Which stored statements lose their literals."""

    SECRETS = "secrets"
    ALL = "all"
    NONE = "none"


def install(
    connection: ConnectionArguments,
    *,
    sql: Annotated[bool, typer.Option("--sql", help="Print the script and do not connect.")] = False,
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt",
            help="Rename a script_tracking schema that dbtrack did not create, and copy its executions.",
        ),
    ] = False,
    require_capture: Annotated[
        bool,
        typer.Option(
            "--require-capture",
            help="Fail if event triggers are not allowed, instead of installing everything else.",
        ),
    ] = False,
    role_prefix: Annotated[
        str,
        typer.Option(
            "--role-prefix", metavar="PREFIX", help="Prefix of the names of the roles that are created."
        ),
    ] = "dbtrack",
    with_module: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="MODULE", help="Also install this module: auth. Upgrades keep it."),
    ] = None,
    lock_timeout: Annotated[
        int,
        typer.Option(
            "--lock-timeout",
            metavar="SECONDS",
            min=1,
            max=3600,
            help="Maximum time to wait for a lock.",
        ),
    ] = 5,
    redact: Annotated[
        Redaction | None,
        typer.Option(
            "--redact",
            metavar="MODE",
            help="Which stored statements lose their literals: 'all', 'none', or 'secrets': those "
            "that can contain a secret. Default: the current setting, else secrets.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Install dbtrack into a database, or upgrade it.

    It can be repeated safely. It is one transaction, so a failure leaves the database unchanged. Recording
    DDL requires a superuser, or the provider's equivalent; otherwise everything else is installed, with a
    warning.
    """
    from dbtrack import schema
    from dbtrack.schema.settings import set_setting

    options = schema.InstallOptions(
        adopt=adopt,
        require_capture=require_capture,
        role_prefix=role_prefix,
        lock_timeout_seconds=lock_timeout,
        modules=tuple(with_module or ()),
    )
    if sql and redact is not None:
        raise UsageError(
            "--redact needs a connection",
            hint="run after the installation: dbtrack settings redaction.mode MODE",
        )
    if sql:
        typer.echo(schema.install_script(options), nl=False)
        return
    # No replay before the install: the database could not take a record.
    with connected(connection, show_warnings=False, replay=False) as database:
        with ProgressLine("install") as line:
            report = schema.install(
                database, options, progress=lambda done, steps: line.count(done, steps, "steps")
            )
        if redact is not None:
            set_setting(database, "redaction.mode", redact.value)
        record_waiting(target_of(connection), database)
    for warning in report.warnings:
        messages.warn(warning)
    if not quiet:
        messages.say_block("\n".join(_summary(report)))


def _summary(report: InstallReport) -> list[str]:
    lines = [_headline(report)]
    if report.migrations:
        lines.append(f"applied {len(report.migrations)} migrations: {', '.join(report.migrations)}")
    lines.extend(report.adopted_lines)
    lines.extend(report.tenant_lines)
    lines.append(_capture_line(report))
    lines.append("next: dbtrack dashboard")
    return lines


def _capture_line(report: InstallReport) -> str:
    if report.has_capture:
        return "DDL is captured from now on"
    if report.suspension:
        return f"DDL is NOT captured: {report.suspension}; dbtrack resume ends it"
    return "DDL is NOT captured: the event triggers are missing"


def _headline(report: InstallReport) -> str:
    name = f"in database {report.database_name}"
    if report.from_version is None:
        return f"installed dbtrack {report.to_version} {name}"
    if report.from_version != report.to_version:
        return f"upgraded dbtrack {report.from_version} to {report.to_version} {name}"
    return (
        f"dbtrack {report.to_version} {name} is up to date: its functions, grants and triggers were renewed"
    )


COMMANDS = {"install": CommandDefinition(install, EXAMPLES)}
