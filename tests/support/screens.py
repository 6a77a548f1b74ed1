"""Screens for golden files: each drawn at four widths, in ASCII and with colours."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

from dbtrack.render.screens.canvas import Canvas
from dbtrack.terminal.abilities import Abilities
from tests.support.golden_files import assert_golden

NOW = datetime(2026, 11, 27, 6, 31, 40, tzinfo=UTC)
WIDTHS = (60, 80, 100, 200)


def drawn(draw: Callable[[Canvas], None], abilities: Abilities) -> str:
    """Return what a function draws, at a fixed moment in UTC."""
    stream = io.StringIO()
    draw(Canvas(stream, zone=UTC, now=NOW, abilities=abilities))
    return stream.getvalue()


def assert_screens(name: str, draw: Callable[[Canvas], None]) -> None:
    """Compare a screen with its golden files: no line is wider than the terminal, and no name is lost."""
    for width in WIDTHS:
        text = drawn(draw, Abilities(width))
        assert_golden(f"screens/{name}.{width}", text)
        assert max(map(len, text.splitlines())) <= width
    assert_golden(f"screens/{name}.ascii", drawn(draw, Abilities(80, has_unicode=False)))
    assert drawn(draw, Abilities(80, has_unicode=False)).isascii()
    assert_golden(f"screens/{name}.dark", drawn(draw, Abilities(80, has_color=True)))
    assert_golden(f"screens/{name}.light", drawn(draw, Abilities(80, has_color=True, is_light=True)))
