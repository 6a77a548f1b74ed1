"""Passes a command's stderr on byte for byte while keeping its end, and notices the errors of psql in it.

Where our stderr is a terminal, the command gets a terminal, else a pipe.

A process of its own does it, not a thread: when the wrapper is killed, the command must not die of a broken
pipe, and what the command left running in the background may go on writing after the wrapper has ended.
"""

from __future__ import annotations

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

from dbtrack.tracking.server_words import FAILED_SEVERITIES
from dbtrack.tracking.stderr_terminal import TerminalLink, open_terminal

KEPT_BYTES = 16 * 1024
_CHUNK_BYTES = 64 * 1024
_LINE_BYTES = 400
_REPORT_SECONDS = 5.0
_LIKELY_DESCRIPTORS = 4096
_COUNT = struct.Struct("!Q")
_SOURCE, _CONTROL, _STDERR = 0, 1, 2  # the descriptors of the process between

# Two spaces after the word are PostgreSQL's own format.
_SEVERITIES = "|".join(sorted(FAILED_SEVERITIES))
_PSQL_ERROR = re.compile(rf"^(?:psql:[^\n]*:\d+: )?(?:{_SEVERITIES}):  ".encode(), re.MULTILINE)
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
        """Take the next bytes."""
        self._tail = (self._tail + data)[-KEPT_BYTES:]
        complete, _, rest = (self._line + data).rpartition(b"\n")
        self._psql_errors += _count_errors(complete)
        # An error is known by how its line begins: the rest of a long one is not needed.
        self._line = rest[:_LINE_BYTES]

    def report(self) -> StderrReport:
        """Return what is known by now, an unfinished last line included."""
        return StderrReport(self._tail, self._psql_errors + _count_errors(self._line))


def _count_errors(lines: bytes) -> int:
    return sum(1 for _ in _PSQL_ERROR.finditer(_COLOUR.sub(b"", lines)))


class StderrTee:
    """A process between a command's stderr and ours."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: no pipe, terminal or process can be had.
        """
        is_terminal = os.isatty(_STDERR)
        source, self.command_stderr = open_terminal(_STDERR) if is_terminal else os.pipe()
        self._control, remote = socket.socketpair()
        if os.fork() == 0:
            _run(source, remote.fileno(), is_terminal=is_terminal)
        os.close(source)
        remote.close()

    def close_command_end(self) -> None:
        """Leave the command the only writer, once it has the pipe or could not be started."""
        os.close(self.command_stderr)

    def report(self) -> StderrReport:
        """Return what the command wrote, once all that it has written by now is passed on.

        Whoever still has the pipe open, a process in the background, is not waited for.
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
        _pass_on(TerminalLink(_STDERR, _SOURCE) if is_terminal else None)
        status = 0
    finally:
        # Never return into the caller's code, nor run what its process does at its end.
        os._exit(status)


def _keep_only(source: int, control: int) -> None:
    # Above all not the tracking connection: the server must see it close when the wrapper is killed.
    source, control = fcntl.fcntl(source, fcntl.F_DUPFD, 3), fcntl.fcntl(control, fcntl.F_DUPFD, 3)
    os.dup2(source, _SOURCE)
    os.dup2(control, _CONTROL)
    for descriptor in _open_descriptors():
        if descriptor > _STDERR:
            with suppress(OSError):
                os.close(descriptor)


def _open_descriptors() -> Iterable[int]:
    # Not simply every possible number: where the limit is a thousand million, trying them takes minutes.
    try:
        return [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except OSError:
        return range(_LIKELY_DESCRIPTORS)  # a root directory without /proc


def _pass_on(link: TerminalLink | None) -> None:
    tail = StderrTail()
    waiting = {_SOURCE, _CONTROL}
    while _SOURCE in waiting:
        keys = {_STDERR} if link and link.passes_keys else set()
        readable, _, _ = select.select(waiting | keys, [], [])
        if link and _STDERR in readable:
            link.pass_keys()
        elif _SOURCE in readable:
            if not _pass_some(tail, link):
                waiting.remove(_SOURCE)
        else:
            # Asked only once the pipe is empty: what the command wrote before its end comes first.
            waiting.remove(_CONTROL)
            _answer(tail, link)
    if _CONTROL in waiting:
        _answer(tail, link)


def _pass_some(tail: StderrTail, link: TerminalLink | None) -> bool:
    data = link.read() if link else os.read(_SOURCE, _CHUNK_BYTES)
    if data is None:
        return True
    tail.append(data)
    try:
        _write(_STDERR, data)
    except OSError:
        return False  # nobody reads our stderr any more: the command must find that out by itself
    return bool(data)


def _answer(tail: StderrTail, link: TerminalLink | None) -> None:
    if link:
        link.release()
    report = tail.report()
    with suppress(BrokenPipeError):  # the wrapper was killed; the command's stderr goes on
        _write(_CONTROL, _COUNT.pack(report.psql_errors) + report.tail)
    os.close(_CONTROL)


def _write(descriptor: int, data: bytes) -> None:
    remaining = memoryview(data)
    while remaining:
        try:
            remaining = remaining[os.write(descriptor, remaining) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
