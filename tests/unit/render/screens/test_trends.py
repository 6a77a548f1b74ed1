"""The screen of the trends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from dbtrack.reports import REPORTS
from tests.support.screen_sheets import NOW, as_rows, assert_sheet, drawn

_COLUMNS = REPORTS["trends"].columns
_COUNTS = [3000 + 40 * day + (900 if day % 7 == 0 else 0) for day in range(90)]
_SHARED = {"first_step": NOW.replace(hour=0, minute=0, second=0) - timedelta(days=90), "steps": 90}


def _record(measure: str, unit: str, **values: object) -> dict[str, object]:
    return {"subject": "all", "measure": measure, "metric_unit": unit, **_SHARED, **values}


_ALL = [
    _record(
        "operations",
        "count",
        middle=Decimal(4821),
        change_percent=Decimal("74.1"),
        direction="UP",
        peak="Mon",
        points=_COUNTS,
    ),
    _record(
        "success_rate",
        "percent",
        middle=Decimal("99.1"),
        change_percent=Decimal("-2.4"),
        direction="DOWN",
        points=[Decimal(100) - Decimal(day) / 40 for day in range(90)],
    ),
    _record(
        "p50_duration_ms",
        "ms",
        middle=Decimal("12.5"),
        change_percent=Decimal("0.0"),
        direction="STABLE",
        points=[Decimal("12.5")] * 89 + [None],
    ),
    _record(
        "p95_duration_ms",
        "ms",
        middle=Decimal(5210),
        change_percent=Decimal(2400),
        direction="UP",
        points=[Decimal(day * day) for day in range(90)],
    ),
    _record("p99_duration_ms", "ms", points=[None] * 90),
]
_NAMED = [
    {**record, "subject": "nightly load \x1b[31m of a name that is far too long for a terminal " * 2}
    for record in _ALL
]


def test_the_screen() -> None:
    assert_sheet("trends", _COLUMNS, as_rows(_COLUMNS, _ALL + _NAMED))


def test_an_empty_screen_says_what_was_looked_at() -> None:
    assert "nothing ended in whole steps of this window" in drawn("trends", _COLUMNS, [], 80)


def test_a_series_that_began_later_ends_at_the_same_step() -> None:
    young = {**_ALL[0], "subject": "young", "points": _COUNTS[-30:], "steps": 30, "first_step": NOW}
    text = drawn("trends", _COLUMNS, as_rows(_COLUMNS, [young, {**_ALL[0], "subject": "old"}]), 160)
    late, early = (line for line in text.splitlines() if line.startswith(" operations"))
    assert late.count("·") == 60
    assert [late.index("▲"), "90 points since" in text] == [early.index("▲"), True]
