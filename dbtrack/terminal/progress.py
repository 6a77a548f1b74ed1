"""One line on a terminal that says how far a long piece of work has come."""

from __future__ import annotations

import shutil
from time import monotonic
from typing import TextIO

_ERASE_LINE = "\r\x1b[K"
_LEAST_SECONDS = 0.1


class Progress:
    """Overwrites one line of a terminal, ten times a second at most; anywhere else it is silent."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._shown_at: float | None = None

    def show(self, text: str) -> None:
        """Replace the line."""
        now = monotonic()
        if self._stream is None or (self._shown_at is not None and now - self._shown_at < _LEAST_SECONDS):
            return
        self._shown_at = now
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(_ERASE_LINE + text[:width])
        self._stream.flush()

    def show_part(self, done: int, total: int, what: str) -> None:
        """Replace the line by a bar."""
        share = done / total if total else 1.0
        filled = round(share * 30)
        self.show(f"[{'#' * filled}{'.' * (30 - filled)}] {share:4.0%}  {done:,} of {total:,} {what}")

    def clear(self) -> None:
        """Take the line away, so that output can follow."""
        if self._stream is not None and self._shown_at is not None:
            self._stream.write(_ERASE_LINE)
            self._stream.flush()
