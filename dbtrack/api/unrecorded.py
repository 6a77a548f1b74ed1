"""What a tracker does when recording fails: the caller's work goes on, and nothing is lost in silence."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Literal

from dbtrack.api.connections import Channel
from dbtrack.api.ended_operation import Late
from dbtrack.errors import DbtrackError, QueryError, UsageError
from dbtrack.operations import AlreadyClosedError

OnError = Literal["warn", "raise"]

_MOST_HELD = 100_000  # operations: some 50 MB

_logger = logging.getLogger("dbtrack")


class Ledger:
    """Keeps what could not be recorded yet, and tries again; counts and reports what went wrong.

    Args:
        channel: what is recorded on.
        on_error: `warn`: log and go on; `raise`: an error of the recording is the caller's to handle.
    """

    def __init__(self, channel: Channel, on_error: OnError) -> None:
        self.channel = channel
        self.error_count = 0
        self._on_error = on_error
        self._held: deque[Late] = deque()
        self._held_count = 0
        self._lost = 0
        self._lock = threading.RLock()

    @property
    def unrecorded(self) -> int:
        """How many operations have no record that is known to stay."""
        with self._lock:
            return self._lost + self._held_count

    def hold(self, late: Late) -> None:
        """Keep something for later; of too much the oldest is given up."""
        with self._lock:
            self._held.append(late)
            self._held_count += late.count
            while len(self._held) > 1 and self._held_count > _MOST_HELD:
                self._lose(self._release(), "too many operations wait to be recorded")

    def settle(self) -> None:
        """Record what is held, as far as that is possible now. Never raises a `DbtrackError`."""
        with self._lock:
            while self._held and self.channel.is_ready():
                try:
                    self.channel.run(self._held[0].record)
                except (UsageError, QueryError, AlreadyClosedError) as error:
                    self._lose(self._release(), str(error))
                except DbtrackError:
                    # Somebody can mend that: a server, a right, a lock. The others need not wait behind it.
                    self._held.rotate(-1)
                    return
                else:
                    self._release()

    def report(self, what: str, error: DbtrackError, *, during: BaseException | None = None) -> None:
        """Count and report that something could not be recorded.

        Args:
            what: `the start of nightly load`.
            error: why.
            during: the caller's exception that is under way, which must reach the caller.

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
        """Let go of the connection, and say what is left unrecorded."""
        with self._lock:
            if self._held:
                _logger.warning(
                    "dbtrack did not record %d operation(s), or their record was rolled back with "
                    "a transaction; the first: %s",
                    self._held_count,
                    self._held[0],
                )
            while self._held:
                self._lost += self._release().count
        self.channel.close()

    def _release(self) -> Late:
        late = self._held.popleft()
        self._held_count -= late.count
        return late

    def _lose(self, late: Late, reason: str) -> None:
        self._lost += late.count
        self.error_count += 1
        _logger.error("dbtrack lost the record of %s: %s", late, reason)
