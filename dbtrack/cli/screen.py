"""Decide whether people see a report as a screen, and prepare the canvas that it is drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from dbtrack.cli.options.connection_options import OutputArguments

if TYPE_CHECKING:
    from dbtrack.render.screens.canvas import Canvas


def canvas_for(stream: TextIO, output: OutputArguments) -> Canvas:
    """Return the canvas for a terminal, in the zone and colours of the options."""
    from dbtrack.render.screens.canvas import Canvas

    return Canvas(stream, zone=output.zone, color=output.color)
