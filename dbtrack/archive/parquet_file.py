"""Write one Parquet file: stream it from the server, read it back, and rename it into place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from dbtrack import files, sql_files
from dbtrack.archive import columns
from dbtrack.archive.directory import UNFINISHED, reserve_name
from dbtrack.archive.duckdb_engine import engine, literal, translate_errors
from dbtrack.db import Database
from dbtrack.errors import DbtrackError

_WIDE_ROW_BYTES = 4_000
_WIDE_SLICE_BYTES = 8_000_000


class RowSlices:
    """The rows of one month, in slices.

    DuckDB holds 2,048 rows at once in memory, whatever their length, but never reads beyond the end of its
    input. So long rows end a slice early, and short ones never do.
    """

    def __init__(self, database: Database, month: Mapping[str, object]) -> None:
        """Start reading; `month` has the parameters of sql/queries/archive/rows.sql."""
        self._rows = database.copy_out(sql_files.query("archive/rows"), month)
        self.is_finished = False

    def slice(self) -> Iterator[bytes]:
        """Return the next rows, as CSV."""
        wide_bytes = 0
        while wide_bytes < _WIDE_SLICE_BYTES:
            row = next(self._rows, None)
            if row is None:
                self.is_finished = True
                return
            yield row
            wide_bytes += len(row) if len(row) > _WIDE_ROW_BYTES else 0

    def close(self) -> None:
        """Cancel the query on the server."""
        self._rows.close()


class SliceSender:
    """Writes one slice to a pipe in a thread, while DuckDB reads the other end, `reading`."""

    def __init__(self, rows: RowSlices) -> None:
        self.reading, self._writing = os.pipe()
        self._rows = rows
        self._thread = Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send while the block reads; raise the server's error rather than DuckDB's consequential one."""
        self._thread.start()
        try:
            yield
        except DbtrackError:
            self._finish()
            if self._error is None:
                raise
        finally:
            self._finish()
        if self._error is not None:
            raise self._error

    def _finish(self) -> None:
        if self.reading >= 0:
            os.close(self.reading)
            self.reading = -1
            self._thread.join()

    def _run(self) -> None:
        try:
            with os.fdopen(self._writing, "wb") as stream:
                for row in self._rows.slice():
                    stream.write(row)
        except BrokenPipeError:
            pass  # the reader has failed, and its error is raised
        except BaseException as error:  # noqa: BLE001
            self._error = error


_DOING = "cannot write the archive: "
_NOTHING = "nothing was removed"
_ROWS_A_GROUP = 20_480
# A reader holds one group at a time.
_BYTES_A_GROUP = 8_000_000
_SHORTEST_BUFFER_BYTES = 4_000_000
# A character has up to four bytes in UTF-8; CSV doubles quotes, and hex and JSON add more.
_BYTES_A_CHARACTER = 5
RowCounts = tuple[int, int, int, str]
"""Hub rows, versions, links, and the sum over the hashes of all rows."""


@contextmanager
def temporary_file(
    database: Database, directory: Path, month: Mapping[str, object], characters: int
) -> Iterator[Path]:
    """Write a month's rows to a file in a temporary directory, which is removed after the block.

    Args:
        month: the parameters of sql/queries/archive/rows.sql.
        characters: how many the longest row has.

    Raises:
        DbtrackError: it could not be written.
    """
    with TemporaryDirectory(
        dir=directory, prefix=f"{UNFINISHED}-", suffix=".tmp", ignore_cleanup_errors=True
    ) as temporary:
        path = _write(database, Path(temporary), month, characters * _BYTES_A_CHARACTER)
        files.sync(path)
        yield path


def count_rows(path: Path, characters: int) -> RowCounts:
    """Read a file back: how many rows of each kind it has, and the sum over their hashes.

    Args:
        characters: how many the longest row has.
    """
    query = (
        "SELECT count(*) FILTER (row_kind = 'hub'), count(*) FILTER (row_kind = 'version'),"
        " count(*) FILTER (row_kind = 'link'), coalesce(sum(row_hash), 0)::VARCHAR"
        f" FROM (SELECT row_kind, {columns.row_hash()} AS row_hash FROM read_parquet({literal(path)}))"
    )
    with engine(extra_bytes=_extra_bytes(characters * _BYTES_A_CHARACTER)) as reader:
        executions, versions, links, digest = reader.execute(query).fetchall()[0]
    return int(executions), int(versions), int(links), str(digest)


def publish_file(path: Path, directory: Path, month: str) -> str:
    """Rename a file to the first free name of its month and return the name. No file is replaced."""
    # Without hard links, which not every file system has, an empty file has to reserve the name.
    named = reserve_name(directory, f"executions_{month}", ".parquet")
    path.replace(named)
    files.sync_directory(directory)
    return named.name


def _write(database: Database, temporary: Path, month: Mapping[str, object], longest_bytes: int) -> Path:
    """Write each slice to its own file, and merge them if there are several."""
    parts: list[Path] = []
    with (
        engine(extra_bytes=_extra_bytes(longest_bytes)) as writer,
        closing(RowSlices(database, month)) as rows,
    ):
        while not rows.is_finished:
            sender = SliceSender(rows)
            part = temporary / f"{len(parts)}.parquet"
            with sender.sending(), translate_errors(_DOING, _NOTHING):
                writer.execute(_copy(_select_received(sender.reading, longest_bytes), part))
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        with translate_errors(_DOING, _NOTHING):
            writer.execute(
                _copy(
                    f"SELECT * FROM read_parquet([{', '.join(map(literal, parts))}])",
                    temporary / "whole.parquet",
                )
            )
    return temporary / "whole.parquet"


def _select_received(reading: int, longest_bytes: int) -> str:
    # read_csv needs a buffer as long as the longest line, and a statement can have ten million characters.
    buffer_bytes = max(_SHORTEST_BUFFER_BYTES, longest_bytes)
    return (
        f"SELECT {columns.stored_columns()} FROM read_csv('/dev/fd/{reading}',"
        f" columns = {{{columns.csv_types()}}}, auto_detect = false, header = false, delim = ',',"
        " quote = '\"', escape = '\"', nullstr = '\\N', allow_quoted_nulls = false, parallel = false,"
        f" new_line = '\\n', max_line_size = {buffer_bytes}, buffer_size = {buffer_bytes})"
    )


def _copy(query: str, path: Path) -> str:
    # DuckDB's own temporary file would be readable by everyone.
    return (
        f"COPY ({query}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false,"
        f" ROW_GROUP_SIZE {_ROWS_A_GROUP}, ROW_GROUP_SIZE_BYTES {_BYTES_A_GROUP})"
    )


def _extra_bytes(longest_bytes: int) -> int:
    """Return the memory for a very long row, in bytes: it exists as received, as stored and as hashed."""
    return 6 * max(0, longest_bytes - _SHORTEST_BUFFER_BYTES)
