"""A pseudo-terminal for a command's stderr, whose output is read on its way to the real terminal.

The command sees a terminal of the same kind and size. Its controlling terminal stays the real one, with job
control, Ctrl-C, and the prompts that programs write to /dev/tty.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios
import time
from contextlib import suppress
from typing import Any

_SIZE = bytes(8)
_CHUNK_BYTES = 64 * 1024
_KEY_SECONDS = 0.05
_OUTPUT, _LOCAL, _CHARACTERS = 1, 3, 6  # indexes into the settings of termios
_LINE_MODE_FLAGS = termios.ICANON | termios.ISIG
# Linux reports changed settings to the other end of a pseudo-terminal that has this flag and packet mode.
# Python 3.11 has no name for either.
_EXTERNAL_PROCESSING = 0o200000
_SETTINGS_CHANGED = 0x40
_REPORTS_CHANGES = sys.platform == "linux"


def open_terminal(real: int) -> tuple[int, int]:
    """Open a pseudo-terminal with the settings and size of a real one.

    Returns:
        The descriptors of our end and of the command's.

    Raises:
        OSError: it cannot be opened.
    """
    ours, theirs = os.openpty()
    try:
        settings = termios.tcgetattr(real)
        # Bytes pass unchanged: the real terminal turns \n into \r\n.
        settings[_OUTPUT] &= ~termios.OPOST
        settings[_LOCAL] &= ~termios.ECHO
        if _REPORTS_CHANGES:
            settings[_LOCAL] |= _EXTERNAL_PROCESSING
            fcntl.ioctl(ours, termios.TIOCPKT, b"\1\0\0\0")
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
    except (OSError, termios.error) as error:
        os.close(ours)
        os.close(theirs)
        raise OSError(f"cannot open a terminal for stderr: {error}") from error
    copy_window_size(real, ours)
    return ours, theirs


def copy_window_size(source: int, target: int) -> bool:
    """Copy the window size of one terminal to another; return whether it changed."""
    with suppress(OSError):
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, _SIZE)
        if size != fcntl.ioctl(target, termios.TIOCGWINSZ, _SIZE):
            fcntl.ioctl(target, termios.TIOCSWINSZ, size)
            return True
    return False


class TerminalLink:
    """Keeps the settings and size of a command's terminal and of the real one the same.

    Args:
        real: the real terminal.
        ours: our end of the command's terminal.
    """

    def __init__(self, real: int, ours: int) -> None:
        self._real = real
        self._ours = ours
        self._before: list[Any] | None = None
        signal.signal(signal.SIGWINCH, self._resize)
        copy_window_size(real, ours)

    @property
    def passes_keys(self) -> bool:
        """Whether a program reads keys from its stderr, as `more` does, so that they must be passed on."""
        return self._before is not None

    def read(self) -> bytes | None:
        """Return what was written to the command's terminal; None when only its settings changed."""
        try:
            data = os.read(self._ours, _CHUNK_BYTES)
        except OSError:
            return b""  # no process has it open any more
        # A command in a process group of its own gets SIGWINCH, and this process does not.
        copy_window_size(self._real, self._ours)
        if not _REPORTS_CHANGES or not data:
            return data
        if data[0] & _SETTINGS_CHANGED:
            self._follow_settings()
        return data[1:] or None

    def pass_keys(self) -> None:
        """Pass on what was typed."""
        # `more` polls its stdin for a key, then reads the key from its stderr: let it poll first.
        time.sleep(_KEY_SECONDS)
        try:
            keys = os.read(self._real, _CHUNK_BYTES)
            os.write(self._ours, keys)
        except OSError:
            keys = b""
        if not keys:  # the terminal has hung up, and would be readable for ever
            self.release()

    def release(self) -> None:
        """Restore the settings of the real terminal."""
        if self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._real, termios.TCSADRAIN, self._before)
            self._before = None

    def _follow_settings(self) -> None:
        with suppress(OSError, termios.error):
            wanted = termios.tcgetattr(self._ours)
            if wanted[_LOCAL] & termios.ICANON:
                self.release()
            elif os.tcgetpgrp(self._real) == os.getpgrp():
                self._read_keys_unbuffered(wanted)

    def _read_keys_unbuffered(self, wanted: list[Any]) -> None:
        settings = termios.tcgetattr(self._real)
        if self._before is None:
            self._before = [*settings]
        kept = settings[_LOCAL] & ~(_LINE_MODE_FLAGS | termios.ECHO)
        settings[_LOCAL] = kept | wanted[_LOCAL] & _LINE_MODE_FLAGS
        settings[_CHARACTERS] = [*wanted[_CHARACTERS]]
        termios.tcsetattr(self._real, termios.TCSADRAIN, settings)

    def _resize(self, _number: int, _frame: object) -> None:
        # The command got SIGWINCH before its terminal had the new size: send it again.
        if copy_window_size(self._real, self._ours):
            os.killpg(os.getpgrp(), signal.SIGWINCH)
