"""Putting records into the spool: of a command about to run, or of its end before a database has taken it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from dbtrack.config.spool_directory import WAITING_SUFFIX
from dbtrack.spool import folder
from dbtrack.spool.entry import Entry
from dbtrack.spool.folder import SpoolError
from dbtrack.status import Status


class PendingRecord:
    """The record of an operation that runs, locked by this process for as long as it lives.

    Whoever finds it unlocked and RUNNING knows that its process was killed.
    """

    def __init__(self, entry: Entry, path: Path, descriptor: int) -> None:
        """Use `begin`."""
        self.entry = entry
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def begin(cls, spool: Path, entry: Entry) -> Self:
        """Write the record of an operation that is about to run, or that has ended.

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
        ended = self.entry.ended(
            status, error_message=error_message, metadata=metadata, duration_us=duration_us
        )
        try:
            os.close(folder.write(self._path, ended.as_line()))
        finally:
            os.close(self._descriptor)

    def leave(self, *, because: str) -> None:
        """Let others have the record, with the reason why it waits where that can still be written."""
        waiting = replace(self.entry, metadata={**self.entry.metadata, "spooled_because": because})
        with suppress(SpoolError):
            os.close(folder.write(self._path, waiting.as_line()))
        os.close(self._descriptor)

    def remove(self) -> None:
        """Remove the record: a database has it."""
        with suppress(OSError):
            folder.remove(self._path)
        os.close(self._descriptor)


def _path(spool: Path, entry: Entry) -> Path:
    return spool / f"{entry.digest}-{entry.spool_id}{WAITING_SUFFIX}"
