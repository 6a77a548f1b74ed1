"""Writing one file: streamed from the server, read back, and only then given its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dbtrack import files
from dbtrack.archive import layout
from dbtrack.archive.engine import engine, literal, translated_errors
from dbtrack.archive.place import UNFINISHED, reserve
from dbtrack.archive.sending import Rows, Sender
from dbtrack.db import Database

_DOING = "cannot write the archive: "
_NOTHING = "nothing was removed"
_ROWS_A_GROUP = 20_480
# Reading takes a group at a time.
_BYTES_A_GROUP = 8_000_000
_SHORTEST_BUFFER_BYTES = 4_000_000
# In UTF-8 a character takes up to four bytes; in CSV a quote takes two, and hex and JSON add their own.
_BYTES_A_CHARACTER = 5
Counted = tuple[int, int, int, str]
"""Hub rows, versions, links, and the sum over the hashes of all."""


@contextmanager
def written_file(
    database: Database, directory: Path, month: Mapping[str, object], characters: int
) -> Iterator[Path]:
    """Write a month's rows into a file in a temporary directory, which goes with the block.

    Args:
        month: the parameters of sql/queries/archive_rows.sql.
        characters: how many the longest row has.

    Raises:
        DbtrackError: it could not be written.
    """
    with TemporaryDirectory(
        dir=directory, prefix=f"{UNFINISHED}-", suffix=".tmp", ignore_cleanup_errors=True
    ) as place:
        path = _write(database, Path(place), month, characters * _BYTES_A_CHARACTER)
        files.sync(path)
        yield path


def counted(path: Path, characters: int) -> Counted:
    """Read a file back: how many rows of each kind it has, and the sum over their hashes.

    Args:
        characters: how many the longest row has.
    """
    query = (
        "SELECT count(*) FILTER (row_kind = 'hub'), count(*) FILTER (row_kind = 'version'),"
        " count(*) FILTER (row_kind = 'link'), coalesce(sum(row_hash), 0)::VARCHAR"
        f" FROM (SELECT row_kind, {layout.row_hash()} AS row_hash FROM read_parquet({literal(path)}))"
    )
    with engine(extra_bytes=_extra(characters * _BYTES_A_CHARACTER)) as reader:
        executions, versions, links, digest = reader.execute(query).fetchall()[0]
    return int(executions), int(versions), int(links), str(digest)


def name_file(path: Path, directory: Path, month: str) -> str:
    """Give a file its name: the first of its month that is free. None is ever replaced."""
    # Not every file system has hard links, by which no empty file would have to come first.
    named = reserve(directory, f"executions_{month}", ".parquet")
    path.replace(named)
    files.sync_directory(directory)
    return named.name


def _write(database: Database, place: Path, month: Mapping[str, object], longest_bytes: int) -> Path:
    """Write each slice into a file of its own, and those, where there are many, into one."""
    parts: list[Path] = []
    with engine(extra_bytes=_extra(longest_bytes)) as writer, closing(Rows(database, month)) as rows:
        while not rows.is_finished:
            sender = Sender(rows)
            part = place / f"{len(parts)}.parquet"
            with sender.sending(), translated_errors(_DOING, _NOTHING):
                writer.execute(_copy(_received(sender.reading, longest_bytes), part))
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        with translated_errors(_DOING, _NOTHING):
            writer.execute(
                _copy(
                    f"SELECT * FROM read_parquet([{', '.join(map(literal, parts))}])", place / "whole.parquet"
                )
            )
    return place / "whole.parquet"


def _received(reading: int, longest_bytes: int) -> str:
    # read_csv takes a buffer of the length of the longest line: a statement can have ten million characters.
    buffer_bytes = max(_SHORTEST_BUFFER_BYTES, longest_bytes)
    return (
        f"SELECT {layout.stored_columns()} FROM read_csv('/dev/fd/{reading}',"
        f" columns = {{{layout.sent_types()}}}, auto_detect = false, header = false, delim = ',',"
        " quote = '\"', escape = '\"', nullstr = '\\N', allow_quoted_nulls = false, parallel = false,"
        f" new_line = '\\n', max_line_size = {buffer_bytes}, buffer_size = {buffer_bytes})"
    )


def _copy(query: str, path: Path) -> str:
    # A temporary file of DuckDB's own would be readable for everybody.
    return (
        f"COPY ({query}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false,"
        f" ROW_GROUP_SIZE {_ROWS_A_GROUP}, ROW_GROUP_SIZE_BYTES {_BYTES_A_GROUP})"
    )


def _extra(longest_bytes: int) -> int:
    """Memory for a very long row, in bytes: it is there as it came, as it is kept, and as it is hashed."""
    return 6 * max(0, longest_bytes - _SHORTEST_BUFFER_BYTES)
