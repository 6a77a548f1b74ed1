"""One line on the terminal that says where the demonstration is."""

from __future__ import annotations

import shutil
from typing import TextIO

_ERASE_LINE = "\r\x1b[K"


class Progress:
    """Overwrites one line of a terminal; anywhere else it is silent."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None

    def show(self, text: str) -> None:
        """Replace the line."""
        width = shutil.get_terminal_size().columns - 1
        self._write(_ERASE_LINE + text[:width])

    def clear(self) -> None:
        """Take the line away, so that output can follow."""
        self._write(_ERASE_LINE)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()
