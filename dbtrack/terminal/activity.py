"""One line on a terminal that says what a long command is at."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ERASE_LINE = "\r\x1b[K"


@contextmanager
def working() -> Iterator[Callable[[str], None]]:
    """Give what replaces the line; it goes at the end. Off a terminal nothing is shown."""
    stream = sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None

    def write(text: str) -> None:
        if stream is not None:
            stream.write(text)
            stream.flush()

    def show(text: str) -> None:
        write(_ERASE_LINE + text[: shutil.get_terminal_size().columns - 1])

    try:
        yield show
    finally:
        write(_ERASE_LINE)
