"""Write records into the spool: of a command that is about to run, or of one that has ended."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from dbtrack.config.spool_directory import WAITING_SUFFIX
from dbtrack.operations.operations import Outcome
from dbtrack.spool import folder
from dbtrack.spool.entry import Entry
from dbtrack.spool.folder import SpoolError


class PendingRecord:
    """A record in the spool that this process has locked, for as long as it lives.

    An unlocked record that is RUNNING is one whose process was killed.
    """

    def __init__(self, entry: Entry, path: Path, descriptor: int) -> None:
        """Use `begin`."""
        self.entry = entry
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def begin(cls, spool: Path, entry: Entry) -> Self:
        """Write the record of an operation that is about to run or has ended.

        Raises:
            SpoolError: it cannot be written, or others may write to the directory.
        """
        path = _path(spool, entry)
        return cls(entry, path, folder.write(path, entry.as_line()))

    def end(self, outcome: Outcome) -> None:
        """Write how the operation ended, and release the record.

        Raises:
            SpoolError: it cannot be written; the record of its start stays.
        """
        try:
            os.close(folder.write(self._path, self.entry.ended(outcome).as_line()))
        finally:
            os.close(self._descriptor)

    def release(self, *, reason: str) -> None:
        """Release the record, with the reason why it waits where that can still be written."""
        waiting = replace(self.entry, metadata={**self.entry.metadata, "spooled_because": reason})
        with suppress(SpoolError):
            os.close(folder.write(self._path, waiting.as_line()))
        os.close(self._descriptor)

    def remove(self) -> None:
        """Remove the record, which a database has now."""
        with suppress(OSError):
            folder.remove(self._path)
        os.close(self._descriptor)


def _path(spool: Path, entry: Entry) -> Path:
    return spool / f"{entry.digest}-{entry.spool_id}{WAITING_SUFFIX}"
