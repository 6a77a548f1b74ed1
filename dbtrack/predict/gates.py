"""Decide whether a prediction passes: for a job that must stop before a migration does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dbtrack.errors import UsageError
from dbtrack.predict.model import Lock, Outcome, Prediction, Report, Work
from dbtrack.render.screens.shortening import short_duration

ERROR = "error"
"""The gate of a statement that would fail, which is always there."""
_UNITS_MS = {"ms": 1, "s": 1000, "min": 60_000, "m": 60_000, "h": 3_600_000}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)")


class Gate(StrEnum):
    """What a prediction may not contain."""

    REWRITE = "rewrite"
    INDEX_REBUILD = "index-rebuild"
    SCAN = "scan"
    ACCESS_EXCLUSIVE = "access-exclusive"
    BLOCKS_READS = "blocks-reads"
    BLOCKS_WRITES = "blocks-writes"
    WAITS = "waits"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """Why a prediction does not pass.

    Args:
        gate: the name of the gate, `error` or `max-lock`.
    """

    line: int
    gate: str
    message: str


_TESTS: Mapping[Gate, tuple[Callable[[Prediction], bool], str]] = {
    Gate.REWRITE: (lambda p: p.work is Work.REWRITE, "rewrites a table"),
    Gate.INDEX_REBUILD: (lambda p: any(e.rebuilt for e in p.effects), "builds indexes"),
    Gate.SCAN: (lambda p: any(e.is_scanned for e in p.effects), "reads all rows of a table"),
    Gate.ACCESS_EXCLUSIVE: (lambda p: p.lock is Lock.ACCESS_EXCLUSIVE, "takes ACCESS EXCLUSIVE"),
    Gate.BLOCKS_READS: (lambda p: "reads" in p.blocks, "makes reads wait"),
    Gate.BLOCKS_WRITES: (lambda p: "writes" in p.blocks, "makes writes wait"),
    Gate.WAITS: (lambda p: bool(p.holders), "would wait now"),
    Gate.UNKNOWN: (lambda p: p.held is not None and not p.held.is_known, "takes an unknown time"),
}


def read_gates(words: Sequence[str]) -> tuple[Gate, ...]:
    """Return the gates that words name, several in each with commas.

    Raises:
        UsageError: there is no such gate.
    """
    names = [name.strip().lower() for word in words for name in word.split(",")]
    for name in names:
        if name not in set(Gate):
            raise UsageError(f"--fail-on {name}: unknown", hint=f"it is one of: {', '.join(Gate)}")
    return tuple(Gate(name) for name in names)


def parse_duration(text: str) -> float:
    """Return the milliseconds of `2s`, `500ms`, `1.5min`.

    Raises:
        UsageError: it is something else.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise UsageError(f"not a duration: {text}", hint="write 500ms, 2s or 1min")
    return float(match[1]) * _UNITS_MS[match[2]]


def check(report: Report, gates: tuple[Gate, ...], max_lock_ms: float | None) -> list[Finding]:
    """Return what does not pass; a statement that would fail never does.

    An unknown duration does not pass `max_lock_ms`, nor does a statement that could not be predicted pass any
    gate: who asks for a limit wants to hear what may be over it.
    """
    found: list[Finding] = []
    for prediction in report.predictions:
        found += _findings(prediction, gates, max_lock_ms)
    return found


def _findings(
    prediction: Prediction, gates: tuple[Gate, ...], max_lock_ms: float | None
) -> Iterator[Finding]:
    if prediction.outcome is Outcome.FAILS:
        yield Finding(prediction.line, ERROR, f"fails: {prediction.error}")
        return
    has_gates = bool(gates) or max_lock_ms is not None
    if prediction.outcome in {Outcome.REFUSED, Outcome.NOT_RUN}:
        if has_gates:
            yield Finding(prediction.line, "unknown", f"could not be predicted: {prediction.note}")
        return
    for gate in gates:
        is_found, words = _TESTS[gate]
        if is_found(prediction):
            yield Finding(prediction.line, gate.value, words)
    if max_lock_ms is not None and (message := _held_too_long(prediction, max_lock_ms)):
        yield Finding(prediction.line, "max-lock", message)


def _held_too_long(prediction: Prediction, limit: float) -> str | None:
    """Return what to say of a lock for which reads or writes wait longer than the limit."""
    held = prediction.held
    if held is None or not {"reads", "writes"} & set(prediction.blocks):
        return None
    who = " and ".join(name for name in ("reads", "writes") if name in prediction.blocks)
    if held.high_ms is None:
        return f"{who} wait for an unknown time; the limit is {short_duration(limit)}"
    if held.high_ms > limit:
        return f"{who} wait up to {short_duration(held.high_ms)}; the limit is {short_duration(limit)}"
    return None
