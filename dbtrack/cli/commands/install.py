"""``dbtrack install``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dbtrack.cli.connection import connected, record_waiting, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, Quiet
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack install -d shop", "Install into the database shop, or bring it up to date."),
    Example("dbtrack install --sql > dbtrack.sql", "Read first what would run; this never connects."),
    Example("dbtrack install --with auth -d shop", "Record logins and registrations as well."),
    Example(
        "dbtrack install --adopt -d shop", "Take over a script_tracking schema that something else made."
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
            help="Move aside a script_tracking schema that something else made; carry its executions over.",
        ),
    ] = False,
    require_capture: Annotated[
        bool,
        typer.Option(
            "--require-capture",
            help="Fail where event triggers are not allowed, instead of installing all the rest.",
        ),
    ] = False,
    role_prefix: Annotated[
        str,
        typer.Option(
            "--role-prefix", metavar="PREFIX", help="Begin the names of the roles it creates with this."
        ),
    ] = "dbtrack",
    with_module: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="MODULE", help="Install this module too: auth. Upgrades keep it without asking."
        ),
    ] = None,
    lock_timeout: Annotated[
        int,
        typer.Option(
            "--lock-timeout",
            metavar="SECONDS",
            min=1,
            max=3600,
            help="Wait so long for a lock, then give up.",
        ),
    ] = 5,
    redact: Annotated[
        Redaction | None,
        typer.Option(
            "--redact",
            metavar="MODE",
            help="Which stored statements lose their literals: 'all', 'none', or 'secrets': those that can "
            "carry one. Default: as it is set, else secrets.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Install dbtrack into a database, or upgrade it.

    Safe to repeat. All of it is one transaction, so a failure leaves the database as it was. Recording DDL
    needs a superuser, or the provider's stand-in for one; without, it installs all the rest and says so.
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
        raise UsageError("--redact needs a connection", hint="after it: dbtrack settings redaction.mode MODE")
    if sql:
        typer.echo(schema.install_script(options), nl=False)
        return
    # Before the install a record could not be taken.
    with connected(connection, tell_warnings=False, replay=False) as database:
        report = schema.install(database, options)
        if redact is not None:
            set_setting(database, "redaction.mode", redact.value)
        record_waiting(target_of(connection), database)
    for warning in report.warnings:
        messages.warn(warning)
    if not quiet:
        messages.say_block("\n".join(report.lines))


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, install, examples=EXAMPLES)
