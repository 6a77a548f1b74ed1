"""Write data to standard output, or to a file that appears whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TextIO

from dbtrack import files
from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.columns import Column

STANDARD_OUTPUT = Path("-")


@contextmanager
def destination(path: Path | None) -> Iterator[TextIO]:
    """Open the stream that the data is written to.

    A regular file is replaced in one step at the end of the block, and left alone when the block fails.

    Raises:
        DbtrackError: the file cannot be written.
    """
    if path is None or path == STANDARD_OUTPUT:
        yield sys.stdout
    else:
        with file_destination(path) as stream:
            yield stream


@contextmanager
def file_destination(path: Path) -> Iterator[TextIO]:
    """Open the stream of a file as `destination` does, but a file called - is not standard output.

    Raises:
        DbtrackError: the file cannot be written.
        BrokenPipeError: it is a pipe, and its reader went away.
    """
    with files.naming(path), _opened(path) as stream:
        yield stream


def _opened(path: Path) -> AbstractContextManager[TextIO]:
    if path.exists() and not path.is_file():
        return path.open("w", encoding="utf-8", newline="")
    return _replacing(Path(os.path.realpath(path)))


def emit(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    stream: TextIO,
    output: OutputArguments,
    *,
    title: str | None = None,
    report: str | None = None,
) -> None:
    """Render rows in the format of the options, else in the default one of the stream.

    Args:
        title: a heading for people.
        report: the name of the report, for a JSON document.
    """
    from dbtrack.render import default_format, write

    chosen = output.format or default_format(stream)
    write(chosen, columns, rows, stream, title=title, report=report, zone=output.zone)


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    with files.replacing(path, mode=files.mode_for(path)) as binary:
        stream = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        yield stream
        # Otherwise it would close the binary stream, which is not finished yet.
        stream.detach()
