"""Take the messages of a broker into a database, for commands that run until they are stopped."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dbtrack.cli.connections import Connections
from dbtrack.cli.waits import Waits
from dbtrack.errors import NoConnectionError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.stream.intake import Intake

_POLL_SECONDS = 1.0
# After so long without a message there are no more.
_LAST_SECONDS = 3.0


def take_messages(connections: Connections, intake: Intake, place: str, *, once: bool) -> None:
    """Take messages until Ctrl-C; with `once` until nothing more comes. The source is closed afterwards.

    Args:
        place: where they are, for people.
    """
    try:
        intake.source.open()
        messages.say(f"dbtrack: receiving from {place}")
        _take(connections, intake, once=once)
    except KeyboardInterrupt as interrupt:
        # Whoever runs it without --once has no other way to end it.
        if once or type(interrupt) is not KeyboardInterrupt:
            raise
    finally:
        intake.source.close()


def _take(connections: Connections, intake: Intake, *, once: bool) -> None:
    from dbtrack.stream.intake import DatabaseBusyError
    from dbtrack.stream.sink import BrokerError

    waits = Waits("receiving again")
    quiet_since = time.monotonic()
    while not once or not _is_over(intake, quiet_since):
        try:
            if intake.round(_POLL_SECONDS) or not intake.source.is_ready:
                quiet_since = time.monotonic()
            waits.over()
        except (BrokerError, DatabaseBusyError) as error:
            if once or getattr(error, "is_refusal", False):
                raise
            waits.wait(error)
            if isinstance(error, BrokerError):
                intake.restart()
        except NoConnectionError as lost:
            if once:
                raise
            intake.database = connections.next(lost)


def _is_over(intake: Intake, quiet_since: float) -> bool:
    return intake.source.is_exhausted or time.monotonic() - quiet_since >= _LAST_SECONDS
