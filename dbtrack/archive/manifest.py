"""The manifest beside each file, which describes its content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from dbtrack import files
from dbtrack.archive.directory import MODE, UNFINISHED
from dbtrack.errors import DbtrackError, UsageError

FORMAT_VERSION = 1
# A manifest is smaller than a kilobyte.
_MOST_BYTES = 1 << 20
_MONTH = re.compile(r"\d{4}_\d{2}")
_FILE = re.compile(r"executions_\d{4}_\d{2}(\.\d+)?\.parquet")


@dataclass(frozen=True)
class Manifest:
    """The description of one file, which belongs to the archive only once its manifest exists.

    Args:
        month: YYYY_MM, in UTC.
        cutoff: executions that began before it were archived, unless they were still running.
        row_digest: the sum over the hashes of the rows, equal on the server and in the file.
        first_load_date: the earliest of its rows; all times are ISO 8601, in UTC.
    """

    format_version: int
    dbtrack_version: str
    database: str
    month: str
    file: str
    archived_at: str
    cutoff: str
    executions: int
    versions: int
    links: int
    first_load_date: str
    last_load_date: str
    bytes: int
    sha256: str
    row_digest: str

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.executions + self.versions + self.links

    def has_same_rows_as(self, other: Manifest) -> bool:
        """Return whether both files contain the same rows."""

        def content(each: Manifest) -> Sequence[object]:
            return each.month, each.executions, each.versions, each.links, each.row_digest

        return content(self) == content(other)

    def is_intact(self, directory: Path) -> bool:
        """Return whether the file exists and has the recorded size and SHA-256."""
        path = directory / self.file
        return path.is_file() and path.stat().st_size == self.bytes and file_hash(path) == self.sha256

    def write(self, directory: Path) -> None:
        """Write it beside its file, atomically."""
        path = directory / Path(self.file).with_suffix(".json")
        temporary = path.with_name(f"{UNFINISHED}-{path.name}.tmp")
        with files.replacing(path, mode=MODE, temporary=temporary) as stream:
            stream.write(f"{json.dumps(asdict(self), indent=2)}\n".encode())


def read_manifests(directory: Path) -> list[Manifest]:
    """Return all manifests of an archive, in chronological order.

    Raises:
        UsageError: there is no such directory.
        DbtrackError: a manifest is damaged, or written by a later version of dbtrack.
    """
    if not directory.is_dir():
        raise UsageError(f"there is no directory {directory}")
    found = [_read(path) for path in directory.glob("executions_*.json")]
    return sorted(found, key=lambda each: (each.month, each.first_load_date, each.archived_at, each.file))


def file_hash(path: Path) -> str:
    """Return SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read(path: Path) -> Manifest:
    try:
        content = json.loads(files.read_regular(path, most_bytes=_MOST_BYTES).decode("utf-8"))
        if content["format_version"] > FORMAT_VERSION:
            raise DbtrackError(f"{path} was written by a later version of dbtrack", hint="upgrade dbtrack")
        return _checked(Manifest(**content))
    except OSError as error:
        raise DbtrackError(f"cannot read {path}: {error.strerror}", hint="move it away") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DbtrackError(f"{path} is damaged", hint="restore it from a copy, or move it away") from error


def _checked(manifest: Manifest) -> Manifest:
    for field in fields(Manifest):
        kind = int if field.type == "int" else str
        if not isinstance(getattr(manifest, field.name), kind):
            raise TypeError(field.name)
    for moment in (manifest.archived_at, manifest.first_load_date, manifest.last_load_date):
        datetime.fromisoformat(moment)
    # A manifest may only name a file in its own directory, so no path is accepted.
    if not (_MONTH.fullmatch(manifest.month) and _FILE.fullmatch(manifest.file)):
        raise ValueError(manifest.file)
    return manifest
