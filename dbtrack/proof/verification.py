"""What a verification found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.digest import Digest
from dbtrack.proof.verify_block import BlockResult

MOST_LISTED = 1000
"""How many findings of a kind are kept."""


@dataclass
class Verification:
    """What was found.

    Args:
        removed: rows that a recorded cleanup took away.
        erased: rows of which a recorded erasure took a part away.
        arrived: rows that came late by replication.
        digests: how many digests were compared.
        accepted: how many of them are of forks that somebody accepted.
        forks: digests of another branch that nobody accepted.
        unsealed_rows: where nothing is sealed: how many rows could be.
        is_part: not the whole record was asked for.
        findings: at most `MOST_LISTED` of a kind; `totals` has how many there are.
    """

    is_part: bool = False
    blocks: int = 0
    rows: int = 0
    removed: int = 0
    erased: int = 0
    replicated: int = 0
    digests: int = 0
    accepted: int = 0
    forks: list[Digest] = field(default_factory=list)
    unsealed_rows: int | None = None
    findings: list[Finding] = field(default_factory=list)
    totals: Counter[FindingKind] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings."""
        for finding in findings:
            self.totals[finding.kind] += 1
            if self.totals[finding.kind] <= MOST_LISTED:
                self.findings.append(finding)

    def add_first(self, found: Iterable[tuple[Finding, int]]) -> None:
        """Add the first findings of each kind, each with how many of its kind there are in all."""
        left: Counter[FindingKind] = Counter()
        for finding, total in found:
            left.setdefault(finding.kind, total)
            left[finding.kind] -= 1
            self.add([finding])
        self.totals += left

    def add_block(self, block: BlockResult) -> None:
        """Add what was found in a block."""
        self.rows += block.leaves
        self.removed += block.removed
        self.replicated += block.replicated
        self.erased += sum(erased.rows for erased in block.erased.values())
        self.add(block.findings)
