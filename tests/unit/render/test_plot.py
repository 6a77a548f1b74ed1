"""Charts of the trends, really drawn by plotext."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest

from dbtrack.render.plot import write_plots

pytest.importorskip("plotext")


def _drawn(*series: list[float | None]) -> str:
    stream = StringIO()
    rows = [
        {
            "subject": f"subject {number}",
            "measure": "operations",
            "points": points,
            "steps": len(points),
            "first_step": datetime(2026, 3, 1, tzinfo=UTC),
        }
        for number, points in enumerate(series)
    ]
    write_plots(rows, stream, zone=UTC, has_color=False)
    return stream.getvalue()


def test_each_row_with_a_point_has_a_chart_of_its_own() -> None:
    text = _drawn([10, None, 40, 20, 30], [None, None], [7], [1000, 1000])
    assert "\x1b" not in text
    first, *others = text.removesuffix("\n\n").split("\n\n")
    assert "subject 0: operations" in first
    assert "5 points since 2026-03-01 00:00" in first
    assert ("40.0" in first, "10.0" in first) == (True, True)
    # The points are joined by lines.
    assert sum("\u2800" < character <= "\u28ff" for character in first) > 50
    assert ["subject 2" in others[0], "subject 3" in others[1], len(others)] == [True, True, 2]
    assert "40.0" not in others[0]
