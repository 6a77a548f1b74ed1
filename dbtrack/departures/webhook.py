"""Send a digest to a webhook."""

from __future__ import annotations

from dbtrack.departures.destination import DigestDestination
from dbtrack.departures.http_request import post
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest


def send_to_webhook(outgoing: OutgoingDigest, destination: DigestDestination) -> Departure:
    """Post the digest, the document as it is."""
    headers = {
        "Content-Type": "application/json",
        # The receiver recognises a digest that is sent again after a lost answer.
        "Idempotency-Key": outgoing.digest.block_hash.hex(),
    }
    answer = post(destination, headers, outgoing.document)
    if isinstance(answer, Departure):
        return answer
    return Departure(DepartureOutcome.LEFT, proof={"status": answer.status})
