"""What a verification finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dbtrack.columns import Column, Kind

FINDING_COLUMNS = (
    Column("finding", Kind.TEXT, "Finding"),
    Column("details", Kind.TEXT, "Details"),
    Column("block_number", Kind.COUNT, "Block", rank=1),
    Column("leaf_index", Kind.COUNT, "Leaf", rank=3),
    Column("load_date", Kind.TIME, "Written", rank=2),
    Column("execution_key", Kind.KEY, "Execution", rank=1),
)


class Wrong(StrEnum):
    """The kinds of findings; the names are part of the output."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    UNSEALED = "unsealed"
    VERSIONS = "versions"
    SEAL = "seal"
    CHAIN = "chain"
    ERASURE = "erasure"
    DIGEST = "digest"
    FORK = "fork"
    ROLLBACK = "rollback"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Args:
        key: of the execution, or of the link.
        load_date: of the version.
    """

    kind: Wrong
    details: str
    block_number: int | None = None
    leaf_index: int | None = None
    load_date: datetime | None = None
    key: bytes | None = None

    def row(self) -> tuple[object, ...]:
        """Return it in the columns of `FINDING_COLUMNS`."""
        key = None if self.key is None else self.key.hex()
        return self.kind.value, self.details, self.block_number, self.leaf_index, self.load_date, key
