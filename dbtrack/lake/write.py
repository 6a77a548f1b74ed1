"""Export whole months of a database into a lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack import files, sql_files
from dbtrack.archive.duckdb_engine import literal
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.export.columns import Subject
from dbtrack.export.hive import partition_name
from dbtrack.export.output import Progress
from dbtrack.export.parquet import (
    MONTH,
    TENANT,
    StagedPart,
    StagedRows,
    free_name,
    parquet_options,
    require_parquet,
    staged_parts,
)
from dbtrack.export.reading import reading
from dbtrack.export.request import ExportRequest
from dbtrack.lake.manifest import FORMAT_VERSION, LakeFile, LakeManifest, manifest_name, read_manifest
from dbtrack.lake.schema import METADATA_KEY, SCHEMA_VERSION, SOURCE
from dbtrack.lake.writing import locked_source, remove_others, source_folder
from dbtrack.reports.run import read_moments
from dbtrack.storage.place import Directory, is_bucket
from dbtrack.version import __version__

if TYPE_CHECKING:
    from datetime import tzinfo

_MOST_CHARACTERS = 100
_RUNNING = "execution_status = 'RUNNING'"


@dataclass(frozen=True)
class LakeRequest:
    """What is exported into a lake: whole months of one database, in UTC.

    Args:
        source: the name of the database in the lake.
        since: a time that is the beginning of a month; None: every month that the lake lacks.
        until: likewise; None: the present month.
        is_full: with the long columns.
        zone: in which times without a zone are read; months are always in UTC.
    """

    table: Subject
    source: str
    since: str | None = None
    until: str | None = None
    is_full: bool = False
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        """Check the name of the source.

        Raises:
            UsageError: it is empty, too long, or has control characters.
        """
        name = self.source
        if not 0 < len(name) <= _MOST_CHARACTERS or not name.isprintable() or name != name.strip():
            raise UsageError(
                f"{name[:_MOST_CHARACTERS]!a} cannot be the name of a source",
                hint=f"1 to {_MOST_CHARACTERS} printable characters",
            )


@dataclass
class LakeReport:
    """What was exported.

    Args:
        months: that were written.
        kept: months of which the lake has what the database lacks now, with the reason.
        seen: how many months of the database there are to export, or are exported.
    """

    rows: int = 0
    seen: int = 0
    months: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Month:
    """A month of the record: its name and its bounds."""

    name: str
    begin: datetime
    end: datetime


def export_to_lake(
    database: Database, request: LakeRequest, lake: str, progress: Callable[[str], Progress]
) -> LakeReport:
    """Write each month that is over and that the lake lacks; with times, those between them in any case.

    A month is replaced as a whole. If the database lacks rows of it that the lake has, as after a cleanup or
    if it is another database, it stays as it is.

    Args:
        progress: returns what receives the number of rows, for a month.

    Raises:
        LockedError: another export of the source is running.
        UsageError: a time is not the beginning of a month.
        DbtrackError: a file cannot be written; months before are complete.
    """
    require_parquet()
    if is_bucket(lake) or "://" in lake:
        raise UsageError(
            "a lake is written to a directory", hint="then copy it: aws s3 sync DIR s3://BUCKET/PREFIX"
        )
    root = Path(lake)
    chosen = _chosen_months(database, request)
    report = LakeReport(seen=len(chosen))
    with locked_source(root, request.source):
        for month in chosen:
            present = _present(root, request, month)
            if request.since is None and present is not None and _is_done(root, present, request):
                continue
            _export_month(database, request, root, month, present, report, progress(month.name))
    return report


def _chosen_months(database: Database, request: LakeRequest) -> list[_Month]:
    words = {"since": request.since, "until": request.until}
    moments = read_moments(words, datetime.now(UTC), request.zone)
    for name, moment in moments.items():
        if moment is not None and moment != moment.astimezone(UTC).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        ):
            raise UsageError(
                f'"{words[name]}" is not the beginning of a month in UTC',
                hint="a lake has whole months: write 2026-01-01, and --utc",
            )
    since, until = moments["since"], moments["until"]
    found = [_Month(*row) for row in database.rows(sql_files.query("export/months"))]
    return [
        month
        for month in found
        if (since is None or month.begin >= since) and (until is None or month.end <= until)
    ]


def _present(root: Path, request: LakeRequest, month: _Month) -> LakeManifest | None:
    name = manifest_name(request.table, request.source, month.name)
    return read_manifest(Directory(root), name) if (root / name).exists() else None


def _is_done(root: Path, present: LakeManifest, request: LakeRequest) -> bool:
    """Return whether a month need not be exported again: all is there, and no operation was still running."""
    if present.running or (request.is_full and not present.is_full):
        return False
    paths = [(root / file.path, file.bytes) for file in present.files]
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


def _export_month(
    database: Database,
    request: LakeRequest,
    root: Path,
    month: _Month,
    present: LakeManifest | None,
    report: LakeReport,
    progress: Progress,
) -> None:
    asked = ExportRequest(
        request.table, month.begin.isoformat(), month.end.isoformat(), is_full=request.is_full, zone=UTC
    )
    stem = f"{request.table}_{month.name}"
    with (
        files.naming(root),
        reading(database, asked, lambda _: None) as opened,
        staged_parts(
            opened.rows(),
            opened.columns,
            source_folder(root, request.source),
            stem,
            progress,
        ) as staged,
    ):
        reason = _reason_to_keep(root, present, staged, request)
        if reason is not None:
            report.kept.append(f"{month.name} {reason}")
            return
        manifest = _publish(root, database.name, request, month.name, staged)
    manifest.write(root)
    report.rows += manifest.rows
    report.months.append(month.name)


def _reason_to_keep(
    root: Path, present: LakeManifest | None, staged: StagedRows, request: LakeRequest
) -> str | None:
    if present is None:
        return None
    if staged.rows < present.rows:
        return f"has {present.rows:,} rows in the lake and {staged.rows:,} in the database"
    if present.is_full and not request.is_full:
        return "was exported with --full"
    if present.schema_version > SCHEMA_VERSION:
        return "was exported by a later version of dbtrack"
    # As many rows, or more, may be others: of another database under this name, or after a cleanup.
    lacking = staged.lacking(_undamaged(root, present))
    if lacking:
        executions = f"{lacking:,} execution{'s' if lacking > 1 else ''}"
        return f"has {executions} in the lake that the database lacks (exported from {present.database})"
    return None


def _undamaged(root: Path, manifest: LakeManifest) -> list[Path]:
    """Return the files of a month that are as they were written: what is damaged may be replaced."""
    found = ((file, Directory(root).fetch(file.path, root)) for file in manifest.files)
    return [fetched.path for file, fetched in found if fetched and fetched.sha256 == file.sha256]


def _publish(
    root: Path, database_name: str, request: LakeRequest, month: str, staged: StagedRows
) -> LakeManifest:
    select = f"SELECT r.*, {literal(request.source)} AS {SOURCE.name}, {literal(month)} AS {MONTH}"
    parts = staged.partition(month, select, parquet_options(**{METADATA_KEY: SCHEMA_VERSION}))
    running = staged.count(month, _RUNNING)
    folders = root / request.table / partition_name(SOURCE.name, request.source)
    written = [_described(part, staged) for part in parts]
    published: list[Path] = []
    for part in parts:
        folder = folders / partition_name(TENANT, part.tenant) / partition_name(MONTH, month)
        folder.mkdir(parents=True, exist_ok=True)
        published.append(part.publish(free_name(folder, str(request.table), published)))
    remove_others(root, request.table, request.source, month, published)
    for folder in {path.parent for path in published}:
        files.sync_directory(folder)
    return LakeManifest(
        format_version=FORMAT_VERSION,
        schema_version=SCHEMA_VERSION,
        dbtrack_version=__version__,
        table=str(request.table),
        source=request.source,
        month=month,
        database=database_name,
        exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        is_full=request.is_full,
        rows=sum(rows for rows, _, _ in written),
        running=running,
        files=tuple(
            LakeFile(path.relative_to(root).as_posix(), *described)
            for path, described in zip(published, written, strict=True)
        ),
    )


def _described(part: StagedPart, staged: StagedRows) -> tuple[int, int, str]:
    """Return how many rows a file has, its size, and its SHA-256."""
    fetched = Directory(part.path.parent).fetch(part.path.name, part.path.parent)
    if fetched is None:
        raise DbtrackError(f"{part.path} was removed while it was being written")
    return staged.rows_of(part), fetched.size_bytes, fetched.sha256
