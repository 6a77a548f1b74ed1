"""One line of a terminal that shows how far a long command has come."""

from __future__ import annotations

import shutil
import sys
from time import monotonic
from typing import Self

_ERASE_LINE = "\r\x1b[K"
_UPDATE_SECONDS = 0.1
_BAR_WIDTH = 30


class ProgressLine:
    """A line on standard error that is overwritten while a ``with`` block runs and erased at its end.

    Where standard error is not a terminal, nothing is written.
    """

    def __init__(self) -> None:
        self._stream = sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None
        self._is_shown = False
        self._updated_at: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    @property
    def is_visible(self) -> bool:
        """Whether somebody sees it, so that a total is worth counting."""
        return self._stream is not None

    def show(self, text: str) -> None:
        """Show the text in place of the line, cut to the width of the terminal."""
        if self._stream is not None:
            self._is_shown = True
            self._write(text[: shutil.get_terminal_size().columns - 1])

    def update(self, text: str) -> None:
        """Show the text, ten times a second at most: for counts that change with every row."""
        now = monotonic()
        if self._updated_at is None or now - self._updated_at >= _UPDATE_SECONDS:
            self._updated_at = now
            self.show(text)

    def update_bar(self, done: int, total: int, what: str) -> None:
        """Show a bar, ten times a second at most.

        Args:
            done: how many of the total are done.
            what: what is counted, in the plural: `rows`.
        """
        share = done / total if total else 1.0
        filled = round(share * _BAR_WIDTH)
        bar = "#" * filled + "." * (_BAR_WIDTH - filled)
        self.update(f"[{bar}] {share:4.0%}  {done:,} of {total:,} {what}")

    def clear(self) -> None:
        """Erase the line, so that other output can follow."""
        if self._is_shown:
            self._is_shown = False
            self._write("")

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(_ERASE_LINE + text)
            self._stream.flush()
