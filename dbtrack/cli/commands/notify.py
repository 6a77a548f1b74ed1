"""``dbtrack notify``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected_to, is_idle_standby, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.options.webhook_options import Timeout, key_ring_here, limits_of
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode
from dbtrack.terminal import messages
from dbtrack.terminal.exit_signals import stopping_on_termination

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.notify.notify import NotifySummary

EXAMPLES = (
    Example("dbtrack notify --env prod", "Deliver until it is stopped, as a service does."),
    Example("dbtrack notify --once --env prod", "Deliver what is there, and end; for cron."),
)


def notify(
    connection: ConnectionArguments,
    once: Annotated[
        bool,
        typer.Option("--once", help="Deliver what there is to deliver now, and end; for cron."),
    ] = False,
    interval: Annotated[
        float,
        typer.Option(
            "--interval",
            metavar="SECONDS",
            min=0.05,
            max=3600,
            help="How long a webhook for which there is nothing new waits before it looks again.",
        ),
    ] = 0.5,
    timeout: Timeout = 15.0,
    most_webhooks: Annotated[
        int,
        typer.Option(
            "--most-webhooks",
            metavar="NUMBER",
            min=1,
            max=1000,
            help="How many webhooks it serves at once, each over its own connection to the database. "
            "If there are more, they take turns.",
        ),
    ] = 100,
) -> None:
    """Deliver events to the webhooks, until SIGTERM or Ctrl-C stops it.

    It evaluates the alerts too, at its start and every five seconds.
    Several can run at once, also on different machines: each webhook is served by one of them. What goes
    wrong is reported in one line, once, and when it is over. With --once it exits 3 if events were not
    delivered. On a standby it waits until the server leads; with --once it does nothing there and exits 0.
    """
    from dbtrack.notify.notify import Notifier, NotifyOptions

    target = target_of(connection)
    options = NotifyOptions(
        interval_seconds=interval, is_once=once, most_webhooks=most_webhooks, limits=limits_of(timeout)
    )
    with connected_to(target) as database:
        if once and is_idle_standby(database):
            return
        notifier = Notifier(database, target, key_ring_here(), options, messages.say, tick=_evaluate_alerts)
        with stopping_on_termination(notifier.stop):
            summary = notifier.run()
    if once:
        _conclude(summary)


def _evaluate_alerts(database: Database) -> None:
    from dbtrack.notify.alerts.evaluate import evaluate_due_alerts

    evaluate_due_alerts(database)


def _conclude(summary: NotifySummary) -> None:
    for name, reason in summary.undelivered.items():
        messages.fail(f"webhook {name} did not get all of its events: {reason}")
    if summary.undelivered:
        raise typer.Exit(ExitCode.FINDINGS)


COMMANDS = {"notify": CommandDefinition(notify, EXAMPLES)}
