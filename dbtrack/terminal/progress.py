"""One line of a terminal that shows how far a long command has come."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from threading import Event, RLock, Thread
from time import monotonic
from typing import Self, TextIO

from dbtrack.terminal import messages

_ERASE_LINE = "\r\x1b[K"
_UPDATE_SECONDS = 0.1
_TICK_SECONDS = 1.0
_WIDEST_BAR, _NARROWEST_BAR = 20, 6
# A rate of less time than this says nothing.
_RATED_SECONDS = 1.0
_UNITS = (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024), ("bytes", 1))
BYTES = "bytes"
"""The unit of `ProgressLine.count` that is shown as kB, MB or GB."""


@dataclass(frozen=True)
class _State:
    """What the line shows: a text, or a count that may have a total."""

    text: str = ""
    done: int | None = None
    total: int | None = None
    unit: str = ""


class ProgressLine:
    """A line on standard error that is overwritten while a ``with`` block runs and erased at its end.

    It is erased when the block fails or is interrupted, too, and before each message. Where standard error is
    not a terminal, or is one that cannot erase a line, nothing is written.

    Args:
        what: stands before everything: the name of the command, and of the file that it reads.
        after: for how many seconds nothing is shown yet, because the command is often done by then.
    """

    def __init__(self, what: str = "", *, after: float = 0.0) -> None:
        self._what = what
        self._shown_from = monotonic() + after
        self._stream = _terminal()
        self._is_shown = False
        # Something waits to be shown.
        self._is_hidden = False
        self._state = _State()
        self._updated_at: float | None = None
        # When counting began, and at which count: what was there before says nothing about the rate.
        self._counted_from: tuple[float, int] | None = None
        self._began_at: float | None = None
        self._lock = RLock()
        self._has_ended = Event()
        self._ticker: Thread | None = None

    def __enter__(self) -> Self:
        messages.before_each.append(self.clear)
        return self

    def __exit__(self, *_: object) -> None:
        messages.before_each.remove(self.clear)
        self._has_ended.set()
        self.clear()

    @property
    def is_visible(self) -> bool:
        """Whether somebody sees it, so that a total is worth counting."""
        return self._stream is not None

    def show(self, text: str) -> None:
        """Show a text in place of the line; after a second, how long it has taken so far as well."""
        if self._stream is not None:
            self._set(_State(text))

    def update(self, text: str) -> None:
        """Show a text as `show` does, ten times a second at most: for counts that change with every row."""
        if self._stream is not None and self._is_due():
            self._set(_State(text))

    def count(self, done: int, total: int | None, unit: str) -> None:
        """Show how much is done: with a total as a bar, a percentage and the time that is left.

        It is shown ten times a second at most, and the rate once there is one.

        Args:
            done: how many of the total are done.
            total: None if it is not known.
            unit: what is counted, in the plural: ``rows``; or `BYTES`.
        """
        if self._stream is None:
            return
        if self._counted_from is None or done < self._counted_from[1]:
            self._counted_from = (monotonic(), done)
        if self._is_due():
            self._set(_State(done=done, total=total, unit=unit))

    def begin(self, what: str) -> None:
        """Name what is counted from here on, for example the next file."""
        if what != self._what:
            self._what = what
            self._counted_from = self._updated_at = None

    def clear(self) -> None:
        """Erase the line, so that other output can follow."""
        with self._lock:
            self._is_hidden = False
            if self._is_shown:
                self._is_shown = False
                self._write("")

    def _is_due(self) -> bool:
        now = monotonic()
        if self._updated_at is not None and now - self._updated_at < _UPDATE_SECONDS:
            return False
        self._updated_at = now
        return True

    def _set(self, state: _State) -> None:
        with self._lock:
            if self._began_at is None:
                self._began_at = monotonic()
            self._state = state
            if monotonic() >= self._shown_from:
                self._is_shown = True
                self._write(self._line())
            else:
                self._is_hidden = True
        if self._ticker is None:
            self._ticker = Thread(target=self._tick, name="dbtrack progress", daemon=True)
            self._ticker.start()

    def _tick(self) -> None:
        """Draw the line again each second: one statement of the server may take minutes."""
        while not self._has_ended.wait(_TICK_SECONDS):
            with self._lock:
                is_due = self._is_shown or self._is_hidden
                if is_due and monotonic() >= self._shown_from and not self._has_ended.is_set():
                    self._is_shown, self._is_hidden = True, False
                    self._write(self._line())

    def _line(self) -> str:
        columns = shutil.get_terminal_size().columns - 1
        state, took = self._state, monotonic() - (self._began_at or monotonic())
        if state.done is None:
            words = [self._what, state.text, _span(took) if took >= _RATED_SECONDS else ""]
            return _cut("  ".join(filter(None, words)), columns)
        per_second = self._per_second(state.done)
        amount = _amount(state.done, state.total, state.unit)
        rate = f"{_amount(round(per_second), None, state.unit)}/s" if per_second else ""
        if not state.total:
            return _cut("  ".join(filter(None, [self._what, amount, rate, _span(took)])), columns)
        share = min(state.done / state.total, 1.0)
        left = f"ETA {_span((state.total - state.done) / per_second)}" if per_second and share < 1 else ""
        after = "  ".join(filter(None, [f"{share:4.0%}".replace("%", " %"), amount, rate, left]))
        room = columns - _cells(self._what) - _cells(after) - 2
        before = [self._what] if self._what else []
        bar = [self._bar(share, min(room, _WIDEST_BAR))] if room >= _NARROWEST_BAR else []
        return _cut(" ".join([*before, *bar, after]), columns)

    def _per_second(self, done: int) -> float:
        if self._counted_from is None:
            return 0.0
        began, first = self._counted_from
        took = monotonic() - began
        return (done - first) / took if took >= _RATED_SECONDS else 0.0

    def _bar(self, share: float, width: int) -> str:
        full, tip, rest = "━╸─" if _is_unicode(self._stream) else "==-"
        filled = int(share * width)
        return (full * filled + (tip if filled < width else "") + rest * width)[:width]

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(_ERASE_LINE + text)
            self._stream.flush()


def _terminal() -> TextIO | None:
    stream = sys.stderr
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    return stream


def _is_unicode(stream: TextIO | None) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "").startswith("utf")


def _amount(done: int, total: int | None, unit: str) -> str:
    if unit != BYTES:
        return f"{done:,}/{total:,} {unit}" if total is not None else f"{done:,} {unit}"
    name, size = next((each for each in _UNITS if (total or done) >= each[1]), _UNITS[-1])
    digits = 1 if (total or done) < 10 * size and size > 1 else 0
    amount = f"{done / size:,.{digits}f}"
    return f"{amount}/{total / size:,.{digits}f} {name}" if total is not None else f"{amount} {name}"


def _span(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _cells(text: str) -> int:
    # Loaded where somebody sees the line: commands have to start quickly.
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def _cut(text: str, columns: int) -> str:
    # A name may have any characters, and must not control the terminal.
    plain = "".join(character if character.isprintable() else "?" for character in text)
    while plain and _cells(plain) > columns:
        plain = plain[:-1]
    return plain
