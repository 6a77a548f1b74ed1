"""Find the logs that the command line names, in the order in which they were written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Protocol

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.ingest.log_stream import LogStream, PipeStream, open_file, open_stream
from dbtrack.ingest.server_log_files import ServerStream, server_logs

STANDARD_INPUT = "-"
_HOUR_FILE = "PT1H.json"
_HOUR_PART = re.compile(r"[ymdh]=\d+")

# With more than one log_destination the server writes each entry to several files with the same stem.
_SUFFIXES = (".json", ".csv")
_COMPRESSED = (".gz", ".xz", ".bz2", ".zst", ".lz4", ".zip")


@dataclass(frozen=True)
class Log:
    """One log that can be opened.

    Args:
        name: as shown to users.
        size: in bytes, as stored; 0 if unknown.
        state: a value that changes whenever the log does.
        may_grow: whether another process may still be writing to it.
        is_named: whether the user named it; a directory can hold files that are not logs.
        provided: of a log that a provider hands out, its log_line_prefix unless the user gives one. Then the
            name is its identity, and `opened` gives a `ProvidedStream`.
    """

    name: str
    size: int
    state: object
    may_grow: bool
    opened: AbstractContextManager[Any]
    is_named: bool = True
    provided: str | None = None


class LogSource(Protocol):
    """A place that holds logs; each call of `logs` finds new ones."""

    def logs(self) -> Iterator[Log]:
        """Return the logs that exist now, the oldest first."""

    def use(self, database: Database) -> None:
        """Use another connection from here on."""

    def close(self) -> None:
        """Close the files that are kept open between two calls of `logs`."""


class StandardInput:
    """A log that is piped into dbtrack, read once."""

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        yield Log("standard input", 0, "once", may_grow=False, opened=_standard_input())

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""


class LogDirectory:
    """A directory of rotated logs; a renamed or compressed log is recognized by its first line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        files = [(found, path) for path in self._path.iterdir() if (found := _regular_status(path))]
        files.sort(key=lambda file: (file[0].st_mtime_ns, file[1].name))
        richest = richest_names([path.name for _, path in files])
        for status, path in files:
            if path.name in richest:
                yield replace(_file_log(path, status), is_named=False)

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""


class BlobDirectory:
    """What Azure's diagnostic settings write to a storage account, as it was downloaded.

    A folder for each hour (`y=2026/m=11/d=28/h=05/m=00`) has the entries of that hour, of one server or of
    several.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        for path in sorted(self._path.rglob(_HOUR_FILE), key=lambda file: (_hour_of(file), file)):
            if status := _regular_status(path):
                yield _file_log(path, status)

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""


class LogFile:
    """One file, by name; after a rotation, the rest of the earlier file of that name is read first.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """

    def __init__(self, path: Path, *, follow: bool) -> None:
        self._path = path
        self._follow = follow
        self._open_file: IO[bytes] | None = None
        with open_file(path):
            pass

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        status = _regular_status(self._path)
        if self._open_file is not None:
            status_then = os.fstat(self._open_file.fileno())
            if status is None or not os.path.samestat(status, status_then):
                yield self._renamed_log(self._open_file, status_then)
        if status is None:
            return
        if self._follow:
            self._keep_open(status)
        yield _file_log(self._path, status)

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""
        if self._open_file is not None:
            self._open_file.close()
            self._open_file = None

    def _renamed_log(self, file: IO[bytes], status: os.stat_result) -> Log:
        name = f"{self._path} (renamed)"
        return Log(name, status.st_size, _state(status), may_grow=True, opened=_reopened(file, name))

    def _keep_open(self, status: os.stat_result) -> None:
        if self._open_file is not None and os.path.samestat(status, os.fstat(self._open_file.fileno())):
            return
        self.close()
        self._open_file = self._path.open("rb")


class ServerLogs:
    """The log directory of the server that dbtrack is connected to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        found = server_logs(self._database)
        richest = richest_names([name for name, _ in found])
        for name, size in found:
            if name in richest:
                yield Log(
                    name, size, (name, size), may_grow=True, opened=_open_on_server(self._database, name)
                )

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""
        self._database = database

    def close(self) -> None:
        """As `LogSource.close`."""


def log_source(argument: str, *, follow: bool) -> LogSource:
    """Return the source that an argument names: `-`, a directory or a file.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    if argument == STANDARD_INPUT:
        return StandardInput()
    path = Path(argument)
    if path.is_dir():
        return _readable_directory(path)
    return LogFile(path, follow=follow)


def _readable_directory(path: Path) -> LogDirectory | BlobDirectory:
    try:
        has_folders = any(entry.is_dir() for entry in path.iterdir())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if has_folders and next(path.rglob(_HOUR_FILE), None) is not None:
        return BlobDirectory(path)
    return LogDirectory(path)


def _hour_of(path: Path) -> list[str]:
    """Return the parts of a path that say which hour it is: year, month, day, hour, minute."""
    return [part for part in path.parts if _HOUR_PART.fullmatch(part)]


def _file_log(path: Path, status: os.stat_result) -> Log:
    return Log(str(path), status.st_size, _state(status), may_grow=True, opened=open_file(path))


def richest_names(names: list[str]) -> set[str]:
    """Return the names without those whose entries are also in a file with the same stem and more details."""
    stems: dict[str, str] = {}
    for name in names:
        path = Path(_uncompressed(name))
        key = path.stem if path.suffix in {*_SUFFIXES, ".log"} else name
        if key not in stems or _rank(name) < _rank(stems[key]):
            stems[key] = name
    return set(stems.values())


def _rank(name: str) -> int:
    suffix = Path(_uncompressed(name)).suffix
    return _SUFFIXES.index(suffix) if suffix in _SUFFIXES else len(_SUFFIXES)


def _uncompressed(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix in _COMPRESSED else name


def _regular_status(path: Path) -> os.stat_result | None:
    """Return the status of a regular file; None for anything else, or if the file is gone."""
    try:
        return path.stat() if path.is_file() else None
    except OSError:
        return None


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@contextmanager
def _standard_input() -> Iterator[LogStream]:
    # Opened by its number, so that any kind of descriptor is read the same way.
    with open(0, "rb", closefd=False) as pipe:
        yield PipeStream(pipe)


@contextmanager
def _reopened(file: IO[bytes], name: str) -> Iterator[LogStream]:
    file.seek(0)
    yield open_stream(file, name)


@contextmanager
def _open_on_server(database: Database, name: str) -> Iterator[LogStream]:
    yield ServerStream(database, name)
