"""A configuration is whole and the webhook's own, or it is not used; and it shows no secret."""

from __future__ import annotations

import sys

import pytest

from dbtrack.config import KeyRing
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.notify.configuration import (
    BodyFormat,
    WebhookConfiguration,
    check_key,
    opened_configuration,
    stored_configuration,
)
from dbtrack.notify.webhooks import NewWebhook, checked_configuration, format_of

KEYS = KeyRing({"k": "env:KEY"}, "k", {"KEY": "ab" * 32})
OTHER_KEYS = KeyRing({"k": "env:KEY"}, "k", {"KEY": "cd" * 32})
SLACK = "https://hooks.slack.com/services/T0/B0/secretpart"
CONFIGURATION = WebhookConfiguration(
    BodyFormat.STANDARD, "https://example.com/path", ("whsec_x",), {"X-Key": "value"}, allow_private=True
)


def test_it_comes_back_as_it_was() -> None:
    stored = stored_configuration("ops", CONFIGURATION, KEYS)
    assert opened_configuration("ops", stored, KEYS) == CONFIGURATION
    assert "whsec_x" not in str(stored)
    assert "whsec_x" not in repr(CONFIGURATION)


def test_a_header_is_hidden_without_its_scheme_too() -> None:
    given = WebhookConfiguration(BodyFormat.STANDARD, SLACK, headers={"Authorization": "Bearer long-token"})
    assert {"Bearer long-token", "long-token"} <= {*given.words_to_hide()}
    assert "Bearer" not in {*given.words_to_hide()}


@pytest.mark.parametrize(
    ("name", "keys"), [("other", KEYS), ("ops", OTHER_KEYS), ("ops", KeyRing({}, None, {}))]
)
def test_another_name_or_key_does_not_open_it(name: str, keys: KeyRing) -> None:
    stored = stored_configuration("ops", CONFIGURATION, KEYS)
    with pytest.raises(DbtrackError, match=f"webhook {name}: "):
        opened_configuration(name, stored, keys)


def test_without_a_key_it_says_how_to_make_one() -> None:
    with pytest.raises(UsageError, match="webhooks need an encryption key") as caught:
        check_key(KeyRing({}, None, {}))
    assert "dbtrack key new" in str(caught.value)


@pytest.mark.parametrize(
    ("configuration", "shown"),
    [
        (WebhookConfiguration(BodyFormat.SLACK, SLACK), "https://hooks.slack.com/***"),
        (
            WebhookConfiguration(BodyFormat.EMAIL, "smtps://me@mail.example?from=a@b.c&to=d@e.f"),
            "smtps://mail.example/ d@e.f",
        ),
        (WebhookConfiguration(BodyFormat.EXEC, "exec:/bin/cat --token x"), "exec:/bin/cat"),
        (WebhookConfiguration(BodyFormat.APPRISE, "apprise:tgram://token/chat"), "apprise:tgram://***"),
    ],
)
def test_what_people_see(configuration: WebhookConfiguration, shown: str) -> None:
    assert configuration.shown == shown


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (SLACK, BodyFormat.SLACK),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/x", BodyFormat.TEAMS),
        ("https://events.pagerduty.com/v2/enqueue", BodyFormat.PAGERDUTY),
        ("https://example.com/", BodyFormat.STANDARD),
        ("https://hooks.slack.com.example.com/", BodyFormat.STANDARD),
        ("smtp://mail.example?x", BodyFormat.EMAIL),
        ("exec:/bin/cat", BodyFormat.EXEC),
        ("apprise:json://x", BodyFormat.APPRISE),
    ],
)
def test_the_format_that_fits_a_url(url: str, expected: BodyFormat) -> None:
    assert format_of(url) is expected


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(DbtrackError, match=r"needs dbtrack\[apprise\]"):
        checked_configuration(NewWebhook("x", "apprise:json://127.0.0.1"))
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(DbtrackError, match="need the package cryptography"):
        stored_configuration("ops", CONFIGURATION, KEYS)
