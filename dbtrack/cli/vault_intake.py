"""``dbtrack vault receive --from``: what sources pushed through a broker."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from dbtrack.cli.connections import Connections
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.options.vault_options import ReceiveArguments
from dbtrack.cli.waits import Waits
from dbtrack.errors import NoConnectionError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.vault.consume import Intake

_POLL_SECONDS = 1.0
# After so long without a message there are no more.
_LAST_SECONDS = 3.0


def receive_from(connection: ConnectionArguments, receiving: ReceiveArguments, origin: str) -> None:
    """Receive until Ctrl-C; with --once until nothing more comes."""
    from dbtrack.stream.destination import parse_destination
    from dbtrack.stream.open_stream import open_source
    from dbtrack.stream.producer_settings import producer_settings
    from dbtrack.vault.consume import Intake
    from dbtrack.vault.sources import check_receiver_login

    place = parse_destination(origin, "--from")
    settings = producer_settings(place.broker, receiving.consumer_config, os.environ, "--consumer-config")
    source = open_source(place, settings)
    with Connections(connection) as connections:
        check_receiver_login(connections.database)
        intake = Intake(source, connections.database, messages.warn)
        try:
            source.open()
            messages.say(f"dbtrack: receiving from {place.url}")
            _receive(connections, intake, once=receiving.once)
        except KeyboardInterrupt as interrupt:
            # Whoever runs it without --once has no other way to end it.
            if receiving.once or type(interrupt) is not KeyboardInterrupt:
                raise
        finally:
            source.close()
            if receiving.verbose:
                messages.say(f"dbtrack: {_summary(intake)}")


def _receive(connections: Connections, intake: Intake, *, once: bool) -> None:
    from dbtrack.stream.sink import BrokerError
    from dbtrack.vault.consume import VaultBusyError

    waits = Waits("receiving again")
    quiet_since = time.monotonic()
    while not once or time.monotonic() - quiet_since < _LAST_SECONDS:
        try:
            if intake.round(_POLL_SECONDS) or not intake.source.is_ready:
                quiet_since = time.monotonic()
            waits.over()
        except (BrokerError, VaultBusyError) as error:
            if once or getattr(error, "is_refusal", False):
                raise
            waits.wait(error)
            if isinstance(error, BrokerError):
                intake.restart()
        except NoConnectionError as lost:
            if once:
                raise
            intake.database = connections.next(lost)


def _summary(intake: Intake) -> str:
    taken = intake.taken
    refused = f"; {taken.refused:,} were not taken" if taken.refused else ""
    return f"received {taken.parcels:,} messages with {taken.versions:,} new versions{refused}"
