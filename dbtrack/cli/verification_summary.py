"""How `dbtrack verify` shows what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.verification import MOST_LISTED, Verification

_FEW = 20


def listed_findings(result: Verification, *, each: bool) -> Iterator[Finding]:
    """Return the findings to show: a few of each kind and how many more there are.

    Rows that only wait for a seal are one finding.

    Args:
        each: return all that `result` keeps.
    """
    shown: Counter[FindingKind] = Counter()
    for finding in result.findings:
        shown[finding.kind] += 1
        if each or (shown[finding.kind] <= _FEW and not _is_summarized(result, finding.kind)):
            yield finding
    for kind, total in result.totals.items():
        if _is_summarized(result, kind) and not each:
            yield _unsealed_rows(result)
        elif (more := total - (min(shown[kind], MOST_LISTED if each else _FEW))) > 0:
            hint = f"{MOST_LISTED} are listed" if each else f"--each lists {min(total, MOST_LISTED)}"
            yield Finding(kind, f"and {more} more; {hint}")


def summary(result: Verification) -> list[str]:
    """Return what was verified and the verdict, as lines."""
    lines = [f"verified {result.rows} rows in {result.blocks} blocks"]
    if result.digests:
        lines[0] += f" against {result.digests} digests"
    if result.timestamps:
        lines[0] += f", with {result.timestamps} timestamps of authorities"
    if result.accepted:
        lines.append(f"{result.accepted} digests are of forks that were accepted")
    if result.accepted_rewrites:
        lines.append(
            f"{result.accepted_rewrites} digests contradict the chain, which was accepted as rewritten"
        )
    if result.removed:
        lines.append(f"{result.removed} rows were removed by recorded cleanups")
    if result.erased:
        lines.append(f"a recorded erasure removed a part of {result.erased} rows")
    if result.replicated:
        lines.append(
            f"{result.replicated} rows arrived late by replication: verify them on the node where they "
            "were written, too"
        )
    return [*lines, *_of_versions(result), _verdict(result)]


def _of_versions(result: Verification) -> Iterator[str]:
    if result.versions:
        yield f"verified {result.versions} versions of objects"
    if result.unproven_versions:
        yield (
            f"{result.unproven_versions} versions of objects are not proven any more: their executions were "
            "removed or erased"
        )
    if result.versions_elsewhere:
        yield f"{result.versions_elsewhere} executions are here without their versions of objects"


def _is_summarized(result: Verification, kind: FindingKind) -> bool:
    return kind is FindingKind.UNSEALED and result.totals[kind] > 1


def _unsealed_rows(result: Verification) -> Finding:
    kind = FindingKind.UNSEALED
    first = next((finding.load_date for finding in result.findings if finding.kind is kind), None)
    count = result.totals[kind]
    details = f"{count} rows are older than the setting seal.overdue_hours and not sealed; run: dbtrack seal"
    return Finding(kind, details, load_date=first)


def _verdict(result: Verification) -> str:
    if result.unsealed_rows is not None:
        return f"NOT PROVEN: 0 of {result.unsealed_rows:,} rows are sealed; run: dbtrack seal"
    if result.findings:
        return f"{result.totals.total()} findings"
    if not result.blocks:
        return "none of this is sealed"
    return "no findings in this part of the record" if result.is_part else "no findings: the record is whole"
