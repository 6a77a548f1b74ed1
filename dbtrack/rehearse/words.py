"""Say in words what a rehearsal found, for all of its forms."""

from __future__ import annotations

from typing import Any

from dbtrack.objects.words import object_words
from dbtrack.predict import words
from dbtrack.predict.model import Outcome, Prediction
from dbtrack.rehearse.model import Rehearsal, Rehearsed
from dbtrack.rehearse.steps import State
from dbtrack.render.screens.shortening import short_duration

LIMITS = (
    "The copy has no rows: durations on it say nothing about production.",
    "Failures that depend on the data do not show: duplicates, NULLs, a violated CHECK.",
    "The migration runs as a superuser of the copy: a privilege that its login lacks does not show.",
    "Statements are in the order in which their transactions ended.",
)


def headline(found: Rehearsal) -> str:
    """Return the outcome in one line, without a name in it."""
    if found.error is not None:
        return "the migration did not reach the copy"
    if found.exit_code:
        return f"the migration fails on the copy, with exit code {found.exit_code}"
    if found.findings:
        count = len({finding.line for finding in found.findings})
        return f"the migration runs, but {counted(count, 'statement does', 'statements do')} not pass"
    return "the migration runs on the copy"


def counted(count: int, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def told(found: Rehearsal) -> str:
    """Return how many statements there are, and how many more that only read."""
    failed = sum(each.state is State.FAILED for each in found.statements)
    parts = [counted(len(found.statements), "statement", "statements")]
    if failed:
        parts.append(f"{failed} failed")
    if undone := sum(each.state is State.ROLLED_BACK for each in found.statements):
        parts.append(f"{undone} rolled back")
    if found.others:
        parts.append(
            f"{counted(found.others, 'other', 'others')} not shown, which only read or keep the history"
        )
    return ", ".join(parts)


def on_copy(each: Rehearsed) -> str:
    """Return what became of a statement on the copy, and how long it took there."""
    if each.state is State.FAILED:
        return "failed"
    took = "" if each.duration_ms is None else short_duration(each.duration_ms)
    shared = f" with {each.together - 1} more, sent at once" if each.together > 1 and took else ""
    undone = "rolled back" if each.state is State.ROLLED_BACK else ""
    return ", ".join(filter(None, (undone, f"{took}{shared}"))) or "done"


def in_production(prediction: Prediction) -> str:
    """Return for how long its locks are held in production."""
    if prediction.outcome is Outcome.FAILS:
        return ""
    return words.takes(prediction.held)


def caution(each: Rehearsed) -> str | None:
    """Return why a statement deserves a look, although nothing forbids it; None if it does not."""
    prediction = each.prediction
    is_instant = (
        prediction.held is not None and prediction.held.is_known and (prediction.held.high_ms or 0) <= 10
    )
    if not {"reads", "writes"} & set(prediction.blocks) or is_instant:
        return None
    return f"{words.waiting(prediction.blocks)}: {in_production(prediction) or 'unknown time'}"


def document(found: Rehearsal) -> dict[str, Any]:
    """Return a rehearsal as the JSON document that `--format json` writes."""
    return {
        "database": found.database,
        "server": found.server,
        "command": found.command,
        "exit_code": found.exit_code,
        "failed": found.has_failed,
        "error": found.error,
        "seconds": round(found.seconds, 3),
        "copied_from": found.origin,
        "production": found.facts or None,
        "statements": [_statement(each) for each in found.statements],
        "statements_not_shown": found.others,
        "differences": None if found.differences is None else _differences(found),
        "left_behind": [
            {"kind": each.kind, "name": each.name, "table": each.table} for each in found.left_behind
        ],
        "missing": list(found.missing),
        "notes": list(found.notes),
        "findings": [
            {"number": each.line, "gate": each.gate, "message": each.message} for each in found.findings
        ],
    }


def _statement(each: Rehearsed) -> dict[str, Any]:
    return {
        **words.statement_document(each.prediction),
        "line": each.place.line if each.place else None,
        "file": each.place.file if each.place else None,
        "number": each.number,
        "state": each.state.value,
        "copy_duration_ms": each.duration_ms,
        "sent_together": each.together,
    }


def _differences(found: Rehearsal) -> list[dict[str, Any]]:
    return [
        {
            "type": each.object_type,
            "name": each.new_identity,
            "old_name": each.old_identity,
            "changes": [
                {"sign": word.sign, "kind": word.kind, "name": word.name, "text": word.text}
                for word in object_words(each)
            ],
        }
        for each in found.differences or ()
    ]
