"""What says in a message for whom it is, and proves it: a header with the id of a token and a MAC.

The MAC is HMAC-SHA256 over tenant and body, keyed by the SHA-256 of the token's secret; the database checks
it. See docs/microservices.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack.errors import DbtrackError
from dbtrack.stream.source import Received

_SIGNATURE = re.compile(r"1\.([0-9a-f]{12})\.([0-9a-f]{64})")
_LONGEST_TENANT = 100


class MalformedError(DbtrackError):
    """A message of the topic is not one of an outbox."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as the database takes it.

    Args:
        tenant: the one that the message names; empty for the token's only one.
    """

    token_id: str
    tenant: str
    mac: bytes
    body: str


def signed(received: Received) -> Signed:
    """Return who says what.

    Raises:
        MalformedError: it is not a message of an outbox.
    """
    # Some clients of NATS write names of headers as HTTP does.
    headers = {name.lower(): value for name, value in received.headers.items()}
    match = _SIGNATURE.fullmatch(headers.get("dbtrack-outbox", "").strip())
    if match is None:
        raise MalformedError("it has no header dbtrack-outbox, or one that is not a signature")
    tenant = headers.get("dbtrack-tenant", "").strip()
    if len(tenant) > _LONGEST_TENANT or not tenant.isprintable():
        raise MalformedError("dbtrack-tenant is not the name of a tenant")
    try:
        body = received.body.decode()
    except UnicodeDecodeError as error:
        raise MalformedError("it is not UTF-8") from error
    if "\0" in body:
        raise MalformedError("it has a NUL")
    return Signed(match[1], tenant, bytes.fromhex(match[2]), body)
