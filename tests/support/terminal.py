"""A terminal for a process under test: what a person types, and what they see."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

# The leader of a session gets the first terminal that it opens as its own.
_TAKE_TERMINAL = 'exec <>"$TERMINAL" >&0 2>&0; '


class Terminal:
    """Runs a bash script on a pseudo-terminal of its own; its arguments are `$1`, `$2`, …."""

    def __init__(self, script: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            ["bash", "--norc", "-c", _TAKE_TERMINAL + script, "script", *arguments],
            env={**environment, "TERMINAL": os.ttyname(slave)},
            start_new_session=True,
        )
        time.sleep(0.1)
        os.close(slave)

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Wait until the screen has shown the text."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} never came: {self.seen!r}"
            if not self._read():
                time.sleep(0.01)

    def look(self) -> str:
        """Return what the screen has shown until now."""
        while self._read():
            pass
        return self.seen

    def child(self) -> int:
        """Return the process id of the program that the script runs now."""
        process = self.process.pid
        [child] = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return int(child)

    def press(self, keys: bytes) -> None:
        """Press keys: Ctrl-C is 3, Ctrl-Z is 26."""
        os.write(self._master, keys)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size, and tell those who look at it."""
        termios.tcsetwinsize(self._master, (lines, columns))

    def hang_up(self) -> None:
        """Close the terminal's window."""
        os.close(self._master)
        self._master = -1

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 0.1)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False  # nobody has the terminal open any more
        self.seen += data.decode(errors="replace")
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._master >= 0:
            os.close(self._master)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
