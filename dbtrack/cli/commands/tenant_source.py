"""``dbtrack tenant source`` and ``sync``: tenants of the platform's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbtrack.tenants.platform_source import TenantChange


def source(
    connection: ConnectionArguments,
    chosen: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE", help="auth.tenant_h or own; without it, the current source is shown."
        ),
    ] = None,
) -> None:
    """Show or set the source of the tenants.

    With auth.tenant_h, tenants come from the platform's table: `tenant sync` and `maintain` copy them, with
    the privileges of the login that runs them, and `tenant add` is refused.
    """
    from dbtrack.tenants import platform_source

    with connected(connection) as database:
        if chosen is None:
            typer.echo(platform_source.tenant_source(database) or platform_source.OWN)
        else:
            _show_changes(platform_source.choose_source(database, chosen))


def sync(connection: ConnectionArguments) -> None:
    """Copy the platform's tenants now.

    Reports the changes, one line per tenant. A tenant that is gone from the platform's table is disabled,
    never removed, because records contain its key. One that returns is enabled again.
    """
    from dbtrack.tenants import platform_source

    with connected(connection) as database:
        _show_changes(platform_source.sync_tenants(database))


def _show_changes(changes: Sequence[TenantChange]) -> None:
    if changes:
        messages.say_block("\n".join(messages.one_line(change.line) for change in changes))


COMMANDS = {
    "source": CommandDefinition(
        source,
        (Example("dbtrack tenant source auth.tenant_h", "Take the tenants from the platform's table."),),
    ),
    "sync": CommandDefinition(
        sync, (Example("dbtrack tenant sync", "Copy what has changed in the platform's table."),)
    ),
}
"""The members that this module adds to ``dbtrack tenant``."""
