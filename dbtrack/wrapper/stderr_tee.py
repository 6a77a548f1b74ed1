"""Pass a command's stderr on byte for byte, keep its end, and count the errors of psql in it.

Where dbtrack's stderr is a terminal, the command gets a terminal, else a pipe.

A process does it, not a thread: when the wrapper is killed, the command must not be killed by a broken pipe,
and what the command left running in the background may go on writing after the wrapper has ended.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import select
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dbtrack.redaction.server_message_words import FAILED_SEVERITIES
from dbtrack.wrapper.stderr_terminal import TerminalLink, open_terminal

KEPT_BYTES = 16 * 1024
_CHUNK_BYTES = 64 * 1024
_MOST_UNWRITTEN_BYTES = 1024 * 1024
_LINE_BYTES = 400
_REPORT_SECONDS = 5.0
_STUCK_SECONDS = 1.0
_LIKELY_DESCRIPTORS = 4096
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_COUNT = struct.Struct("!Q")
_SOURCE, _CONTROL, _STDERR = 0, 1, 2  # the descriptors of the relaying process

# With two spaces after the word: the format of the server's messages.
_SEVERITIES = "|".join(sorted(FAILED_SEVERITIES))
# The errors of psql itself, such as a missing \i file, have one space and lower-case words.
_PSQL_SEVERITIES = "|".join(
    sorted({form for word in FAILED_SEVERITIES for form in (word.lower(), word.capitalize())})
)
_PSQL_ERROR = re.compile(
    rf"^(?:(?:psql:[^\n]*:\d+: )?(?:{_SEVERITIES}):  |psql:[^\n]*:\d+: (?:{_PSQL_SEVERITIES})\s?: )".encode(),
    re.MULTILINE,
)
# With PG_COLOR, psql shows the place of an error in bold.
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class StderrReport:
    """What a command wrote to stderr.

    Args:
        tail: its last bytes, at most 16 KiB.
        psql_errors: how many lines are errors as psql prints them.
    """

    tail: bytes = b""
    psql_errors: int = 0


class StderrTail:
    """Keeps the end of a stream of bytes and counts psql's errors in it."""

    def __init__(self) -> None:
        self._tail = b""
        self._line = b""
        self._psql_errors = 0

    def append(self, data: bytes) -> None:
        """Add the next bytes."""
        self._tail = (self._tail + data)[-KEPT_BYTES:]
        complete, _, rest = (self._line + data).rpartition(b"\n")
        self._psql_errors += _count_errors(complete)
        # The beginning of a line tells whether it is an error: the rest of a long one is not needed.
        self._line = rest[:_LINE_BYTES]

    def report(self) -> StderrReport:
        """Return what was read so far, including an unfinished last line."""
        return StderrReport(self._tail, self._psql_errors + _count_errors(self._line))


def _count_errors(lines: bytes) -> int:
    return sum(1 for _ in _PSQL_ERROR.finditer(_COLOUR.sub(b"", lines)))


class StderrTee:
    """A process that relays a command's stderr to dbtrack's."""

    def __init__(self) -> None:
        """Start the process.

        Raises:
            OSError: no pipe, terminal or process could be created.
        """
        is_terminal = os.isatty(_STDERR)
        source, self.command_stderr = open_terminal(_STDERR) if is_terminal else os.pipe()
        self._control, remote = socket.socketpair()
        if os.fork() == 0:
            _run(source, remote.fileno(), is_terminal=is_terminal)
        os.close(source)
        remote.close()

    def close_command_end(self) -> None:
        """Close this process's copy of the command's end, once the command has it or could not be started."""
        os.close(self.command_stderr)

    def report(self) -> StderrReport:
        """Return what the command wrote, once all that it has written so far is passed on.

        A background process that still has the pipe open is not waited for.
        """
        self._control.settimeout(_REPORT_SECONDS)
        try:
            self._control.shutdown(socket.SHUT_WR)
            return _unpack(self._control)
        except OSError:
            return StderrReport()
        finally:
            self._control.close()


def _unpack(control: socket.socket) -> StderrReport:
    with control.makefile("rb") as stream:
        count = stream.read(_COUNT.size)
        if len(count) < _COUNT.size:
            return StderrReport()
        return StderrReport(stream.read(), _COUNT.unpack(count)[0])


def _run(source: int, control: int, *, is_terminal: bool) -> None:
    status = 1
    try:
        _keep_only(source, control)
        _Relay(TerminalLink(_STDERR, _SOURCE) if is_terminal else None).run()
        status = 0
    finally:
        # Neither return into the caller's code nor run its exit handlers.
        os._exit(status)


def _keep_only(source: int, control: int) -> None:
    # Above all close the tracking connection: the server must see it end when the wrapper is killed.
    source, control = fcntl.fcntl(source, fcntl.F_DUPFD, 3), fcntl.fcntl(control, fcntl.F_DUPFD, 3)
    os.dup2(source, _SOURCE)
    os.dup2(control, _CONTROL)
    for descriptor in _open_descriptors():
        if descriptor > _STDERR:
            with suppress(OSError):
                os.close(descriptor)


def _open_descriptors() -> Iterable[int]:
    # Not every possible number: where the limit is a thousand million, trying them takes minutes.
    try:
        return [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except OSError:
        return range(_LIKELY_DESCRIPTORS)  # a root directory without /proc


class _Relay:
    """Passes on what is written, and keeps its end.

    Where nobody reads dbtrack's stderr (Ctrl-S, a full pipe), it still reads all that the command wrote once
    the wrapper asks for the report: what is recorded does not depend on who reads stderr.
    """

    def __init__(self, link: TerminalLink | None) -> None:
        self._link = link
        self._tail = StderrTail()
        self._open = {_SOURCE, _CONTROL}
        self._unwritten = memoryview(b"")
        self._is_stuck = False

    def run(self) -> None:
        """Run until no process has the command's end open."""
        while _SOURCE in self._open or self._unwritten:
            readable, writable = self._wait()
            if _STDERR in writable:
                self._write_some()
            if _STDERR in readable and self._link:
                self._link.pass_keys()
            elif _SOURCE in readable:
                self._read_some()
            elif _CONTROL in readable:
                # Answered only once the pipe is empty: what the command wrote before its end comes first.
                self._answer()
        if _CONTROL in self._open:
            self._answer()

    def _wait(self) -> tuple[set[int], set[int]]:
        keys = {_STDERR} if self._link and self._link.passes_keys else set()
        sources = self._open if not self._unwritten or self._is_stuck else set()
        if len(self._unwritten) > _MOST_UNWRITTEN_BYTES:
            sources = sources - {_SOURCE}
        targets = {_STDERR} if self._unwritten else set()
        # While something waits to be written, check every second whether the wrapper asks.
        seconds = _STUCK_SECONDS if targets and _CONTROL in self._open else None
        readable, writable, _ = select.select(sources | keys, targets, [], seconds)
        if not readable and not writable:
            self._is_stuck = _CONTROL in self._open and _is_readable(_CONTROL)
        return set(readable), set(writable)

    def _read_some(self) -> None:
        data = self._link.read() if self._link else os.read(_SOURCE, _CHUNK_BYTES)
        if data == b"":
            self._open.discard(_SOURCE)
        elif data:
            self._tail.append(data)
            self._unwritten = memoryview(bytes(self._unwritten) + data)

    def _write_some(self) -> None:
        try:
            # No more than a pipe accepts without blocking.
            written = os.write(_STDERR, self._unwritten[: select.PIPE_BUF])
        except BlockingIOError:
            return
        except OSError as error:
            # A full disk would not have stopped the command. Where no process has dbtrack's stderr open any
            # more, the command must get that error itself.
            if error.errno not in _DISK_FULL:
                self._open.discard(_SOURCE)
            self._unwritten = memoryview(b"")
        else:
            self._unwritten = self._unwritten[written:]

    def _answer(self) -> None:
        self._open.discard(_CONTROL)
        self._is_stuck = False
        if self._link:
            self._link.release()
        report = self._tail.report()
        with suppress(OSError):  # the wrapper was killed; the command's stderr continues
            _write(_CONTROL, _COUNT.pack(report.psql_errors) + report.tail)
        os.close(_CONTROL)


def _is_readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


def _write(descriptor: int, data: bytes) -> None:
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]
