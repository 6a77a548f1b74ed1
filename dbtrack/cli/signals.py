"""A terminal that closes, or a supervisor that stops dbtrack, ends a command as Ctrl-C does: tidily."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dbtrack.errors import ExitCode

_ENDING = (signal.SIGTERM, signal.SIGHUP)


_received: list[int] = []


class Terminated(KeyboardInterrupt):
    """A signal asked the program to end.

    It is a KeyboardInterrupt because the driver cancels the running statement for one.

    Args:
        signal_number: which signal.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"signal {signal_number}")
        self.signal_number = signal_number


def interruption_code(error: KeyboardInterrupt) -> int:
    """Return the exit code of a command that Ctrl-C or a signal ended: 128 and the signal's number."""
    if isinstance(error, Terminated):
        return ExitCode.SIGNALLED + error.signal_number
    # A library that swallows what the handler raised raises a plain one instead.
    return ExitCode.SIGNALLED + (_received[-1] if _received else signal.SIGINT)


@contextmanager
def ending_tidily() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into `Terminated`, unless the caller ignores them (nohup)."""
    previous = {number: signal.getsignal(number) for number in _ENDING}
    taken = [number for number, handler in previous.items() if handler is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, previous[number])


def _end(signal_number: int, _frame: FrameType | None) -> None:
    _received.append(signal_number)
    raise Terminated(signal_number)
