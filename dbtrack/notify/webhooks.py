"""Add, change, test, hold and remove webhooks."""

from __future__ import annotations

import json
import re
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from dbtrack.config import KeyRing
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.events import Event, event_source
from dbtrack.events.endpoints import pause_endpoint, remove_endpoint, resume_endpoint
from dbtrack.notify import store
from dbtrack.notify.channels.channel import Sender, open_channel
from dbtrack.notify.configuration import (
    APPRISE_PREFIX,
    OVER_HTTP,
    PROGRAM_PREFIX,
    READ_BY_PEOPLE,
    SIGNED,
    BodyFormat,
    WebhookConfiguration,
    check_key,
    opened_configuration,
    stored_configuration,
)
from dbtrack.notify.destination import parse_destination
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.outcome import Outcome
from dbtrack.notify.resolve import RefusedAddressError, ResolutionError, resolve
from dbtrack.notify.signature import check_secret, new_secret
from dbtrack.sql_files import query

DEFAULT_EVENTS = (
    "execution.failed",
    "change.unattributed",
    "verification.failed",
    "capture.failed",
    "record.rewound",
    "alert.*",
)
# Alerts group what happens: one bad night is one message, not four hundred.
PEOPLE_EVENTS = ("alert.*", "record.rewound")
TEST_TYPE = "webhook.test"

_RESOLVE_SECONDS = 5.0
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_OWN_HEADERS = re.compile(
    r"host|content-.*|transfer-encoding|connection|expect|upgrade|te|trailer|webhook-.*", re.IGNORECASE
)
_HOSTS = {
    BodyFormat.SLACK: re.compile(r"hooks\.slack(?:-gov)?\.com"),
    BodyFormat.TEAMS: re.compile(
        r".*\.webhook\.office\.com|.*\.logic\.azure\.com|.*\.powerplatform\.com|.*\.powerautomate\.com"
    ),
    BodyFormat.PAGERDUTY: re.compile(r"events(?:\.eu)?\.pagerduty\.com"),
}


@dataclass(frozen=True)
class NewWebhook:
    """What the user asks for.

    Args:
        url: where events are sent; secret, as it may contain a token.
        events: types of events and patterns; None: those that fit the format, see `default_events`.
        format: None: the one that fits the URL.
        secret: the signing secret, the routing key or the mail password; None: none was given.
        asks_first: None: only with CloudEvents.
    """

    name: str
    url: str = field(repr=False)
    format: BodyFormat | None = None
    events: Sequence[str] | None = None
    tenants: Sequence[str] = ()
    secret: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_private: bool = False
    allow_plain: bool = False
    asks_first: bool | None = None
    origin: str | None = None
    from_beginning: bool = False
    waits_for_standby: bool = False


def default_events(body_format: BodyFormat) -> Sequence[str]:
    """Return the types of events that a webhook of this format gets by default.

    People get alerts, which are grouped; programs get each failure.
    """
    return PEOPLE_EVENTS if body_format in READ_BY_PEOPLE else DEFAULT_EVENTS


def lacks_alerts(database: Database, name: str) -> bool:
    """Return whether a webhook gets alerts only, and there is no alert yet."""
    return bool(database.value(query("webhooks/lacks_alerts"), {"name": name}))


def add_webhook(database: Database, new: NewWebhook, keys: KeyRing) -> str | None:
    """Add a webhook, and return the signing secret that was made for it; None if none was made.

    Raises:
        UsageError: something about it is refused, the name is taken, or no encryption key is configured.
        DbtrackError: the extra that it needs is not installed.
    """
    check_key(keys)
    configuration = checked_configuration(new)
    made = None
    if configuration.format in SIGNED and not configuration.secrets:
        made = new_secret()
        configuration = replace(configuration, secrets=(made,))
    database.call(
        "create_endpoint",
        p_name=new.name,
        p_kind=store.KIND,
        p_event_types=list(new.events or default_events(configuration.format)),
        p_tenants=list(new.tenants) or None,
        p_configuration=_as_text(stored_configuration(new.name, configuration, keys)),
        p_from_beginning=new.from_beginning,
    )
    return made


def checked_configuration(new: NewWebhook) -> WebhookConfiguration:
    """Return the configuration of a new webhook.

    Raises:
        UsageError: something about it is refused. The message does not repeat the URL.
    """
    chosen = new.format or format_of(new.url)
    asks_first = chosen is BodyFormat.CLOUDEVENTS if new.asks_first is None else new.asks_first
    configuration = WebhookConfiguration(
        format=chosen,
        url=new.url,
        secrets=() if new.secret is None else (new.secret,),
        headers=dict(new.headers),
        allow_private=new.allow_private,
        allow_plain=new.allow_plain,
        asks_first=asks_first and chosen in OVER_HTTP,
        origin=new.origin or socket.gethostname(),
        waits_for_standby=new.waits_for_standby,
    )
    _check_secret(configuration)
    _check_headers(configuration)
    _check_place(configuration)
    return configuration


def format_of(url: str) -> BodyFormat:
    """Return the format that fits a URL."""
    if url.startswith(PROGRAM_PREFIX):
        return BodyFormat.EXEC
    if url.startswith(APPRISE_PREFIX):
        return BodyFormat.APPRISE
    parts = urlsplit(url)
    if parts.scheme in {"smtp", "smtps"}:
        return BodyFormat.EMAIL
    for chosen, hosts in _HOSTS.items():
        if hosts.fullmatch(parts.hostname or ""):
            return chosen
    return BodyFormat.STANDARD


def change_webhook(
    database: Database, name: str, *, events: Sequence[str] | None, tenants: Sequence[str] | None
) -> None:
    """Change which events a webhook gets; None leaves a part as it is, no tenants mean those of all.

    Raises:
        UsageError: there is no such webhook, type or tenant.
    """
    store.stored(database, name)
    database.call(
        "change_endpoint",
        p_name=name,
        p_event_types=None if events is None else list(events),
        p_tenants=None if tenants is None else list(tenants),
    )


def encrypt_again(database: Database, name: str, keys: KeyRing) -> None:
    """Encrypt a webhook's configuration with the key that encrypts now.

    Raises:
        DbtrackError: the key with which it was encrypted is not configured any more.
    """
    _store(database, name, opened_configuration(name, store.stored(database, name), keys), keys)


def rotate_secret(database: Database, name: str, secret: str | None, keys: KeyRing) -> str | None:
    """Sign with a new secret, and with the one before it as well, until `end_rotation`.

    Returns:
        The secret that was made; None if one was given.

    Raises:
        UsageError: the webhook's format has no signatures, or the secret is malformed.
    """
    configuration = opened_configuration(name, store.stored(database, name), keys)
    if configuration.format not in SIGNED:
        raise UsageError(f"webhook {name} has the format {configuration.format}, which is not signed")
    made = new_secret() if secret is None else None
    if secret is not None:
        check_secret(secret)
    newest = made or secret or ""
    _store(database, name, replace(configuration, secrets=(newest, *configuration.secrets[:1])), keys)
    return made


def end_rotation(database: Database, name: str, keys: KeyRing) -> None:
    """Sign with the newest secret alone."""
    configuration = opened_configuration(name, store.stored(database, name), keys)
    _store(database, name, replace(configuration, secrets=configuration.secrets[:1]), keys)


def send_test(database: Database, name: str, keys: KeyRing, *, limits: Limits | None = None) -> Outcome:
    """Send a test event once, and return what came of it.

    Raises:
        DbtrackError: the configuration cannot be read.
    """
    configuration = opened_configuration(name, store.stored(database, name), keys)
    channel = open_channel(configuration, sender_of(database), limits=limits)
    try:
        return channel.deliver(_test_event(name))
    finally:
        channel.close()


def pause_webhook(database: Database, name: str, reason: str | None) -> None:
    """Send nothing until it is resumed; its events stay in the record."""
    store.stored(database, name)
    pause_endpoint(database, name, reason)


def resume_webhook(database: Database, name: str, since: datetime | None = None) -> None:
    """Send again, at once, from where it stopped.

    Args:
        since: send again, with the same ids, what was recorded since then, first.
    """
    store.stored(database, name)
    resume_endpoint(database, name, since)


def remove_webhook(database: Database, name: str) -> None:
    """Remove a webhook with its cursor and its dead letters."""
    store.stored(database, name)
    remove_endpoint(database, name)


@dataclass(frozen=True)
class ReplaySummary:
    """What came of sending dead letters again.

    Args:
        failed: why the first one that failed did; None if none did.
        remaining: how many are still dead.
    """

    delivered: int
    failed: str | None
    remaining: int


def replay(
    database: Database,
    name: str,
    keys: KeyRing,
    *,
    ids: Sequence[str] = (),
    limits: Limits | None = None,
) -> ReplaySummary:
    """Send dead letters again, in order, with the same ids; remove those that are delivered.

    A receiver that is not there ends it, one that refuses an event does not.

    Raises:
        UsageError: there is no such webhook, or no such dead letter.
    """
    configuration = opened_configuration(name, store.stored(database, name), keys)
    letters = store.list_dead_letters(database, name, ids)
    missing = set(ids) - {row[2] for row in letters}
    if missing:
        raise UsageError(
            f"webhook {name} has no dead letter {min(missing)!a}", hint=f"see: dbtrack webhook dead {name}"
        )
    channel = open_channel(configuration, sender_of(database), limits=limits)
    delivered, failed = 0, None
    try:
        for row in letters:
            event = store.dead_event(row)
            outcome = channel.deliver(event)
            if outcome.is_delivered:
                store.remove_dead_letter(database, name, event.id)
                delivered += 1
                continue
            failed = failed or outcome.answer
            if outcome.is_receiver_away:
                break
    finally:
        channel.close()
    return ReplaySummary(delivered, failed, len(letters) - delivered)


def discard(database: Database, name: str, ids: Sequence[str] = ()) -> int:
    """Remove dead letters without sending them, all or these; return how many."""
    store.stored(database, name)
    letters = store.list_dead_letters(database, name, ids)
    return sum(store.remove_dead_letter(database, name, row[2]) for row in letters)


def sender_of(database: Database) -> Sender:
    """Return how messages name the database."""
    return Sender(database.name, event_source(database))


def _store(database: Database, name: str, configuration: WebhookConfiguration, keys: KeyRing) -> None:
    database.call(
        "change_endpoint",
        p_name=name,
        p_configuration=_as_text(stored_configuration(name, configuration, keys)),
    )


def _as_text(document: Mapping[str, object]) -> str:
    return json.dumps(document)


def _check_secret(configuration: WebhookConfiguration) -> None:
    chosen, given = configuration.format, configuration.secrets
    if chosen in SIGNED and given:
        check_secret(given[0])
    elif chosen is BodyFormat.PAGERDUTY and not given:
        raise UsageError(
            "PagerDuty needs the integration's routing key", hint="give it with --secret env:VARIABLE"
        )
    elif given and chosen not in {*SIGNED, BodyFormat.PAGERDUTY, BodyFormat.EMAIL}:
        raise UsageError(f"the format {chosen} takes no --secret")


def _check_headers(configuration: WebhookConfiguration) -> None:
    if configuration.headers and configuration.format not in OVER_HTTP:
        raise UsageError(f"the format {configuration.format} takes no --header")
    for name, value in configuration.headers.items():
        if not _HEADER_NAME.fullmatch(name) or _OWN_HEADERS.fullmatch(name):
            raise UsageError(f"--header cannot set {name!a}")
        if not value.isprintable() or not value.isascii():
            raise UsageError(f"--header {name}: the value contains other characters than printable ASCII")


def _check_place(configuration: WebhookConfiguration) -> None:
    match configuration.format:
        case BodyFormat.EXEC:
            from dbtrack.notify.channels.program_channel import program_words

            program_words(configuration.url)
            return
        case BodyFormat.APPRISE:
            from dbtrack.notify.channels.apprise_channel import apprise_service

            apprise_service(configuration.url)
            return
        case BodyFormat.EMAIL:
            from dbtrack.notify.channels.mail_channel import MailAddresses

            MailAddresses(configuration.url)
    is_mail = configuration.format is BodyFormat.EMAIL
    destination = parse_destination(
        configuration.url, allow_plain=configuration.allow_plain, may_have_user=is_mail
    )
    if (destination.scheme in {"smtp", "smtps"}) is not is_mail:
        raise UsageError(
            f"a URL of the kind {destination.scheme} does not fit the format {configuration.format}"
        )
    try:
        resolve(destination, allow_private=configuration.allow_private, seconds=_RESOLVE_SECONDS)
    except RefusedAddressError as error:
        raise UsageError(
            str(error), hint="allow it with --allow-private, if the receiver is meant to be inside"
        ) from error
    except ResolutionError:
        # The machine that delivers may know the name.
        return


def _test_event(name: str) -> Event:
    return Event(
        number=0,
        id=f"test-{secrets.token_hex(16)}",
        type=TEST_TYPE,
        time=datetime.now(UTC),
        subject=name,
        tenant=None,
        data={"message": "dbtrack can deliver events to this webhook.", "severity": "info", "webhook": name},
        chain="",
        position="",
    )
