"""What a verification found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.digest import Digest
from dbtrack.proof.verify_block import BlockResult
from dbtrack.proof.verify_versions import VersionResult

MOST_LISTED = 1000
"""How many findings of each kind are kept."""


@dataclass
class Verification:
    """Counts and findings of a verification.

    Args:
        removed: how many rows a recorded cleanup removed.
        erased: how many rows a recorded erasure changed.
        replicated: how many rows arrived late by replication.
        versions: how many versions of objects were compared.
        unproven_versions: how many of these no seal covers, because their executions were removed or erased.
        versions_elsewhere: how many executions are here without their versions of objects.
        digests: how many digests were compared.
        timestamps: how many timestamps (RFC 3161) of digests were verified.
        accepted: how many of these belong to accepted forks.
        accepted_rewrites: how many contradict the chain on its own branch, which was accepted.
        forks: digests of another branch that was not accepted.
        rewrites: digests that the chain contradicts on its own branch.
        unsealed_rows: how many rows there are, if nothing is sealed; else None.
        is_part: whether only a part of the record was verified.
        findings: at most `MOST_LISTED` of each kind; `totals` counts all.
    """

    is_part: bool = False
    blocks: int = 0
    rows: int = 0
    removed: int = 0
    erased: int = 0
    replicated: int = 0
    versions: int = 0
    unproven_versions: int = 0
    versions_elsewhere: int = 0
    digests: int = 0
    timestamps: int = 0
    accepted: int = 0
    accepted_rewrites: int = 0
    forks: list[Digest] = field(default_factory=list)
    rewrites: list[Digest] = field(default_factory=list)
    unsealed_rows: int | None = None
    findings: list[Finding] = field(default_factory=list)
    totals: Counter[FindingKind] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> None:
        """Count findings, and keep the first ones of each kind."""
        for finding in findings:
            self.totals[finding.kind] += 1
            if self.totals[finding.kind] <= MOST_LISTED:
                self.findings.append(finding)

    def add_first(self, found: Iterable[tuple[Finding, int]]) -> None:
        """Add the first findings of each kind, each with the total number of its kind."""
        left: Counter[FindingKind] = Counter()
        for finding, total in found:
            left.setdefault(finding.kind, total)
            left[finding.kind] -= 1
            self.add([finding])
        self.totals += left

    def add_versions(self, found: VersionResult) -> None:
        """Add what was found in the versions of objects."""
        self.versions += found.versions
        self.unproven_versions += found.unproven
        self.versions_elsewhere += found.elsewhere
        self.add(found.findings)

    def add_block(self, block: BlockResult) -> None:
        """Add what was found in a block."""
        self.rows += block.leaves
        self.removed += block.removed
        self.replicated += block.replicated
        self.erased += sum(erased.rows for erased in block.erased.values())
        self.add(block.findings)
