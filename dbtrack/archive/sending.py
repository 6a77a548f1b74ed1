"""What the server sends of one month, handed to DuckDB through pipes, a slice at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from dbtrack import sqlfiles
from dbtrack.db import Database
from dbtrack.errors import DbtrackError

_WIDE_ROW_BYTES = 4_000
_WIDE_SLICE_BYTES = 8_000_000


class Rows:
    """The rows of one month, in slices.

    DuckDB takes 2,048 rows at once into its memory, however long they are, but never beyond the end of what
    it reads. So long rows end a slice early, and short ones never do.
    """

    def __init__(self, database: Database, month: Mapping[str, object]) -> None:
        """Give the parameters of sql/queries/archive_rows.sql."""
        self._rows = database.copy_out(sqlfiles.query("archive_rows"), month)
        self.is_finished = False

    def slice(self) -> Iterator[bytes]:
        """The next rows, as CSV."""
        wide_bytes = 0
        while wide_bytes < _WIDE_SLICE_BYTES:
            row = next(self._rows, None)
            if row is None:
                self.is_finished = True
                return
            yield row
            wide_bytes += len(row) if len(row) > _WIDE_ROW_BYTES else 0

    def close(self) -> None:
        """Ask the server for no more."""
        self._rows.close()


class Sender:
    """Sends one slice into a pipe while DuckDB reads its other end, `reading`."""

    def __init__(self, rows: Rows) -> None:
        self.reading, self._writing = os.pipe()
        self._rows = rows
        self._thread = Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send while the block reads; then raise what the server said, not what came of the half."""
        self._thread.start()
        try:
            yield
        except DbtrackError:
            self._finish()
            if self._error is None:
                raise
        finally:
            self._finish()
        if self._error is not None:
            raise self._error

    def _finish(self) -> None:
        if self.reading >= 0:
            os.close(self.reading)
            self.reading = -1
            self._thread.join()

    def _run(self) -> None:
        try:
            with os.fdopen(self._writing, "wb") as stream:
                for row in self._rows.slice():
                    stream.write(row)
        except BrokenPipeError:
            pass  # the reader failed, and says why
        except BaseException as error:  # noqa: BLE001
            self._error = error
