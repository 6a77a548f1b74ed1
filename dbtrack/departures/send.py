"""Send a digest to its destinations, once each, and record what became of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from dbtrack import sql_files
from dbtrack.db import Database, Jsonb
from dbtrack.departures.destination import DestinationKind, DigestDestination
from dbtrack.departures.directory import send_to_directory
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest
from dbtrack.departures.s3 import send_to_bucket
from dbtrack.departures.timestamp import send_to_authority, token_name
from dbtrack.departures.webhook import send_to_webhook
from dbtrack.errors import DbtrackError
from dbtrack.proof.digest import Digest, parse_digest
from dbtrack.proof.digest_file import current_digest, is_same_end
from dbtrack.proof.signing import SigningKey
from dbtrack.proof.strict_json import ProofError

_SENDERS: dict[DestinationKind, Callable[[OutgoingDigest, DigestDestination], Departure]] = {
    DestinationKind.RFC3161: send_to_authority,
    DestinationKind.S3: send_to_bucket,
    DestinationKind.DIRECTORY: send_to_directory,
    DestinationKind.WEBHOOK: send_to_webhook,
}
_SEND = "send"


@dataclass(frozen=True)
class Schedule:
    """What `dbtrack maintain` keeps to, and somebody who sends by hand does not.

    Args:
        every: the least time between two digests for a destination.
    """

    every: timedelta


@dataclass(frozen=True)
class SentDigest:
    """What was done about a destination.

    Args:
        verdict: why nothing was sent (current, waiting, gone, busy), or `send`.
        departure: what became of the digest; None if nothing was sent.
    """

    destination: DigestDestination
    block_number: int
    verdict: str
    departure: Departure | None = None

    @property
    def fault(self) -> str | None:
        """Why the digest did not leave; None if it did, or was not to."""
        if self.departure is None or self.departure.outcome is DepartureOutcome.LEFT:
            return None
        what = f"the digest of block {self.block_number} did not leave for {self.destination.name}"
        return f"{what}: {self.departure.detail}"

    @property
    def result(self) -> str:
        """What was done, in a word."""
        return self.verdict if self.departure is None else self.departure.outcome.value


def send_digest(
    database: Database,
    destinations: Iterable[DigestDestination],
    find_key: Callable[[], SigningKey | None],
    schedule: Schedule | None = None,
) -> list[SentDigest]:
    """Send the present digest to each destination for which its block has not left.

    Timestamp authorities come first, so that their tokens go with the digest to the others. A destination
    that fails does not stop the others.

    Args:
        database: connected as an administrator of dbtrack, not in a transaction.
        find_key: returns the key to sign with; None for a digest that is not signed.

    Raises:
        DbtrackError: nothing is sealed yet, or the server is a standby, where nothing can be recorded.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    if database.in_recovery:
        raise DbtrackError(
            "this server is a standby: what left cannot be recorded",
            hint="connect to the primary server, or give --directory",
        )
    outgoing: OutgoingDigest | None = None
    fault: str | None = None
    unsigned = current_digest(database, None)
    try:
        outgoing = _outgoing(database, unsigned, find_key())
    except DbtrackError as error:
        fault = str(error)
    ordered = sorted(destinations, key=lambda each: list(_SENDERS).index(each.kind))
    return [_send(database, each, unsigned, outgoing, fault, schedule) for each in ordered]


def faults(sent: Sequence[SentDigest]) -> list[str]:
    """Return what did not leave, one line each."""
    return [each.fault for each in sent if each.fault is not None]


def _outgoing(database: Database, unsigned: Digest, key: SigningKey | None) -> OutgoingDigest:
    """Return the document that left for another destination before, with its tokens; else a new one."""
    left = database.rows(sql_files.query("seals/departed_documents"), {"block_hash": unsigned.block_hash})
    for _, document, _ in left:
        digest = _usable(document, unsigned, key)
        if digest is not None:
            tokens = {
                token_name(urlsplit(name.removeprefix("rfc3161:")).hostname or "tsa"): base64.b64decode(token)
                for name, other, token in left
                if token is not None and other == document
            }
            return OutgoingDigest(digest, document.encode(), tokens)
    digest = current_digest(database, key)
    return OutgoingDigest(digest, digest.text().encode())


def _usable(document: str, unsigned: Digest, key: SigningKey | None) -> Digest | None:
    """Return the digest in a document that is in the database, if it is what would be sent now."""
    try:
        digest = parse_digest("digest_departure", document.encode())
        if key is not None:
            digest.check_signature(key.public_key)
    except ProofError:
        return None
    is_signed = digest.signature is not None
    return digest if is_same_end(digest, unsigned) and is_signed == (key is not None) else None


def _send(
    database: Database,
    destination: DigestDestination,
    unsigned: Digest,
    outgoing: OutgoingDigest | None,
    fault: str | None,
    schedule: Schedule | None,
) -> SentDigest:
    verdict: str = database.call_value(
        "claim_departure",
        p_destination=destination.name,
        p_kind=destination.kind.value,
        p_is_scheduled=schedule is not None,
        p_every=timedelta() if schedule is None else schedule.every,
        p_block_hash=unsigned.block_hash,
    )
    if verdict != _SEND:
        return SentDigest(destination, unsigned.block_number, verdict)
    departure = Departure(DepartureOutcome.FAILED, fault) if outgoing is None else _try(outgoing, destination)
    database.call(
        "record_departure",
        p_destination=destination.name,
        p_outcome=departure.outcome.value,
        p_block_number=unsigned.block_number,
        p_block_hash=unsigned.block_hash,
        p_root_hash=unsigned.root_hash,
        p_document=None if outgoing is None else outgoing.document.decode(),
        p_proof=Jsonb(dict(departure.proof)),
        p_detail=departure.detail,
        p_wait_seconds=departure.wait_seconds,
    )
    return SentDigest(destination, unsigned.block_number, verdict, departure)


def _try(outgoing: OutgoingDigest, destination: DigestDestination) -> Departure:
    try:
        return _SENDERS[destination.kind](outgoing, destination)
    except DbtrackError as error:
        # A library that is not installed must not stop the other destinations.
        return Departure(DepartureOutcome.FAILED, str(error))
