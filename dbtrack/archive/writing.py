"""Writing one file: streamed from the server, read back, and only then given its name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from dbtrack import sqlfiles
from dbtrack.archive import layout
from dbtrack.archive.engine import engine, literal
from dbtrack.archive.manifest import sync_directory
from dbtrack.db import Database
from dbtrack.errors import DbtrackError

_ROWS_A_GROUP = 20_480
_SHORTEST_BUFFER_BYTES = 4_000_000
# In UTF-8 a character takes up to four bytes; in CSV a quote takes two, and hex and JSON add their own.
_BYTES_A_CHARACTER = 5
Counted = tuple[int, int, int, str]
"""Hub rows, versions, links, and the sum over the hashes of all."""


@contextmanager
def written_file(
    database: Database, directory: Path, month: Mapping[str, object], characters: int
) -> Iterator[Path]:
    """Write a month's rows into a file with a temporary name, which goes with the block.

    Args:
        month: the parameters of sql/queries/archive_rows.sql.
        characters: how many the longest row has.

    Raises:
        DbtrackError: it could not be written.
    """
    descriptor, name = tempfile.mkstemp(dir=directory, prefix=".executions-", suffix=".tmp")
    os.close(descriptor)
    path = Path(name)
    try:
        _write(database, path, month, max(_SHORTEST_BUFFER_BYTES, characters * _BYTES_A_CHARACTER))
        _sync(path)
        yield path
    finally:
        path.unlink(missing_ok=True)


def counted(path: Path) -> Counted:
    """Read a file back: how many rows of each kind it has, and the sum over their hashes."""
    query = (
        "SELECT count(*) FILTER (row_kind = 'hub'), count(*) FILTER (row_kind = 'version'),"
        " count(*) FILTER (row_kind = 'link'), coalesce(sum(row_hash), 0)::VARCHAR"
        f" FROM (SELECT row_kind, {layout.row_hash()} AS row_hash FROM read_parquet({literal(path)}))"
    )
    with engine() as reader:
        executions, versions, links, digest = reader.execute(query).fetchall()[0]
    return int(executions), int(versions), int(links), str(digest)


def name_file(path: Path, directory: Path, month: str) -> str:
    """Give a file its name: the first of its month that is free. None is ever replaced."""
    number = 1
    while True:
        name = f"executions_{month}{f'.{number}' if number > 1 else ''}.parquet"
        with suppress(FileExistsError):
            os.link(path, directory / name)
            sync_directory(directory)
            return name
        number += 1


def _write(database: Database, path: Path, month: Mapping[str, object], buffer_bytes: int) -> None:
    reading, writing = os.pipe()
    sender = _Sender(database, writing, month)
    # read_csv takes a buffer of the length of the longest line: a statement can have ten million characters.
    statement = (
        f"COPY (SELECT {layout.stored_columns()} FROM read_csv('/dev/fd/{reading}',"
        f" columns = {{{layout.sent_types()}}}, auto_detect = false, header = false, delim = ',',"
        " quote = '\"', escape = '\"', nullstr = '\\N', allow_quoted_nulls = false, parallel = false,"
        f" new_line = '\\n', max_line_size = {buffer_bytes}, buffer_size = {buffer_bytes}))"
        f" TO {literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_A_GROUP})"
    )
    with sender.failure_first():
        try:
            with engine(extra_bytes=6 * (buffer_bytes - _SHORTEST_BUFFER_BYTES)) as writer:
                sender.start()
                writer.execute(statement)
        finally:
            os.close(reading)
            sender.finish()


class _Sender:
    """Sends the server's rows into a pipe while DuckDB reads its other end."""

    def __init__(self, database: Database, writing: int, month: Mapping[str, object]) -> None:
        self._database = database
        self._writing = writing
        self._month = month
        self._thread = Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def finish(self) -> None:
        """Wait for the end of the sending; the reader must have closed its end."""
        if self._thread.ident is None:
            os.close(self._writing)
        else:
            self._thread.join()

    @contextmanager
    def failure_first(self) -> Iterator[None]:
        """Raise what the server said rather than what DuckDB made of the half that came."""
        try:
            yield
        except DbtrackError as error:
            if self._error is None:
                raise DbtrackError(f"cannot write the archive: {error.message}", hint=_NOTHING) from error
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with os.fdopen(self._writing, "wb") as stream:
                for piece in self._database.copy_out(sqlfiles.query("archive_rows"), self._month):
                    stream.write(piece)
        except BrokenPipeError:
            pass  # the reader failed, and says why
        except BaseException as error:  # noqa: BLE001
            self._error = error


_NOTHING = "nothing was removed"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
