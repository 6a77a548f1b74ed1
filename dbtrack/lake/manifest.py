"""The manifest of a month of a source: which files it has, and what is in them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dbtrack import files
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.export.columns import Subject
from dbtrack.export.hive import partition_name
from dbtrack.lake.schema import SOURCE
from dbtrack.storage.place import Place

FORMAT_VERSION = 1
FOLDER = "manifests"
_MOST_BYTES = 64 << 20
_NAME = re.compile(rf"{FOLDER}/(?P<source>source=[^/]+)/(?P<table>\w+)_(?P<month>\d{{4}}-\d\d)\.json")
_FILE = r"{table}/{source}/tenant=[^/\0]+/month={month}/{table}(\.\d+)?\.parquet"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LakeFile:
    """One file of a lake.

    Args:
        path: below the lake, with slashes.
    """

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class LakeManifest:
    """The description of one month of a source in one table.

    Args:
        month: YYYY-MM, in UTC.
        exported_at: ISO 8601, in UTC.
        is_full: it has the columns of `--full`.
        running: how many executions had not ended.
    """

    format_version: int
    schema_version: int
    dbtrack_version: str
    table: str
    source: str
    month: str
    database: str
    exported_at: str
    is_full: bool
    rows: int
    running: int
    files: tuple[LakeFile, ...]

    @property
    def name(self) -> str:
        """Its own name below the lake."""
        return manifest_name(Subject(self.table), self.source, self.month)

    @property
    def bytes(self) -> int:
        """The size of all its files."""
        return sum(file.bytes for file in self.files)

    def write(self, folder: Path, name: str | None = None) -> Path:
        """Write it in one step, in place of an earlier one.

        Args:
            name: below the folder; None for its own.
        """
        path = folder / (name or self.name)
        with files.replacing(path, mode=files.mode_for(path)) as stream:
            stream.write(f"{json.dumps(asdict(self), indent=1, ensure_ascii=False)}\n".encode())
        return path


@dataclass(frozen=True)
class Selection:
    """Which months of which sources are read.

    Args:
        sources: by name; empty: all.
        since: the first month, YYYY-MM; None: from the beginning.
        until: the month before which it ends; None: to the end.
    """

    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        """Check the months.

        Raises:
            UsageError: one is malformed.
        """
        for month in (self.since, self.until):
            if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
                raise UsageError(f"{month!a} is not a month", hint="write it as 2026-01")

    def has(self, source_folder: str, month: str) -> bool:
        """Return whether it contains a month of a source.

        Args:
            source_folder: the source as the name of a partition.
        """
        return (
            (
                not self.sources
                or source_folder in {partition_name(SOURCE.name, each) for each in self.sources}
            )
            and (self.since is None or month >= self.since)
            and (self.until is None or month < self.until)
        )


def manifest_name(table: Subject, source: str, month: str) -> str:
    """Return the name of a manifest below the lake."""
    return f"{FOLDER}/{partition_name(SOURCE.name, source)}/{table}_{month}.json"


def manifest_names(place: Place, selection: Selection, tables: set[Subject]) -> list[str]:
    """Return the names of the manifests of a lake, sorted.

    Raises:
        DbtrackError: it cannot be listed.
    """
    found = ((name, _NAME.fullmatch(name)) for name in place.names(f"{FOLDER}/"))
    return [
        name
        for name, match in found
        if match and match["table"] in tables and selection.has(match["source"], match["month"])
    ]


def read_manifest(place: Place, name: str) -> LakeManifest:
    """Read one manifest, and check that it names only files of its own month.

    Raises:
        DbtrackError: it is damaged, or written by a later version of dbtrack.
    """
    text = place.read(name, _MOST_BYTES)
    try:
        content = json.loads(text.decode())
        if content["format_version"] > FORMAT_VERSION:
            raise DbtrackError(
                f"{place.name}/{name} was written by a later version of dbtrack", hint="upgrade dbtrack"
            )
        return _checked(name, content)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DbtrackError(
            f"{place.name}/{name} is damaged", hint="restore it from a copy, or export the month again"
        ) from error


def _checked(name: str, content: dict[str, Any]) -> LakeManifest:
    listed = tuple(LakeFile(**each) for each in content["files"])
    known = {field: content[field] for field in LakeManifest.__dataclass_fields__ if field != "files"}
    manifest = LakeManifest(**known, files=listed)
    match = _NAME.fullmatch(name)
    if match is None or manifest.name != name:
        raise ValueError(name)
    pattern = _FILE.format(**{key: re.escape(value) for key, value in match.groupdict().items()})
    for file in listed:
        # A negative size or a text raises TypeError or ValueError, too.
        if not (range(file.rows) and range(file.bytes)):
            raise ValueError(file.path)
        if not (re.fullmatch(pattern, file.path) and _SHA256.fullmatch(file.sha256)):
            raise ValueError(file.path)
    if sum(file.rows for file in listed) != manifest.rows:
        raise ValueError(manifest.rows)
    datetime.fromisoformat(manifest.exported_at)
    return manifest
