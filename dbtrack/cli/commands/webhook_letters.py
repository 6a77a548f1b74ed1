"""``dbtrack webhook replay`` and ``dead``: the events that a receiver refused."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.webhook_options import Name, Timeout, key_ring_here, limits_of
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="EVENT", help="Only the dead letter of this event; may be repeated."),
]


def replay(connection: ConnectionArguments, name: Name, ids: Ids = None, timeout: Timeout = 15.0) -> None:
    """Send dead letters again, in order and with the same ids.

    Those that are delivered are no longer dead. Exits 0 if all were delivered, otherwise 3.
    'dbtrack webhook resume NAME --since TIME' sends again what was delivered before.
    """
    from dbtrack.notify import webhooks

    with connected(connection) as database:
        done = webhooks.replay(database, name, key_ring_here(), ids=ids or (), limits=limits_of(timeout))
    messages.say(f"dbtrack: delivered {_letters(done.delivered)} of webhook {name}")
    if done.failed is not None:
        messages.fail(f"{done.remaining} were not delivered: {done.failed}")
        raise typer.Exit(ExitCode.FINDINGS)


def dead(
    connection: ConnectionArguments,
    output: OutputArguments,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The webhook's name; without it, those of all.")
    ] = None,
    ids: Ids = None,
    discard: Annotated[
        bool, typer.Option("--discard", help="Remove them without sending them; needs the NAME.")
    ] = False,
) -> None:
    """List the dead letters: events that the receiver refused too often."""
    from dbtrack.notify import store, webhooks

    if discard and name is None:
        raise UsageError("--discard needs the NAME of a webhook")
    with destination(output) as stream, connected(connection) as database:
        if discard and name is not None:
            messages.say(f"dbtrack: removed {_letters(webhooks.discard(database, name, ids or ()))}")
            return
        if name is not None:
            store.stored(database, name)
        rows = [row[:-1] for row in store.list_dead_letters(database, name, ids)]
        emit(
            store.DEAD_LETTER_COLUMNS,
            rows,
            stream,
            output,
            title="Dead letters",
            report="webhook dead",
            database=database,
        )


def _letters(count: int) -> str:
    return "1 dead letter" if count == 1 else f"{count} dead letters"


COMMANDS = {
    "dead": CommandDefinition(
        dead, (Example("dbtrack webhook dead ops", "List what the receiver refused, and its answers."),)
    ),
    "replay": CommandDefinition(
        replay, (Example("dbtrack webhook replay ops", "Send it again, once the receiver is fixed."),)
    ),
}
"""The members that this module adds to ``dbtrack webhook``."""
