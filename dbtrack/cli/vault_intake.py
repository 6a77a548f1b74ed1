"""``dbtrack vault receive --from``: what sources pushed through a broker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dbtrack.cli.connections import Connections
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.options.vault_options import ReceiveArguments
from dbtrack.cli.take_messages import take_messages
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.vault.consume import Intake


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
            take_messages(connections, intake, place.url, once=receiving.once)
        finally:
            if receiving.verbose:
                messages.say(f"dbtrack: {_summary(intake)}")


def _summary(intake: Intake) -> str:
    taken = intake.taken
    refused = f"; {taken.refused:,} were not taken" if taken.refused else ""
    return f"received {taken.parcels:,} messages with {taken.versions:,} new versions{refused}"
