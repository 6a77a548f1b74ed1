"""Streams of a log's bytes: from a file, compressed or not, from standard input, from the server."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from dbtrack.errors import DbtrackError, UsageError

BLOCK_BYTES = 1 << 20
_SAMPLE_BYTES = 64 << 10
_BUFFER_BYTES = 2 << 20
_GZIP_MAGIC = b"\x1f\x8b"


class DamagedLogError(DbtrackError):
    """The rest of a log cannot be read."""


class LogStream(Protocol):
    """The uncompressed bytes of one log."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; empty at the present end."""

    def seek(self, offset: int, /) -> object:
        """Continue at this byte of the log, which may lie after its end if it has become shorter."""


class FileStream:
    """An uncompressed file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`."""
        return self.file.read(size)

    def seek(self, offset: int, /) -> None:
        """As `LogStream.seek`."""
        self.file.seek(offset)


class GzipStream:
    """A gzip file; a truncated one ends where it can no longer be decompressed.

    Args:
        name: of the file, for error messages.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._decompressed = gzip.GzipFile(fileobj=file)
        self._name = name

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`.

        Raises:
            DamagedLogError: it cannot be decompressed.
        """
        with self._translated_errors():
            try:
                return self._decompressed.read(size)
            except EOFError:
                return b""

    def seek(self, offset: int, /) -> None:
        """As `LogStream.seek`, by decompressing everything up to there."""
        with self._translated_errors(), contextlib.suppress(EOFError):
            self._decompressed.seek(offset)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (zlib.error, gzip.BadGzipFile) as error:
            raise DamagedLogError(f"{self._name} cannot be unpacked: {error}") from error


class ByteReader(Protocol):
    """Something that yields bytes once."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; empty at the end."""


class PipeStream:
    """A pipe; the last 2 MiB that were read are buffered, so that it can be rewound a little.

    Args:
        reopen: open the pipe again from its beginning; None if it can be read only once.
    """

    def __init__(self, pipe: ByteReader, reopen: Callable[[], ByteReader] | None = None) -> None:
        self._pipe = pipe
        self._reopen = reopen
        self._buffer = b""
        self._read = 0
        self._rewound = 0

    @property
    def is_rewindable(self) -> bool:
        """Whether the pipe can be read again from its beginning."""
        return self._reopen is not None

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`; waits for the writer."""
        if self._rewound:
            start = len(self._buffer) - self._rewound
            chunk = self._buffer[start : start + size]
            self._rewound -= len(chunk)
            return chunk
        read = getattr(self._pipe, "read1", self._pipe.read)
        chunk = bytes(read(size))
        self._buffer = (self._buffer + chunk)[-_BUFFER_BYTES:]
        self._read += len(chunk)
        return chunk

    def seek(self, offset: int, /) -> None:
        """As `LogStream.seek`; a pipe that cannot be reopened goes back only as far as its buffer."""
        if self._reopen and self._read - offset > len(self._buffer):
            self._pipe, self._buffer, self._read = self._reopen(), b"", 0
        self._rewound = min(max(0, self._read - offset), len(self._buffer))
        position = self._read - self._rewound
        while position < offset and (skipped := self.read(min(offset - position, BLOCK_BYTES))):
            position += len(skipped)


def is_rewindable(stream: LogStream) -> bool:
    """Return whether the stream can be read again from its beginning."""
    return not isinstance(stream, PipeStream) or stream.is_rewindable


def read_sample(stream: LogStream, is_enough: Callable[[bytes], bool]) -> bytes:
    """Read the beginning of a log, and from a pipe no more than needed, so as not to wait for the rest."""
    data = b""
    while len(data) < _SAMPLE_BYTES and not is_enough(data):
        chunk = stream.read(_SAMPLE_BYTES)
        if not chunk:
            break
        data += chunk
    return data


def source_hash_of(line: bytes) -> bytes:
    """Return SHA-256 of a log's first entry, which has a time and a process: its identity under any name."""
    return hashlib.sha256(line).digest()


def next_source_hash(source_hash: bytes) -> bytes:
    """Return the identity of another log that begins with the same entry, 32 bytes."""
    return hashlib.sha256(source_hash + b"next").digest()


def open_stream(file: IO[bytes], name: str) -> LogStream:
    """Return a stream for an open file, which decompresses gzip."""
    magic = file.read(len(_GZIP_MAGIC))
    file.seek(0)
    return GzipStream(file, name) if magic == _GZIP_MAGIC else FileStream(file)


@contextmanager
def open_file(path: Path) -> Iterator[LogStream]:
    """Open a log file as a stream.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    with file:
        yield open_stream(file, str(path))
