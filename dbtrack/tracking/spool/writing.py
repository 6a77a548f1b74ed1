"""Putting records into the spool: of a command about to run, or the end that a database did not take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from dbtrack.config.spool import WAITING_SUFFIX
from dbtrack.tracking.service import Status
from dbtrack.tracking.spool import folder
from dbtrack.tracking.spool.entry import Entry


class PendingRecord:
    """The record of an operation that runs, locked by this process for as long as it lives.

    Whoever finds it unlocked and RUNNING knows that its process was killed.
    """

    def __init__(self, entry: Entry, path: Path, descriptor: int) -> None:
        """Use `begin`."""
        self._entry = entry
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def begin(cls, spool: Path, entry: Entry) -> Self:
        """Write the record of an operation that is about to run.

        Raises:
            SpoolError: it cannot be written, or others may write to the directory.
        """
        path = _path(spool, entry)
        return cls(entry, path, folder.write(path, entry.as_line()))

    def end(
        self,
        status: Status,
        *,
        error_message: str | None,
        metadata: Mapping[str, object],
        duration_us: int | None,
    ) -> None:
        """Write how it ended, and let others have it.

        Raises:
            SpoolError: it cannot be written; the record of its start stays.
        """
        ended = self._entry.ended(
            status, error_message=error_message, metadata=metadata, duration_us=duration_us
        )
        try:
            os.close(folder.write(self._path, ended.as_line()))
        finally:
            os.close(self._descriptor)


def spool_end(spool: Path, entry: Entry) -> None:
    """Write an entry that is complete.

    Raises:
        SpoolError: it cannot be written, or others may write to the directory.
    """
    os.close(folder.write(_path(spool, entry), entry.as_line()))


def _path(spool: Path, entry: Entry) -> Path:
    return spool / f"{entry.digest}-{entry.spool_id}{WAITING_SUFFIX}"
