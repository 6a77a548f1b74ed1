r"""Waiting for a program while every signal that is meant for it reaches it, once.

The program runs in our own process group, so that the terminal's job control holds for both alike. What the
terminal sends (Ctrl-C, Ctrl-\) it sends to the whole group, and passing that on would deliver it twice; what
a process sends to us alone (a CI runner's SIGTERM) the program would never see.
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
# In a process with other threads one of those may be given the SIGCHLD: look by ourselves now and then.
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Ending:
    """How a program ended.

    Args:
        exit_code: as a shell gives it: 128 + n when signal n killed it.
        killed_by: the signal that killed it; None when it ended by itself.
        interruption: the last signal to stop that arrived meanwhile, whether it obeyed or not.
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
    """Hold back the signals that are passed on, so that none is lost before there is a program to have it.

    Yields the signals that were held back before, for the program to begin with. Those that we were started
    to ignore (nohup) stay ignored, by us and by the program.
    """
    held = {number for number in _FORWARDED if signal.getsignal(number) != signal.SIG_IGN} | {Signals.SIGCHLD}
    # Ignored, the end of a child would leave nothing to wait for; without a handler some systems drop it.
    previous = signal.signal(Signals.SIGCHLD, lambda *_: None)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield set(before)
    finally:
        _discard_pending(held)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(Signals.SIGCHLD, previous)


def supervise(process: int) -> Ending:
    """Wait for a child to end, inside ``signals_blocked``, passing signals on to it."""
    held = (_FORWARDED | {Signals.SIGCHLD}) & signal.pthread_sigmask(signal.SIG_BLOCK, ())
    interruption: Signals | None = None
    while True:
        number, is_from_terminal = _next_signal(held)
        if number == Signals.SIGCHLD:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                _discard_pending(held - {Signals.SIGCHLD})
                return _ending(status, interruption)
            continue
        if number in INTERRUPTIONS:
            interruption = number
        if not is_from_terminal:
            os.kill(process, number)


def _next_signal(held: frozenset[Signals]) -> tuple[Signals, bool]:
    if sys.platform == "darwin":
        number = signal.sigwait(held)
        return Signals(number), number in _TERMINAL_SENDS_TO_GROUP and _is_in_foreground()
    received = _received(held)
    if received is None:
        return Signals.SIGCHLD, False
    from_kernel = received.si_code == _SI_KERNEL
    return Signals(received.si_signo), from_kernel and received.si_signo in _TERMINAL_SENDS_TO_GROUP


def _received(held: frozenset[Signals]) -> signal.struct_siginfo | None:
    if _is_single_threaded():
        return signal.sigwaitinfo(held)
    received = signal.sigtimedwait(held, _POLL_SECONDS)
    # Stopped (Ctrl-Z) for longer than that, Python returns what happened to stand in memory.
    return received if received is not None and received.si_signo in held else None


def _is_single_threaded() -> bool:
    try:
        # Python's own count leaves out the threads that something else started.
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


def _discard_pending(held: Iterable[Signals]) -> None:
    # A second Ctrl-C after the program's end has no program left to reach.
    while pending := set(held) & signal.sigpending():
        signal.sigwait(pending)
