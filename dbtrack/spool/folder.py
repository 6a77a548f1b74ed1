"""The files of the spool: private, written whole or not at all, and claimed by one process at a time.

The claim is a POSIX record lock, which unlike flock's is not inherited by the processes that a command leaves
behind: a record counts as in use exactly as long as its own process lives.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from dbtrack import files
from dbtrack.config.spool_directory import WAITING_SUFFIX
from dbtrack.errors import DbtrackError
from dbtrack.spool.entry import DamagedLineError

REFUSED_SUFFIX = ".refused"
DAMAGED_SUFFIX = ".damaged"
SUFFIXES = (WAITING_SUFFIX, REFUSED_SUFFIX, DAMAGED_SUFFIX)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_IN_USE = {errno.EACCES, errno.EAGAIN}


class SpoolError(DbtrackError):
    """The spool cannot be read or written, or other users can put records into it."""


class Claimed(NamedTuple):
    """A file that no other process works on.

    Args:
        unsafe: why its content cannot be trusted; None when it can.
    """

    path: Path
    data: bytes
    unsafe: str | None

    def trusted(self) -> bytes:
        """Return the content.

        Raises:
            DamagedLineError: it cannot be trusted.
        """
        if self.unsafe:
            raise DamagedLineError(self.unsafe)
        return self.data


def record_paths(spool: Path, prefix: str = "") -> list[Path]:
    """Return the files of the spool whose names begin with the prefix, in order.

    Raises:
        SpoolError: the directory cannot be read.
    """
    try:
        with os.scandir(spool) as entries:
            found = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SpoolError(f"cannot read the spool {spool}: {error.strerror}") from error
    return [spool / name for name in found if name.startswith(prefix) and _is_record(name)]


def require_private(spool: Path) -> None:
    """Refuse a directory in which other users can put records.

    Raises:
        SpoolError: it belongs to another user, or other users may write to it.
    """
    state = spool.stat()
    if state.st_uid != os.geteuid():
        raise SpoolError(f"the spool {spool} belongs to another user", hint="set DBTRACK_SPOOL")
    if state.st_mode & _OTHERS_WRITE:
        raise SpoolError(f"others may write to the spool {spool}", hint=f"run: chmod 700 {spool}")


def write(path: Path, text: str) -> int:
    """Write a private file in one step, synced to disk, and return its locked descriptor.

    It replaces a file of the same name. Closing the descriptor releases the claim.

    Raises:
        SpoolError: it cannot be written, and nothing is left of it; or as `require_private`.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_private(path.parent)
        return _write(path, text)
    except OSError as error:
        raise SpoolError(f"cannot write to the spool {path.parent}: {error.strerror}") from error


def _write(path: Path, text: str) -> int:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        files.write_all(descriptor, text.encode(errors="replace"))
        os.fsync(descriptor)
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        temporary.replace(path)
        files.sync_directory(path.parent)
    except BaseException:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)
        raise
    return descriptor


@contextmanager
def claimed(path: Path) -> Iterator[Claimed | None]:
    """Claim a file and read it; yield None when another process has claimed or removed it."""
    descriptor = _claim(path)
    if descriptor is None:
        yield None
        return
    try:
        yield Claimed(path, _read_all(descriptor), _unsafe(os.fstat(descriptor)))
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, and make that survive a crash."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        files.sync_directory(path.parent)


def set_aside(path: Path, suffix: str) -> Path:
    """Rename a file so that later replays skip it; return its new path."""
    aside = path.with_suffix(suffix)
    path.replace(aside)
    return aside


def drop(path: Path) -> bool:
    """Remove a file, unless its operation still runs; return whether it was removed."""
    with claimed(path) as found:
        if found is not None:
            remove(path)
        return found is not None


def _claim(path: Path) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between opening and locking another process may have replaced or removed it.
        if os.path.samestat(os.fstat(descriptor), path.lstat()):
            return descriptor
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno not in _IN_USE:
            os.close(descriptor)
            raise
    os.close(descriptor)
    return None


def _is_record(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


def _unsafe(state: os.stat_result) -> str | None:
    if state.st_uid != os.geteuid():
        return "it belongs to another user"
    if state.st_mode & _OTHERS:
        return f"its permissions are {stat.S_IMODE(state.st_mode):o}, not 600"
    return None


def _read_all(descriptor: int) -> bytes:
    chunks = []
    while chunk := os.read(descriptor, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)
