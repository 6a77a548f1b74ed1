"""Choose columns, order and number of rows of a result, as `--columns`, `--sort` and `-n` ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from dbtrack.errors import UsageError
from dbtrack.render.formats import Row, Selection
from dbtrack.render.values import compact_json
from dbtrack.reports.model import Column, Kind

MOST_SORTED_ROWS = 50_000
"""How many rows are sorted without a limit of rows: they are held in memory."""

_SPARE_ROWS = 10_000


class _Order(NamedTuple):
    position: int
    key: Callable[[Any], Any]
    is_descending: bool


def select(
    columns: Sequence[Column], rows: Iterable[Row], selection: Selection, *, with_units: bool
) -> tuple[Sequence[Column], Iterable[Row]]:
    """Return the columns and the rows that a selection asks for.

    With a limit of rows, sorting takes memory for these rows only.

    Args:
        with_units: keep the column of the unit beside each measured column, for a format that shows both as
            one.

    Raises:
        UsageError: there is no such column, or more than 50,000 rows are to be sorted.
    """
    orders = [_order(columns, word) for word in selection.sort]
    if orders:
        rows = _sorted(rows, orders, selection.rows)
    rows = islice(rows, selection.rows)
    if not selection.columns:
        return columns, rows
    chosen = [_position(columns, name) for name in selection.columns]
    if with_units:
        units = {columns[i].unit_column for i in chosen} - {columns[i].name for i in chosen}
        chosen += [i for i, column in enumerate(columns) if column.name in units]
    # What is asked for by name is shown in every format.
    return [replace(columns[i], is_detail=False) for i in chosen], ([row[i] for i in chosen] for row in rows)


def _position(columns: Sequence[Column], name: str) -> int:
    names = [column.name for column in columns]
    if name not in names:
        raise UsageError(f"there is no column {name}", hint=f"the columns are {', '.join(names)}")
    return names.index(name)


def _order(columns: Sequence[Column], word: str) -> _Order:
    position = _position(columns, word.removeprefix("-"))
    return _Order(position, _KEYS.get(columns[position].kind, _text_key), word.startswith("-"))


def _sorted(rows: Iterable[Row], orders: Sequence[_Order], most: int | None) -> list[Row]:
    """Return the rows in order; they are all read here, so that nothing is written of what is refused."""
    kept: list[Row] = []
    for row in rows:
        kept.append(row)
        if most is None and len(kept) > MOST_SORTED_ROWS:
            raise UsageError(
                f"more than {MOST_SORTED_ROWS:,} rows to sort", hint="use -n ROWS, or a shorter time"
            )
        if most is not None and len(kept) >= most + _SPARE_ROWS:
            kept = _in_order(kept, orders)[:most]
    return _in_order(kept, orders)


def _in_order(rows: list[Row], orders: Sequence[_Order]) -> list[Row]:
    for position, key, is_descending in reversed(orders):
        known = [row for row in rows if row[position] is not None]
        known.sort(key=_row_key(position, key), reverse=is_descending)
        # As with NULLS LAST, in both directions.
        rows = known + [row for row in rows if row[position] is None]
    return rows


def _row_key(position: int, key: Callable[[Any], Any]) -> Callable[[Row], Any]:
    return lambda row: key(row[position])


def _text_key(value: Any) -> tuple[str, str]:
    return str(value).casefold(), str(value)


def _time_key(value: datetime | str) -> tuple[int, float, str]:
    if isinstance(value, datetime):
        return 0, value.timestamp(), ""
    # What Python cannot represent, as the server wrote it: before all others, or after them.
    return (-1 if value.endswith("BC") or value.startswith("-") else 1), 0.0, value


def _list_key(value: Sequence[Any]) -> list[str]:
    return [str(item) for item in value]


def _same(value: Any) -> Any:
    return value


_NUMBERS = (
    Kind.COUNT,
    Kind.NUMBER,
    Kind.RATIO,
    Kind.DURATION_MS,
    Kind.BYTES,
    Kind.METRIC,
    Kind.BOOLEAN,
    Kind.KEY,
)
_KEYS: dict[Kind, Callable[[Any], Any]] = {
    **dict.fromkeys(_NUMBERS, _same),
    Kind.TIME: _time_key,
    Kind.LIST: _list_key,
    Kind.JSON: compact_json,
}
