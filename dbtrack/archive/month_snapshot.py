"""Archive the executions that began before a cutoff, in one snapshot, one file for each month."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dbtrack import sql_files
from dbtrack.archive.directory import MODE
from dbtrack.archive.manifest import FORMAT_VERSION, Manifest, file_hash, read_manifests
from dbtrack.archive.parquet_file import count_rows, publish_file, temporary_file
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, QueryError
from dbtrack.version import __version__

_ATTEMPTS = 20
_PAUSE_SECONDS = 0.1
# character_not_in_repertoire (an SQL_ASCII database), untranslatable_character
_NOT_UTF_8 = {"22021", "22P05"}
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Month:
    """A month to archive, from its beginning to its end or to the cutoff."""

    name: str
    begin: datetime
    end: datetime
    is_last: bool


@dataclass
class ArchiveRun:
    """What was archived, and what must not have changed when it is removed.

    Args:
        cutoff: executions that began before it are archived; never later than requested.
        archived_at: when archiving began.
        snapshot: the server's text of the snapshot that was archived.
        running: keys of the executions that were running and so are not archived.
        retained: keys of the executions that are kept for longer and so are not archived.
        classified: of these, the ones that a rule about a class keeps.
        written: the files that were written.
        reused: earlier files that already contain the rows.
        postponed: months that other sessions were writing to, and that were skipped.
    """

    cutoff: datetime
    archived_at: datetime
    snapshot: str = ""
    running: list[bytes] = field(default_factory=list)
    retained: list[bytes] = field(default_factory=list)
    classified: list[bytes] = field(default_factory=list)
    written: list[Manifest] = field(default_factory=list)
    reused: list[Manifest] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)

    def executions_in(self, month: str) -> int:
        """Return how many executions of a month, YYYY_MM, are archived by now."""
        return sum(each.executions for each in self.written + self.reused if each.month == month)

    def lock_if_unchanged(self, database: Database) -> bool:
        """Lock the archived rows until the transaction ends; return False if they have changed since."""
        return bool(
            database.call_value(
                "hold_archived",
                p_cutoff=self.cutoff,
                p_archived=self.snapshot,
                p_archived_at=self.archived_at,
                p_kept=self.running,
                p_classified=self.classified,
            )
        )


def archive_months(database: Database, directory: Path, cutoff: datetime, progress: Progress) -> ArchiveRun:
    """Write the ended executions that began before the cutoff to the directory, and verify the files.

    Raises:
        DbtrackError: a file could not be written, or differs from the server's rows.
        UsageError: the directory does not exist, or contains the archive of another database.
    """
    existing = _existing_manifests(database, directory)
    # Rows that are written from here on may or may not be in the archive.
    begun_at = database.value(sql_files.query("archive/moment"))
    months, archived = _quiet_months(database, cutoff, begun_at)
    with database.transaction(), _explained_encoding_errors():
        database.execute(sql_files.query("archive/isolation"))
        database.execute(sql_files.query("archive/timeouts"))
        archived.snapshot = database.value(sql_files.query("archive/snapshot"))
        kept = database.row(sql_files.query("archive/kept"), {"cutoff": archived.cutoff})
        archived.running, rule_keeps, archived.classified = kept or ([], [], [])
        archived.retained = [*rule_keeps, *archived.classified]
        for month in months:
            progress(f"archiving {month.name}")
            _archive_month(database, directory, month, archived, existing)
    return archived


def _existing_manifests(database: Database, directory: Path) -> list[Manifest]:
    existing = read_manifests(directory)
    for manifest in existing:
        if manifest.database != database.name:
            raise DbtrackError(
                f"{directory} contains the archive of the database {manifest.database}",
                hint="use a separate directory for each database",
            )
    return existing


@contextmanager
def _explained_encoding_errors() -> Iterator[None]:
    """Explain the error if the server cannot convert a text to UTF-8."""
    try:
        yield
    except QueryError as error:
        if error.sqlstate not in _NOT_UTF_8:
            raise
        raise DbtrackError(
            "an archive can only contain UTF-8, and this database has other text; nothing was removed",
            hint="dbtrack cleanup without --archive removes them",
        ) from error


def _quiet_months(database: Database, cutoff: datetime, begun_at: datetime) -> tuple[list[Month], ArchiveRun]:
    """Return the months before the cutoff, up to the first one that other sessions are writing to."""
    found = database.rows(sql_files.query("archive/months"), {"cutoff": cutoff})
    for position, (name, begin, _) in enumerate(found):
        if not _wait_until_quiet(database, name):
            return _months(found[:position], begin), ArchiveRun(
                begin, begun_at, postponed=[row[0] for row in found[position:]]
            )
    return _months(found, cutoff), ArchiveRun(cutoff, begun_at)


def _wait_until_quiet(database: Database, month: str) -> bool:
    for _ in range(_ATTEMPTS):
        try:
            database.call("settle_month", p_month=month)
        except LockedError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _months(found: list[tuple[str, datetime, datetime]], cutoff: datetime) -> list[Month]:
    return [
        Month(name, begin, min(end, cutoff), position == len(found) - 1)
        for position, (name, begin, end) in enumerate(found)
    ]


def _archive_month(
    database: Database, directory: Path, month: Month, archived: ArchiveRun, existing: list[Manifest]
) -> None:
    params: dict[str, object] = {
        "begin": month.begin,
        "end": month.end,
        "is_last": month.is_last,
        "kept": archived.running + archived.retained,
    }
    described = _expected_manifest(database, month.name, archived, params)
    if described is None:
        return
    expected, longest_characters = described
    reused = [each for each in existing if each.has_same_rows_as(expected) and each.is_intact(directory)]
    if reused:
        archived.reused += reused[:1]
        return
    with temporary_file(database, directory, params, longest_characters) as path:
        _verify(path, expected, longest_characters)
        archived.written.append(_publish(path, directory, expected))


def _expected_manifest(
    database: Database, month: str, archived: ArchiveRun, params: Mapping[str, object]
) -> tuple[Manifest, int] | None:
    """Return a month's manifest, still without its file, and the characters of the month's longest row.

    Args:
        params: those of sql/queries/archive/digest.sql.

    Returns:
        None for a month without rows.
    """
    row = database.row(sql_files.query("archive/digest"), params)
    executions, versions, links, digest, longest_characters, first, last = row or (
        0,
        0,
        0,
        "0",
        0,
        None,
        None,
    )
    if first is None:
        return None
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        dbtrack_version=__version__,
        database=database.name,
        month=month,
        file="",
        archived_at=_iso(archived.archived_at),
        cutoff=_iso(archived.cutoff),
        executions=executions,
        versions=versions,
        links=links,
        first_load_date=_iso(first),
        last_load_date=_iso(last),
        bytes=0,
        sha256="",
        row_digest=digest,
    )
    return manifest, longest_characters


def _verify(path: Path, expected: Manifest, characters: int) -> None:
    if count_rows(path, characters) != (
        expected.executions,
        expected.versions,
        expected.links,
        expected.row_digest,
    ):
        raise DbtrackError(
            f"the archive of {expected.month} does not match the database; nothing was removed",
            hint="do not change the database, and report this",
        )


def _publish(path: Path, directory: Path, expected: Manifest) -> Manifest:
    with suppress(PermissionError):  # some file systems have no such permissions
        path.chmod(MODE)
    content = {"sha256": file_hash(path), "bytes": path.stat().st_size}
    name = publish_file(path, directory, expected.month)
    manifest = Manifest(**{**vars(expected), **content, "file": name})
    manifest.write(directory)
    return manifest


def _iso(moment: datetime) -> str:
    # One zone, so that the texts can be compared.
    return moment.astimezone(UTC).isoformat()
