"""Deliver the events of one webhook, in order, in a thread and over a connection of its own."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, EndpointHeldError, LeaseLostError, NoConnectionError, UsageError
from dbtrack.events import DeliveredMemory, Event, EventCursor, memory_path
from dbtrack.notify import store
from dbtrack.notify.channels.channel import Channel, Sender, open_channel
from dbtrack.notify.configuration import WebhookConfiguration
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.incidents import Incidents
from dbtrack.notify.lease import is_abandoned
from dbtrack.notify.outcome import Outcome, Verdict
from dbtrack.notify.retry import MOST_REFUSED_IN_ROW, is_dead, wait_seconds

_MOST_EVENTS = 100
_MOST_UNACKNOWLEDGED = 20
_LONGEST_UNACKNOWLEDGED_SECONDS = 0.25
_LEASE_MARGIN_SECONDS = 10
APPLICATION_NAME = "dbtrack notify"
DATABASE = "database"
"""The incident of a database that is away."""


@dataclass(frozen=True)
class Surroundings:
    """What all workers of a process share.

    Args:
        interval_seconds: how long a worker waits after it found nothing new.
        is_once: end when there is nothing to deliver now.
        is_crowded: set while webhooks wait for a place: then a worker that finds nothing new ends.
    """

    target: ConnectionTarget
    sender: Sender
    incidents: Incidents
    interval_seconds: float
    is_once: bool
    limits: Limits
    is_crowded: threading.Event = field(default_factory=threading.Event)


class EndpointWorker:
    """Delivers the events of one webhook until it is stopped, or the endpoint must wait.

    Attributes:
        delivered: how many events it has delivered.
        undelivered: why it left events undelivered; None if it did not.
        must_rest: something failed that the next attempt would only meet again.
    """

    def __init__(
        self, work: store.Work, configuration: WebhookConfiguration, surroundings: Surroundings
    ) -> None:
        self.work = work
        self.delivered = 0
        self.undelivered: str | None = None
        self.must_rest = True
        self._name = work.name
        self._configuration = configuration
        self._around = surroundings
        self._stop = threading.Event()
        self._channel: Channel | None = None
        self._attempt = work.attempt_count
        self._tried_id = work.event_id
        self._is_troubled = bool(work.event_id) or work.refused_in_row > 0
        self._thread = threading.Thread(target=self._run, name=f"webhook {work.name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end after the attempt that is under way."""
        self._stop.set()

    def cut(self) -> None:
        """End the attempt that is under way; the event is sent again later."""
        channel = self._channel
        if channel is not None:
            channel.cut()

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        self._thread.join(seconds)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._channel = open_channel(self._configuration, self._around.sender, limits=self._around.limits)
            with Database.connect(self._around.target, application_name=APPLICATION_NAME) as database:
                self._around.incidents.end(DATABASE, "the database is back")
                self._deliver_all(database)
            self.must_rest = False
        except LeaseLostError:
            # Another worker has it, and reports what goes wrong.
            return
        except NoConnectionError as error:
            self.undelivered = error.message
            self._around.incidents.begin(
                DATABASE, f"the database is away: {error.message}; trying again", in_summary=True
            )
        except (EndpointHeldError, UsageError) as error:
            self.undelivered = error.message
        except DbtrackError as error:
            self._trouble(str(error))
        finally:
            if self._channel is not None:
                self._channel.close()

    def _deliver_all(self, database: Database) -> None:
        if is_abandoned(self.work):
            database.call("release_endpoint", p_name=self._name, p_lease=self.work.lease)
        cursor = EventCursor(
            database,
            self._name,
            lease_seconds=int(self._around.limits.total_seconds) + _LEASE_MARGIN_SECONDS,
            memory=self._memory(database),
            after_standby=self._around.limits.total_seconds
            if self._configuration.waits_for_standby
            else None,
        )
        try:
            while not self._stop.is_set():
                events = cursor.claim(_MOST_EVENTS)
                if events and not self._deliver(database, cursor, events):
                    return
                if not events and (self._around.is_once or self._around.is_crowded.is_set()):
                    return
                if not events:
                    self._stop.wait(self._around.interval_seconds)
        finally:
            with suppress(DbtrackError):
                cursor.release()

    def _memory(self, database: Database) -> DeliveredMemory | None:
        path = memory_path(database, self._name)
        try:
            return DeliveredMemory(path)
        except DbtrackError as error:
            # It tells what a failover lost. Events are delivered without it, too.
            self._around.incidents.begin("memory", str(error))
            return None

    def _deliver(self, database: Database, cursor: EventCursor, events: list[Event]) -> bool:
        """Deliver events in order; return whether those behind them may follow now."""
        acknowledged = _Acknowledgement(cursor)
        try:
            for event in events:
                if self._stop.is_set():
                    return False
                outcome = self._attempted(event)
                if outcome.is_delivered:
                    acknowledged.add(event)
                    self._note_delivery(database)
                    continue
                acknowledged.now()
                if self._stop.is_set() or not self._note_failure(database, cursor, event, outcome):
                    return False
        finally:
            acknowledged.now()
        return True

    def _attempted(self, event: Event) -> Outcome:
        if self._channel is None:  # pragma: no cover
            raise RuntimeError("the worker has not started")
        return self._channel.deliver(event)

    def _note_delivery(self, database: Database) -> None:
        self.delivered += 1
        if self._is_troubled:
            store.clear_attempts(database, self._name)
            self._around.incidents.end(self._about, f"webhook {self._name} gets its events again")
            self._is_troubled, self._attempt, self._tried_id = False, 0, ""

    def _note_failure(self, database: Database, cursor: EventCursor, event: Event, outcome: Outcome) -> bool:
        """Keep that an attempt failed; return whether the events behind it may follow now."""
        self._attempt = self._attempt + 1 if self._tried_id == event.id else 1
        self._tried_id, self._is_troubled = event.id, True
        if outcome.verdict is Verdict.GONE:
            self._hold(database, f"the receiver wants no more events: {outcome.answer}")
            return False
        if is_dead(self._attempt, outcome.verdict):
            return self._bury(database, cursor, event, outcome)
        wait = wait_seconds(self._attempt, outcome)
        store.save_attempt(
            database,
            self._name,
            event,
            attempt=self._attempt,
            answer=outcome.answer,
            wait_seconds=wait,
        )
        self._trouble(outcome.answer)
        return False

    def _bury(self, database: Database, cursor: EventCursor, event: Event, outcome: Outcome) -> bool:
        in_row = store.bury(database, self._name, event, attempts=self._attempt, answer=outcome.answer)
        cursor.acknowledge(event)
        self.undelivered = outcome.answer
        self._around.incidents.say(
            f"webhook {self._name}: event {event.id} ({event.type}) was tried {self._attempt} times and is a "
            f"dead letter: {outcome.answer}; see: dbtrack webhook dead {self._name}"
        )
        self._attempt, self._tried_id = 0, ""
        if in_row >= MOST_REFUSED_IN_ROW:
            self._hold(database, f"{in_row} events in a row were refused: {outcome.answer}")
            return False
        return True

    def _hold(self, database: Database, reason: str) -> None:
        database.call("pause_endpoint", p_name=self._name, p_reason=reason)
        self.undelivered = reason
        self._around.incidents.say(
            f"webhook {self._name} is paused: {reason}; go on with: dbtrack webhook resume {self._name}"
        )

    def _trouble(self, text: str) -> None:
        self.undelivered = text
        self._around.incidents.begin(
            self._about, f"webhook {self._name}: {text}; trying again", in_summary=True
        )

    @property
    def _about(self) -> str:
        return f"webhook {self._name}"


class _Acknowledgement:
    """Acknowledges what was delivered, not after each event, but soon; a crash sends the rest again."""

    def __init__(self, cursor: EventCursor) -> None:
        self._cursor = cursor
        self._event: Event | None = None
        self._count = 0
        self._since = monotonic()

    def add(self, event: Event) -> None:
        self._event = event
        self._count += 1
        is_late = monotonic() - self._since > _LONGEST_UNACKNOWLEDGED_SECONDS
        if is_late or self._count >= _MOST_UNACKNOWLEDGED:
            self.now()

    def now(self) -> None:
        event, self._event = self._event, None
        if event is not None:
            self._cursor.acknowledge(event)
        self._count, self._since = 0, monotonic()
