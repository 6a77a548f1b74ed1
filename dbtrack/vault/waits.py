"""Which waits for locks a source has not sent to its vault.

Waits are no events: the log tells of them after their execution. A source remembers, in the configuration of
its endpoint, which transactions were still open when it sent them last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from dbtrack.db import Database
from dbtrack.sql_files import query
from dbtrack.vault.receiver import Place, Receiver, send_waits

_NAME = "waits"
_BEFORE_ALL = (b"", datetime(1, 1, 2, tzinfo=UTC), "")


class UnsentWaits:
    """The waits that may not have been sent; made before the events of their executions are sent.

    What is committed later may be sent, too, although its execution has not arrived; the next push sends
    it again.
    """

    def __init__(self, database: Database, configuration: Mapping[str, Any], place: Place) -> None:
        """Note which transactions are open. What another database or timeline has sent does not count."""
        self._database = database
        self._place = place
        ((self._oldest_open, timeline),) = database.rows(query("push/oldest_open"))
        self._where = [place["system"], place["database"], timeline]
        known = configuration.get(_NAME, {})
        self._since = known.get("since") if known.get("where") == self._where else None
        self.sent = False

    def send(self, receiver: Receiver) -> tuple[int, int]:
        """Send them; return how many the vault had not, and how many differ from what it has.

        Raises:
            VaultAwayError: the vault cannot be reached. They are sent again.
        """
        new = findings = 0
        for waits in self._batches():
            taken, differing = send_waits(receiver, self._place, waits)
            new, findings, self.sent = new + taken, findings + differing, True
        return new, findings

    def memory(self) -> dict[str, Any]:
        """Return what the endpoint remembers of them."""
        return {_NAME: {"since": self._oldest_open, "where": self._where}}

    def _batches(self) -> Iterator[list[str]]:
        after: tuple[Any, ...] = _BEFORE_ALL
        while True:
            rows = self._database.call(
                "unsent_waits",
                p_since=self._since,
                p_after_hk=after[0],
                p_after_started=after[1],
                p_after_seen_by=after[2],
            )
            if not rows:
                return
            yield [row[3] for row in rows]
            after = rows[-1]
