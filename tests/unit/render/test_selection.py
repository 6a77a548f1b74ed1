"""Which columns and rows `--columns`, `--sort` and `-n` leave, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dbtrack.columns import Column, Kind
from dbtrack.errors import UsageError
from dbtrack.render import selection
from dbtrack.render.formats import Selection
from dbtrack.render.selection import select

COLUMNS = (
    Column("name", Kind.IDENTIFIER),
    Column("started_at", Kind.TIME),
    Column("value", Kind.METRIC, unit_column="unit"),
    Column("unit", Kind.IDENTIFIER),
    Column("objects", Kind.LIST),
)
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ROWS: list[tuple[Any, ...]] = [
    ("b", NOON, Decimal(3), "ms", ["x"]),
    ("A", "infinity", None, "ms", None),
    ("a", NOON.replace(hour=1), Decimal(20), "ms", ["a", None]),
    ("c", "0044-03-15 12:00:00+00 BC", Decimal(3), "s", []),
]


def chosen(source: Any = ROWS, *, with_units: bool = False, **words: Any) -> tuple[list[str], list[Any]]:
    columns, found = select(COLUMNS, source, Selection(**words), with_units=with_units)
    return [column.name for column in columns], list(found)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (("name",), "Aabc"),
        (("-name",), "cbaA"),
        (("value", "-name"), "cbaA"),
        (("-value",), "abcA"),
        (("started_at",), "cabA"),
        (("-started_at",), "Abac"),
        (("objects",), "cabA"),
    ],
)
def test_rows_are_ordered_by_what_the_values_are_and_unknown_ones_come_last(
    sort: tuple[str, ...], expected: str
) -> None:
    assert "".join(row[0] for row in chosen(sort=sort)[1]) == expected


def test_columns_come_in_the_order_asked_for_with_the_unit_where_people_need_it() -> None:
    assert chosen(columns=("value", "name"))[0] == ["value", "name"]
    assert chosen(ROWS[:1], columns=("value", "name"))[1] == [[Decimal(3), "b"]]
    assert chosen(columns=("value", "name"), with_units=True)[0] == ["value", "name", "unit"]


def test_a_column_that_is_not_shown_can_be_sorted_by() -> None:
    assert chosen(ROWS[:3], columns=("name",), sort=("-value",))[1] == [["a"], ["b"], ["A"]]


@pytest.mark.parametrize("words", [{"columns": ("nme",)}, {"sort": ("-nme",)}])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(words: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="there is no column nme") as error:
        chosen(**words)
    assert "name, started_at, value, unit, objects" in str(error.value)


def test_the_first_rows_of_many_are_found_in_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST_SORTED_ROWS", 100)

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(30_000):
            yield ("x", NOON, Decimal(number * 7919 % 30_011), "ms", None)

    found = chosen(rows(), sort=("-value",), rows=3)[1]
    assert [row[2] for row in found] == sorted((n * 7919 % 30_011 for n in range(30_000)), reverse=True)[:3]
    with pytest.raises(UsageError, match="more than 100 rows to sort"):
        chosen(rows(), sort=("value",))


def test_without_an_order_rows_are_read_as_far_as_they_are_needed() -> None:
    read = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in ROWS:
            read.append(row)
            yield row

    assert len(list(select(COLUMNS, rows(), Selection(rows=2), with_units=False)[1])) == 2
    assert len(read) == 2
