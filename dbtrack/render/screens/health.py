"""The screen of `dbtrack health`: the score, one line for each part of dbtrack, and all findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from dbtrack.render.screens.canvas import Canvas, Meaning, Piece, status_glyph
from dbtrack.reports.overview import Check

# As get_enterprise_dashboard counts it; webhooks and streams are not part of the record.
_POINTS = {"CRITICAL": 25, "WARNING": 10}
_SCORED = frozenset({"capture", "operations", "storage", "reports", "seals"})
_GOOD_SCORE, _FAIR_SCORE = 90, 70
_WORST_FIRST = ("CRITICAL", "WARNING", "UNKNOWN", "OK")
_LABEL_CELLS = 12
# What is as it should be is said in few words.
_SHORTER = (
    (re.compile(r"^DDL is recorded$"), "enabled"),
    (re.compile(r"^(\d+) DDL commands could not be recorded"), r"\1 failures"),
    (re.compile(r"^(\d+) DDL commands were recorded in part"), r"\1 in part"),
    (re.compile(r"^(\d+) rows outside the months' partitions"), r"\1 stray rows"),
    (re.compile(r"^([\d.]+ % of \d+) operations succeeded in the last 24 hours"), r"\1 succeeded in 24 h"),
    (re.compile(r"^nothing is sealed; dbtrack seal .*"), "nothing is sealed: dbtrack seal"),
    (re.compile(r"^not built here: .*"), "not counted yet: dbtrack maintain"),
    (re.compile(r"^PostgreSQL (\S+)[^,]*, (\w+)$"), r"\1 \2"),
)


def score(checks: Sequence[Check]) -> int:
    """Return the score, as the report dashboard counts it."""
    lost = sum(_POINTS.get(check.status, 0) for check in checks if check.category in _SCORED)
    return max(0, 100 - lost)


def draw_health(canvas: Canvas, place: str, checks: Sequence[Check], checked_at: datetime | None) -> None:
    """Draw the checks of the report health.

    Args:
        place: which database it is.
        checks: those that a reader sees; all of them.
        checked_at: when; None if there are none.
    """
    points = score(checks)
    when = f"checked {canvas.clock(checked_at, seconds=True)} {canvas.zone_words}" if checked_at else ""
    canvas.head(f"health {points}", place, when)
    for category in dict.fromkeys(check.category for check in checks):
        of_it = [check for check in checks if check.category == category]
        _draw_part(canvas, category, of_it)
    canvas.put()
    canvas.foot("doctor finds the cause and the remedy", "verify", "--format nagios for monitoring")


def _draw_part(canvas: Canvas, category: str, checks: Sequence[Check]) -> None:
    findings = [check for check in checks if check.status != "OK"]
    for check in sorted(findings, key=lambda check: _WORST_FIRST.index(_known(check.status))):
        first: list[Piece] = _first(check.status, category)
        text = f"{check.metric.replace('_', ' ')}: {canvas.with_times(check.details)}"
        meaning = Meaning.BAD if check.status == "CRITICAL" else Meaning.WARNING
        canvas.put_folded(_LABEL_CELLS + 3, text, meaning, first)
    passed = [check for check in checks if check.status == "OK"]
    if passed:
        canvas.put_folded(_LABEL_CELLS + 3, canvas.with_times(_passed(passed)), first=_first("OK", category))


def _first(status: str, category: str) -> list[Piece]:
    return [" ", status_glyph(status), f" {category}"]


def _passed(checks: Sequence[Check]) -> str:
    triggers = [check for check in checks if check.metric.startswith("et_")]
    words = []
    for check in checks:
        if check not in triggers:
            words.append(_shorter(check.details))
        elif check is triggers[0]:
            words.append(f"{len(triggers)} triggers always")
    return ", ".join(words)


def _shorter(details: str) -> str:
    for pattern, words in _SHORTER:
        details = pattern.sub(words, details)
    return details


def _known(status: str) -> str:
    return status if status in _WORST_FIRST else "UNKNOWN"
