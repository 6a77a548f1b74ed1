"""Makes an SVG of what a command wrote to a terminal: ANSI on standard input, SVG on standard output."""

from __future__ import annotations

import io
import re
import sys

from rich.console import Console
from rich.text import Text

_COLUMNS = 100
_TITLE = "dbtrack dashboard -d embedded:"
# Rich's SVG would fetch a font from a server of somebody else's.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Read ANSI, write SVG."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in sys.stdin.read().replace("\r", "").rstrip("\n").split("\n"):
        console.print(Text.from_ansi(line))
    svg = _FONT_FACES.sub("", console.export_svg(title=_TITLE, unique_id="dbtrack"))
    lines = svg.replace("Fira Code", "Menlo").splitlines()
    sys.stdout.write("\n".join(line.rstrip() for line in lines) + "\n")


main()
