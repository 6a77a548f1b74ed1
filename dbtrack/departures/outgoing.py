"""What is sent, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dbtrack.proof.digest import Digest


@dataclass(frozen=True)
class OutgoingDigest:
    """A digest on its way.

    Args:
        document: the bytes of the digest, the same for all destinations.
        tokens: timestamp tokens (RFC 3161) over the document, by the host of the authority.
    """

    digest: Digest
    document: bytes
    tokens: dict[str, bytes] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"dbtrack-{self.digest.block_number:012d}-{self.digest.block_hash.hex()[:16]}"


class DepartureOutcome(StrEnum):
    """What can become of a digest; the values are stored."""

    LEFT = "left"
    FAILED = "failed"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True)
class Departure:
    """What became of a digest.

    Args:
        detail: why it did not leave.
        proof: what the destination returned.
        wait_seconds: how long the destination asked to wait.
    """

    outcome: DepartureOutcome
    detail: str | None = None
    proof: Mapping[str, object] = field(default_factory=dict)
    wait_seconds: float | None = None
