"""What `dbtrack show` says of a review: its period, who signed it, and what it explains."""

from __future__ import annotations

from typing import Any

from dbtrack.render.screens.canvas import WARNING, Canvas, Meaning
from dbtrack.render.screens.record import Record, put_text
from dbtrack.render.screens.shortening import short_key


def draw_review(canvas: Canvas, metadata: Record) -> None:
    """Draw the review of an execution of the type REVIEW; nothing for another one."""
    review = metadata.get("review")
    if not isinstance(review, dict):
        return
    put_text(canvas, "period", f"{review.get('period')}, {review.get('since')} to {review.get('until')}")
    put_text(canvas, "signed", f"by {review.get('by')}")
    put_text(canvas, "", str(review.get("statement") or ""))
    exceptions = review.get("exceptions")
    for number, exception in enumerate(exceptions if isinstance(exceptions, list) else ()):
        is_own = exception.get("own") is True
        meaning = Meaning.WARNING if is_own else Meaning.PLAIN
        put_text(canvas, "" if number else "explain", _exception(exception, is_own=is_own), meaning)


def _exception(exception: dict[str, Any], *, is_own: bool) -> str:
    kind = f" {exception['kind']}" if exception.get("kind") else ""
    own = f" {WARNING} the signer's own change" if is_own else ""
    return f"{short_key(str(exception.get('key')))}{kind}: {exception.get('reason')}{own}"
