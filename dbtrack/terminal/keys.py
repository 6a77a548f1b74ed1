"""Single keys of a terminal, read while a command waits."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Wait = Callable[[float], str | None]
"""Waits so many seconds; returns the key that was pressed before, or None."""


@contextmanager
def reading_keys() -> Iterator[Wait | None]:
    """Let single keys through without Enter, and restore the terminal at the end; Ctrl-C stays a signal.

    Yields:
        None if standard input is not a terminal, or if this process runs in its background.
    """
    descriptor = _keyboard()
    if descriptor is None:
        yield None
        return
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSANOW)
    try:
        yield lambda seconds: _wait(descriptor, seconds)
    finally:
        with suppress(termios.error):  # the terminal may have gone away
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _keyboard() -> int | None:
    try:
        descriptor = sys.stdin.fileno()
        is_ours = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # closed, or not a file
        return None
    return descriptor if is_ours else None


def _wait(descriptor: int, seconds: float) -> str | None:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([descriptor], [], [], left)[0]:
            key = os.read(descriptor, 1)
            if key:
                return key.decode("latin-1")
            time.sleep(left)  # the terminal was closed: no key will come
    return None
