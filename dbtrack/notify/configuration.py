"""What is known of an endpoint: where it is, in which form it takes events, with which secrets.

All of it is encrypted with a key that the database does not have, and bound to the endpoint's name. So nobody
who can only write to the database can send events elsewhere, let a program run, or read a secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from dbtrack.config import KeyRing
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.notify.destination import parse_destination
from dbtrack.operations.secret_metadata import MEMBER, OperationSecrets, decrypt

PROGRAM_PREFIX = "exec:"
APPRISE_PREFIX = "apprise:"
_MEMBER_NAME = "configuration"


class BodyFormat(StrEnum):
    """The form in which an endpoint takes events."""

    STANDARD = "standard"
    CLOUDEVENTS = "cloudevents"
    SLACK = "slack"
    TEAMS = "teams"
    PAGERDUTY = "pagerduty"
    EMAIL = "email"
    EXEC = "exec"
    APPRISE = "apprise"


OVER_HTTP = frozenset(
    {BodyFormat.STANDARD, BodyFormat.CLOUDEVENTS, BodyFormat.SLACK, BodyFormat.TEAMS, BodyFormat.PAGERDUTY}
)
READ_BY_PEOPLE = frozenset(
    {BodyFormat.SLACK, BodyFormat.TEAMS, BodyFormat.PAGERDUTY, BodyFormat.EMAIL, BodyFormat.APPRISE}
)
SIGNED = frozenset({BodyFormat.STANDARD, BodyFormat.CLOUDEVENTS})


@dataclass(frozen=True)
class WebhookConfiguration:
    """An endpoint's configuration. Its repr shows no secret.

    Args:
        url: the URL, or what runs after `exec:` and `apprise:`, with these prefixes.
        secrets: signing secrets, the newest first; for PagerDuty the routing key; for e-mail the password.
        headers: further headers of requests, by name.
        allow_private: deliver to loopback, private and link-local addresses.
        allow_plain: deliver without TLS.
        asks_first: ask the receiver by OPTIONS whether it wants events (CloudEvents' abuse protection).
        origin: the name with which it is asked.
        waits_for_standby: send an event only once a standby has it on disk.
    """

    format: BodyFormat
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_private: bool = False
    allow_plain: bool = False
    asks_first: bool = False
    origin: str = "dbtrack"
    waits_for_standby: bool = False

    @property
    def shown(self) -> str:
        """Where it is, as people may see it."""
        if self.format is BodyFormat.APPRISE:
            return f"{APPRISE_PREFIX}{self.url.removeprefix(APPRISE_PREFIX).partition('://')[0]}://***"
        if self.format is BodyFormat.EXEC:
            return f"{PROGRAM_PREFIX}{self.url.removeprefix(PROGRAM_PREFIX).split(maxsplit=1)[0]}"
        destination = parse_destination(self.url, allow_plain=True, may_have_user=True)
        if self.format is BodyFormat.EMAIL:
            recipients = ",".join(parse_qs(urlsplit(self.url).query).get("to", []))
            return f"{destination.scheme}://{destination.host_header}/ {recipients}"
        return destination.shown

    def words_to_hide(self) -> Iterator[str]:
        """Yield what must not stand in a message: the secrets, and the path of the URL, which may be one."""
        yield from self.secrets
        yield from self.headers.values()
        # The part behind the scheme, as of `Bearer TOKEN`.
        yield from (each for value in self.headers.values() for each in value.split() if len(each) >= 8)
        if self.format in OVER_HTTP:
            parts = urlsplit(self.url)
            yield from (each for each in (parts.query, parts.path.strip("/")) if each)
            yield from (each for each in parts.path.split("/") if len(each) >= 8)
        elif self.format is BodyFormat.APPRISE:
            yield self.url.partition("://")[2]


def stored_configuration(name: str, configuration: WebhookConfiguration, keys: KeyRing) -> dict[str, object]:
    """Return what the database keeps: the form and the masked place, and everything encrypted.

    Raises:
        UsageError: no key is configured to encrypt.
        DbtrackError: the package `cryptography` is missing.
    """
    text = json.dumps(asdict(configuration))
    sealed = OperationSecrets({_MEMBER_NAME: text}, keys, _bound_to(name)).metadata()
    return {"format": configuration.format.value, "destination": configuration.shown, **sealed}


def opened_configuration(name: str, stored: Mapping[str, object], keys: KeyRing) -> WebhookConfiguration:
    """Return the configuration of an endpoint from what the database keeps.

    Raises:
        DbtrackError: it was altered, or taken from another endpoint, or the key is not configured here.
    """
    if not stored.get(MEMBER):
        raise DbtrackError(f"webhook {name}: the configuration is missing", hint="remove it and add it again")
    try:
        opened = decrypt(dict(stored), keys, execution=b"", operation=_bound_to(name))
        values = json.loads(opened[0][2])
        return WebhookConfiguration(
            **{
                **values,
                "format": BodyFormat(values["format"]),
                "secrets": tuple(values["secrets"]),
            }
        )
    except DbtrackError as error:
        raise type(error)(f"webhook {name}: {error.message}", hint=error.hint) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DbtrackError(
            f"webhook {name}: this version of dbtrack cannot read its configuration", hint="upgrade dbtrack"
        ) from error


def check_key(keys: KeyRing) -> None:
    """Check that a configuration can be encrypted.

    Raises:
        UsageError: no key is configured to encrypt.
    """
    try:
        keys.encrypting()
    except UsageError as error:
        raise UsageError(f"webhooks need an encryption key: {error.message}", hint=error.hint) from error


def _bound_to(name: str) -> str:
    return f"webhook {name}"
