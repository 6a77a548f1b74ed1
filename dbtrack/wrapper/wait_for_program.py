r"""Wait for a program, and pass on to it each signal that it has not received itself.

The program runs in dbtrack's process group, so that the terminal's job control applies to both. The terminal
sends its signals (Ctrl-C, Ctrl-\) to the whole group: passing them on would deliver them twice. A signal that
a process sends to dbtrack alone (a CI runner's SIGTERM) would never reach the program.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from dbtrack.errors import SignalExitCode

INTERRUPTIONS = frozenset({Signals.SIGINT, Signals.SIGTERM, Signals.SIGHUP, Signals.SIGQUIT})
"""The signals that ask a program to end."""
_FORWARDED = INTERRUPTIONS | {Signals.SIGUSR1, Signals.SIGUSR2}
_TERMINAL_SENDS_TO_GROUP = frozenset({Signals.SIGINT, Signals.SIGQUIT})
_SI_KERNEL = 0x80
# In a process with other threads one of those may get the SIGCHLD: poll for it as well.
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Ending:
    """How a program ended.

    Args:
        exit_code: as a shell gives it: 128 + n when signal n killed it.
        killed_by: the signal that killed it; None when it exited.
        interruption: the last signal that asked it to end, whether it obeyed or not; None for none.
    """

    exit_code: int
    killed_by: int | None = None
    interruption: Signals | None = None


def signal_name(number: int) -> str:
    """Return ``SIGKILL`` for 9, and ``signal 40`` for one without a name."""
    try:
        return Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextmanager
def signals_blocked() -> Iterator[set[int]]:
    """Block the signals that are passed on, so that none is lost before the program runs.

    Signals that dbtrack was started to ignore (nohup) stay ignored, by dbtrack and by the program.

    Yields:
        The signals that were blocked before, with which the program is to begin.
    """
    forwarded = {number for number in _FORWARDED if signal.getsignal(number) != signal.SIG_IGN}
    blocked = forwarded | {Signals.SIGCHLD}
    # With SIGCHLD ignored there would be no status to wait for; without a handler some systems drop it.
    previous = signal.signal(Signals.SIGCHLD, lambda *_: None)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    try:
        yield set(before)
    finally:
        _discard_pending(blocked)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(Signals.SIGCHLD, previous)


def supervise(process: int) -> Ending:
    """Wait for a child to end, inside ``signals_blocked``, and pass signals on to it."""
    blocked = (_FORWARDED | {Signals.SIGCHLD}) & signal.pthread_sigmask(signal.SIG_BLOCK, ())
    interruption: Signals | None = None
    while True:
        number, is_from_terminal = _next_signal(blocked)
        if number == Signals.SIGCHLD:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                _discard_pending(blocked - {Signals.SIGCHLD})
                return _ending(status, interruption)
            continue
        if number in INTERRUPTIONS:
            interruption = number
        if not is_from_terminal:
            os.kill(process, number)


def _next_signal(blocked: frozenset[Signals]) -> tuple[Signals, bool]:
    if sys.platform == "darwin":
        number = signal.sigwait(blocked)
        return Signals(number), number in _TERMINAL_SENDS_TO_GROUP and _is_in_foreground()
    received = _received(blocked)
    if received is None:
        return Signals.SIGCHLD, False
    from_kernel = received.si_code == _SI_KERNEL
    return Signals(received.si_signo), from_kernel and received.si_signo in _TERMINAL_SENDS_TO_GROUP


def _received(blocked: frozenset[Signals]) -> signal.struct_siginfo | None:
    if _is_single_threaded():
        return signal.sigwaitinfo(blocked)
    received = signal.sigtimedwait(blocked, _POLL_SECONDS)
    # After a stop (Ctrl-Z) that lasts longer, Python returns uninitialised memory.
    return received if received is not None and received.si_signo in blocked else None


def _is_single_threaded() -> bool:
    try:
        # Python's own count leaves out threads that it did not start.
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return threading.active_count() == 1


def _is_in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _ending(status: int, interruption: Signals | None) -> Ending:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return Ending(SignalExitCode(-code), -code, interruption)
    return Ending(code, None, interruption)


def _discard_pending(blocked: Iterable[Signals]) -> None:
    # A second Ctrl-C after the program's end is for no program any more.
    while pending := set(blocked) & signal.sigpending():
        signal.sigwait(pending)
