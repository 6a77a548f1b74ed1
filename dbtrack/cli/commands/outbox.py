"""``dbtrack outbox``: receive."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.outbox.letters import DeadLetters
    from dbtrack.stream.source import MessageSource

ABOUT = """Record operations that services published to a bus.

A service that reaches neither the database nor the API publishes what it did to Kafka or NATS, signed with
its token. See docs/microservices.md.
"""
EXAMPLES = (
    Example(
        "dbtrack outbox receive --from kafka://broker1:9092/operations",
        "Record what services publish to a topic of Kafka, until Ctrl-C.",
    ),
    Example(
        "dbtrack outbox receive --from nats://nats1:4222/operations --once -v",
        "Record what a subject of NATS has, say how much that was, and end; for cron.",
    ),
    Example(
        "dbtrack outbox receive --from letters.jsonl --dead-letters again.jsonl",
        "Try again what could not be recorded, after the reason has gone.",
    ),
)


def receive(
    connection: ConnectionArguments,
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="URL",
            help="kafka://HOST:PORT/TOPIC, nats://HOST:PORT/SUBJECT, or a file of messages, "
            "such as dead letters; a file is read once.",
        ),
    ],
    consumer_config: Annotated[
        Path | None,
        typer.Option(
            "--consumer-config",
            metavar="FILE",
            help="Settings of the broker's client library, one NAME=VALUE a line: TLS, login, group.id.",
        ),
    ] = None,
    dead_letters: Annotated[
        str | None,
        typer.Option(
            "--dead-letters",
            metavar="PLACE",
            help="Where to keep what cannot be recorded: a file, or a topic or subject as for --from. "
            "Default: outbox/letters.jsonl in the state directory.",
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Record what is there, and end; for cron.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="At the end, report how much was recorded.")
    ] = False,
) -> None:
    """Record what services publish to Kafka or NATS.

    Runs until Ctrl-C. Each message has one record, as the route /operations/outbox takes it, and the
    signature of a token: it says which service this is, and for which tenant. What cannot be recorded is
    kept as a dead letter, and reported; with --once, and of a file, the exit code is then 3.

    The login must be one that may record operations.
    """
    from dbtrack.cli.connections import Connections
    from dbtrack.cli.take_messages import take_messages
    from dbtrack.outbox.consume import OutboxIntake

    source, place = _source(origin, consumer_config)
    letters = _letters(dead_letters, consumer_config, place)
    is_file = "://" not in place
    with Connections(connection) as connections:
        intake = OutboxIntake(source, connections.database, letters, messages.warn)
        is_done = False
        try:
            letters.open()
            take_messages(connections, intake, place, once=once or is_file)
            is_done = True
        finally:
            letters.close()
            # After a failure nobody knows that there is nothing.
            if verbose and (is_done or intake.counts):
                messages.say(f"dbtrack: {_summary(intake.counts)}")
    if (once or is_file) and intake.counts["refused"]:
        raise typer.Exit(ExitCode.FINDINGS)


def _source(origin: str, config: Path | None) -> tuple[MessageSource, str]:
    from dbtrack.outbox.letters import LetterFile
    from dbtrack.stream.destination import parse_destination
    from dbtrack.stream.open_stream import open_source
    from dbtrack.stream.producer_settings import producer_settings
    from dbtrack.stream.source import Readers

    if "://" not in origin and origin != "-":
        return LetterFile(Path(origin).expanduser()), origin
    place = parse_destination(origin, "--from")
    settings = producer_settings(place.broker, config, os.environ, "--consumer-config")
    return open_source(place, settings, Readers("dbtrack-outbox", may_be_several=True)), place.url


def _letters(given: str | None, config: Path | None, origin: str) -> DeadLetters:
    from dbtrack.outbox.letters import BrokerLetters, FileLetters, letters_path
    from dbtrack.stream.destination import parse_destination
    from dbtrack.stream.open_stream import open_sink
    from dbtrack.stream.producer_settings import producer_settings

    if given is None or "://" not in given:
        path = letters_path(os.environ) if given is None else Path(given).expanduser()
        if "://" not in origin and path.absolute() == Path(origin).expanduser().absolute():
            raise UsageError(
                f"{path} is read, and cannot get dead letters",
                hint="name another file with --dead-letters",
            )
        return FileLetters(path)
    place = parse_destination(given, "--dead-letters")
    if place.url == origin:
        raise UsageError("--dead-letters must not be the topic that is read")
    settings = producer_settings(place.broker, config, os.environ, "--consumer-config")
    return BrokerLetters(open_sink(place, settings), place.url)


def _summary(counts: Counter[str]) -> str:
    from dbtrack.outbox.consume import OUTCOMES

    found = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in OUTCOMES if counts[outcome])
    return found or "there was nothing new"


COMMANDS = {"outbox": GroupDefinition(ABOUT, {"receive": CommandDefinition(receive, EXAMPLES)}, EXAMPLES)}
