"""Limit how long dbtrack waits for a server that may never answer."""

from __future__ import annotations

import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from signal import Signals
from types import FrameType

from dbtrack.errors import NoConnectionError

# A signal does not end the wait at once: a healthy server needs only a moment.
_SECONDS_AFTER_SIGNAL = 1.0
# The alarm is repeated: Python drops an exception that is raised while it collects garbage.
_REPEATED_SECONDS = 0.5


class _TimeIsUpError(BaseException):
    """Raised by the alarm. Not an Exception, so that no code that waits for the server catches it."""


@contextmanager
def time_limit(seconds: float, *, shortened_by: Collection[Signals] = ()) -> Iterator[None]:
    """Stop the block when it takes too long. Call it from the main thread.

    Args:
        seconds: how long the block may take.
        shortened_by: blocked signals that, once received, leave the block one more second.

    Raises:
        NoConnectionError: the time is up. The connection that the block used is unusable.
    """
    is_inside = True
    received: list[Signals] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        if is_inside:
            raise _TimeIsUpError

    def shorten(number: int, _frame: FrameType | None) -> None:
        received.append(Signals(number))
        if is_inside:
            signal.setitimer(signal.ITIMER_REAL, _SECONDS_AFTER_SIGNAL, _REPEATED_SECONDS)

    handlers = dict.fromkeys(shortened_by, shorten)
    try:
        with _handlers_installed({Signals.SIGALRM: stop, **handlers}):
            before = signal.setitimer(signal.ITIMER_REAL, seconds, _REPEATED_SECONDS)
            try:
                # Unblocked only now: a pending signal shortens the alarm at once.
                with _unblocked(shortened_by):
                    yield
            finally:
                is_inside = False
                signal.setitimer(signal.ITIMER_REAL, *before)
    except _TimeIsUpError as error:
        reason = f"after {received[-1].name}" if received else f"within {seconds:.0f} seconds"
        raise NoConnectionError(f"the server did not answer {reason}") from error


@contextmanager
def _handlers_installed(handlers: dict[Signals, signal._HANDLER]) -> Iterator[None]:
    # Signals that dbtrack was started to ignore (nohup) stay ignored.
    wanted = {number for number in handlers if signal.getsignal(number) != signal.SIG_IGN}
    previous = {number: signal.signal(number, handlers[number]) for number in wanted}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _unblocked(numbers: Collection[Signals]) -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, {Signals.SIGALRM, *numbers})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
