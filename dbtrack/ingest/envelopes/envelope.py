"""An envelope of a log, and how the log is taken out of it."""

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
    """Settings for reading one log.

    Args:
        prefix: log_line_prefix, as given by the user or set on the connected server.
        is_prefix_given: whether the user gave it.
        name: of the log, as shown to users.
    """

    prefix: str
    is_prefix_given: bool
    clock: LogClock
    name: str


@dataclass(frozen=True)
class Envelope:
    """One kind of envelope.

    Args:
        matches: return whether a log that begins with this sample has this envelope.
        unwrap: return the log inside, in pieces.
        prefix: return the log_line_prefix of the log inside, if the envelope determines it.
    """

    name: str
    matches: Callable[[bytes], bool]
    unwrap: Callable[[LogStream, LogContext], Iterator[bytes]]
    prefix: Callable[[LogContext], str] | None = None


def default_prefix(prefix: str) -> Callable[[LogContext], str]:
    """Return a function that returns the prefix of a managed service, unless the user gave one."""
    return lambda context: context.prefix if context.is_prefix_given else prefix


class PieceReader:
    """A reader over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most `size`; empty at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        end = len(self._rest) if size < 0 else size
        piece_start, self._rest = self._rest[:end], self._rest[end:]
        return piece_start


def whole_lines(stream: LogStream) -> Iterator[bytes]:
    """Return the lines of a stream, with their line ends; an incomplete last line is left out."""
    rest = b""
    while chunk := stream.read(BLOCK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > _MOST_LINE_BYTES:
            rest = b""


def first_line_matches(sample: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Return whether a line matches before the first line that the server itself can have written.

    The first line may be truncated, and other programs of a container write lines as well.
    """
    for line in sample.split(b"\n"):
        if pattern.match(line):
            return True
        if _SERVER_LINE.match(line):
            return False
    return False


def entry_text(text: str) -> bytes:
    """Return the text of one entry as the server writes it, with a tab before each further line."""
    first, *more = text.rstrip("\r\n").replace("\r\n", "\n").split("\n")
    continued = (line if line.startswith("\t") else f"\t{line}" for line in more)
    return "\n".join([first, *continued, ""]).encode(errors="replace")
