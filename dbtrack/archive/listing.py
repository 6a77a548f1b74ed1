"""What an archive holds, each file read again and compared with what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dbtrack.archive.manifest import Manifest, read_manifests, without_manifest
from dbtrack.columns import Column, Kind

LIST_COLUMNS = (
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
class Listed:
    """One file of an archive, and whether it is as it was written."""

    manifest: Manifest
    is_verified: bool

    @property
    def row(self) -> tuple[Any, ...]:
        """In the order of `LIST_COLUMNS`."""
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


def strays(directory: Path) -> list[str]:
    """The names of the files that look like the archive's and that no manifest names.

    Raises:
        UsageError: there is no such directory.
        DbtrackError: a manifest is damaged.
    """
    return without_manifest(directory, read_manifests(directory))


def list_archive(directory: Path) -> list[Listed]:
    """Every file of the archive, in order of time, with its SHA-256 compared.

    Raises:
        UsageError: there is no such directory.
        DbtrackError: a manifest is damaged.
    """
    return [Listed(manifest, manifest.is_intact(directory)) for manifest in read_manifests(directory)]
