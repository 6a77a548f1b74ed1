"""One golden file a screen: drawn at each width, in ASCII, and with the colours of a dark and a light terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dbtrack.columns import Column
from dbtrack.render.formats import Look, Section
from dbtrack.render.screens import screen_of
from dbtrack.render.screens.canvas import Canvas
from dbtrack.render.screens.shortening import cells
from dbtrack.terminal.abilities import Abilities
from tests.support.golden_files import assert_golden

NOW = datetime(2026, 11, 27, 6, 31, 40, tzinfo=UTC)
DETAILS = ("prod@127.0.0.1:5432", "since Fri 20 Nov 06:28 UTC")
_WIDTHS = (60, 80, 100, 200)
_OTHERS = {
    "80, ASCII": Abilities(80, has_unicode=False),
    "80, dark": Abilities(80, has_color=True),
    "80, light": Abilities(80, has_color=True, is_light=True),
}


def drawn(
    report: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    abilities: Abilities | int,
    look: Look | None = None,
) -> str:
    """Return the screen of a report at a fixed moment in UTC; as a width alone, without colours."""
    stream = io.StringIO()
    chosen = Abilities(abilities) if isinstance(abilities, int) else abilities
    draw = screen_of(report)
    assert draw is not None, f"{report} has no screen"
    section = Section(report, columns, rows, report.title(), DETAILS)
    draw(section, Canvas(stream, zone=UTC, now=NOW, abilities=chosen), look or Look(zone=UTC, now=NOW))
    return stream.getvalue()


def assert_sheet(report: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    """Compare a screen at all widths and in all ways with its golden file; no line is wider than the terminal."""
    ways = {str(width): Abilities(width) for width in _WIDTHS} | _OTHERS
    texts = {way: drawn(report, columns, rows, abilities) for way, abilities in ways.items()}
    for width in _WIDTHS:
        assert max(map(cells, texts[str(width)].splitlines())) <= width
    assert texts["80, ASCII"].isascii()
    assert_golden(f"screens/{report}.txt", "".join(f"=== {way}\n{text}\n" for way, text in texts.items()))


def as_rows(columns: Sequence[Column], records: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Return records as rows; what a record does not name is null."""
    return [[record.get(column.name) for column in columns] for record in records]
