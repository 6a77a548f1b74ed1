"""``dbtrack push``."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connections import Connections
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.waits import Waits
from dbtrack.errors import DbtrackError, ExitCode, LeaseLostError, NoConnectionError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.vault.push import Push, Pushed
    from dbtrack.vault.receiver import Receiver

EXAMPLES = (
    Example(
        "dbtrack push -d shop --to postgresql://shop_push@vault.example.com/vault",
        "Push what is new, and end; for cron. The password is in .pgpass.",
    ),
    Example(
        "dbtrack push -d shop --to https://vault.example.com --token file:/etc/dbtrack/vault.token --follow",
        "Push what is recorded as it is committed, over HTTPS.",
    ),
    Example(
        "dbtrack push -d shop --to kafka://broker1:9092/vault --token file:/etc/dbtrack/vault.token",
        "Push through a topic of Kafka, which 'dbtrack vault receive --from' reads.",
    ),
)
_POLL_SECONDS = 1.0


def push(
    *,
    connection: ConnectionArguments,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            help="The vault, without a password: postgresql://USER@HOST/DATABASE, https://HOST:PORT of "
            "'dbtrack vault receive', kafka://HOST:PORT/TOPIC or nats://HOST:PORT/SUBJECT.",
        ),
    ],
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            metavar="WHERE",
            help="For https://, kafka:// and nats://: where the token of this source is: env:VARIABLE, "
            "file:PATH, command:WORDS or stdin:.",
        ),
    ] = None,
    name: Annotated[
        str,
        typer.Option(
            "--name",
            metavar="NAME",
            help="Name of the endpoint, which remembers what was pushed. One a vault.",
        ),
    ] = "vault",
    only_new: Annotated[
        bool,
        typer.Option(
            "--only-new",
            help="When the endpoint is created, begin with the next event. Default: with the whole record.",
        ),
    ] = False,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow/--once",
            help="Push what is recorded until Ctrl-C; or push what is new, and end. Default: --once.",
        ),
    ] = False,
    producer_config: Annotated[
        Path | None,
        typer.Option(
            "--producer-config",
            metavar="FILE",
            help="For kafka:// and nats://: settings of the client library, one NAME=VALUE a line: TLS, "
            "login.",
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Push the record to a vault, the central record of many databases.

    Only this side connects, so it works from behind NAT. What the vault has confirmed is not sent again;
    after a crash everything arrives, and nothing twice. Exits 3 if the vault finds that something does not
    agree with what had arrived; through Kafka and NATS only the vault tells. Requires dbtrack's admin role,
    and a connection to the primary server.
    """
    from dbtrack.vault.destination import receiver_of, shown_destination
    from dbtrack.vault.push import Pushed

    receiver = receiver_of(to, token, os.environ, producer_config)
    pushed = Pushed(is_confirmed=not receiver.is_one_way)
    try:
        _run(connection, receiver, _Options(name, shown_destination(to), only_new, follow), pushed)
    except KeyboardInterrupt as interrupt:
        # Whoever follows has no other way to end it.
        if not follow or type(interrupt) is not KeyboardInterrupt:
            raise
    finally:
        receiver.close()
        if verbose:
            messages.say(f"dbtrack: {_summary(pushed)}")
    if pushed.findings:
        raise typer.Exit(ExitCode.FINDINGS)


class _Options:
    """What one call of the command was told."""

    def __init__(self, name: str, destination: str, only_new: bool, follow: bool) -> None:
        self.name = name
        self.destination = destination
        self.only_new = only_new
        self.follow = follow


def _run(connection: ConnectionArguments, receiver: Receiver, options: _Options, pushed: Pushed) -> None:
    """Push, over a new connection whenever the source's is lost."""
    from dbtrack.vault.push import Push, endpoint_cursor, use_endpoint

    with Connections(connection) as connections:
        database = connections.database
        is_new = use_endpoint(database, options.name, options.destination, only_new=options.only_new)
        cursor = endpoint_cursor(database, options.name, warn=messages.warn)
        push = Push(database, options.name, cursor, receiver, pushed)
        try:
            lost = _rounds(push, follow=options.follow)
            while lost is not None:
                push.continue_over(connections.next(lost))
                lost = _rounds(push, follow=options.follow)
        except BaseException:
            if is_new and not push.has_answer:
                # Nobody is there: the URL may be mistyped. An endpoint without a reader keeps events.
                with suppress(DbtrackError):
                    push.database.call("drop_endpoint", p_name=options.name)
            raise


def _rounds(push: Push, *, follow: bool) -> NoConnectionError | None:
    """Push once, or until it is stopped; return the error if the connection to the source was lost."""
    from dbtrack.vault.receiver import VaultAwayError

    waits = Waits("pushing again")
    try:
        while _one_round(push, waits, follow=follow) and follow:
            pass
    except VaultAwayError:
        raise
    except NoConnectionError as lost:
        if not follow:
            raise
        return lost
    finally:
        push.release()
    return None


def _one_round(push: Push, waits: Waits, *, follow: bool) -> bool:
    """Push what is new, or wait; return True."""
    from dbtrack.vault.receiver import VaultAwayError

    findings = push.pushed.findings
    try:
        was_new = push.round()
    except (VaultAwayError, LeaseLostError) as error:
        if not follow or getattr(error, "is_refusal", False):
            raise
        waits.wait(error)
        return True
    waits.over()
    if push.pushed.findings > findings:
        messages.warn(
            f"the vault found {push.pushed.findings - findings} things that do not agree; "
            f"on the vault: dbtrack vault findings {push.pushed.source}"
        )
    if follow and not was_new:
        time.sleep(_POLL_SECONDS)
    return True


def _summary(pushed: Pushed) -> str:
    new = f" ({pushed.versions:,} new versions)" if pushed.is_confirmed else ""
    waits = f", {pushed.waits:,} waits for locks" if pushed.waits else ""
    objects = f", {pushed.objects:,} versions of objects" if pushed.objects else ""
    return (
        f"pushed {pushed.events:,} events{new}{waits}{objects} and {pushed.blocks:,} blocks"
        f"{f' as {pushed.source}' if pushed.source else ''}"
    )


COMMANDS = {"push": CommandDefinition(push, EXAMPLES)}
