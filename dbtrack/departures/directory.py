"""Send a digest to a directory."""

from __future__ import annotations

from pathlib import Path

from dbtrack import files
from dbtrack.departures.destination import DigestDestination
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest
from dbtrack.errors import DbtrackError
from dbtrack.proof.digest_file import write_digest


def send_to_directory(outgoing: OutgoingDigest, destination: DigestDestination) -> Departure:
    """Write the digest to a new file, and its timestamp tokens beside it."""
    directory = Path(destination.url)
    try:
        file = write_digest(outgoing.digest, directory)
        if file is None:
            # The tokens are over a document of another moment than the one that is there.
            return Departure(
                DepartureOutcome.LEFT, proof={"file": f"{outgoing.stem}.json", "was_there": True}
            )
        for host, token in outgoing.tokens.items():
            beside = directory / f"{outgoing.stem}.{host}.tsr"
            with files.naming(beside):
                files.write_new(beside, token, mode=0o444)
    except DbtrackError as error:
        return Departure(DepartureOutcome.FAILED, error.message)
    return Departure(DepartureOutcome.LEFT, proof={"file": file.name, "tokens": sorted(outgoing.tokens)})
