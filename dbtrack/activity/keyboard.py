"""Read single keys from a terminal, and give it back as it was, however the program ends."""

from __future__ import annotations

import os
import select
import signal
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

_STDIN, _STDOUT = 0, 1
_Settings = list[Any]
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
# A sequence of a key comes in one piece; the key Escape comes alone.
_SEQUENCE_SECONDS = 0.05
_LONGEST_SEQUENCE = 8
_INTRODUCERS = (b"\x1b[", b"\x1bO")
_SEQUENCES = {
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"\x1b[B": "down",
    b"\x1bOB": "down",
    b"\x1b[5~": "page up",
    b"\x1b[6~": "page down",
    b"\x1b[H": "home",
    b"\x1bOH": "home",
    b"\x1b[1~": "home",
    b"\x1b[F": "end",
    b"\x1bOF": "end",
    b"\x1b[4~": "end",
    b"\x1b[3~": "delete",
    b"\x1bOP": "?",
    b"\x1b[11~": "?",
}
_NAMED = {
    b"\r": "enter",
    b"\n": "enter",
    b"\x7f": "backspace",
    b"\x08": "backspace",
    b"\x1b": "escape",
    b"\x03": "interrupt",
    b"\x15": "kill line",
    b"\t": "tab",
}


class Keyboard:
    """The keys of the terminal on standard input, read without waiting for Enter.

    The screen is the terminal's second one, so that the first is there again at the end. Ctrl-Z gives the
    terminal back, and takes it again with `fg`.
    """

    def __init__(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._pending = b""
        self._is_closed = False

    def read(self, seconds: float) -> str | None:
        """Return the next key by its name or character.

        Returns:
            None after so many seconds, and "redraw" at once if the size of the window changed or the program
            continues after Ctrl-Z. "closed" where the terminal is gone.
        """
        deadline = time.monotonic() + seconds
        while not self._pending:
            left = max(deadline - time.monotonic(), 0)
            ready, _, _ = select.select([_STDIN, self._wake_read], [], [], left)
            if self._wake_read in ready:
                os.read(self._wake_read, 1024)
                return "redraw"
            if not ready:
                return None
            if not self._receive():
                return "closed"
        return self._next()

    @contextmanager
    def raw(self) -> Iterator[None]:
        """Take the terminal for the block: no echo, keys at once, the second screen."""
        before = termios.tcgetattr(_STDIN)
        handlers = {
            signal.SIGWINCH: self.wake,
            signal.SIGCONT: self._resume,
            signal.SIGTSTP: self._stopping(before),
        }
        previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        self._take()
        try:
            yield
        finally:
            _give_back(before)
            for number, handler in previous.items():
                signal.signal(number, handler)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Give the terminal back for the block, in which another program uses it."""
        _send(_LEAVE)
        settings = termios.tcgetattr(_STDIN)
        settings[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(_STDIN, termios.TCSADRAIN, settings)
        try:
            yield
        finally:
            self._take()

    def close(self) -> None:
        """Close what the object opened; safe to call twice."""
        if not self._is_closed:
            self._is_closed = True
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _take(self) -> None:
        # Signals of the keyboard stay on: Ctrl-C and Ctrl-Z work as everywhere.
        tty.setcbreak(_STDIN, termios.TCSADRAIN)
        _send(_ENTER)

    def wake(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Have `read` return at once; safe in a handler of signals and in another thread."""
        with suppress(OSError):
            os.write(self._wake_write, b"x")

    def _resume(self, _number: int, _frame: FrameType | None) -> None:
        # In the background (bg) the terminal belongs to somebody else.
        with suppress(OSError):
            if os.tcgetpgrp(_STDIN) == os.getpgrp():
                self._take()
        self.wake()

    def _stopping(self, before: _Settings) -> Callable[[int, FrameType | None], None]:
        def stop(number: int, _frame: FrameType | None) -> None:
            _give_back(before)
            signal.signal(number, signal.SIG_DFL)
            # To this thread, so that the process stops here and not after the next line.
            signal.raise_signal(number)
            # Here it continues after SIGCONT.
            signal.signal(number, stop)

        return stop

    def _receive(self) -> bool:
        try:
            data = os.read(_STDIN, 1024)
        except OSError:
            data = b""  # the terminal is gone
        self._pending += data
        while self._is_incomplete:
            if not select.select([_STDIN], [], [], _SEQUENCE_SECONDS)[0]:
                break
            self._pending += os.read(_STDIN, 64)
        return bool(data)

    @property
    def _is_incomplete(self) -> bool:
        """Whether what was read can be the beginning of a key's sequence."""
        is_begun = self._pending == b"\x1b" or self._pending.startswith(_INTRODUCERS)
        return (
            is_begun
            and len(self._pending) < _LONGEST_SEQUENCE
            and not self._pending.startswith(tuple(_SEQUENCES))
        )

    def _next(self) -> str:
        for sequence, name in _SEQUENCES.items():
            if self._pending.startswith(sequence):
                self._pending = self._pending[len(sequence) :]
                return name
        first = self._pending[:1]
        if self._pending.startswith(_INTRODUCERS):
            # A key that has no meaning here.
            self._pending = b""
            return "unknown"
        if first in _NAMED:
            self._pending = self._pending[1:]
            return _NAMED[first]
        return self._character()

    def _character(self) -> str:
        """Return one character, which can have several bytes."""
        for length in range(1, 5):
            with suppress(UnicodeDecodeError):
                character = self._pending[:length].decode()
                self._pending = self._pending[length:]
                return character
        self._pending = self._pending[1:]
        return "unknown"


def _send(sequence: str) -> None:
    """Write to the terminal past Python's buffer, in which a signal's handler must not write."""
    with suppress(OSError):
        os.write(_STDOUT, sequence.encode())


def _give_back(before: _Settings) -> None:
    with suppress(OSError, termios.error, ValueError):  # the terminal may have gone away
        _send(_LEAVE)
        termios.tcsetattr(_STDIN, termios.TCSADRAIN, before)
