"""Write data to standard output, or to a file that appears whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from dbtrack import files
from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.columns import Column
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.render import Look, Section

STANDARD_OUTPUT = Path("-")


@contextmanager
def destination(output: OutputArguments | Path | None, *, pages: bool | None = None) -> Iterator[TextIO]:
    """Open the stream that the data is written to.

    A regular file is replaced in one step at the end of the block, and left alone when the block fails. On a
    terminal, a pager shows what is longer than the screen; where the user leaves it early, the rest is
    discarded.

    Args:
        output: the options; or the path alone, without a pager.
        pages: whether a pager may show it; None: as the options say.

    Raises:
        DbtrackError: the file cannot be written.
    """
    path = output.output if isinstance(output, OutputArguments) else output
    if path is None or path == STANDARD_OUTPUT:
        if pages is None:
            pages = isinstance(output, OutputArguments) and not output.no_pager
        with _standard_output(pages) as stream:
            yield stream
    else:
        with file_destination(path) as stream:
            yield stream


def _standard_output(may_page: bool) -> AbstractContextManager[TextIO]:
    if not (may_page and sys.stdout.isatty()):
        return nullcontext(sys.stdout)
    from dbtrack.terminal.pager import paged, pager_command

    command = pager_command(os.environ, _configured_pager())
    return nullcontext(sys.stdout) if command is None else paged(sys.stdout, command, os.environ)


def _configured_pager() -> str | None:
    from dbtrack.config.configuration_file import read_configuration

    if "DBTRACK_PAGER" in os.environ:
        return None
    # A mistake in the file is reported where the file is needed.
    with suppress(UsageError):
        return read_configuration(os.environ).pager
    return None


@contextmanager
def file_destination(path: Path) -> Iterator[TextIO]:
    """Open the stream of a file as `destination` does, but a file called - is not standard output.

    Raises:
        DbtrackError: the file cannot be written.
        BrokenPipeError: it is a pipe, and its reader went away.
    """
    with files.naming(path), _opened(path) as stream:
        yield stream


def check_binary(output: Path | None) -> None:
    """Refuse to write what is not text on a terminal.

    Raises:
        UsageError: it would be written to a terminal.
    """
    if (output is None or output == STANDARD_OUTPUT) and sys.stdout.isatty():
        raise UsageError("this format cannot be shown on a terminal", hint="give a file: -o FILE")


def write_binary(output: Path | None, data: bytes) -> None:
    """Write to standard output, or to a file that is replaced in one step.

    Raises:
        DbtrackError: the file cannot be written.
    """
    if output is None or output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with files.naming(output):
        if output.exists() and not output.is_file():
            output.write_bytes(data)
            return
        real = Path(os.path.realpath(output))
        with files.replacing(real, mode=files.mode_for(real)) as stream:
            stream.write(data)


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
    title: str,
    report: str,
    database: Database | None = None,
    window: str = "",
) -> None:
    """Render rows in the format of the options, else in the default one of the stream.

    Args:
        title: a heading for people.
        report: the name of the report, for a JSON document.
        database: where the rows come from; the heading on a terminal names it.
        window: the time that the rows are about, in words, for the heading.

    Raises:
        UsageError: the options name a column that does not exist, or ask for too much to be sorted.
    """
    from dbtrack.render import default_format, write
    from dbtrack.render.formats import FOR_PEOPLE
    from dbtrack.render.selection import select
    from dbtrack.terminal.pager import until_left

    chosen = output.format or default_format(stream)
    columns, rows = select(columns, rows, output.selection, with_units=chosen in FOR_PEOPLE)
    details = [part for part in (database.place if database else "", window) if part]
    if window and not stream.isatty():
        # Markdown, for example, has one line for a title.
        title = f"{title}, {window}"
    look = look_of(output)
    rows = until_left(rows, stream)
    write(chosen, columns, rows, stream, title=title, report=report, details=details, look=look)


def emit_sections(report: str, sections: Iterable[Section], stream: TextIO, output: OutputArguments) -> None:
    """Render several results in the format of the options, else in the default one of the stream.

    Raises:
        UsageError: the options choose columns or an order, which the parts do not share.
    """
    from dbtrack.render import default_format, write_sections
    from dbtrack.terminal.pager import until_left

    if output.selection:
        raise UsageError(f"{report} has several parts: --columns, --sort and -n are for one table")
    chosen = output.format or default_format(stream)
    read = (replace(part, rows=until_left(part.rows, stream)) for part in until_left(sections, stream))
    write_sections(chosen, report, read, stream, look=look_of(output))


def is_screen(stream: TextIO, output: OutputArguments) -> bool:
    """Return whether a report that has a screen is drawn as one."""
    from dbtrack.render import Format

    return stream.isatty() and output.format in {None, Format.TABLE} and look_of(output).as_screen


def look_of(output: OutputArguments) -> Look:
    """Return how a result looks, as the options of all reports decide."""
    from dbtrack.render import Look

    return Look(
        zone=output.zone,
        color=output.color,
        verbose=output.verbose,
        relative=output.relative,
        as_screen=not (output.columns or output.sort),
    )


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    with files.replacing(path, mode=files.mode_for(path)) as binary:
        stream = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        yield stream
        # Otherwise it would close the binary stream, which is not finished yet.
        stream.detach()
