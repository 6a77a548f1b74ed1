"""The screen of `dbtrack verify`: the verdict, then how many findings of each kind, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.verification import MOST_LISTED, Verification
from dbtrack.render.screens.canvas import ARROW, DONE, DOT, FAILED, WARNING, Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import short_key

_FEW = 5
_INDENT = 14


def draw_verify(canvas: Canvas, place: str, result: Verification, *, each: bool = False) -> None:
    """Draw what a verification found.

    Args:
        place: which database it is.
        each: list all findings that `result` keeps, not only the first of each kind.
    """
    glyph, verdict = _verdict(result)
    canvas.head(f"verify {place}", right="")
    canvas.put(" ", glyph, " ", verdict, "   ", _amount(result))
    for text in _remarks(result):
        canvas.put_folded(3, text, Meaning.FAINT)
    for kind, total in result.totals.items():
        findings = [finding for finding in result.findings if finding.kind is kind]
        _draw_kind(canvas, kind, total, findings, each=each)
    canvas.put()
    canvas.foot(*_hints(result, each=each))


def _verdict(result: Verification) -> tuple[Piece, Piece]:
    if result.unsealed_rows is not None:
        return (WARNING, Meaning.WARNING), ("NOT PROVEN", Meaning.WARNING)
    if result.findings:
        count = result.totals.total()
        return (FAILED, Meaning.BAD), (f"{count:,} FINDING{'S' if count != 1 else ''}", Meaning.BAD)
    if not result.blocks:
        return (WARNING, Meaning.WARNING), ("none of this is sealed", Meaning.WARNING)
    whole = "no findings in this part" if result.is_part else "no findings: the record is whole"
    return (DONE, Meaning.GOOD), (whole, Meaning.GOOD)


def _amount(result: Verification) -> str:
    if result.unsealed_rows is not None:
        return f"0 of {result.unsealed_rows:,} rows are sealed"
    against = f", against {result.digests:,} digests" if result.digests else ""
    return f"{result.rows:,} rows in {result.blocks:,} blocks{against}"


def _remarks(result: Verification) -> list[str]:
    return [
        text
        for count, text in (
            (result.accepted, f"{result.accepted:,} digests are of forks that were accepted"),
            (
                result.accepted_rewrites,
                f"{result.accepted_rewrites:,} digests contradict the chain, which was accepted as rewritten",
            ),
            (result.removed, f"{result.removed:,} rows were removed by recorded cleanups"),
            (result.erased, f"a recorded erasure removed a part of {result.erased:,} rows"),
            (
                result.replicated,
                f"{result.replicated:,} rows arrived late by replication: verify them on their own node, too",
            ),
            (
                result.unproven_versions,
                f"{result.unproven_versions:,} versions of objects are not proven: their executions are gone",
            ),
            (
                result.versions_elsewhere,
                f"{result.versions_elsewhere:,} executions are here without their versions of objects",
            ),
        )
        if count
    ]


def _draw_kind(
    canvas: Canvas, kind: FindingKind, total: int, findings: Sequence[Finding], *, each: bool
) -> None:
    if kind is FindingKind.UNSEALED and not each:
        oldest = min((finding.load_date for finding in findings if finding.load_date), default=None)
        since = f" (oldest {oldest.astimezone(canvas.zone):%Y-%m-%d %H:%M})" if oldest else ""
        canvas.put(f"   {total:,} rows are not sealed{since}", right=[f"{ARROW} dbtrack seal", " "])
        return
    canvas.put()
    canvas.put("   ", (kind.value.upper(), Meaning.STRONG), f"  {total:,}")
    shown = findings if each else findings[:_FEW]
    for finding in shown:
        _draw_finding(canvas, finding)
    if total > len(shown):
        canvas.put(f"   …{total - len(shown):,} more")


def _draw_finding(canvas: Canvas, finding: Finding) -> None:
    where = f"block {finding.block_number:,}" if finding.block_number is not None else ""
    written = canvas.time(finding.load_date, seconds=True) if finding.load_date else ""
    key = short_key(finding.key) if finding.key else ""
    text = DOT.join(filter(None, (finding.details, written, key)))
    canvas.put_folded(_INDENT, text, first=[f"   {where}"])


def _hints(result: Verification, *, each: bool) -> list[str]:
    most = max(result.totals.values(), default=0)
    if most and not each:
        capped = f" (first {MOST_LISTED:,} of {most:,})" if most > MOST_LISTED else ""
        return [f"--each lists them{capped}", "--format json"]
    if each and most > MOST_LISTED:
        return [f"the first {MOST_LISTED:,} of a kind are listed, of {most:,}", "--format json"]
    if result.unsealed_rows is not None or not result.blocks:
        return ["seal makes later changes of the record show"]
    return ["digest keeps a proof outside of the server", "prove KEY"]
