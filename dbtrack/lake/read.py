"""Read the manifests and the verified files of a lake."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.errors import AlteredError, UsageError
from dbtrack.export.columns import Subject
from dbtrack.lake.manifest import LakeFile, LakeManifest, Selection, manifest_names, read_manifest
from dbtrack.storage.place import Directory, FetchedFile, Place, open_place

_READERS = 8
_MOST_NAMED = 3


LAKE_MONTH_COLUMNS = (
    Column("source", Kind.TEXT),
    Column("table", Kind.TEXT),
    Column("month", Kind.TEXT),
    Column("rows", Kind.COUNT),
    Column("files", Kind.COUNT),
    Column("bytes", Kind.BYTES, "Size"),
    Column("verified", Kind.BOOLEAN),
    Column("running", Kind.COUNT, rank=2),
    Column("is_full", Kind.BOOLEAN, "Full", rank=2),
    Column("exported_at", Kind.TIME, "Exported", rank=1),
    Column("database", Kind.TEXT, rank=2),
    Column("schema_version", Kind.COUNT, "Schema", rank=2),
)


class Fault(StrEnum):
    """What is wrong with a file of a lake."""

    MISSING = "is missing"
    ALTERED = "was altered"
    UNLISTED = "is in no manifest"


@dataclass(frozen=True)
class LakeMonth:
    """A month of a source, and which of its files are not as they were written."""

    manifest: LakeManifest
    faults: dict[str, Fault]

    @property
    def row(self) -> tuple[Any, ...]:
        """The month in the columns of `LAKE_MONTH_COLUMNS`."""
        each = self.manifest
        return (
            each.source,
            each.table,
            each.month,
            each.rows,
            len(each.files),
            each.bytes,
            not self.faults,
            each.running,
            each.is_full,
            datetime.fromisoformat(each.exported_at),
            each.database,
            each.schema_version,
        )


class Lake:
    """A lake in a directory or a bucket."""

    def __init__(self, place: str) -> None:
        """Open it.

        Args:
            place: a directory, or `s3://BUCKET/PREFIX`.

        Raises:
            UsageError: there is no such directory, or the URL is malformed.
        """
        self._place: Place = open_place(place)
        self.name = self._place.name

    def manifests(self, selection: Selection, *tables: Subject) -> list[LakeManifest]:
        """Return the manifests of tables, or of all, by source and month.

        Raises:
            UsageError: there is no lake, or nothing is selected.
            DbtrackError: a manifest cannot be read, or is damaged.
        """
        names = manifest_names(self._place, selection, {*tables} or {*Subject})
        if not names:
            self._explain_nothing(selection)
        with ThreadPoolExecutor(_READERS) as readers:
            found = list(readers.map(lambda name: read_manifest(self._place, name), names))
        return sorted(found, key=lambda each: (each.table, each.source, each.month))

    def _explain_nothing(self, selection: Selection) -> None:
        if not manifest_names(self._place, Selection(), {*Subject}):
            raise UsageError(
                f"there is no lake in {self.name}",
                hint="create one with: dbtrack export executions --source NAME -o DIR",
            )
        if selection != Selection():
            raise UsageError(
                f"{self.name} has nothing of these sources and months",
                hint=f"list what it has with: dbtrack lake list {self.name}",
            )

    def checked(self, manifests: Sequence[LakeManifest]) -> Iterator[LakeMonth]:
        """Compare all files with their manifests, one month after the other."""
        for manifest in manifests:
            with tempfile.TemporaryDirectory(prefix="dbtrack-lake-") as folder:
                found = self._fetch(manifest.files, Path(folder))
                faults = {file.path: fault for file, each in found if (fault := fault_of(file, each))}
            yield LakeMonth(manifest, faults)

    def unlisted(self, manifests: Sequence[LakeManifest]) -> list[str]:
        """Return the names of files that no manifest names: an export died, or somebody put them there.

        Args:
            manifests: all of the lake.
        """
        listed = {file.path for manifest in manifests for file in manifest.files}
        return [
            name
            for table in Subject
            for name in self._place.names(f"{table}/")
            if name.endswith(".parquet") and name not in listed
        ]

    @contextmanager
    def verified(self, manifests: Sequence[LakeManifest], *, verify: bool = True) -> Iterator[list[Path]]:
        """Return the files, after comparing each with its manifest; those of a bucket are downloaded.

        Args:
            verify: without it, the files of a directory are not read here, and only missing ones are noticed.

        Raises:
            AlteredError: a file is missing or was altered.
        """
        wanted = [file for manifest in manifests for file in manifest.files]
        with tempfile.TemporaryDirectory(prefix="dbtrack-lake-") as folder:
            if not verify and isinstance(self._place, Directory):
                yield self._in_place(wanted)
                return
            yield self.fetch_verified(wanted, Path(folder))

    def fetch_verified(self, wanted: Sequence[LakeFile], folder: Path) -> list[Path]:
        """Return where files are, after comparing each with what its manifest says.

        Args:
            folder: takes those of a bucket; those of a directory stay there.

        Raises:
            AlteredError: a file is missing or was altered.
        """
        found = self._fetch(wanted, folder)
        self._refuse({file.path: fault for file, each in found if (fault := fault_of(file, each))})
        return [each.path for _, each in found if each is not None]

    def _in_place(self, wanted: Sequence[LakeFile]) -> list[Path]:
        root = Path(self.name).resolve()
        paths = [root / file.path for file in wanted]
        self._refuse(
            {file.path: Fault.MISSING for file, path in zip(wanted, paths, strict=True) if not path.is_file()}
        )
        return paths

    def _fetch(self, wanted: Sequence[LakeFile], folder: Path) -> list[tuple[LakeFile, FetchedFile | None]]:
        with ThreadPoolExecutor(_READERS) as readers:
            found = readers.map(lambda file: self._place.fetch(file.path, folder), wanted)
            return list(zip(wanted, found, strict=True))

    def _refuse(self, faults: dict[str, Fault]) -> None:
        if not faults:
            return
        named = [f"{path} {fault}" for path, fault in list(faults.items())[:_MOST_NAMED]]
        more = f" and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
        raise AlteredError(
            f"{self.name} is not as it was written: {', '.join(named)}{more}",
            hint=f"check all of it with: dbtrack lake list {self.name}",
        )


def fault_of(file: LakeFile, found: FetchedFile | None) -> Fault | None:
    """Return what is wrong with a file; None: nothing."""
    if found is None:
        return Fault.MISSING
    is_same = (found.size_bytes, found.sha256) == (file.bytes, file.sha256)
    return None if is_same else Fault.ALTERED
