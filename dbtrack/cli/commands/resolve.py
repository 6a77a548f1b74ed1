"""``dbtrack resolve``."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.parse_values import MOST_DAYS
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

_DAYS = 30

EXAMPLES = (
    Example(
        'dbtrack resolve 7d877be6 --reason "the column was there already"', "Nobody has to look at it again."
    ),
    Example('dbtrack resolve 7d877be6 --cause --reason "fixed in V43"', "All failures with the same cause."),
    Example("dbtrack resolve 7d877be6 --undo", "It is open again."),
)


def resolve(
    keys: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY...", help="The failure's key, or at least its first 8 hexadecimal digits."
        ),
    ],
    reason: Annotated[
        str | None,
        typer.Option("--reason", "-m", metavar="TEXT", help="Why nobody has to deal with it any more."),
    ] = None,
    cause: Annotated[
        bool,
        typer.Option("--cause", help="Also all failures with the same cause, as 'dbtrack errors' has it."),
    ] = False,
    days: Annotated[
        int,
        typer.Option(
            "--days", metavar="DAYS", min=1, max=MOST_DAYS, help="With --cause: those of the last DAYS days."
        ),
    ] = _DAYS,
    undo: Annotated[bool, typer.Option("--undo", help="Open it again.")] = False,
    *,
    connection: ConnectionArguments,
) -> None:
    """Note that a failure is dealt with, so that it is no longer open.

    Who, when and why is recorded, and shown by errors, show and administration; nothing is ever removed
    from it. A login resolves failures of its own tenants, an administrator all.
    """
    from dbtrack.operations.execution_keys import parse_key_range

    for key in keys:
        parse_key_range(key)  # before connecting
    if not undo and not (reason or "").strip():
        raise UsageError("a reason is missing", hint="say what was done: --reason TEXT")
    with connected(connection) as database:
        function, more = ("resolve_cause", {"days": days}) if cause else ("resolve_execution", {})
        changed = 0
        with database.transaction():
            for key in keys:
                whole = database.call_value("get_execution_key", key_prefix=key)
                changed += int(
                    database.call_value(
                        function, execution_key=whole, reason=reason, is_resolved=not undo, **more
                    )
                )
    messages.say(f"dbtrack: {_summary(changed, undo=undo)}")


def _summary(changed: int, *, undo: bool) -> str:
    if not changed:
        return "nothing changed: it was not resolved" if undo else "nothing changed: it was resolved before"
    what = "1 failure" if changed == 1 else f"{changed} failures"
    return f"opened {what} again" if undo else f"resolved {what}"


COMMANDS = {"resolve": CommandDefinition(resolve, EXAMPLES)}
