"""Signatures of Standard Webhooks (https://www.standardwebhooks.com), with symmetric keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from time import time

from dbtrack.errors import UsageError

_PREFIX = "whsec_"
_NEW_BYTES = 32
_LEAST_BYTES, _MOST_BYTES = 24, 64


def new_secret() -> str:
    """Return a new signing secret: `whsec_` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_NEW_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Check a signing secret.

    Raises:
        UsageError: it is not `whsec_` and 24 to 64 bytes in base64. The message does not repeat it.
    """
    _key(secret)


def signature_headers(
    secrets_in_use: Sequence[str], message_id: str, body: bytes, *, at: float | None = None
) -> dict[str, str]:
    """Return the three headers of a signed message.

    Args:
        secrets_in_use: the signing secrets, one signature each; two of them while one replaces the other.
        at: seconds since 1970; None for now. A receiver refuses a message that is older than five minutes, so
            each attempt is signed again.
    """
    timestamp = int(time() if at is None else at)
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (
        base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
        for secret in secrets_in_use
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise UsageError(
            f"the signing secret is not {_PREFIX} and {_LEAST_BYTES} to {_MOST_BYTES} bytes in base64",
            hint="leave out --secret, and dbtrack makes one",
        )
    return key
