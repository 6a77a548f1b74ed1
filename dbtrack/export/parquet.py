"""Write exported rows as Parquet: one file, or a directory that is partitioned by tenant and month.

DuckDB reads the rows from temporary CSV files of a bounded size, so that memory does not depend on how many
rows there are.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, assert_never

from dbtrack import files
from dbtrack.archive.duckdb_engine import engine, literal, translate_errors
from dbtrack.errors import MissingExtraError
from dbtrack.export.columns import SCHEMA_VERSION, ExportColumn, Storage
from dbtrack.export.output import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

_DOING = "cannot write Parquet: "
_ROWS_A_SLICE = 50_000
_BYTES_A_SLICE = 16_000_000
_SHORTEST_BUFFER_BYTES = 4_000_000
_ROWS_A_GROUP = 20_480
_BYTES_A_GROUP = 8_000_000
# A long line exists as read, as stored and as written.
_COPIES_OF_A_LINE = 6
# DuckDB's own temporary file would be readable by everyone; it writes none where it partitions.
_IN_PLACE = "USE_TMP_FILE false"
_MONTH = "month"
_TENANT = "tenant"
_STARTED = "execution_timestamp"
_BYTES_TO_PARTITION = 160_000_000


def require_parquet() -> None:
    """Check that DuckDB is installed, before anything is read.

    Raises:
        DbtrackError: it is not.
    """
    if find_spec("duckdb") is None:
        raise MissingExtraError("Parquet", "archive")


def write_parquet_file(
    rows: Iterable[bytes], columns: Sequence[ExportColumn], path: Path, progress: Progress
) -> int:
    """Write one file, which gets its name at the end; return how many rows it has.

    Args:
        rows: one by one, as PostgreSQL's COPY writes CSV.

    Raises:
        DbtrackError: it cannot be written.
    """
    with files.naming(path), _temporary(path.parent) as folder, engine() as writer:
        written, parts = _slices(rows, columns, folder, progress)
        whole = folder / "whole.part"
        source = f"read_parquet([{_listed(parts)}])" if parts else f"({_nothing(columns)})"
        with translate_errors(_DOING):
            writer.execute(f"COPY (SELECT * FROM {source}) TO {literal(whole)} ({_options()}, {_IN_PLACE})")
        files.sync(whole)
        whole.chmod(files.mode_for(path))
        whole.replace(path)
        files.sync_directory(path.parent)
    return written


def write_parquet_directory(
    rows: Iterable[bytes], columns: Sequence[ExportColumn], directory: Path, stem: str, progress: Progress
) -> tuple[int, list[Path]]:
    """Write files into `tenant=…/month=…/` below a directory; return how many rows there were, and the files.

    Args:
        rows: one by one, as PostgreSQL's COPY writes CSV.
        stem: begins the name of each file; earlier files of this name are replaced.

    Raises:
        DbtrackError: it cannot be written.
    """
    with files.naming(directory):
        directory.mkdir(parents=True, exist_ok=True)
        with _temporary(directory, stem) as folder, engine(extra_bytes=_BYTES_TO_PARTITION) as writer:
            written, parts = _slices(rows, columns, folder, progress)
            made = _partition(writer, parts, folder) if parts else []
            return written, _publish(made, folder / "parts", directory, stem)


def _partition(writer: Engine, parts: Sequence[Path], folder: Path) -> list[Path]:
    """Write the partitions month by month: DuckDB holds those that it is writing in memory."""
    rows = f"read_parquet([{_listed(parts)}])"
    month_of = f"strftime({_STARTED}, '%Y-%m')"
    writer.execute(f"SET partitioned_write_flush_threshold = {_ROWS_A_SLICE}")
    with translate_errors(_DOING):
        months = writer.execute(f"SELECT DISTINCT {month_of} FROM {rows}").fetchall()
        # Another extension than the finished files have, because readers ask for **/*.parquet.
        options = (
            f"{_options()}, PARTITION_BY ({_TENANT}, {_MONTH}), FILE_EXTENSION 'part', OVERWRITE_OR_IGNORE"
        )
        for (month,) in months:
            chosen = f"SELECT *, {month_of} AS {_MONTH} FROM {rows} WHERE {_within(month)}"
            writer.execute(f"COPY ({chosen}) TO {literal(folder / 'parts')} ({options})")
    return sorted((folder / "parts").rglob("*.part"))


def _within(month: str | None) -> str:
    if month is None:
        return f"{_STARTED} IS NULL"
    first = f"{literal(f'{month}-01')}::TIMESTAMPTZ"
    return f"{_STARTED} >= {first} AND {_STARTED} < {first} + INTERVAL 1 MONTH"


def _publish(made: Sequence[Path], root: Path, directory: Path, stem: str) -> list[Path]:
    """Give each file its name, and remove what a run of the same name left that died."""
    published: list[Path] = []
    numbers: dict[Path, int] = {}
    for path in made:
        partition = directory / path.parent.relative_to(root)
        partition.mkdir(parents=True, exist_ok=True)
        number = numbers[partition] = numbers.get(partition, 0) + 1
        target = partition / f"{stem}{f'.{number}' if number > 1 else ''}.parquet"
        files.sync(path)
        path.chmod(files.mode_for(target))
        path.replace(target)
        published.append(target)
    for stale in {*directory.glob(f"{_TENANT}=*/{_MONTH}=*/{stem}*.parquet")} - {*published}:
        stale.unlink()
    for folder in {path.parent for path in published} | {directory}:
        files.sync_directory(folder)
    return published


@contextmanager
def _temporary(directory: Path, stem: str | None = None) -> Iterator[Path]:
    """Make a folder for what is unfinished; with a stem, first remove what a run of this name left."""
    if stem is None:
        with TemporaryDirectory(dir=directory, prefix=".dbtrack-export-", suffix=".tmp") as name:
            yield Path(name)
        return
    folder = directory / f".{stem}.tmp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _slices(
    rows: Iterable[bytes], columns: Sequence[ExportColumn], folder: Path, progress: Progress
) -> tuple[int, list[Path]]:
    """Turn the rows into Parquet files, one for each slice of them."""
    parts: list[Path] = []
    written = 0
    source = iter(rows)
    while True:
        count, longest = _write_slice(source, folder / "slice.csv")
        if count == 0:
            return written, parts
        part = folder / f"{len(parts):06}.part"
        buffer_bytes = max(_SHORTEST_BUFFER_BYTES, 2 * longest)
        rows_read = _read(folder / "slice.csv", columns, buffer_bytes)
        extra_bytes = _COPIES_OF_A_LINE * (buffer_bytes - _SHORTEST_BUFFER_BYTES)
        with engine(extra_bytes=extra_bytes) as reader, translate_errors(_DOING):
            reader.execute(f"COPY ({rows_read}) TO {literal(part)} ({_options()}, {_IN_PLACE})")
        parts.append(part)
        written += count
        progress(written)


def _write_slice(rows: Iterator[bytes], path: Path) -> tuple[int, int]:
    """Write the next rows to a file; return how many, and the bytes of the longest."""
    count = longest = size = 0
    with path.open("wb") as stream:
        while count < _ROWS_A_SLICE and size < _BYTES_A_SLICE:
            row = next(rows, None)
            if row is None:
                break
            stream.write(row)
            count += 1
            size += len(row)
            longest = max(longest, len(row))
    return count, longest


def _read(path: Path, columns: Sequence[ExportColumn], buffer_bytes: int) -> str:
    types = ", ".join(f"'{column.name}': 'VARCHAR'" for column in columns)
    stored = ", ".join(f"{_stored(column)} AS {column.name}" for column in columns)
    return (
        f"SELECT {stored} FROM read_csv({literal(path)}, columns = {{{types}}}, auto_detect = false,"
        " header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false,"
        f" parallel = false, new_line = '\\n', max_line_size = {buffer_bytes}, buffer_size = {buffer_bytes})"
    )


def _nothing(columns: Sequence[ExportColumn]) -> str:
    typed = ", ".join(f"NULL::{column.storage.value} AS {column.name}" for column in columns)
    return f"SELECT {typed} WHERE false"


def _stored(column: ExportColumn) -> str:
    match column.storage:
        case Storage.TEXT:
            return column.name
        case Storage.LIST:
            return f"{column.name}::JSON::VARCHAR[]"
        case Storage.NUMBER | Storage.DECIMAL | Storage.TIME | Storage.BOOLEAN:
            return f"{column.name}::{column.storage.value}"
        case _:
            assert_never(column.storage)


def _options() -> str:
    return (
        f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_A_GROUP},"
        f" ROW_GROUP_SIZE_BYTES {_BYTES_A_GROUP},"
        f" KV_METADATA {{dbtrack_export_schema: '{SCHEMA_VERSION}'}}"
    )


def _listed(parts: Sequence[Path]) -> str:
    return ", ".join(map(literal, parts))
