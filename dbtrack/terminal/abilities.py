"""What a terminal can show: how wide it is, whether it has colours, and which characters it knows."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

_USUAL_WIDTH = 80
# The last number of COLORFGBG: black, the dark colours and dark grey. 7 and 9 to 15 are light.
_DARK_BACKGROUNDS = {"0", "1", "2", "3", "4", "5", "6", "8", "default"}


class ColorChoice(StrEnum):
    """When to write colours, as with `ls --color`."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class Abilities:
    """What the receiver of a stream can show.

    Args:
        width: in cells; None where there is no terminal and so no limit.
        height: in lines; None where it is not known.
        has_color: whether to write colours and bold.
        has_unicode: whether the stream's encoding has every character; else only ASCII is certain.
        is_light: whether the background is light, as far as COLORFGBG tells.
    """

    width: int | None = None
    height: int | None = None
    has_color: bool = False
    has_unicode: bool = True
    is_light: bool = False


def abilities_of(
    stream: TextIO, environ: Mapping[str, str], color: ColorChoice = ColorChoice.AUTO
) -> Abilities:
    """Return what the receiver of a stream can show, as the environment and the options describe it."""
    on_terminal = stream.isatty()
    width, height = _size(stream, environ) if on_terminal else (None, None)
    return Abilities(
        width=width,
        height=height,
        has_color=wants_color(color, environ, on_terminal=on_terminal),
        has_unicode=_is_unicode(stream),
        is_light=_is_light(environ),
    )


def wants_color(color: ColorChoice, environ: Mapping[str, str], *, on_terminal: bool) -> bool:
    """Decide whether to write colours.

    The option decides first, then NO_COLOR (no-color.org), then FORCE_COLOR and CLICOLOR_FORCE, then
    CLICOLOR=0 (bixense.com/clicolors); without any of them, a terminal gets colours unless TERM is dumb.
    """
    if color is not ColorChoice.AUTO:
        return color is ColorChoice.ALWAYS
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in {"", "0", "false"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    has_colors = environ.get("TERM", "").lower() not in {"dumb", "unknown"}
    return on_terminal and has_colors and environ.get("CLICOLOR") != "0"


def _size(stream: TextIO, environ: Mapping[str, str]) -> tuple[int, int | None]:
    """Return width and height; COLUMNS and LINES are obeyed, as by psql and git."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    return (
        _positive(environ.get("COLUMNS")) or size.columns or _USUAL_WIDTH,
        _positive(environ.get("LINES")) or size.lines or None,
    )


def _positive(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _is_unicode(stream: TextIO) -> bool:
    encoding = getattr(stream, "encoding", None)
    if encoding is None and stream.isatty() and sys.stdout is not None:
        # A drawing that is collected before the terminal gets it.
        encoding = sys.stdout.encoding
    return (encoding or "utf-8").lower().replace("-", "").replace("_", "").startswith(("utf", "ucs"))


def _is_light(environ: Mapping[str, str]) -> bool:
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return bool(background) and background not in _DARK_BACKGROUNDS
