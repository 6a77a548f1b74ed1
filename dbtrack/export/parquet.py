"""Write exported rows as Parquet: one file, or a directory that is partitioned by tenant and month.

DuckDB reads the rows from temporary CSV files of a bounded size, so that memory does not depend on how many
rows there are.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, assert_never

from dbtrack import files
from dbtrack.archive.duckdb_engine import engine, literal, translate_errors
from dbtrack.errors import MissingExtraError
from dbtrack.export.columns import SCHEMA_VERSION, ExportColumn, Storage
from dbtrack.export.hive import partition_name
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
MONTH = "month"
TENANT = "tenant"
_KEY = "execution_key"
_STARTED = "execution_timestamp"
_MONTH_OF = f"strftime({_STARTED}, '%Y-%m')"
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
            writer.execute(
                f"COPY (SELECT * FROM {source}) TO {literal(whole)} ({parquet_options()}, {_IN_PLACE})"
            )
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
        with staged_parts(rows, columns, directory, stem, progress) as staged:
            made = [
                (partition_name(MONTH, month), part)
                for month in staged.months()
                for part in staged.partition(month, f"SELECT r.* EXCLUDE ({TENANT})", parquet_options())
            ]
            return staged.rows, _publish(made, directory, stem)


def _publish(made: Sequence[tuple[str, StagedPart]], directory: Path, stem: str) -> list[Path]:
    """Give each file its name, and remove what a run of the same name left that died."""
    published: list[Path] = []
    for month, part in made:
        folder = directory / partition_name(TENANT, part.tenant) / month
        folder.mkdir(parents=True, exist_ok=True)
        published.append(part.publish(free_name(folder, stem, published)))
    for stale in {*directory.glob(f"{TENANT}=*/{MONTH}=*/{stem}*.parquet")} - {*published}:
        stale.unlink()
    for folder in {path.parent for path in published} | {directory}:
        files.sync_directory(folder)
    return published


def free_name(folder: Path, stem: str, taken: Sequence[Path]) -> Path:
    """Return STEM.parquet, or STEM.2.parquet and so on if the names before are taken."""
    number = 1
    while (path := folder / f"{stem}{f'.{number}' if number > 1 else ''}.parquet") in taken:
        number += 1
    return path


@dataclass(frozen=True)
class StagedPart:
    """One file of one tenant, which has not got its name yet."""

    tenant: str | None
    path: Path

    def publish(self, target: Path) -> Path:
        """Give it its name, in place of the file that had it, once it is on disk."""
        files.sync(self.path)
        self.path.chmod(files.mode_for(target))
        self.path.replace(target)
        return target


class StagedRows:
    """Rows on disk as Parquet, to be partitioned."""

    def __init__(self, writer: Engine, folder: Path, rows: int, parts: Sequence[Path]) -> None:
        """Use `staged_parts`."""
        self.rows = rows
        self._writer = writer
        self._folder = folder
        self._source = f"read_parquet([{_listed(parts)}])"
        self._is_empty = not parts

    def months(self) -> list[str | None]:
        """Return the months of the rows, YYYY-MM in UTC."""
        if self._is_empty:
            return []
        with translate_errors(_DOING):
            found = self._writer.execute(f"SELECT DISTINCT {_MONTH_OF} FROM {self._source}").fetchall()
        return [month for (month,) in found]

    def count(self, month: str | None, condition: str) -> int:
        """Return how many rows of a month satisfy a condition of DuckDB's SQL."""
        if self._is_empty:
            return 0
        query = f"SELECT count(*) FROM {self._source} WHERE {_within(month)} AND {condition}"
        with translate_errors(_DOING):
            return int(self._writer.execute(query).fetchall()[0][0])

    def lacking(self, paths: Sequence[Path]) -> int:
        """Return how many executions of other files are not among the rows.

        Compared by a hash of 64 bits, as many keys of text would not fit into memory.
        """
        if not paths:
            return 0
        others = f"SELECT hash({_KEY}) FROM read_parquet([{_listed(paths)}], hive_partitioning = false)"
        ours = "" if self._is_empty else f" EXCEPT SELECT hash({_KEY}) FROM {self._source}"
        with translate_errors(_DOING):
            found = self._writer.execute(f"SELECT count(*) FROM (SELECT DISTINCT * FROM ({others}{ours}))")
            return int(found.fetchall()[0][0])

    def rows_of(self, part: StagedPart) -> int:
        """Return how many rows a file has that `partition` wrote."""
        query = f"SELECT count(*) FROM read_parquet({literal(part.path)})"
        with translate_errors(_DOING):
            return int(self._writer.execute(query).fetchall()[0][0])

    def partition(self, month: str | None, select: str, options: str) -> list[StagedPart]:
        """Write the rows of a month, a file or more for each tenant.

        Args:
            select: chooses the columns of the file.
            options: of DuckDB's COPY.
        """
        if self._is_empty:
            return []
        # Month by month, as DuckDB holds in memory what it writes; and by a number, as a tenant's name can
        # be longer than that of a directory.
        folder = self._folder / f"parts-{month}"
        chosen = f"SELECT * FROM {self._source} WHERE {_within(month)}"
        with translate_errors(_DOING):
            tenants = [
                tenant
                for (tenant,) in self._writer.execute(
                    f"SELECT DISTINCT {TENANT} FROM ({chosen}) ORDER BY 1"
                ).fetchall()
            ]
            self._writer.execute("CREATE OR REPLACE TABLE partition_of (tenant VARCHAR, partition BIGINT)")
            if tenants:
                self._writer.executemany(
                    "INSERT INTO partition_of VALUES (?, ?)",
                    [(tenant, number) for number, tenant in enumerate(tenants)],
                )
            # Another extension than the finished files have, because readers ask for **/*.parquet.
            self._writer.execute(
                f"COPY ({select}, partition_of.partition FROM ({chosen}) AS r JOIN partition_of"
                f" ON partition_of.tenant IS NOT DISTINCT FROM r.{TENANT}) TO {literal(folder)}"
                f" ({options}, PARTITION_BY (partition), FILE_EXTENSION 'part')"
            )
        return [
            StagedPart(tenants[int(path.parent.name.partition("=")[2])], path)
            for path in sorted(folder.rglob("*.part"))
        ]


@contextmanager
def staged_parts(
    rows: Iterable[bytes], columns: Sequence[ExportColumn], directory: Path, stem: str, progress: Progress
) -> Iterator[StagedRows]:
    """Write rows to a hidden folder of a directory, which is removed after the block.

    Args:
        stem: names the folder; what a run of this name left is removed first.
    """
    with _temporary(directory, stem) as folder, engine(extra_bytes=_BYTES_TO_PARTITION) as writer:
        written, parts = _slices(rows, columns, folder, progress)
        writer.execute(f"SET partitioned_write_flush_threshold = {_ROWS_A_SLICE}")
        yield StagedRows(writer, folder, written, parts)


def _within(month: str | None) -> str:
    if month is None:
        return f"{_STARTED} IS NULL"
    first = f"{literal(f'{month}-01')}::TIMESTAMPTZ"
    return f"{_STARTED} >= {first} AND {_STARTED} < {first} + INTERVAL 1 MONTH"


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
            reader.execute(f"COPY ({rows_read}) TO {literal(part)} ({parquet_options()}, {_IN_PLACE})")
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


def parquet_options(**metadata: object) -> str:
    """Return the options of DuckDB's COPY: the format, and key-value metadata beside the schema's version."""
    added = "".join(f", {name}: {literal(str(value))}" for name, value in metadata.items())
    return (
        f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_A_GROUP},"
        f" ROW_GROUP_SIZE_BYTES {_BYTES_A_GROUP},"
        f" KV_METADATA {{dbtrack_export_schema: '{SCHEMA_VERSION}'{added}}}"
    )


def _listed(parts: Sequence[Path]) -> str:
    return ", ".join(map(literal, parts))
