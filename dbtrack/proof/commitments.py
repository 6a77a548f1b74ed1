"""Commitments to the values of a version that can be erased; see docs/proof.md.

It needs only the standard library, because proofs are checked without a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.proof.strict_json import ProofError

SALT_BYTES = 16
VALUE_SALT_BYTES = 32

_SLOT_BYTES = 33
_KEPT, _ERASED = 0, 1


@dataclass(frozen=True)
class Slot:
    """The salt of one value; once the value was erased, the commitment that is left of it."""

    salt: bytes | None
    commitment: bytes | None = None

    @property
    def is_erased(self) -> bool:
        """Whether the value was erased."""
        return self.salt is None

    def commitment_to(self, value: bytes) -> bytes:
        """Return the commitment to this value, or the one that an erasure left."""
        if self.salt is None:
            return self.commitment or b""
        return hashlib.sha256(self.salt + value).digest()


def slots_of(salt: bytes, count: int) -> list[Slot]:
    """Return the salt of each value of a part.

    Args:
        salt: of the part, as stored: 16 bytes, or after an erasure 33 bytes for each value.
        count: how many values the part has.

    Raises:
        ProofError: its length is neither.
    """
    if len(salt) == SALT_BYTES:
        return [Slot(hashlib.sha256(salt + bytes([number])).digest()) for number in range(count)]
    if len(salt) != count * _SLOT_BYTES:
        raise ProofError("a salt does not have the expected length")
    return [_slot(salt[start : start + _SLOT_BYTES]) for start in range(0, len(salt), _SLOT_BYTES)]


def part_commitment(slots: Sequence[Slot], values: Sequence[bytes]) -> bytes:
    """Return the commitment to all values of a part."""
    commitment_to = [slot.commitment_to(value) for slot, value in zip(slots, values, strict=True)]
    return hashlib.sha256(b"".join(commitment_to)).digest()


def _slot(data: bytes) -> Slot:
    if data[0] == _ERASED:
        return Slot(None, data[1:])
    if data[0] != _KEPT:
        raise ProofError("a salt is neither kept nor erased")
    return Slot(data[1:])
