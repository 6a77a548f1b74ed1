"""Draw the overview of `dbtrack status`."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.activity.overview import Check, worst
from dbtrack.render.screens.canvas import ARROW, Canvas, Meaning, Piece, status_glyph

_INDENT = 17


def draw_overview(canvas: Canvas, place: str, checks: Sequence[Check]) -> None:
    """Write one line for each check, what to type next beneath those that need it, and a verdict."""
    need = sum(check.status in {"CRITICAL", "WARNING"} for check in checks)
    unknown = sum(check.status == "UNKNOWN" for check in checks)
    verdict = f"{need} of {len(checks)} need you" if need else "all is well"
    words = f"{verdict}, {unknown} unknown" if unknown else verdict
    canvas.head(
        "dbtrack status", place, f"{canvas.clock(canvas.now, seconds=True)} {canvas.zone_words}", words
    )
    for check in sorted(checks, key=lambda check: check.status not in {"CRITICAL", "WARNING"}):
        first: list[Piece] = [" ", status_glyph(check.status), f" {check.area:<{_INDENT - 4}}"]
        canvas.put_folded(_INDENT, canvas.with_times(check.details), first=first)
        if check.next_step:
            canvas.put(" " * _INDENT, (f"{ARROW} {check.next_step}", Meaning.KEY))
    if worst(checks) == "OK":
        canvas.foot("status --full compares and verifies as well", "top", "dashboard")
    else:
        canvas.foot("exits 3 while something needs you", "status --full", "--format nagios")
