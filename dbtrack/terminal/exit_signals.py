"""End a command on SIGTERM and SIGHUP as Ctrl-C does, so that it can clean up."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from dbtrack.errors import SignalExitCode

_TERMINATION_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_received: list[int] = []


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP asked the program to end.

    It is a KeyboardInterrupt so that the driver cancels the running statement.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"signal {signal_number}")
        self.signal_number = signal_number


def interruption_code(error: KeyboardInterrupt) -> SignalExitCode:
    """Return the exit code of a command that Ctrl-C or a signal ended."""
    if isinstance(error, Terminated):
        return SignalExitCode(error.signal_number)
    # A library may have caught `Terminated` and raised a plain KeyboardInterrupt instead.
    return SignalExitCode(_received[-1] if _received else signal.SIGINT)


def die_of_signal(signal_number: int) -> None:
    """Kill this process with a signal, so that its parent sees how it ended.

    Return where the signal does not end the process, as for the first process of a container.
    """
    with suppress(OSError, ValueError):
        # A core dump should be the wrapped command's, not dbtrack's.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with suppress(OSError, ValueError):
        signal.signal(signal_number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal_number})
    with suppress(OSError):
        os.kill(os.getpid(), signal_number)


@contextmanager
def raising_on_termination() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into `Terminated`, unless the caller ignores them (nohup)."""
    previous = {number: signal.getsignal(number) for number in _TERMINATION_SIGNALS}
    handled = [number for number, handler in previous.items() if handler is signal.SIG_DFL]
    for number in handled:
        signal.signal(number, _raise_terminated)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, previous[number])


@contextmanager
def stopping_on_termination(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGINT, SIGTERM and SIGHUP, so that a program that runs on can end its work in order.

    A signal that the caller ignores stays ignored. The second one ends the program at once.
    """
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, *_TERMINATION_SIGNALS)}

    def stop_once(number: int, _frame: FrameType | None) -> None:
        _received.append(number)
        _restore(previous)
        stop()

    for number, handler in previous.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, stop_once)
    try:
        yield
    finally:
        _restore(previous)


def _restore(handlers: Mapping[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _raise_terminated(signal_number: int, _frame: FrameType | None) -> None:
    _received.append(signal_number)
    raise Terminated(signal_number)


@contextmanager
def signals_delayed() -> Iterator[None]:
    """Let a block end before SIGINT, SIGTERM, SIGHUP and SIGALRM take effect: it cleans up, and is short.

    Outside of the main thread, which alone receives signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    delayed = (signal.SIGINT, signal.SIGALRM, *_TERMINATION_SIGNALS)
    previous = {number: signal.getsignal(number) for number in delayed}
    for number, handler in previous.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda received, _frame: waiting.append(received))
    try:
        yield
    finally:
        _restore(previous)
        for received in dict.fromkeys(waiting):
            signal.raise_signal(received)
