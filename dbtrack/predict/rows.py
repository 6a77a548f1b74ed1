"""A prediction as rows: one for each statement and relation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.predict.model import Effect, Prediction, Report
from dbtrack.predict.words import shown

COLUMNS = (
    Column("line", Kind.COUNT),
    Column("statement", Kind.TEXT),
    Column("outcome", Kind.TEXT),
    Column("relation", Kind.IDENTIFIER),
    Column("lock", Kind.TEXT),
    Column("blocks", Kind.LIST),
    Column("work", Kind.TEXT),
    Column("rows", Kind.COUNT),
    Column("bytes", Kind.BYTES),
    Column("held_low_ms", Kind.DURATION_MS),
    Column("held_high_ms", Kind.DURATION_MS),
    Column("basis", Kind.TEXT),
    Column("holders", Kind.COUNT),
    Column("message", Kind.TEXT),
)


def rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """Return the rows; a statement that locks nothing has one without a relation."""
    for prediction in shown(report):
        for effect in prediction.effects or (None,):
            yield _row(prediction, effect)


def _row(prediction: Prediction, effect: Effect | None) -> tuple[Any, ...]:
    amount = prediction.sizes.get(effect.identity) if effect else None
    lock = (effect.lock or effect.index_lock) if effect else None
    held = prediction.held
    return (
        prediction.line,
        prediction.text,
        prediction.outcome.value,
        effect.identity if effect else None,
        lock.words if lock else None,
        list(effect.blocks) if effect else [],
        effect.work.value if effect else None,
        amount.rows if amount else None,
        amount.heap + amount.indexes + amount.toast if amount else None,
        held.low_ms if held else None,
        held.high_ms if held else None,
        held.basis if held else None,
        sum(
            1 for holder in prediction.holders if effect is None or holder.identity in {effect.identity, None}
        ),
        prediction.error or prediction.note,
    )
