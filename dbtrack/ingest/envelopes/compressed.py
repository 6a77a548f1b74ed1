"""Compressed logs: gzip, xz, bzip2, zip; Zstandard and LZ4 if a library or a program is installed."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from dbtrack.ingest.envelopes.envelope import Envelope, LogContext
from dbtrack.ingest.log_stream import BLOCK_BYTES, DamagedLogError, FileStream, LogStream

_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError, RuntimeError)


class _RawStream(io.RawIOBase):
    """A stream as a file object, for decompressors."""

    def __init__(self, stream: LogStream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _decompressor(
    kind: str, opened: Callable[[Any], Any], library: Any = None
) -> Callable[..., Iterator[bytes]]:
    errors = (*_ERRORS, getattr(library, "ZstdError", OSError))

    def unwrap(stream: LogStream, context: LogContext) -> Iterator[bytes]:
        try:
            file = opened(io.BufferedReader(_RawStream(stream), BLOCK_BYTES))
            while chunk := file.read(BLOCK_BYTES):
                yield chunk
        except EOFError:
            return  # it is truncated, or still being written
        except errors as error:
            raise DamagedLogError(f"{context.name} is not complete {kind} data: {error}") from error

    return unwrap


def _unzip(stream: LogStream, context: LogContext) -> Iterator[bytes]:
    if not isinstance(stream, FileStream):
        raise DamagedLogError(f"{context.name} is a zip archive, which must be a file")
    try:
        with zipfile.ZipFile(stream.file) as archive:
            for name in sorted(archive.namelist()):
                with archive.open(name) as file:
                    while chunk := file.read(BLOCK_BYTES):
                        yield chunk
    except _ERRORS as error:
        raise DamagedLogError(f"{context.name} is not a complete zip archive: {error}") from error


def _by_library_or_program(
    kind: str, module: str, program: str, opened: Callable[[Any, Any], Any]
) -> Callable[..., Iterator[bytes]]:
    def unwrap(stream: LogStream, context: LogContext) -> Iterator[bytes]:
        try:
            library = importlib.import_module(module)
        except ImportError:
            return _by_program(stream, context, kind, program)
        return _decompressor(kind, lambda file: opened(library, file), library)(stream, context)

    return unwrap


def _open_zstandard(library: Any, file: Any) -> Any:
    # Programs that compress while they write produce several frames.
    return library.ZstdDecompressor().stream_reader(file, read_across_frames=True)


def _open_lz4(library: Any, file: Any) -> Any:
    return library.open(file)


def _by_program(stream: LogStream, context: LogContext, kind: str, program: str) -> Iterator[bytes]:
    path = shutil.which(program)
    if path is None:
        raise DamagedLogError(f"{context.name} is {kind} data; install the program {program} to read it")
    if not isinstance(stream, FileStream):
        raise DamagedLogError(f"{context.name} is {kind} data; pipe it through {program} -dc")
    stream.file.seek(0)
    command = [path, "-dcq", "--", str(stream.file.name)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        while process.stdout and (chunk := process.stdout.read(BLOCK_BYTES)):
            yield chunk
    if process.returncode:
        raise DamagedLogError(f"{context.name} is not complete {kind} data")


def _begins(magic: bytes) -> Callable[[bytes], bool]:
    return lambda sample: sample.startswith(magic)


ENVELOPES = (
    Envelope("gzip", _begins(b"\x1f\x8b"), _decompressor("gzip", gzip.open)),
    Envelope("xz", _begins(b"\xfd7zXZ\0"), _decompressor("xz", lzma.open)),
    Envelope("bzip2", _begins(b"BZh"), _decompressor("bzip2", bz2.open)),
    Envelope("zip", _begins(b"PK\x03\x04"), _unzip),
    Envelope(
        "Zstandard",
        _begins(b"\x28\xb5\x2f\xfd"),
        _by_library_or_program("Zstandard", "zstandard", "zstd", _open_zstandard),
    ),
    Envelope(
        "LZ4", _begins(b"\x04\x22\x4d\x18"), _by_library_or_program("LZ4", "lz4.frame", "lz4", _open_lz4)
    ),
)
