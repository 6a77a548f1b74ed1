"""Record for a tracker: what fails is kept, tried again and reported, and the caller's work continues."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Literal

from dbtrack.api.connections import TrackerConnection
from dbtrack.api.ended_operation import Unrecorded
from dbtrack.errors import DbtrackError, QueryError, UsageError
from dbtrack.operations import AlreadyClosedError

OnError = Literal["warn", "raise"]

_MOST_WAITING = 100_000  # operations: some 50 MB

_logger = logging.getLogger("dbtrack")


class Recorder:
    """Keep what could not be recorded, and try again; count and report what went wrong.

    Args:
        connection: where operations are recorded.
        on_error: `warn` logs an error of the recording and continues; `raise` raises it to the caller.

    Attributes:
        error_count: how often recording has gone wrong.
    """

    def __init__(self, connection: TrackerConnection, on_error: OnError) -> None:
        self.connection = connection
        self.error_count = 0
        self._on_error = on_error
        self._waiting: deque[Unrecorded] = deque()
        self._waiting_count = 0
        self._lost = 0
        self._lock = threading.RLock()

    @property
    def unrecorded(self) -> int:
        """How many operations have no record, or one that the caller may still roll back."""
        with self._lock:
            return self._lost + self._waiting_count

    def keep(self, unrecorded: Unrecorded) -> None:
        """Keep something to be recorded later; with more than 100,000 operations, give up the oldest."""
        with self._lock:
            self._waiting.append(unrecorded)
            self._waiting_count += unrecorded.count
            while len(self._waiting) > 1 and self._waiting_count > _MOST_WAITING:
                self._give_up(self._take_next(), "too many operations wait to be recorded")

    def settle(self) -> None:
        """Record what is kept, as far as that is possible now. Never raises a `DbtrackError`."""
        with self._lock:
            while self._waiting and self.connection.is_ready():
                try:
                    self.connection.run(self._waiting[0].record)
                except (UsageError, QueryError, AlreadyClosedError) as error:
                    self._give_up(self._take_next(), str(error))
                except DbtrackError:
                    # It may pass: a server that is away, a missing right, a lock. Another one is tried next.
                    self._waiting.rotate(-1)
                    return
                else:
                    self._take_next()

    def report(self, what: str, error: DbtrackError, *, during: BaseException | None = None) -> None:
        """Count and report that something could not be recorded.

        Args:
            what: `the start of nightly load`.
            error: why it could not.
            during: the exception that is leaving the caller's block; it gets the error as a note.

        Raises:
            DbtrackError: the error itself, with `on_error="raise"` and no exception under way.
        """
        with self._lock:
            self.error_count += 1
        if during is not None:
            during.add_note(f"dbtrack could not record {what}: {error}")
        elif self._on_error == "raise":
            raise error
        _logger.warning("dbtrack could not record %s: %s", what, error)

    def close(self) -> None:
        """Log what is still unrecorded, and close the connection."""
        with self._lock:
            if self._waiting:
                _logger.warning(
                    "dbtrack did not record %d operation(s), or their record was rolled back with "
                    "a transaction; the first: %s",
                    self._waiting_count,
                    self._waiting[0],
                )
            while self._waiting:
                self._lost += self._take_next().count
        self.connection.close()

    def _take_next(self) -> Unrecorded:
        unrecorded = self._waiting.popleft()
        self._waiting_count -= unrecorded.count
        return unrecorded

    def _give_up(self, unrecorded: Unrecorded, reason: str) -> None:
        self._lost += unrecorded.count
        self.error_count += 1
        _logger.error("dbtrack lost the record of %s: %s", unrecorded, reason)
