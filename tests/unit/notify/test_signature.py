"""Signatures are those of Standard Webhooks, as its own package verifies them."""

from __future__ import annotations

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from dbtrack.errors import UsageError
from dbtrack.notify.bodies.standard import standard_body
from dbtrack.notify.signature import check_secret, new_secret, signature_headers
from tests.support.events import FAILED, event


def test_the_package_verifies_a_signature() -> None:
    secret = new_secret()
    body = standard_body(FAILED)
    assert (
        Webhook(secret).verify(body, signature_headers([secret], FAILED.id, body))["subject"]
        == "migrate_users"
    )


def test_an_altered_body_or_another_secret_is_refused() -> None:
    secret = new_secret()
    body = standard_body(FAILED)
    headers = signature_headers([secret], FAILED.id, body)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"alice", b"mallo"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)


def test_the_specification_s_own_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks: libraries' tests
    headers = signature_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        at=1614265330,
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_are_both_accepted_while_one_replaces_the_other() -> None:
    new, old = new_secret(), new_secret()
    headers = signature_headers([new, old], "id", b"{}")
    for secret in (new, old):
        Webhook(secret).verify(b"{}", headers)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!", "no prefix", "whsec_" + "A" * 200]
)
def test_a_malformed_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_secret(secret)
    assert len(secret) < 8 or secret not in str(caught.value)


def test_any_text_can_be_a_body() -> None:
    assert "\\udc80" in standard_body(event(statement="half \udc80 of a pair")).decode()
