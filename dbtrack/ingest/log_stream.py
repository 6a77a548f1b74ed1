"""The bytes of a log, wherever they are: in a file, compressed or not, on standard input, on the server."""

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
    """A log cannot be read any further."""


class LogStream(Protocol):
    """The bytes of one log, uncompressed."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; none at the present end."""

    def seek(self, offset: int, /) -> object:
        """Go on from this byte of the log; behind its end, if it has become shorter."""


class FileStream:
    """A file that is read as it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`."""
        return self.file.read(size)

    def seek(self, offset: int, /) -> None:
        """As `LogStream.seek`."""
        self.file.seek(offset)


class GzipStream:
    """A file that gzip compressed; one that was cut off ends where it can no longer be unpacked.

    Args:
        name: what an error calls it.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._decompressed = gzip.GzipFile(fileobj=file)
        self._name = name

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`.

        Raises:
            DamagedLogError: it cannot be unpacked.
        """
        with self._translated_errors():
            try:
                return self._decompressed.read(size)
            except EOFError:
                return b""

    def seek(self, offset: int, /) -> None:
        """As `LogStream.seek`, by unpacking what lies between."""
        with self._translated_errors(), contextlib.suppress(EOFError):
            self._decompressed.seek(offset)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (zlib.error, gzip.BadGzipFile) as error:
            raise DamagedLogError(f"{self._name} cannot be unpacked: {error}") from error


class ByteReader(Protocol):
    """What gives bytes once."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; none at the end."""


class PipeStream:
    """What comes through a pipe; of what was read the last part is kept, to go back a little.

    Args:
        again: gives the pipe once more from its beginning; None for what comes once.
    """

    def __init__(self, pipe: ByteReader, reopen: Callable[[], ByteReader] | None = None) -> None:
        self._pipe = pipe
        self._reopen = reopen
        self._buffer = b""
        self._read = 0
        self._rewound = 0

    @property
    def is_rewindable(self) -> bool:
        """Whether it can be read more than once."""
        return self._reopen is not None

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`; waits for whoever writes."""
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
        """As `LogStream.seek`; of what comes once, back only to what is kept."""
        if self._reopen and self._read - offset > len(self._buffer):
            self._pipe, self._buffer, self._read = self._reopen(), b"", 0
        self._rewound = min(max(0, self._read - offset), len(self._buffer))
        position = self._read - self._rewound
        while position < offset and (skipped := self.read(min(offset - position, BLOCK_BYTES))):
            position += len(skipped)


def is_rewindable(stream: LogStream) -> bool:
    """Tell whether the stream can be read more than once."""
    return not isinstance(stream, PipeStream) or stream.is_rewindable


def read_sample(stream: LogStream, is_enough: Callable[[bytes], bool]) -> bytes:
    """Read the beginning of a log; from a pipe no more than is enough, so as not to wait for the rest."""
    data = b""
    while len(data) < _SAMPLE_BYTES and not is_enough(data):
        chunk = stream.read(_SAMPLE_BYTES)
        if not chunk:
            break
        data += chunk
    return data


def source_hash_of(line: bytes) -> bytes:
    """Return what identifies the log under any name: its first entry has a time and a process."""
    return hashlib.sha256(line).digest()


def next_source_hash(source_hash: bytes) -> bytes:
    """Return the identity of another log that begins with the same entry."""
    return hashlib.sha256(source_hash + b"next").digest()


def open_stream(file: IO[bytes], name: str) -> LogStream:
    """Return what reads an open file, unpacking it where it is compressed."""
    magic = file.read(len(_GZIP_MAGIC))
    file.seek(0)
    return GzipStream(file, name) if magic == _GZIP_MAGIC else FileStream(file)


@contextmanager
def open_file(path: Path) -> Iterator[LogStream]:
    """Open a log file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    with file:
        yield open_stream(file, str(path))
