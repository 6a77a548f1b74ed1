"""What ran inside a wrapped command: read for the summary and for JUnit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dbtrack.cli.connection import connected_to
from dbtrack.errors import DbtrackError

if TYPE_CHECKING:
    from dbtrack.config import ConnectionTarget
    from dbtrack.wrapper import FinishedCommand

MOST_CHANGES = 200
_SECONDS = 10.0


@dataclass(frozen=True)
class Change:
    """One execution inside the operation; durations in milliseconds, None where they are not known."""

    name: str
    status: str
    objects: Sequence[str]
    duration_ms: float | None
    waited_ms: float | None
    error: str | None


def read_changes(target: ConnectionTarget, finished: FinishedCommand) -> tuple[list[Change], str | None]:
    """Return what ran inside a finished command, at most `MOST_CHANGES` + 1, or why it cannot be read.

    It asks for no password, and waits for ten seconds at most.
    """
    from dbtrack import sql_files
    from dbtrack.wrapper.time_limit import time_limit

    if not finished.key or not finished.is_recorded:
        return [], "the record is not in the database yet"
    wanted = {"key": bytes.fromhex(finished.key), "limit": MOST_CHANGES + 1}
    try:
        with (
            time_limit(_SECONDS),
            connected_to(replace(target, no_password=True, force_password=False), replay=False) as database,
        ):
            rows = database.rows(sql_files.query("operations/run_changes"), wanted)
    except DbtrackError as error:
        return [], error.message
    return [Change(*row) for row in rows], None
