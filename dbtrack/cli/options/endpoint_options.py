"""The options of the commands that create or hold an endpoint: what it gets, and when that is sent."""

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
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; the list shows it.")]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        help="Send again, with the same ids, what was recorded since then: 2h, yesterday, 2026-01-01.",
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
