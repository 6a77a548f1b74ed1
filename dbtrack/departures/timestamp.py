"""Have the time of a digest confirmed by a timestamp authority (RFC 3161), and verify its tokens.

Only this module uses `rfc3161_client`, which is an extra.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack.departures.destination import DigestDestination
from dbtrack.departures.http_request import post
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest
from dbtrack.departures.token_order import with_sorted_certificates
from dbtrack.errors import DbtrackError, UsageError, packages_hint
from dbtrack.notify.destination import parse_destination

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse


@dataclass(frozen=True)
class KeptToken:
    """A token over a document.

    Args:
        place: where both were read, for messages.
    """

    place: str
    document: bytes
    token: bytes


def send_to_authority(outgoing: OutgoingDigest, destination: DigestDestination) -> Departure:
    """Ask the authority for a token over the document, and add it to the digest for other destinations.

    The authority gets a hash alone. Its signature is verified later, by `verify_token`, with a certificate
    that the verifier trusts.
    """
    require_client()
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(outgoing.document).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = post(destination, headers, request.as_bytes())
    if isinstance(answer, Departure):
        return answer
    try:
        response = _granted(answer.body, outgoing.document, request)
    except ValueError as error:
        return Departure(DepartureOutcome.REFUSED, f"the answer is not a timestamp: {error}")
    outgoing.tokens[token_name(parse_destination(destination.url, allow_plain=True).host)] = answer.body
    proof = {
        "time": f"{_time(response):%Y-%m-%dT%H:%M:%SZ}",
        "serial": str(response.tst_info.serial_number),
        "token": base64.b64encode(answer.body).decode("ascii"),
    }
    return Departure(DepartureOutcome.LEFT, proof=proof)


def token_name(host: str) -> str:
    """Return what the name of a token's file has of the host of its authority."""
    return host.replace(":", "_")


def read_roots(file: Path) -> Sequence[Certificate]:
    """Return the certificates in a PEM file.

    Raises:
        UsageError: it cannot be read, or has none.
    """
    require_client()
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file} contains no certificate in PEM") from error


def verify_token(kept: KeptToken, roots: Sequence[Certificate]) -> datetime:
    """Return the time that the authority confirmed, after verifying the token.

    Its certificates need to be valid at that time, not now.

    Raises:
        ValueError: it is not over this document, or not by an authority under one of the roots.
    """
    require_client()
    from rfc3161_client import VerificationError, VerifierBuilder

    response = _granted(kept.token, kept.document)
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(response, kept.document)
    except VerificationError as error:
        raise ValueError(str(error)) from error
    return _time(response)


def require_client() -> None:
    """Check that the library is installed.

    Raises:
        DbtrackError: it is missing.
    """
    if find_spec("rfc3161_client") is None:
        raise DbtrackError(
            "timestamps (RFC 3161) need the package rfc3161-client, which is not installed",
            hint=packages_hint("rfc3161"),
        )


def _granted(data: bytes, document: bytes, request: TimeStampRequest | None = None) -> TimeStampResponse:
    """Return a response that is granted, over this document, and to this request."""
    from rfc3161_client import PKIStatus, decode_timestamp_response

    response = decode_timestamp_response(with_sorted_certificates(data))
    if response.status not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
        said = "; ".join(response.status_string)
        raise ValueError(f"the authority refused ({PKIStatus(response.status).name}) {said}".strip())
    if response.tst_info.message_imprint.message != hashlib.sha256(document).digest():
        raise ValueError("it is over another document")
    if request is not None and response.tst_info.nonce != request.nonce:
        raise ValueError("it answers another request")
    return response


def _time(response: TimeStampResponse) -> datetime:
    return response.tst_info.gen_time.astimezone(UTC)
