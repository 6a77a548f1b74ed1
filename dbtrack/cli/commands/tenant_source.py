"""``dbtrack tenant source`` and ``sync``: the platform's hub of tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbtrack.tenants.platform_source import TenantChange


def source(
    connection: ConnectionArguments,
    chosen: Annotated[
        str | None,
        typer.Argument(metavar="SOURCE", help="auth.tenant_h or own; without it, the present one is shown."),
    ] = None,
) -> None:
    """Show or say where the tenants come from.

    With auth.tenant_h they are those of the platform's table: `tenant sync` and `maintain` take them over,
    with the rights of the login that runs them, and `tenant add` is refused.
    """
    from dbtrack.tenants import platform_source

    with connected(connection) as database:
        if chosen is None:
            typer.echo(platform_source.tenant_source(database) or platform_source.OWN)
        else:
            _tell(platform_source.choose_source(database, chosen))


def sync(connection: ConnectionArguments) -> None:
    """Take the platform's tenants over now.

    Says what changed, one line a tenant. One that is gone there is disabled, never removed, since records
    carry its key; one that is back is enabled.
    """
    from dbtrack.tenants import platform_source

    with connected(connection) as database:
        _tell(platform_source.sync_tenants(database))


def _tell(changes: Sequence[TenantChange]) -> None:
    if changes:
        messages.say_block("\n".join(messages.one_line(change.line) for change in changes))


def build() -> list[PlainCommand]:
    """Return the two commands."""
    return [
        command(
            "source",
            source,
            examples=(Example("dbtrack tenant source auth.tenant_h", "Read the platform's tenants."),),
        ),
        command("sync", sync, examples=(Example("dbtrack tenant sync", "Take over what is new there."),)),
    ]
