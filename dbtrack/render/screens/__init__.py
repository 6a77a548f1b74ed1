"""Screens: what the report of a name looks like on a terminal, instead of a table of its columns.

A screen is a module of this package with the function ``draw(section, canvas, look)``, and its name in
`_SCREENS`. It looks columns up by name, and draws nothing for a column that is not there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from dbtrack.render.formats import Look, Section
    from dbtrack.render.screens.canvas import Canvas

_SCREENS = {
    "history": "history",
    "own": "history",
    "errors": "errors",
    "error_list": "history",
    "open_errors": "errors",
    "open_error_list": "history",
    "trends": "trends",
}


class Draw(Protocol):
    """Draws the rows of a section, which it reads once and in order."""

    def __call__(self, section: Section, canvas: Canvas, look: Look) -> None:
        """Draw the screen."""


def screen_of(report: str | None) -> Draw | None:
    """Return what draws a report on a terminal; None for a report that is shown as a table."""
    module = _SCREENS.get(report or "")
    if module is None:
        return None
    return cast("Draw", import_module(f"{__name__}.{module}").draw)
