"""The directory of an archive: for one cleanup at a time, on whatever file system it lies."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtrack.errors import LockedError

UNFINISHED = ".executions"
"""What the names of files and directories begin with that are being written."""
MODE = 0o640
"""Permissions of a file: its owner's to write, its group's to read, and nobody else's."""


@contextmanager
def locked_directory(directory: Path) -> Iterator[None]:
    """Make the directory where it is missing, keep other cleanups out, tidy up after one that was killed.

    Raises:
        LockedError: another cleanup writes into it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        if _lock(descriptor, directory):
            _remove_unfinished(directory)
        yield
    finally:
        os.close(descriptor)


def reserve_name(directory: Path, stem: str, suffix: str) -> Path:
    """Make an empty file of the first name that is free, of STEM.SUFFIX, STEM.2.SUFFIX and so on."""
    number = 1
    while True:
        path = directory / f"{stem}{f'.{number}' if number > 1 else ''}{suffix}"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
        except FileExistsError:
            number += 1
        else:
            return path


def _lock(descriptor: int, directory: Path) -> bool:
    """Lock it; False where the file system cannot, and so nobody knows whose the unfinished files are."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockedError(
            f"another cleanup archives into {directory}", hint="nothing was done; run it again later"
        ) from error
    except OSError:
        return False
    return True


def _remove_unfinished(directory: Path) -> None:
    for path in directory.glob(f"{UNFINISHED}[-_]*.tmp"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
