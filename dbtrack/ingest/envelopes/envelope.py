"""What a log is wrapped in, and how it is taken out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dbtrack.ingest.formats.log_time import LogClock
from dbtrack.ingest.log_stream import BLOCK_BYTES, LogStream

_MOST_LINE_BYTES = 64 << 20
_SERVER_LINE = re.compile(
    rb'"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d{10}\.\d{3}\b|\{"timestamp":|[^\t\n][^\n]*[A-Z]{3,}:  '
)


@dataclass(frozen=True)
class LogContext:
    """What is known of how a log is to be read.

    Args:
        prefix: log_line_prefix, as given or as the connected server has it.
        is_prefix_given: whether a person gave it.
        name: of the log, for people.
    """

    prefix: str
    is_prefix_given: bool
    clock: LogClock
    name: str


@dataclass(frozen=True)
class Envelope:
    """One kind of wrapping.

    Args:
        matches: whether a log that begins with this sample is wrapped so.
        unwrap: returns the log that is inside, in pieces.
        prefix: log_line_prefix of the log inside, where the wrapping tells it.
    """

    name: str
    matches: Callable[[bytes], bool]
    unwrap: Callable[[LogStream, LogContext], Iterator[bytes]]
    prefix: Callable[[LogContext], str] | None = None


def default_prefix(prefix: str) -> Callable[[LogContext], str]:
    """Return what gives the prefix of a managed service, unless a person gave another."""
    return lambda context: context.prefix if context.is_prefix_given else prefix


class PieceReader:
    """A file of the pieces that come one after the other."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many; none at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        end = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:end], self._rest[end:]
        return taken


def whole_lines(stream: LogStream) -> Iterator[bytes]:
    """Return the lines of a stream, with their ends; a last one that is not whole is left out."""
    rest = b""
    while chunk := stream.read(BLOCK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > _MOST_LINE_BYTES:
            rest = b""


def first_line_matches(sample: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Tell whether a line matches before any that the server itself can have written.

    The very first can have lost its beginning, and a container's programs write lines of their own.
    """
    for line in sample.split(b"\n"):
        if pattern.match(line):
            return True
        if _SERVER_LINE.match(line):
            return False
    return False


def entry_text(text: str) -> bytes:
    """Return the text of one entry as the server writes it: with a tab before each further line."""
    first, *more = text.rstrip("\r\n").replace("\r\n", "\n").split("\n")
    continued = (line if line.startswith("\t") else f"\t{line}" for line in more)
    return "\n".join([first, *continued, ""]).encode(errors="replace")
