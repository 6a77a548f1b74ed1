"""What a verification found, and what people are told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.digest import Digest
from dbtrack.proof.verify_block import BlockResult

MOST_LISTED = 1000
"""How many findings of a kind are kept."""

_FEW = 20


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

    def listed(self, *, each: bool) -> Iterator[Finding]:
        """Return the findings to show: of each kind all that are kept, or a few and how many more there are.

        Rows that only wait for a seal are one finding.
        """
        shown: Counter[FindingKind] = Counter()
        for finding in self.findings:
            shown[finding.kind] += 1
            if each or (shown[finding.kind] <= _FEW and not self._is_summarized(finding.kind)):
                yield finding
        for kind, total in self.totals.items():
            if self._is_summarized(kind) and not each:
                yield self._unsealed_summary()
            elif (more := total - (min(shown[kind], MOST_LISTED if each else _FEW))) > 0:
                hint = f"{MOST_LISTED} are listed" if each else f"--each lists {min(total, MOST_LISTED)}"
                yield Finding(kind, f"and {more} more; {hint}")

    @property
    def lines(self) -> list[str]:
        """What people are told."""
        lines = [f"verified {self.rows} rows in {self.blocks} blocks"]
        if self.digests:
            lines[0] += f" against {self.digests} digests"
        if self.accepted:
            lines.append(f"{self.accepted} digests are of forks that were accepted")
        if self.removed:
            lines.append(f"{self.removed} rows were removed by recorded cleanups")
        if self.erased:
            lines.append(f"a recorded erasure removed a part of {self.erased} rows")
        if self.replicated:
            lines.append(
                f"{self.replicated} rows arrived late by replication: verify them on the node where they "
                "were written, too"
            )
        return [*lines, self._verdict]

    def _is_summarized(self, kind: FindingKind) -> bool:
        return kind is FindingKind.UNSEALED and self.totals[kind] > 1

    def _unsealed_summary(self) -> Finding:
        first = self._first(FindingKind.UNSEALED)
        count = self.totals[FindingKind.UNSEALED]
        message = (
            f"{count} rows are older than the setting seal.overdue_hours and not sealed; run: dbtrack seal"
        )
        return Finding(FindingKind.UNSEALED, message, load_date=first)

    def _first(self, kind: FindingKind) -> datetime | None:
        return next((finding.load_date for finding in self.findings if finding.kind is kind), None)

    @property
    def _verdict(self) -> str:
        if self.unsealed_rows is not None:
            return f"NOT PROVEN: 0 of {self.unsealed_rows:,} rows are sealed; run: dbtrack seal"
        if self.findings:
            return f"{self.totals.total()} findings"
        if not self.blocks:
            return "none of this is sealed"
        return (
            "no findings in this part of the record" if self.is_part else "no findings: the record is whole"
        )
