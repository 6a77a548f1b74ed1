"""Export executions or objects to one destination, and advance the state file once that has them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol

from dbtrack import files
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.export.output import Progress, refuse_existing, write_file, write_stream
from dbtrack.export.parquet import require_parquet, write_parquet_directory, write_parquet_file
from dbtrack.export.reading import Reading, reading
from dbtrack.export.request import ExportFormat, ExportRequest, extension_of
from dbtrack.export.text_formats import text_chunks

_SUFFIX_BYTES = 3


@dataclass(frozen=True)
class ExportReport:
    """What was exported: how many rows, and into which files."""

    rows: int
    written: list[Path] = field(default_factory=list)


class Destination(Protocol):
    """Where an export goes: files, a log server, or what else is to come."""

    def deliver(self, reading: Reading, progress: Progress) -> ExportReport:
        """Deliver all rows; return once they cannot be lost any more, since the state is replaced then."""
        ...


def export(
    database: Database,
    request: ExportRequest,
    destination: Destination,
    progress: Callable[[Reading], Progress],
    warn: Callable[[str], None],
) -> ExportReport:
    """Export to a destination.

    Args:
        progress: returns what receives the number of rows, for what is going to be read.
        warn: receives one line if something is exported again.

    Raises:
        LockedError: another export uses the state file.
        UsageError: a tenant or time is invalid, or the state file is that of another export.
        DbtrackError: the server or the destination failed; the state file is as it was.
    """
    with reading(database, request, warn) as opened:
        # The state is replaced when the block ends without an error.
        return destination.deliver(opened, progress(opened))


class FileDestination:
    """A file, a directory, or an open stream."""

    def __init__(self, chosen: ExportFormat, name: str | None, stream: BinaryIO) -> None:
        """Check that the format can be written there.

        Args:
            name: of a file; of a directory, if there is one or the name ends with a slash; None: the stream.

        Raises:
            UsageError: Parquet cannot be written to a stream.
            DbtrackError: Parquet needs DuckDB, which is not installed.
        """
        self._format = chosen
        self._path = Path(name) if name is not None else None
        self._is_directory = name is not None and (name.endswith("/") or Path(name).is_dir())
        self._stream = stream
        if chosen is ExportFormat.PARQUET:
            if name is None:
                raise UsageError(
                    "Parquet cannot be written to standard output", hint="-o FILE or -o DIRECTORY/"
                )
            require_parquet()

    def deliver(self, reading: Reading, progress: Progress) -> ExportReport:
        """Write the rows, so that they are on disk when this returns.

        Raises:
            BrokenPipeError: the reader of the stream went away.
            DbtrackError: it cannot be written.
        """
        if self._format is ExportFormat.PARQUET and self._path is not None:
            return self._write_parquet(reading, self._path, progress)
        chunks = text_chunks(reading, self._format)
        if self._path is None:
            return ExportReport(write_stream(chunks, self._stream, progress))
        path, temporary = self._path, None
        if self._is_directory:
            with files.naming(path):
                path.mkdir(parents=True, exist_ok=True)
            name = f"{_stem(reading)}{extension_of(self._format)}"
            temporary, path = path / f".{name}.tmp", path / name
        elif reading.is_incremental:
            refuse_existing(path)
        rows = write_file(chunks, path, progress, temporary=temporary)
        return ExportReport(rows, [path] if rows else [])

    def _write_parquet(self, reading: Reading, path: Path, progress: Progress) -> ExportReport:
        rows = reading.rows()
        if self._is_directory:
            written, made = write_parquet_directory(rows, reading.columns, path, _stem(reading), progress)
            return ExportReport(written, made)
        if reading.is_incremental:
            refuse_existing(path)
            first = next(rows, None)
            if first is None:
                return ExportReport(0)
            rows = chain([first], rows)
        return ExportReport(write_parquet_file(rows, reading.columns, path, progress), [path])


def _stem(reading: Reading) -> str:
    """Return the name of a file in a directory: a run that is repeated replaces what it left when it died."""
    subject, state = reading.request.subject, reading.state
    if state is not None:
        return f"{subject}_{state.id}_{state.run + 1:06}"
    return f"{subject}_{datetime.now(UTC):%Y%m%dT%H%M%SZ}_{secrets.token_hex(_SUFFIX_BYTES)}"
