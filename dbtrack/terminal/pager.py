"""Send output that is longer than the screen through a pager, as git does."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO, TypeVar, cast

from dbtrack.terminal import messages
from dbtrack.terminal.abilities import abilities_of
from dbtrack.terminal.exit_signals import Terminated

Item = TypeVar("Item")

_USUAL_HEIGHT = 24
# What git gives its pager: less leaves a short output alone, shows colours, and keeps the screen.
_PAGER_SETTINGS = {"LESS": "FRX", "LV": "-c"}
_NO_PAGER = {"", "cat"}
# With these in it, a command is for a shell.
_SHELL_CHARACTERS = set("|&;<>()$`\\\"'*?[#~=%!{}")


def pager_command(environ: Mapping[str, str], configured: str | None = None) -> str | None:
    """Return the command of the pager: DBTRACK_PAGER, the configured one, PAGER, less or more; None for none.

    A command that is empty or ``cat``, and a terminal called dumb, mean that there is none.
    """
    if environ.get("TERM", "").lower() == "dumb":
        return None
    for chosen in (environ.get("DBTRACK_PAGER"), configured, environ.get("PAGER")):
        if chosen is not None:
            return None if chosen.strip() in _NO_PAGER else chosen
    return next((name for name in ("less", "more") if shutil.which(name)), None)


@contextmanager
def paged(terminal: TextIO, command: str, environ: Mapping[str, str]) -> Iterator[TextIO]:
    """Give a stream for a terminal whose text a pager shows, once it is longer than the screen.

    Until then the text is held; a short one is written to the terminal itself. Where the user leaves the
    pager early, the rest of the text is discarded, and `was_left` tells whoever makes it. At the end of the
    block the pager is waited for.

    Args:
        terminal: standard output.
        command: of the pager; with characters that a shell interprets, a shell runs it.
    """
    output = PagedOutput(terminal, command, environ)
    try:
        yield cast("TextIO", output)
    except Terminated:
        output.end_pager()
        raise
    finally:
        output.finish()


def until_left(items: Iterable[Item], stream: TextIO) -> Iterator[Item]:
    """Return the items as long as anybody reads the stream: until the user leaves the pager that shows it."""
    for item in items:
        if was_left(stream):
            return
        yield item


def was_left(stream: TextIO) -> bool:
    """Return whether the stream goes to a pager that the user has left."""
    return isinstance(stream, PagedOutput) and stream.was_left


class PagedOutput:
    """Text for a terminal, which goes to a pager once it is longer than the screen; use `paged`."""

    def __init__(self, terminal: TextIO, command: str, environ: Mapping[str, str]) -> None:
        size = abilities_of(terminal, environ)
        self.encoding = terminal.encoding
        self._terminal = terminal
        self._command = command
        self._environ = {**_PAGER_SETTINGS, **environ}
        self._width = size.width or 80
        # The shell's prompt takes a line.
        self._lines_left = (size.height or _USUAL_HEIGHT) - 1
        self._held: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._is_direct = False
        self.was_left = False

    def isatty(self) -> bool:
        """Return whether a terminal shows the text; it does."""
        return self._terminal.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the terminal, whose width writers ask for."""
        return self._terminal.fileno()

    def write(self, text: str) -> int:
        """Write text to the pager, or hold it while it may fit on the screen."""
        if self._process is not None:
            self._write_to_pager(text)
        elif self._is_direct:
            self._terminal.write(text)
        else:
            self._held.append(text)
            lines = text.split("\n")[:-1]
            self._lines_left -= sum(1 + max(len(line) - 1, 0) // self._width for line in lines)
            if self._lines_left < 0:
                self._start()
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts, as `write` does."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Show what the pager has been given; what is held stays held."""
        self._write_to_pager("", flush=True)

    def _write_to_pager(self, text: str, *, flush: bool = False) -> None:
        pipe = None if self._process is None or self.was_left else self._process.stdin
        if pipe is not None:
            try:
                pipe.write(text)
                if flush:
                    pipe.flush()
            except BrokenPipeError:
                self.was_left = True

    def end_pager(self) -> None:
        """Ask the pager to end."""
        if self._process is not None:
            self._process.terminate()

    def finish(self) -> None:
        """Write what was held, or wait until the pager has been left."""
        if self._process is None:
            self._release()
            return
        # Ctrl-C is for the pager.
        with _ignoring_interrupts():
            with suppress(BrokenPipeError):
                if self._process.stdin is not None:
                    self._process.stdin.close()
            self._process.wait()

    def _start(self) -> None:
        words = shlex.split(self._command) if not _SHELL_CHARACTERS & set(self._command) else []
        try:
            self._terminal.flush()
            self._process = subprocess.Popen(
                words or ["sh", "-c", self._command],
                stdin=subprocess.PIPE,
                text=True,
                encoding=self._terminal.encoding,
                errors=self._terminal.errors,
                env=self._environ,
            )
        except OSError as error:
            messages.warn(f"cannot run the pager {self._command}: {error.strerror}; --no-pager uses none")
        self._is_direct = self._process is None
        self._release()

    def _release(self) -> None:
        held, self._held = self._held, []
        self._is_direct = self._process is None
        for text in held:
            self.write(text)


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
