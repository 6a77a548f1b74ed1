"""Write files that appear whole or not at all, that others cannot read, and that survive a crash.

The functions raise OSError, so that the caller's message can name the purpose of the file; `naming` is for
callers whose message has nothing to add.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

from dbtrack.errors import DbtrackError, LockedError

PRIVATE = 0o600
"""Permissions: read and write for the owner only."""

_CHUNK_BYTES = 1 << 20
_PLACEHOLDER = b"\n" * 512
# Some file systems cannot flush a directory, and some have no hard links.
_NO_SYNC = {errno.EINVAL, errno.EBADF}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Turn an error of the system inside the block into one that names the file that cannot be written.

    A broken pipe stays what it is: the reader went away.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DbtrackError(f"cannot write {path}: {error.strerror or error}") from error


class NotRegularError(OSError):
    """The path is a directory, a pipe or a device, not a file that can be read to its end."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "it is not a regular file", str(path))


def write_new(path: Path, data: bytes, *, mode: int = PRIVATE) -> None:
    """Write a new file and never replace one: its name appears once all of it is on disk.

    Args:
        path: its name; a symbolic link of that name counts as a file.
        mode: its permissions.

    Raises:
        FileExistsError: the name is taken.
    """
    temporary = _temporary(path)
    _write_whole(temporary, data, mode)
    try:
        # Unlike a rename, a link never replaces a file.
        os.link(temporary, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _write_whole(path, data, mode)
    finally:
        # Where files can be created and not removed it stays, and nothing reads it.
        with suppress(OSError):
            temporary.unlink()
    sync_directory(path.parent)


@contextmanager
def replacing(path: Path, *, mode: int, temporary: Path | None = None) -> Iterator[BinaryIO]:
    """Write a file that gets its name at the end of the block, and replaces what had it.

    Args:
        mode: its permissions.
        temporary: its name until then, in the same directory; None for a random one.
    """
    temporary = temporary or _temporary(path)
    descriptor = _created(temporary, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def mode_for(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those that a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def overwrite(path: Path, data: bytes) -> None:
    """Replace the content of an existing regular file in place: its directory need not be writable.

    Raises:
        NotRegularError: it is not a regular file.
    """
    with _opened_regular(path, os.O_WRONLY) as descriptor:
        os.ftruncate(descriptor, 0)
        write_all(descriptor, data)
        os.fsync(descriptor)


class ReservedFile:
    """A new file whose name and disk space are reserved before its content exists.

    It is removed unless it is filled. Its content has at most 512 bytes.

    Raises:
        FileExistsError: the name is taken.
    """

    def __init__(self, path: Path, *, mode: int = PRIVATE) -> None:
        self._path = path
        self._mode = mode
        self._descriptor = -1
        self._is_filled = False

    def __enter__(self) -> Self:
        self._descriptor = _created(self._path, self._mode)
        try:
            write_all(self._descriptor, _PLACEHOLDER)
            os.fsync(self._descriptor)
        except BaseException:
            self.__exit__()
            raise
        return self

    def fill(self, data: bytes) -> None:
        """Write the content.

        Args:
            data: at most 512 bytes.
        """
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        write_all(self._descriptor, data)
        os.ftruncate(self._descriptor, len(data))
        os.fsync(self._descriptor)
        self._is_filled = True

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
        if not self._is_filled:
            self._path.unlink(missing_ok=True)
        else:
            sync_directory(self._path.parent)


def read_regular(path: Path, *, most_bytes: int) -> bytes:
    """Return the content of a regular file, of a longer one its first bytes.

    Other kinds are not read: a pipe that nobody writes to would block for ever.

    Args:
        most_bytes: read one byte more than this, so that the caller sees that the file is longer.

    Raises:
        NotRegularError: it is not a regular file.
    """
    with (
        _opened_regular(path, os.O_RDONLY) as descriptor,
        os.fdopen(descriptor, "rb", closefd=False) as stream,
    ):
        return stream.read(most_bytes + 1)


def lock(descriptor: int, busy: LockedError) -> bool:
    """Lock an open file or directory until it is closed; return False if its file system has no locks.

    Args:
        busy: is raised if another process has locked it.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise busy from error
    except OSError:
        return False
    return True


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data: a single write may write a part."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left[:_CHUNK_BYTES]) :]


def sync(path: Path) -> None:
    """Make the content of a file survive a crash."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make new names in a directory survive a crash."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _opened_regular(path: Path, access: int) -> Iterator[int]:
    descriptor = os.open(path, access | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegularError(path)
        yield descriptor
    finally:
        os.close(descriptor)


def _write_whole(path: Path, data: bytes, mode: int) -> None:
    descriptor = _created(path, mode)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(descriptor)


def _created(path: Path, mode: int) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
