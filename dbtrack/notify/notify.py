"""Deliver the events of all webhooks: a thread for each, until the process is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from dbtrack.config import ConnectionTarget, KeyRing
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NoConnectionError
from dbtrack.events import event_source
from dbtrack.notify import store
from dbtrack.notify.channels.channel import Sender
from dbtrack.notify.configuration import opened_configuration
from dbtrack.notify.endpoint_worker import APPLICATION_NAME, DATABASE, EndpointWorker, Surroundings
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.incidents import Incidents
from dbtrack.notify.lease import is_taken
from dbtrack.sql_files import query
from dbtrack.terminal.messages import Say

MOST_WEBHOOKS = 100
_LOOK_SECONDS = 1.0
_STANDBY = "standby"
_AWAY_SECONDS = 2.0
_QUICK_LOOK_SECONDS = 0.1
_REST_SECONDS = 5.0
_GRACE_SECONDS = 5.0
_CUT_SECONDS = 3.0


@dataclass(frozen=True)
class NotifyOptions:
    """How a worker works.

    Args:
        interval_seconds: how long each webhook waits after it found nothing new.
        is_once: deliver what is there, and end.
        most_webhooks: how many webhooks at once; each takes a thread and a connection.
    """

    interval_seconds: float = 0.5
    is_once: bool = False
    most_webhooks: int = MOST_WEBHOOKS
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class NotifySummary:
    """What a run did.

    Args:
        undelivered: by the webhook's name, why events were left undelivered.
    """

    delivered: int
    undelivered: Mapping[str, str]


class Notifier:
    """Starts a worker for each webhook, and others when webhooks are added, changed, paused or free.

    Args:
        database: a connection to begin with; when it is lost, the notifier makes new ones.
        target: where that connection leads.
        tick: called before each look at the webhooks, with a connection: evaluates alerts.
    """

    def __init__(
        self,
        database: Database,
        target: ConnectionTarget,
        keys: KeyRing,
        options: NotifyOptions,
        say: Say,
        *,
        tick: Callable[[Database], object] | None = None,
    ) -> None:
        self._target = database.without_asking_again(target)
        self._keys = keys
        self._options = options
        self._incidents = Incidents(say, has_summary=options.is_once)
        self._tick = tick
        self._stop = threading.Event()
        self._workers: dict[str, EndpointWorker] = {}
        self._rests_until: dict[str, float] = {}
        self._delivered = 0
        self._undelivered: dict[str, str] = {}
        self._done: set[str] = set()
        self._first = database
        self._surroundings = Surroundings(
            target=self._target,
            sender=Sender(database.name, event_source(database)),
            incidents=self._incidents,
            interval_seconds=options.interval_seconds,
            is_once=options.is_once,
            limits=options.limits,
        )
        self._started: dict[str, float] = {}

    def stop(self) -> None:
        """Ask it to end; safe in a signal handler."""
        self._stop.set()

    def run(self) -> NotifySummary:
        """Deliver until it is stopped, or with `is_once` until nothing is left to deliver now.

        Raises:
            DbtrackError: the webhooks cannot be listed.
        """
        database = self._first
        try:
            # Without dbtrack, or without the role for it, this one error is all there is to say.
            store.worklist(database)
            self._look(database)
            while not self._is_over():
                is_quick = self._options.is_once or self._surroundings.is_crowded.is_set()
                self._stop.wait(_QUICK_LOOK_SECONDS if is_quick else _LOOK_SECONDS)
                database = self._look_again(database)
        finally:
            self._end_workers()
            # The first one is the caller's; closing twice does no harm.
            database.close()
        return NotifySummary(self._delivered, self._undelivered)

    def _is_over(self) -> bool:
        return self._stop.is_set() or (self._options.is_once and not self._workers)

    def _look_again(self, database: Database) -> Database:
        """Look at the webhooks, over a new connection where the one given is lost; return the connection."""
        if self._stop.is_set():
            return database
        try:
            if database.is_lost:
                database.close()
                database = Database.connect(self._target, application_name=APPLICATION_NAME)
                self._incidents.end(DATABASE, "the database is back")
            self._look(database)
        except NoConnectionError as error:
            if self._options.is_once:
                raise
            self._incidents.begin(DATABASE, f"the database is away: {error.message}; trying again")
            self._stop.wait(_AWAY_SECONDS)
        except DbtrackError as error:
            if self._options.is_once:
                raise
            self._incidents.begin("webhooks", f"the webhooks cannot be listed: {error}; trying again")
            self._stop.wait(_AWAY_SECONDS)
        else:
            self._incidents.end("webhooks", "the webhooks can be listed again")
        return database

    def _look(self, database: Database) -> None:
        self._collect()
        if self._is_standby(database):
            return
        self._do_other_work(database)
        # Where there are more than places, who had one longest ago comes first.
        wanted = sorted(store.worklist(database), key=lambda work: self._started.get(work.name, 0.0))
        for work in wanted:
            running = self._workers.get(work.name)
            if running is not None and running.work.stored != work.stored:
                # It starts again with the new configuration.
                running.stop()
        ready = [work for work in wanted if self._may_start(work)]
        places = self._options.most_webhooks - len(self._workers)
        for work in ready[:places]:
            self._start(work)
        if len(ready) > places:
            self._surroundings.is_crowded.set()
        else:
            self._surroundings.is_crowded.clear()

    def _is_standby(self, database: Database) -> bool:
        """Return whether another server leads; say when that begins and ends."""
        is_standby = bool(database.value(query("connection/is_standby")))
        if is_standby:
            self._incidents.begin(_STANDBY, "this server is a standby: waiting until it leads")
        else:
            self._incidents.end(_STANDBY, "this server leads now: delivering")
        return is_standby

    def _do_other_work(self, database: Database) -> None:
        if self._tick is None:
            return
        try:
            self._tick(database)
        except NoConnectionError:
            raise
        except DbtrackError as error:
            # Events are delivered, whatever is wrong with it.
            self._incidents.begin("alerts", f"the alerts cannot be evaluated: {error}; trying again")
        else:
            self._incidents.end("alerts", "the alerts can be evaluated again")

    def _may_start(self, work: store.Work) -> bool:
        if work.name in self._workers or work.name in self._done or is_taken(work):
            return False
        if work.wait_seconds > 0:
            if self._options.is_once:
                self._undelivered.setdefault(work.name, "it waits for the next attempt")
            return False
        return self._rests_until.get(work.name, 0.0) <= monotonic()

    def _start(self, work: store.Work) -> None:
        self._started[work.name] = monotonic()
        try:
            configuration = opened_configuration(work.name, work.stored, self._keys)
        except DbtrackError as error:
            self._undelivered[work.name] = str(error).removeprefix(f"webhook {work.name}: ")
            self._incidents.begin(f"configuration {work.name}", str(error), in_summary=True)
            self._rests_until[work.name] = monotonic() + _REST_SECONDS
            return
        worker = EndpointWorker(work, configuration, self._surroundings)
        self._workers[work.name] = worker
        worker.start()

    def _collect(self) -> None:
        """Take the workers that have ended out, with what they did."""
        for name, worker in list(self._workers.items()):
            if worker.is_running:
                continue
            del self._workers[name]
            self._delivered += worker.delivered
            if worker.undelivered is not None:
                self._undelivered[name] = worker.undelivered
            if self._options.is_once:
                self._done.add(name)
            if worker.must_rest:
                self._rests_until[name] = monotonic() + _REST_SECONDS

    def _end_workers(self) -> None:
        """Let each attempt end that ends soon, and cut the others: their events are sent again."""
        for worker in self._workers.values():
            worker.stop()
        _join(self._workers.values(), _GRACE_SECONDS)
        for worker in self._workers.values():
            if worker.is_running:
                worker.cut()
        _join(self._workers.values(), _CUT_SECONDS)
        self._collect()


def _join(workers: Iterable[EndpointWorker], seconds: float) -> None:
    until = monotonic() + seconds
    for worker in workers:
        worker.join(max(until - monotonic(), 0.0))
