"""The directory of an archive, which one cleanup at a time writes to, on any file system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtrack import files
from dbtrack.errors import LockedError

UNFINISHED = ".executions"
"""The prefix of the names of unfinished files and directories."""
MODE = 0o640
"""Permissions of a file: the owner can read and write, the group can read."""


@contextmanager
def locked_directory(directory: Path) -> Iterator[None]:
    """Create the directory if it is missing, lock it, and remove what a killed cleanup left.

    Raises:
        LockedError: another cleanup is writing to it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        busy = LockedError(
            f"another cleanup archives into {directory}", hint="nothing was done; run it again later"
        )
        # Without locks another cleanup may be running.
        if files.lock(descriptor, busy):
            _remove_unfinished(directory)
        yield
    finally:
        os.close(descriptor)


def reserve_name(directory: Path, stem: str, suffix: str) -> Path:
    """Create an empty file with the first free name of STEM.SUFFIX, STEM.2.SUFFIX and so on."""
    number = 1
    while True:
        path = directory / f"{stem}{f'.{number}' if number > 1 else ''}{suffix}"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
        except FileExistsError:
            number += 1
        else:
            return path


def _remove_unfinished(directory: Path) -> None:
    for path in directory.glob(f"{UNFINISHED}[-_]*.tmp"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
