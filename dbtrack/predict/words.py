"""Say in words what a statement locks, does and takes: for the screen, for Markdown and for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbtrack.predict.model import Duration, Effect, Holder, Outcome, Prediction, Report, Size, Traffic, Work
from dbtrack.render.readable import number, size
from dbtrack.render.screens.shortening import short_duration

_BIGGEST_INSTANT_MS = 10.0


def locks(effect: Effect) -> str:
    """Return the lock on a relation: ``ACCESS EXCLUSIVE on public.orders``."""
    if effect.lock is None:
        mode = effect.index_lock.words if effect.index_lock else ""
        return f"{mode} on an index of {effect.identity}"
    index = " and on an index" if effect.index_lock and effect.index_lock > effect.lock else ""
    return f"{effect.lock.words} on {effect.identity}{index}"


def waiting(blocks: tuple[str, ...]) -> str:
    """Return who waits: ``reads and writes wait``."""
    shown = [who for who in blocks if who != "DDL and VACUUM"]
    if not shown:
        return "reads and writes go on" if blocks else "nobody waits"
    return f"{' and '.join(shown)} wait"


def work(effect: Effect, amount: Size | None) -> str:
    """Return what happens to a relation, with its size; empty where nothing does."""
    if effect.work is Work.NONE:
        return ""
    how_large = f" ({sized(amount)})" if amount else ""
    if effect.is_rewritten:
        indexes = (
            f", and builds {_count(len(effect.rebuilt), 'index', 'indexes')} again" if effect.rebuilt else ""
        )
        return f"rewrites {effect.identity}{how_large}{indexes}"
    if effect.rebuilt:
        names = ", ".join(effect.rebuilt[:3]) + ("…" if len(effect.rebuilt) > 3 else "")
        return f"builds {names} on {effect.identity}{how_large}"
    return f"reads all rows of {effect.identity}{how_large}"


def sized(amount: Size) -> str:
    """Return rows and bytes: ``2,000,000 rows, 1.2 GB``."""
    rows = "rows unknown: ANALYZE it" if amount.rows is None else _count(amount.rows, "row", "rows")
    return f"{rows}, {size(amount.heap + amount.toast)}"


def _count(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def takes(duration: Duration | None) -> str:
    """Return how long: ``8.2 s (4.1 s to 19 s): 9 of 10 in quiet hours, from 14 runs on this table``."""
    if duration is None:
        return ""
    if duration.high_ms is None or duration.middle_ms is None:
        how_much = f"; {size(duration.size_bytes)} to go through" if duration.size_bytes else ""
        return f"unknown: {duration.basis}{how_much}"
    if duration.high_ms <= _BIGGEST_INSTANT_MS:
        return f"under {short_duration(int(_BIGGEST_INSTANT_MS))}: {duration.basis}"
    low, high = short_duration(duration.low_ms or 0), short_duration(duration.high_ms)
    return f"{short_duration(duration.middle_ms)} ({low} to {high}): {duration.basis}"


def holder(found: Holder) -> str:
    """Return who makes the statement wait, with the age of its transaction and its statement."""
    who = found.user or found.backend_type or "a session"
    program = f" ({found.application})" if found.application else ""
    what = "waits for" if found.is_waiting else "holds"
    held = f"{what} {found.mode.words} on {found.identity}" if found.mode else "has an open snapshot"
    query = f': "{found.query}"' if found.query else ""
    gives_way = "; autovacuum gives way after deadlock_timeout" if found.is_autovacuum else ""
    return f"pid {found.pid}, {who}{program}, which {held}{_since(found)}{query}{gives_way}"


def _since(found: Holder) -> str:
    age = f" for {short_duration(found.transaction_s * 1000)}" if found.transaction_s else ""
    if found.state in {None, "active"}:
        return f", in a transaction{age}" if age else ""
    return f", {found.state}{age}"


def queue(prediction: Prediction) -> str:
    """Return how many statements a second would queue behind the statement; empty where none do."""
    reads = writes = 0.0
    for effect in prediction.effects:
        traffic = prediction.traffic.get(effect.identity, Traffic(0, 0))
        reads += traffic.reads if "reads" in effect.blocks else 0
        writes += traffic.writes if "writes" in effect.blocks else 0
    parts = [
        f"{number(round(count, 1))} {what}"
        for count, what in ((reads, "scans"), (writes, "changed rows"))
        if count >= 0.05
    ]
    return f"about {' and '.join(parts)} a second come to these tables now, and would wait" if parts else ""


def outcome(prediction: Prediction) -> str:
    """Return what to say of a statement that was not predicted, or that fails; empty for others."""
    match prediction.outcome:
        case Outcome.FAILS:
            return f"fails: {prediction.error}" + (f" ({prediction.sqlstate})" if prediction.sqlstate else "")
        case Outcome.REFUSED | Outcome.NOT_RUN:
            return f"not predicted: {prediction.note}"
        case _:
            return ""


def shown(report: Report) -> Iterator[Prediction]:
    """Return the statements that something is said of: not BEGIN, COMMIT and settings."""
    for prediction in report.predictions:
        if prediction.outcome is not Outcome.CONTROL or prediction.note:
            yield prediction


def document(report: Report, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the report as the JSON document that `--format json` writes."""
    return {
        "database": report.database,
        "server_version": report.server_version,
        "copy": report.copy,
        "copied": report.contents or None,
        "seconds": round(report.seconds, 3),
        "missing": list(report.missing),
        "notes": list(report.notes),
        "statements": [statement_document(prediction) for prediction in report.predictions],
        "findings": findings,
    }


def statement_document(prediction: Prediction) -> dict[str, Any]:
    """Return one statement as it is in the JSON document."""
    return {
        "line": prediction.line,
        "file": prediction.file,
        "statement": prediction.text,
        "form": prediction.form,
        "transaction": prediction.transaction,
        "outcome": prediction.outcome.value,
        "note": prediction.note,
        "sqlstate": prediction.sqlstate,
        "error": prediction.error,
        "lock": prediction.lock.words if prediction.lock else None,
        "work": prediction.work.value,
        "blocks": list(prediction.blocks),
        "relations": [_relation(effect, prediction) for effect in prediction.effects],
        "created": list(prediction.created),
        "duration": _duration(prediction.duration),
        "held": _duration(prediction.held),
        "holders": [_holder(found) for found in prediction.holders],
        "waits_for_snapshots": prediction.waits_for_snapshots,
        "safer": [
            {"why": way.why, "statements": list(way.statements), "advice": way.advice or None}
            for way in prediction.safer
        ],
    }


def _relation(effect: Effect, prediction: Prediction) -> dict[str, Any]:
    amount = prediction.sizes.get(effect.identity)
    traffic = prediction.traffic.get(effect.identity)
    return {
        "identity": effect.identity,
        "kind": effect.kind,
        "lock": effect.lock.words if effect.lock else None,
        "index_lock": effect.index_lock.words if effect.index_lock else None,
        "rewritten": effect.is_rewritten,
        "scanned": effect.is_scanned,
        "built_indexes": list(effect.rebuilt),
        "blocks": list(effect.blocks),
        "rows": amount.rows if amount else None,
        "table_bytes": amount.heap if amount else None,
        "index_bytes": amount.indexes if amount else None,
        "toast_bytes": amount.toast if amount else None,
        "scans_per_second": round(traffic.reads, 3) if traffic else None,
        "changed_rows_per_second": round(traffic.writes, 3) if traffic else None,
    }


def _duration(duration: Duration | None) -> dict[str, Any] | None:
    if duration is None:
        return None
    return {
        "low_ms": duration.low_ms,
        "middle_ms": duration.middle_ms,
        "high_ms": duration.high_ms,
        "basis": duration.basis,
        "bytes": duration.size_bytes,
        "runs": duration.runs,
    }


def _holder(found: Holder) -> dict[str, Any]:
    return {
        "identity": found.identity,
        "lock": found.mode.words if found.mode else None,
        "pid": found.pid,
        "user": found.user,
        "application": found.application,
        "state": found.state,
        "backend_type": found.backend_type,
        "transaction_seconds": found.transaction_s,
        "query": found.query,
        "is_waiting": found.is_waiting,
    }
