"""Which versions of objects a source has not sent to its vault.

They are no events. A source remembers, in the configuration of its endpoint, which transactions it saw when
it sent them last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dbtrack.db import Database
from dbtrack.sql_files import query
from dbtrack.vault.receiver import Place, Receiver, send_objects

NAME = "objects"
# A clock that was set back may have given a version an earlier time than its transaction began.
_CLOCK = timedelta(hours=1)


class UnsentObjects:
    """The versions that were not sent; made before the events of their executions are sent.

    What is committed later may be sent, too, before its execution has arrived; the next push sends it again.
    """

    def __init__(self, database: Database, configuration: Mapping[str, Any], place: Place) -> None:
        """Note which transactions are seen. What another database or timeline has sent does not count."""
        self._database = database
        self._place = place
        # In this order: what a snapshot does not see began after this moment.
        self._floor: datetime = database.call_value("records_since")
        ((self._snapshot, self._oldest_open, timeline),) = database.rows(query("push/snapshot"))
        self._where = [place["system"], place["database"], timeline]
        known = configuration.get(NAME, {})
        self._known: Mapping[str, Any] = known if known.get("where") == self._where else {}
        self.since: int | None = self._known.get("since")
        self.sent = False

    def send(self, receiver: Receiver, prepare: Callable[[Sequence[str]], None]) -> tuple[int, int]:
        """Send them; return how many the vault had not, and how many do not agree.

        Args:
            prepare: told the months of the versions, given as YYYY_MM, before they are sent.

        Raises:
            VaultAwayError: the vault cannot be reached. They are sent again.
        """
        new = findings = 0
        for months, objects in self._batches():
            prepare(months)
            taken, differing = send_objects(receiver, self._place, objects)
            new, findings, self.sent = new + taken, findings + differing, True
        return new, findings

    def send_rewritten(
        self, receiver: Receiver, prepare: Callable[[Sequence[str]], None], erasures: Sequence[str]
    ) -> int:
        """Send again what was written since the last push, as an erasure does; return how many do not agree.

        Args:
            erasures: the keys of the records of the erasures, in hexadecimal.
        """
        findings = 0
        for months, objects in self._versions(self.since):
            prepare(months)
            findings += send_objects(receiver, self._place, f'{{"erasures":[],{objects[1:]}')[1]
        return findings + send_objects(receiver, self._place, json.dumps({"erasures": list(erasures)}))[1]

    def memory(self) -> dict[str, Any]:
        """Return what the endpoint remembers of them."""
        return {
            NAME: {
                "snapshot": self._snapshot,
                "since": self._oldest_open,
                "floor": (self._floor - _CLOCK).isoformat(),
                "where": self._where,
            }
        }

    def _versions(self, rewritten_since: int | None) -> Iterator[tuple[Sequence[str], str]]:
        is_new = rewritten_since is None
        last: datetime | None = None
        while True:
            ((rows, last, versions, months),) = self._database.call(
                "unsent_objects",
                p_snapshot=self._known.get("snapshot"),
                p_floor=self._known.get("floor") if is_new else None,
                p_after=last,
                p_rewritten_since=rewritten_since,
            )
            if not versions:
                return
            yield months, rows

    def _batches(self) -> Iterator[tuple[Sequence[str], str]]:
        yield from self._versions(None)
        after = b""
        while links := self._database.call(
            "unsent_object_links", p_since=self._known.get("since"), p_after=after
        ):
            yield (), f'{{"links":[{",".join(row[1] for row in links)}]}}'
            after = links[-1][0]
