"""Files that are there whole or not at all, that others cannot read, and that outlive a crash of the machine.

All of it raises OSError: whoever calls knows what to say of the file.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

PRIVATE = 0o600
"""Permissions: its owner's alone."""

_CHUNK_BYTES = 1 << 20
_PLACEHOLDER = b"\n" * 512
# Some file systems cannot flush a directory, and some have no hard links.
_NO_SYNC = {errno.EINVAL, errno.EBADF}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}


class NotRegularError(OSError):
    """The name is of a directory, a pipe, a device: not of a file that can be read to its end."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "it is not a regular file", str(path))


def write_new(path: Path, data: bytes, *, mode: int = PRIVATE) -> None:
    """Write a new file, never over another: its name appears once all of it is on the disk.

    Args:
        path: its name; a link of that name counts as a file, wherever it leads.
        mode: its permissions.

    Raises:
        FileExistsError: something has the name.
    """
    temporary = _temporary(path)
    _write_whole(temporary, data, mode)
    try:
        # Unlike a rename it never replaces anything.
        os.link(temporary, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _write_whole(path, data, mode)
    finally:
        # Where files can be made and not removed it stays, and nothing reads it.
        with suppress(OSError):
            temporary.unlink()
    sync_directory(path.parent)


@contextmanager
def replacing(path: Path, *, mode: int, temporary: Path | None = None) -> Iterator[BinaryIO]:
    """Write a file that takes its name, and the place of what has it, at the end of the block.

    Args:
        temporary: what it is called until then, in the same directory.
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


class ReservedFile:
    """A new file whose name and room on the disk are taken before there is anything to write.

    It goes again unless it is filled. What it is filled with has at most 512 bytes.

    Raises:
        FileExistsError: something has the name.
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
        """Write what it is for."""
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
    """Return what a regular file holds; one that is longer is cut after one byte more than that.

    Nothing of another kind is read: a pipe that nobody writes to would be waited for without end.

    Raises:
        NotRegularError: it is of another kind.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegularError(path)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read(most_bytes + 1)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it: a single write may take a part."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left[:_CHUNK_BYTES]) :]


def sync(path: Path) -> None:
    """Make what was written to a file outlive a crash of the machine."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make a new name in a directory outlive a crash of the machine."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
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
