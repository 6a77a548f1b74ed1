"""The header of a block: the values that its hash, and so the chain, covers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbtrack.proof.merkle import HASH_BYTES
from dbtrack.proof.strict_json import bytes_of, canonical, json_members, number_of, text_of

NO_BLOCK = bytes(HASH_BYTES)
"""previous_hash of the first block."""

_PREFIX = b"\x02"
_LATER_MEMBERS = ("sealed_before_us", "replicated_leaves")


@dataclass(frozen=True)
class BlockHeader:
    """One block of the chain.

    Args:
        timeline: the server's when the block was sealed.
        first_transaction: the lowest transaction id that wrote its rows, on this system and timeline.
        first_load_date_us: microseconds since 1970-01-01 UTC, like the other times.
        sealed_before_us: all rows written before this time are sealed by this block or an earlier one; None
            in format 1.
        replicated_leaves: how many of its rows arrived late by replication; None in format 1.
    """

    block_number: int
    segment_number: int
    system_identifier: str
    timeline: int
    database: str
    server_encoding: str
    previous_hash: bytes
    root_hash: bytes
    leaf_count: int
    first_transaction: int
    last_transaction: int
    first_load_date_us: int
    last_load_date_us: int
    sealed_at_us: int
    sealed_before_us: int | None = None
    replicated_leaves: int | None = None

    @property
    def format(self) -> int:
        """The version of its format; from 2 on it contains `sealed_before_us`."""
        return 1 if self.sealed_before_us is None else 2

    def block_hash(self) -> bytes:
        """Return the hash of the header, which the next block contains as `previous_hash`."""
        members = [f"dbtrack block {self.format}", *self.as_json().values()]
        return hashlib.sha256(_PREFIX + canonical(members)).digest()

    def as_json(self) -> dict[str, object]:
        """Return the members in the order in which they are hashed."""
        members = json_members(vars(self))
        return {name: members[name] for name in members if self.format > 1 or name not in _LATER_MEMBERS}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> BlockHeader:
        """Return the header in a JSON object.

        Raises:
            ProofError: it is not a header.
        """
        return cls(
            block_number=number_of(document, "block_number", least=1),
            segment_number=number_of(document, "segment_number", least=1),
            system_identifier=text_of(document, "system_identifier"),
            timeline=number_of(document, "timeline"),
            database=text_of(document, "database"),
            server_encoding=text_of(document, "server_encoding"),
            previous_hash=bytes_of(document, "previous_hash", HASH_BYTES),
            root_hash=bytes_of(document, "root_hash", HASH_BYTES),
            leaf_count=number_of(document, "leaf_count", least=1),
            first_transaction=number_of(document, "first_transaction"),
            last_transaction=number_of(document, "last_transaction"),
            first_load_date_us=number_of(document, "first_load_date_us", least=-(2**63)),
            last_load_date_us=number_of(document, "last_load_date_us", least=-(2**63)),
            sealed_at_us=number_of(document, "sealed_at_us", least=-(2**63)),
            **_later_members(document),
        )


def _later_members(document: Mapping[str, Any]) -> dict[str, int]:
    if not any(name in document for name in _LATER_MEMBERS):
        return {}
    return {
        "sealed_before_us": number_of(document, "sealed_before_us", least=-(2**63)),
        "replicated_leaves": number_of(document, "replicated_leaves"),
    }
