"""Where exported text goes: standard output, one file, or a new file in a directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from dbtrack import files
from dbtrack.errors import DbtrackError
from dbtrack.export.text_formats import Chunk

Progress = Callable[[int], None]
"""Receives how many rows are written."""


def write_stream(chunks: Iterator[Chunk], stream: BinaryIO, progress: Progress) -> int:
    """Write to an open stream and return how many rows there were.

    Raises:
        BrokenPipeError: its reader went away.
        DbtrackError: it cannot be written.
    """
    with files.naming("standard output"):
        written = _write(chunks, stream, progress)
        stream.flush()
        # A file is on disk before the state is replaced. A pipe and a terminal cannot be synced.
        with suppress(OSError):
            os.fsync(stream.fileno())
    return written


def write_file(
    chunks: Iterator[Chunk], path: Path, progress: Progress, *, temporary: Path | None = None
) -> int:
    """Write a file that gets its name at the end; return how many rows it has. No file without chunks.

    Args:
        temporary: its name until then, which no other export uses; what a killed one left there is removed.
            None for a random one.

    Raises:
        BrokenPipeError: it is a pipe, and its reader went away.
        DbtrackError: it cannot be written.
    """
    if path.exists() and not path.is_file():
        with files.naming(path), path.open("wb") as stream:
            return _write(chunks, stream, progress)
    first = next(chunks, None)
    if first is None:
        return 0
    target = Path(os.path.realpath(path))
    with files.naming(path):
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        with files.replacing(target, mode=files.mode_for(target), temporary=temporary) as stream:
            return _write(chain([first], chunks), stream, progress)


def refuse_existing(path: Path) -> None:
    """Refuse to replace what an earlier incremental export wrote.

    Raises:
        DbtrackError: the file exists; a pipe or a device is not refused.
    """
    if path.is_file():
        raise DbtrackError(
            f"{path} exists, and an incremental export replaces nothing",
            hint="give each file a name of its own, or a directory",
        )


def _write(chunks: Iterator[Chunk], stream: BinaryIO, progress: Progress) -> int:
    written = 0
    for rows, text in chunks:
        stream.write(text)
        written += rows
        progress(written)
    return written
