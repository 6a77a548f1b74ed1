"""Push what is new of a record to a vault: events with their rows, then the seals over them.

An event counts as delivered once the vault has committed it. After a crash anywhere the same events come
again, with the same numbers, and the vault keeps each row once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.events import DeliveredMemory, EventCursor, memory_path
from dbtrack.events.event import Event
from dbtrack.sql_files import query
from dbtrack.vault.objects import UnsentObjects
from dbtrack.vault.receiver import Place, Receiver, begin, prepare_months, send_block, send_events
from dbtrack.vault.waits import UnsentWaits
from dbtrack.version import __version__

KIND = "push"
BATCH_EVENTS = 1000
LEASE_SECONDS = 60
_MOST_BYTES = 16 * 1024 * 1024
# Each version of an execution is one event of these types.
_EVENT_TYPES = ["execution.*", "privilege.changed", "change.unattributed"]
_FIRST_CHAIN = ""
# In the configuration of an endpoint: the last block that a broker has.
_PUBLISHED = "block"
# So often a vault behind a broker is told that a source is there. A source counts as silent after a minute
# at the earliest.
_SIGN_OF_LIFE_SECONDS = 30.0


@dataclass
class Pushed:
    """What was pushed in this run.

    Args:
        source: what the vault calls this database.
        findings: what the vault found that does not agree.
        is_confirmed: the vault says what was new to it; a broker does not.
    """

    source: str = ""
    events: int = 0
    versions: int = 0
    blocks: int = 0
    waits: int = 0
    objects: int = 0
    findings: int = 0
    is_confirmed: bool = True


class _Others(NamedTuple):
    """What a push sends beside events."""

    waits: UnsentWaits
    objects: UnsentObjects


@dataclass
class Push:
    """One source and its vault.

    Args:
        database: the source, over a connection in autocommit mode.
        endpoint: the name of the endpoint whose cursor reads the events.
        pushed: counts over all rounds.
        has_answer: whether the vault has answered, or the broker has taken a message.
    """

    database: Database
    endpoint: str
    cursor: EventCursor
    receiver: Receiver
    pushed: Pushed = field(default_factory=Pushed)
    has_answer: bool = False
    _months: set[str] = field(default_factory=set)
    _begun_at: float = field(default=float("-inf"))
    _beside: _Others | None = None

    def round(self) -> bool:
        """Push all that is new; return whether there was anything.

        Raises:
            VaultAwayError: the vault cannot be reached. What it had confirmed is not sent again.
            NoConnectionError: the source was lost.
            DbtrackError: the vault refuses this database.
        """
        place = self._place()
        # Its rows are committed, so they are among the events that are claimed from here on.
        newest = int(self.database.value(query("push/last_block")))
        others = self._beside = self._others(place)
        if self.receiver.is_one_way:
            return self._publish(place, newest, others)
        position = begin(self.receiver, place, newest)
        self.has_answer = True
        if position.refused is not None:
            raise DbtrackError(
                position.refused, hint=f"on the vault: dbtrack vault accept {position.source} --reason TEXT"
            )
        self.pushed.source = position.source
        sent = self._push_events(place)
        sent = self._push_others(others, has_events=sent) or sent
        return self._push_blocks(place, position.block_number, newest) or sent

    def _publish(self, place: Place, newest: int, others: _Others) -> bool:
        """Send all that is new to a vault that answers nothing, or now and then that there is nothing."""
        known = self._published_block()
        is_new = newest > known or bool(self.cursor.claim(BATCH_EVENTS))
        if is_new or monotonic() - self._begun_at > _SIGN_OF_LIFE_SECONDS:
            begin(self.receiver, place, newest)
            self.has_answer = True
            self._begun_at = monotonic()
        sent = self._push_events(place)
        sent = self._push_others(others, has_events=sent) or sent
        return self._push_blocks(place, known, newest) or sent

    def release(self) -> None:
        """Give the lease of the endpoint back, so that nobody waits for its end."""
        with suppress(DbtrackError):
            self.cursor.release()

    def continue_over(self, database: Database) -> None:
        """Continue over another connection to the source, after the first one was lost."""
        self.database = database
        self.cursor.continue_over(database)

    def _place(self) -> Place:
        return {**self.database.value(query("push/place")), "version": __version__}

    def _push_events(self, place: Place) -> bool:
        sent = False
        while events := self.cursor.claim(BATCH_EVENTS):
            before = _chain_before(self.database, self.endpoint)
            self._send(place, events, before)
            sent = True
        return sent

    def _send(self, place: Place, events: Sequence[Event], chain_before: str) -> None:
        """Send events and acknowledge them; halves of them, if their rows are too long for one message."""
        rows = self._rows([(event.id.partition("-")[0], event.time) for event in events])
        if len(rows) > _MOST_BYTES and len(events) > 1:
            half = len(events) // 2
            self._send(place, events[:half], chain_before)
            self._send(place, events[half:], events[half - 1].chain)
            return
        batch = {
            "place": place,
            "first": events[0].number,
            "chain_before": chain_before,
            "ids": [event.id for event in events],
            "last_event_at": events[-1].time.isoformat(),
        }
        self.pushed.versions += send_events(self.receiver, batch, rows)
        self.pushed.events += len(events)
        if erasures := [event.id.partition("-")[0] for event in events if _is_erasure(event)]:
            self._push_erasures(place, erasures)
        self.cursor.acknowledge(events[-1])

    def _push_erasures(self, place: Place, erasures: Sequence[str]) -> None:
        """Send again what erasures have changed since the last push, for a vault that may follow them."""
        objects = self._beside.objects if self._beside else None
        if objects is None or objects.since is None:
            return
        after: tuple[Any, ...] = (datetime(1, 1, 2, tzinfo=UTC), b"")
        batch = {"place": place, "first": 1, "chain_before": _FIRST_CHAIN, "ids": [], "is_erasure": True}
        while rows := self.database.call(
            "rewritten_versions", p_since=objects.since, p_after=after[0], p_after_hk=after[1]
        ):
            keys = [(bytes(key).hex(), load_date) for load_date, key in rows]
            self.pushed.versions += send_events(self.receiver, batch, self._rows(keys))
            after = rows[-1]
        self.pushed.findings += objects.send_rewritten(self.receiver, self._prepare, erasures)

    def _rows(self, keys: Sequence[tuple[str, datetime]]) -> str:
        """Return the rows of these keys, once the vault is ready for their months."""
        self._prepare([f"{load_date.astimezone(UTC):%Y_%m}" for _, load_date in keys])
        parameters: Mapping[str, Any] = {
            "keys": [bytes.fromhex(key) for key, _ in keys],
            "load_dates": [load_date for _, load_date in keys],
        }
        return str(self.database.value(query("push/rows"), parameters))

    def _prepare(self, months: Sequence[str]) -> None:
        """Say of which months rows come next, once for each."""
        if new := {*months} - self._months:
            prepare_months(self.receiver, sorted(new))
            self._months |= new

    def _push_blocks(self, place: Place, known: int, newest: int) -> bool:
        """Send the blocks that the vault does not have, and the last one that it has: did it change?"""
        is_new = newest > known
        if is_new or not self.receiver.is_one_way:
            for number in range(max(known, 1), newest + 1):
                self._push_block(place, number, is_known=number == known)
        if is_new and self.receiver.is_one_way:
            self._remember({_PUBLISHED: newest})
        return is_new

    def _others(self, place: Place) -> _Others:
        """Note what goes beside the events, before they are claimed."""
        configuration = self._configuration()
        return _Others(
            UnsentWaits(self.database, configuration, place),
            UnsentObjects(self.database, configuration, place),
        )

    def _push_others(self, others: _Others, *, has_events: bool) -> bool:
        """Send waits for locks and versions of objects, whose executions have arrived now."""
        waits, objects = others
        new, findings = waits.send(self.receiver)
        self.pushed.waits += new
        self.pushed.findings += findings
        if waits.sent:
            self._remember(waits.memory())
        new, findings = objects.send(self.receiver, self._prepare)
        self.pushed.objects += new
        self.pushed.findings += findings
        if objects.sent or has_events:
            self._remember(objects.memory())
        return waits.sent or objects.sent

    def _remember(self, memory: Mapping[str, Any]) -> None:
        self.database.call(
            "change_endpoint",
            p_name=self.endpoint,
            p_configuration=json.dumps({**self._configuration(), **memory}),
        )

    def _published_block(self) -> int:
        """Return the last block that was published; the vault does not say which it has."""
        return int(self._configuration().get(_PUBLISHED, 0))

    def _configuration(self) -> dict[str, Any]:
        found = next(row for row in self.database.call("get_endpoints") if row[0] == self.endpoint)
        return dict(found[-1])

    def _push_block(self, place: Place, number: int, *, is_known: bool) -> None:
        row = self.database.row(query("push/block"), {"number": number, "with_leaves": not is_known})
        if row is None:
            return
        block, leaves = row
        if self.receiver.is_one_way and not is_known:
            links = self.database.rows(query("push/block_links"), {"number": number})
            self._send_missing(place, [("link", bytes(key).hex(), date.isoformat()) for key, date in links])
        answer = send_block(self.receiver, place, block, leaves, is_final=False)
        if answer.missing:
            self._send_missing(place, answer.missing)
            answer = send_block(self.receiver, place, block, leaves, is_final=True)
        self.pushed.findings += answer.findings
        self.pushed.blocks += not is_known

    def _send_missing(self, place: Place, missing: Sequence[tuple[str, str, str]]) -> None:
        """Send rows that are no events: links that were written later, and what an archive restored."""
        for start in range(0, len(missing), BATCH_EVENTS):
            part = missing[start : start + BATCH_EVENTS]
            keys = [(key, datetime.fromisoformat(date).astimezone(UTC)) for _, key, date in part]
            batch = {"place": place, "first": 1, "chain_before": _FIRST_CHAIN, "ids": []}
            self.pushed.versions += send_events(self.receiver, batch, self._rows(keys))


def use_endpoint(database: Database, name: str, destination: str, *, only_new: bool) -> bool:
    """Create the endpoint of a destination when it is first used; return whether it was created.

    Args:
        destination: without a login; kept with the endpoint, so that no two destinations share a cursor.
        only_new: begin with the next event, and not with the first one of the record.

    Raises:
        UsageError: an endpoint of this name sends elsewhere.
        PermissionDeniedError: the role may not administer.
    """
    found = next((row for row in database.call("get_endpoints") if row[0] == name), None)
    if found is None:
        database.call(
            "create_endpoint",
            p_name=name,
            p_kind=KIND,
            p_event_types=_EVENT_TYPES,
            p_configuration=json.dumps({"to": destination}),
            p_from_beginning=not only_new,
        )
        return True
    kind, configuration = found[1], found[-1]
    if kind != KIND:
        raise UsageError(f"endpoint {name} is a {kind}", hint="give this push another --name")
    if configuration.get("to") != destination:
        raise UsageError(
            f"endpoint {name} pushes to {configuration.get('to')}",
            hint="give this push another --name; if the vault moved: dbtrack endpoint remove",
        )
    return False


def _is_erasure(event: Event) -> bool:
    """Return whether an event is the record of an erasure that has ended."""
    return event.subject == "dbtrack erase" and event.type != "execution.started"


def _chain_before(database: Database, name: str) -> str:
    ((_, chain),) = database.rows(query("events/last_acknowledged"), {"name": name})
    return str(chain)


def endpoint_cursor(database: Database, name: str, *, warn: Callable[[str], None]) -> EventCursor:
    """Return the cursor of an endpoint, with its memory of what was delivered.

    Args:
        warn: told if the memory cannot be kept, which only a failover would need.
    """
    memory: DeliveredMemory | None = None
    try:
        memory = DeliveredMemory(memory_path(database, name))
    except DbtrackError as error:
        warn(error.message)
    return EventCursor(database, name, lease_seconds=LEASE_SECONDS, memory=memory)
