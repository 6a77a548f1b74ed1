"""The options of the commands that create an endpoint: which events it gets, and when they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from dbtrack.cli.program.typer_adapter import choice
from dbtrack.errors import UsageError

COMMIT = "commit"
STANDBY = "standby"

Tenants = Annotated[
    list[str] | None,
    typer.Option(
        "--tenant", metavar="TENANT", help="Only events of this tenant; may be repeated. Default: all."
    ),
]
DeliverAfter = Annotated[
    str,
    typer.Option(
        "--deliver-after",
        metavar="WHEN",
        click_type=choice((COMMIT, STANDBY)),
        help="commit, or standby: once a standby has the event on disk, so that no failover can undo it.",
    ),
]


def event_types(words: Sequence[str] | None) -> list[str] | None:
    """Return the types of events and patterns that `--events` names; None if it is not given.

    Raises:
        UsageError: one of them is empty.
    """
    if not words:
        return None
    types = [part.strip() for word in words for part in word.split(",")]
    if not all(types):
        raise UsageError(
            "--events: a type of event is empty", hint="write execution.failed,privilege.changed"
        )
    return types
