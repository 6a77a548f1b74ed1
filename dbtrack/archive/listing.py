"""List the files of an archive, and verify each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dbtrack.archive.manifest import Manifest, read_manifests
from dbtrack.columns import Column, Kind

ARCHIVED_FILE_COLUMNS = (
    Column("month", Kind.TEXT),
    Column("file", Kind.TEXT),
    Column("executions", Kind.COUNT),
    Column("rows", Kind.COUNT),
    Column("bytes", Kind.BYTES, "Size"),
    Column("verified", Kind.BOOLEAN),
    Column("archived_at", Kind.TIME, "Archived", rank=1),
    Column("database", Kind.TEXT, rank=2),
)


@dataclass(frozen=True)
class ArchivedFile:
    """One file of an archive, and whether it is intact."""

    manifest: Manifest
    is_verified: bool

    @property
    def row(self) -> tuple[Any, ...]:
        """The file in the columns of `ARCHIVED_FILE_COLUMNS`."""
        each = self.manifest
        archived_at = datetime.fromisoformat(each.archived_at)
        return (
            each.month,
            each.file,
            each.executions,
            each.rows,
            each.bytes,
            self.is_verified,
            archived_at,
            each.database,
        )


def files_without_manifest(directory: Path) -> list[str]:
    """Return the names of the archive's files without a manifest, sorted.

    The manifest was lost, or a cleanup was killed before it wrote one.

    Raises:
        UsageError: there is no such directory.
        DbtrackError: a manifest is damaged.
    """
    named = {manifest.file for manifest in read_manifests(directory)}
    return sorted(path.name for path in directory.glob("executions_*.parquet") if path.name not in named)


def list_archive(directory: Path) -> list[ArchivedFile]:
    """Return every file of the archive in chronological order, after comparing its SHA-256.

    Raises:
        UsageError: there is no such directory.
        DbtrackError: a manifest is damaged.
    """
    return [ArchivedFile(manifest, manifest.is_intact(directory)) for manifest in read_manifests(directory)]
