"""A terminal that closes, or a supervisor that stops dbtrack, ends a command as Ctrl-C does: tidily."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from dbtrack.errors import SignalExitCode

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


def interruption_code(error: KeyboardInterrupt) -> SignalExitCode:
    """Return the exit code of a command that Ctrl-C or a signal ended."""
    if isinstance(error, Terminated):
        return SignalExitCode(error.signal_number)
    # A library that swallows what the handler raised raises a plain one instead.
    return SignalExitCode(_received[-1] if _received else signal.SIGINT)


def die_of(signal_number: int) -> None:
    """End this process by a signal.

    It returns where the signal does not end the process, as in the first one of a container.
    """
    with suppress(OSError, ValueError):
        # The core to look at is the command's, not ours.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with suppress(OSError, ValueError):
        signal.signal(signal_number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal_number})
    with suppress(OSError):
        os.kill(os.getpid(), signal_number)


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
