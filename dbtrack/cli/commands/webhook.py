"""``dbtrack webhook``: add, list, show, test, change, rotate, pause, resume, replay, dead, remove."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from dbtrack.cli.commands import webhook_letters
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.endpoint_options import (
    COMMIT,
    STANDBY,
    DeliverAfter,
    Reason,
    Since,
    Tenants,
    event_types,
)
from dbtrack.cli.options.webhook_options import Name, Timeout, key_ring_here, limits_of
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition, choice
from dbtrack.config.secret_source import WAYS, read_secret
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

ABOUT = """Manage webhooks: where events are sent to, as soon as they are recorded.

'dbtrack notify' delivers the events. The configuration is encrypted with the key of secret metadata
(DBTRACK_KEY), which the machine that delivers needs as well; see docs/webhooks.md.
"""
EXAMPLES = (
    Example(
        "dbtrack webhook add ops https://example.com/hook --events 'execution.*'",
        "Send signed JSON; the signing secret is printed once.",
    ),
    Example(
        "dbtrack webhook add dba env:SLACK_URL --format slack",
        "Send failures, alerts and changes that nobody recorded to a Slack channel.",
    ),
)

_FORMATS = ("standard", "cloudevents", "slack", "teams", "pagerduty", "email", "exec", "apprise")
_SECRET_URLS = ("slack", "teams", "apprise")
_SOURCES = ("env:", "file:", "command:", "stdin:")

Events = Annotated[
    list[str] | None,
    typer.Option(
        "--events",
        metavar="TYPES",
        help="Types of events, separated by commas; execution.* and * are patterns; may be repeated. "
        "Default: alert.*, record.rewound for chats, PagerDuty and mail; otherwise execution.failed, "
        "change.unattributed, verification.failed, capture.failed, record.rewound, alert.*.",
    ),
]
NewEvents = Annotated[
    list[str] | None,
    typer.Option(
        "--events",
        metavar="TYPES",
        help="Types of events, separated by commas; execution.* and * are patterns; may be repeated. "
        "Default: as before.",
    ),
]
NewTenants = Annotated[
    list[str] | None,
    typer.Option(
        "--tenant", metavar="TENANT", help="Only events of this tenant; may be repeated. Default: as before."
    ),
]
Secret = Annotated[
    str | None,
    typer.Option(
        "--secret",
        metavar="SOURCE",
        help="Where the signing secret (whsec_...), PagerDuty's routing key or the mail password is: "
        f"{WAYS}. Default: a signing secret is made and printed once.",
    ),
]


def add(
    connection: ConnectionArguments,
    name: Name,
    url: Annotated[
        str,
        typer.Argument(
            metavar="DESTINATION",
            help="https://...; smtps://LOGIN@HOST?from=ADDRESS&to=ADDRESS, or smtp:// for STARTTLS; "
            "exec:/PROGRAM ARGUMENT...; or where such a URL is, if it is secret: env:VARIABLE, file:PATH, "
            "command:WORDS, stdin:.",
        ),
    ],
    events: Events = None,
    tenant: Tenants = None,
    body_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice(_FORMATS),
            help="standard (signed JSON), cloudevents, slack, teams, pagerduty, email, exec or apprise. "
            "Default: what fits the URL, else standard.",
        ),
    ] = None,
    secret: Secret = None,
    header: Annotated[
        list[str] | None,
        typer.Option(
            "--header",
            metavar="NAME=SOURCE",
            help="Send this header, e.g. aeg-sas-key=env:EVENT_GRID_KEY; may be repeated.",
        ),
    ] = None,
    from_beginning: Annotated[
        bool,
        typer.Option(
            "--from-beginning", help="Send everything in the record first. Default: only what is new."
        ),
    ] = False,
    deliver_after: DeliverAfter = COMMIT,
    handshake: Annotated[
        bool | None,
        typer.Option(
            "--handshake/--no-handshake",
            help="Ask the receiver first by OPTIONS, as CloudEvents' webhooks do. Default: only with "
            "--format cloudevents.",
        ),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option("--origin", metavar="NAME", help="The name to ask with. Default: this machine's name."),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option(
            "--allow-private",
            help="Deliver to loopback, private and link-local addresses, which are refused.",
        ),
    ] = False,
    allow_plain: Annotated[
        bool,
        typer.Option("--allow-plain", help="Deliver without TLS: http://, and smtp:// without STARTTLS."),
    ] = False,
) -> None:
    """Add a webhook.

    It gets the events that are recorded from now on. The signing secret is printed once, on standard output.
    'dbtrack webhook test NAME' tries the webhook, and 'dbtrack notify' delivers.
    """
    from dbtrack.notify import webhooks
    from dbtrack.notify.configuration import BodyFormat

    new = webhooks.NewWebhook(
        name=name,
        url=_destination(url, body_format),
        format=None if body_format is None else BodyFormat(body_format.lower()),
        events=event_types(events),
        tenants=tenant or (),
        secret=None if secret is None else read_secret(secret, "--secret", os.environ),
        headers=_headers(header or ()),
        allow_private=allow_private,
        allow_plain=allow_plain,
        asks_first=handshake,
        origin=origin,
        from_beginning=from_beginning,
        waits_for_standby=deliver_after == STANDBY,
    )
    with connected(connection) as database:
        _print_secret(webhooks.add_webhook(database, new, key_ring_here()))
        if webhooks.lacks_alerts(database, name):
            messages.say(
                f"dbtrack: webhook {name} gets alerts, and there is none yet; "
                "run: dbtrack alert add --ready all"
            )


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the webhooks, how far each is, and what keeps it."""
    from dbtrack.notify import store

    with destination(output) as stream, connected(connection) as database:
        emit(
            store.WEBHOOK_COLUMNS,
            store.list_webhooks(database),
            stream,
            output,
            title="Webhooks",
            report="webhook list",
            database=database,
        )


def show(connection: ConnectionArguments, name: Name, output: OutputArguments) -> None:
    """Show one webhook, when it last sent, and what keeps it."""
    from dbtrack.notify import store

    with destination(output) as stream, connected(connection) as database:
        store.stored(database, name)
        # None is left out, however narrow the terminal is.
        columns = [replace(column, rank=0) for column in store.WEBHOOK_COLUMNS]
        emit(
            columns,
            store.list_webhooks(database, name),
            stream,
            output,
            title="Webhook",
            report="webhook show",
            database=database,
        )


def send_test(connection: ConnectionArguments, name: Name, timeout: Timeout = 15.0) -> None:
    """Send a test event, and report what came back.

    Works also while the webhook is paused. Exits 0 if the receiver took the event, otherwise 3.
    """
    from dbtrack.notify import webhooks

    with connected(connection) as database:
        outcome = webhooks.send_test(database, name, key_ring_here(), limits=limits_of(timeout))
    if outcome.is_delivered:
        messages.say(f"dbtrack: webhook {name} took the test event: {outcome.answer}")
        return
    messages.fail(f"webhook {name} did not take the test event: {outcome.answer}")
    raise typer.Exit(ExitCode.FINDINGS)


def change(
    connection: ConnectionArguments,
    name: Name,
    events: NewEvents = None,
    tenant: NewTenants = None,
    rekey: Annotated[
        bool, typer.Option("--rekey", help="Encrypt the configuration again, with the key that encrypts now.")
    ] = False,
) -> None:
    """Change which events a webhook gets.

    For another URL or format, remove the webhook and add it again. '--tenant ""' means all tenants.
    """
    from dbtrack.notify import webhooks

    if events is None and tenant is None and not rekey:
        raise UsageError("nothing to change", hint="give --events, --tenant or --rekey")
    tenants = None if tenant is None else [each for each in tenant if each]
    with connected(connection) as database:
        webhooks.change_webhook(database, name, events=event_types(events), tenants=tenants)
        if rekey:
            webhooks.encrypt_again(database, name, key_ring_here())


def rotate(
    connection: ConnectionArguments,
    name: Name,
    secret: Secret = None,
    finish: Annotated[
        bool, typer.Option("--finish", help="Sign with the new secret alone from now on.")
    ] = False,
) -> None:
    """Replace the signing secret.

    The new one is printed once. Events are signed with both until the receiver knows the new one, and
    'dbtrack webhook rotate NAME --finish' ends that.
    """
    from dbtrack.notify import webhooks

    if finish and secret is not None:
        raise UsageError("--finish takes no --secret")
    with connected(connection) as database:
        if finish:
            webhooks.end_rotation(database, name, key_ring_here())
            return
        given = None if secret is None else read_secret(secret, "--secret", os.environ)
        _print_secret(webhooks.rotate_secret(database, name, given, key_ring_here()))


def pause(connection: ConnectionArguments, name: Name, reason: Reason = None) -> None:
    """Send nothing until the webhook is resumed.

    Its events stay in the record.
    """
    from dbtrack.notify import webhooks

    with connected(connection) as database:
        webhooks.pause_webhook(database, name, reason)


def resume(connection: ConnectionArguments, name: Name, since: Since = None) -> None:
    """Send again from where the webhook stopped.

    The next attempt is made at once. In a copy of a database, or a restored dump, nothing is sent until this
    is run, because there it may be a test system.
    """
    from dbtrack.cli.parse_values import parse_moment
    from dbtrack.notify import webhooks

    with connected(connection) as database:
        moment = None if since is None else parse_moment(database, since)
        webhooks.resume_webhook(database, name, moment)


def remove(connection: ConnectionArguments, name: Name) -> None:
    """Remove a webhook, with its dead letters."""
    from dbtrack.notify import webhooks

    with connected(connection) as database:
        webhooks.remove_webhook(database, name)


def _destination(word: str, body_format: str | None) -> str:
    """Return the URL, which the command line may only contain if no part of it is secret."""
    if word.startswith(_SOURCES):
        return read_secret(word, "the destination", os.environ)
    from dbtrack.notify.webhooks import format_of
    from dbtrack.redaction.free_text import redact

    chosen = body_format.lower() if body_format else format_of(word).value
    if chosen in _SECRET_URLS or redact(word) != word:
        raise UsageError(
            "this URL is a secret, which every user of this machine can see on the command line",
            hint="give env:VARIABLE, file:PATH, command:WORDS or stdin:",
        )
    return word


def _headers(words: Sequence[str]) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for word in words:
        name, separator, source = word.partition("=")
        if not separator or not name or name in headers:
            raise UsageError("--header needs NAME=SOURCE, each name once", hint=f"SOURCE is {WAYS}")
        headers[name] = read_secret(source, f"--header {name}", os.environ)
    return headers


def _print_secret(secret: str | None) -> None:
    if secret is not None:
        sys.stdout.write(f"{secret}\n")


_MEMBERS = {
    "add": CommandDefinition(add, EXAMPLES),
    "list": CommandDefinition(
        list_all, (Example("dbtrack webhook list", "List the webhooks with their lag and state."),)
    ),
    "show": CommandDefinition(
        show, (Example("dbtrack webhook show ops --format json", "Show one, for a script."),)
    ),
    "test": CommandDefinition(
        send_test,
        (Example("dbtrack webhook test ops", "Send a test event; exit code 0 if it was taken."),),
    ),
    "change": CommandDefinition(
        change,
        (Example("dbtrack webhook change ops --events 'execution.failed,alert.*'", "Get fewer events."),),
    ),
    "rotate": CommandDefinition(
        rotate, (Example("dbtrack webhook rotate ops", "Sign with a new secret and the old one."),)
    ),
    "pause": CommandDefinition(
        pause,
        (Example("dbtrack webhook pause ops --reason 'receiver is rebuilt'", "Send nothing for a while."),),
    ),
    "resume": CommandDefinition(
        resume, (Example("dbtrack webhook resume ops", "Send what was held back, and continue."),)
    ),
    **webhook_letters.COMMANDS,
    "remove": CommandDefinition(
        remove, (Example("dbtrack webhook remove ops", "Remove it with its dead letters."),)
    ),
}
COMMANDS = {"webhook": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
