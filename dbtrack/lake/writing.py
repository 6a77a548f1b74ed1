"""What each writer of a lake does: it locks the source, and removes what no manifest names."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtrack import files
from dbtrack.errors import LockedError
from dbtrack.export.hive import partition_name
from dbtrack.export.parquet import MONTH, TENANT
from dbtrack.lake.manifest import FOLDER
from dbtrack.lake.schema import SOURCE


def source_folder(root: Path, source: str) -> Path:
    """Return the directory of a source's manifests, where files are prepared, too."""
    return root / FOLDER / partition_name(SOURCE.name, source)


@contextmanager
def locked_source(root: Path, source: str) -> Iterator[None]:
    """Write a source of a lake, unless another process does.

    Raises:
        LockedError: another one does.
        DbtrackError: the directory of its manifests cannot be made.
    """
    folder = source_folder(root, source)
    with files.naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    try:
        busy = LockedError(
            f"another export or fetch writes the source {source} to {root}",
            hint="nothing was done; run it again later",
        )
        files.lock(descriptor, busy)
        yield
    finally:
        os.close(descriptor)


def remove_others(root: Path, table: str, source: str, month: str, listed: Collection[Path]) -> None:
    """Remove the files of a month that are not listed: a writer died, or the month was replaced."""
    folder = root / table / partition_name(SOURCE.name, source)
    for path in folder.glob(f"{TENANT}=*/{MONTH}={month}/*.parquet"):
        if path not in listed:
            path.unlink()
