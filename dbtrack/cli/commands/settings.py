"""``dbtrack settings``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database

EXAMPLES = (
    Example("dbtrack settings", "Show all settings with value, default and description."),
    Example("dbtrack settings capture.on_error block", "Refuse DDL that cannot be recorded."),
    Example("dbtrack settings capture.on_error --reset", "Restore the default."),
)


def settings(
    connection: ConnectionArguments,
    output: OutputArguments,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="The name of a setting; without it, all settings are shown."),
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(metavar="VALUE", help="The new value; without it, the current value is shown."),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Restore the default of NAME.")] = False,
) -> None:
    """Show or change the settings of a database.

    Settings are stored in the database and apply to all sessions. Only an administrator can change them. If a
    rule of retention then contradicts another, the setting is changed and a warning names both rules.
    """
    if reset and (name is None or value is not None):
        raise UsageError("--reset needs the NAME of a setting and no VALUE")
    if reset and name is not None:
        _reset(connection, name)
    elif name is not None and value is not None:
        _set(connection, name, value)
    else:
        _show(connection, output, name)


def _reset(connection: ConnectionArguments, name: str) -> None:
    from dbtrack.schema import settings as core

    with connected(connection) as database, _conflicts_told(database, name):
        core.reset_setting(database, name)


def _set(connection: ConnectionArguments, name: str, value: str) -> None:
    from dbtrack.schema import settings as core

    with connected(connection) as database, _conflicts_told(database, name):
        core.set_setting(database, name, value)


@contextmanager
def _conflicts_told(database: Database, name: str) -> Iterator[None]:
    """Warn of what contradicts another rule of retention only since the setting was changed."""
    from dbtrack.schema import settings as core

    before = core.conflicts_of(database, name)
    yield
    for conflict in core.conflicts_of(database, name):
        if conflict not in before:
            messages.warn(conflict)


def _show(connection: ConnectionArguments, output: OutputArguments, name: str | None) -> None:
    from dbtrack.schema import settings as core

    with destination(output) as stream, connected(connection) as database:
        emit(
            core.SETTING_COLUMNS,
            core.list_settings(database, name),
            stream,
            output,
            title="Settings",
            report="settings",
            database=database,
        )


COMMANDS = {"settings": CommandDefinition(settings, EXAMPLES)}
