"""Charts of the trends on a terminal, drawn by plotext."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, TextIO

_HEIGHT = 14
_TITLES = {
    "operations": "operations",
    "success_rate": "success, %",
    "p50_duration_ms": "median, ms",
    "p95_duration_ms": "95 %, ms",
    "p99_duration_ms": "99 %, ms",
}


def write_plots(rows: Sequence[Mapping[str, Any]], stream: TextIO, *, zone: tzinfo, has_color: bool) -> None:
    """Write a chart for each row of the report trends.

    Args:
        zone: in which the axis is labelled.
        has_color: whether the stream takes colours.
    """
    import plotext

    from dbtrack.render.readable import visible

    for row in rows:
        known = [(place, float(value)) for place, value in enumerate(row["points"]) if value is not None]
        if not known:
            continue
        figure = plotext.figure
        figure.clear()
        figure.theme("colorless")
        figure.plot_size(None, _HEIGHT)
        line = figure.signal([place for place, _ in known], [value for _, value in known], marker="braille")
        figure.draw(line.lines())
        first = row["first_step"].astimezone(zone)
        figure.title(f"{visible(row['subject'])}: {_TITLES.get(row['measure'], row['measure'])}")
        figure.label(f"{row['steps']} points since {first:%Y-%m-%d %H:%M}", axis="x")
        stream.write(figure.build().string(colorless=not has_color) + "\n\n")
