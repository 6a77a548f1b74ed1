"""Ask many databases at once, with bounded connections: each answer or failure is told when it is known."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from dbtrack.db import Database
from dbtrack.errors import (
    DbtrackError,
    NoConnectionError,
    NotInstalledError,
    PermissionDeniedError,
    TooManyConnectionsError,
)

if TYPE_CHECKING:
    from dbtrack.fleet.members import Member

T = TypeVar("T")
_POLL_SECONDS = 0.1
_CANCEL_SECONDS = 1.0
_END_SECONDS = 2.0
_APPLICATION = "dbtrack fleet"
_TIMED_OUT = "timeout expired"
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Limits:
    """How many connections there are, and how long a member may take.

    Args:
        jobs: how many members are asked at once.
        per_server: how many of these may be of one server.
        connect_seconds: how long connecting may take.
        total_seconds: how long a member may take altogether; None for any time.
    """

    jobs: int = 16
    per_server: int = 4
    connect_seconds: float = 10.0
    total_seconds: float | None = 10.0


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What a member answered, or why it did not.

    Args:
        seconds: how long that took.
        is_begun: whether it was asked at all; otherwise others had failed before, or it was interrupted.
        is_interrupted: whether it was cancelled before it was done.
    """

    member: Member
    value: T | None = None
    error: DbtrackError | None = None
    seconds: float = 0.0
    is_begun: bool = True
    is_interrupted: bool = False

    @property
    def state(self) -> str:
        """Why there is no answer, in a word or two; `answered` if there is one."""
        return "answered" if self.error is None else state_of(self.error)


class SilentServerError(NoConnectionError):
    """The server did not answer in time."""


_NO_ANSWER = NoConnectionError("the connection was cut, and the server did not answer")

_STATES: tuple[tuple[type[DbtrackError], str], ...] = (
    (NotInstalledError, "not installed"),
    (PermissionDeniedError, "not permitted"),
    (DbtrackError, "failed"),
)


def state_of(error: DbtrackError) -> str:
    """Return the kind of failure: timeout, full, refused, unreachable, not installed and so on."""
    if isinstance(error, TooManyConnectionsError):
        return "full"
    if isinstance(error, NoConnectionError):
        if isinstance(error, SilentServerError) or _TIMED_OUT in error.message:
            return "timeout"
        return "refused" if error.is_refusal else "unreachable"
    return next(word for kind, word in _STATES if isinstance(error, kind))


@dataclass(eq=False)
class _Running:
    """A member that is being asked, by a thread of its own."""

    member: Member
    began: float
    has_connected: bool = False
    is_over: bool = False
    full: TooManyConnectionsError | None = None
    _database: Database | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def connect(self, seconds: float) -> Database:
        """Connect; while the server has too many connections, try again for so long."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return Database.connect(self.member.target, application_name=_APPLICATION)
            except TooManyConnectionsError as error:
                self.full = error
                left = seconds - (time.monotonic() - self.began)
                # Somebody who leaves makes room for one of many who wait.
                if left <= 0 or self._ended.wait(min(pause, left)):
                    raise
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def begin(self, database: Database) -> bool:
        """Note the connection; return whether it is still wanted."""
        with self._lock:
            self.has_connected = True
            self._database = None if self.is_over else database
            return not self.is_over

    def end(self) -> None:
        """Forget the connection, which is closed next: its number may soon be that of another one."""
        with self._lock:
            self._database = None

    def cancel(self) -> None:
        """Cancel what runs, and keep the connection: the server says what came of it."""
        with self._lock:
            self.is_over = True
            self._ended.set()
            if self._database is not None:
                self._database.cancel(seconds=_CANCEL_SECONDS)

    def abort(self) -> None:
        """Cancel what runs, and break the connection."""
        with self._lock:
            self.is_over = True
            self._ended.set()
            if self._database is not None:
                self._database.abort(seconds=1.0)


class _Asking(Generic[T]):
    """The threads that ask, and what waits for one."""

    def __init__(
        self,
        members: Sequence[Member],
        work: Callable[[Member, Database], T],
        limits: Limits,
        interruption: threading.Event | None,
    ) -> None:
        self._work = work
        self._limits = limits
        self._pending = list(members)
        self._running: list[_Running] = []
        self._answers: queue.Queue[tuple[_Running, Outcome[T]]] = queue.Queue()
        self._aborting: list[threading.Thread] = []
        self._silent: dict[str, tuple[str, DbtrackError]] = {}
        self._interruption = interruption or threading.Event()
        self.is_stopped = False

    def run(self) -> Iterator[Outcome[T]]:
        """Yield each outcome when it is known."""
        try:
            while (self._pending or self._running) and not self._interruption.is_set():
                yield from self._start()
                yield from self._finished()
                yield from self._overdue()
            if self._interruption.is_set():
                yield from self._interrupted()
        finally:
            self._end()

    def _start(self) -> Iterator[Outcome[T]]:
        """Start whatever may run now; yield those that need not be asked any more."""
        busy = Counter(each.member.server for each in self._running)
        waiting: list[Member] = []
        skipped: list[Outcome[T]] = []
        for member in self._pending:
            if self.is_stopped:
                skipped.append(Outcome(member, is_begun=False))
            elif (first := self._silent.get(member.server)) is not None:
                skipped.append(Outcome(member, error=_not_asked(member, *first)))
            elif len(self._running) < self._limits.jobs and busy[member.server] < self._limits.per_server:
                busy[member.server] += 1
                self._begin(member)
            else:
                waiting.append(member)
        self._pending = waiting
        yield from skipped

    def _begin(self, member: Member) -> None:
        running = _Running(member, time.monotonic())
        self._running.append(running)
        threading.Thread(
            target=self._ask, args=(running,), name=f"dbtrack fleet {member.name}", daemon=True
        ).start()

    def _ask(self, running: _Running) -> None:
        value: T | None = None
        failure: DbtrackError | None = DbtrackError("the program failed; its traceback is on standard error")
        try:
            with running.connect(self._limits.connect_seconds) as database:
                try:
                    if running.begin(database):
                        value = self._work(running.member, database)
                    failure = None
                finally:
                    running.end()
        except DbtrackError as error:
            failure = error
        finally:
            seconds = time.monotonic() - running.began
            self._answers.put((running, Outcome(running.member, value, failure, seconds)))

    def _finished(self) -> Iterator[Outcome[T]]:
        if not self._running:
            return
        with suppress(queue.Empty):
            answer = self._answers.get(timeout=_POLL_SECONDS)
            while True:
                running, outcome = answer
                if running in self._running:
                    self._running.remove(running)
                    self._note_silence(running, outcome.error)
                    yield outcome
                answer = self._answers.get_nowait()

    def _note_silence(self, running: _Running, error: DbtrackError | None) -> None:
        is_full = isinstance(error, TooManyConnectionsError) and error.is_whole_server
        is_silent = is_full or (error is not None and state_of(error) == "timeout")
        if error is not None and is_silent and not running.has_connected and running.member.server:
            self._silent.setdefault(running.member.server, (running.member.name, error))

    def _overdue(self) -> Iterator[Outcome[T]]:
        limit = self._limits.total_seconds
        now = time.monotonic()
        for running in list(self._running) if limit is not None else ():
            if limit is None or now - running.began < limit:
                continue
            self._running.remove(running)
            what = "there was no answer" if running.has_connected else "the server did not answer"
            error: NoConnectionError = SilentServerError(
                f"{what} within {limit:g} s", hint="a longer --timeout waits for it"
            )
            if running.full is not None and not running.has_connected:
                error = running.full
            self._note_silence(running, error)
            self._abort(running)
            yield Outcome(running.member, error=error, seconds=now - running.began)

    def _interrupted(self) -> Iterator[Outcome[T]]:
        """Cancel what runs; yield what came of it, and the members that are not begun."""
        for end, seconds in ((_Running.cancel, _CANCEL_SECONDS), (_Running.abort, _END_SECONDS)):
            for running in self._running:
                self._in_thread(running, end)
            yield from self._answered_within(seconds)
        for running in self._running:
            seconds = time.monotonic() - running.began
            yield Outcome(running.member, error=_NO_ANSWER, seconds=seconds, is_interrupted=True)
        self._running = []
        yield from (Outcome(member, is_begun=False, is_interrupted=True) for member in self._pending)
        self._pending = []

    def _answered_within(self, seconds: float) -> Iterator[Outcome[T]]:
        deadline = time.monotonic() + seconds
        while self._running and (remaining := deadline - time.monotonic()) > 0:
            with suppress(queue.Empty):
                running, outcome = self._answers.get(timeout=remaining)
                if running in self._running:
                    self._running.remove(running)
                    yield replace(outcome, is_interrupted=outcome.error is not None)

    def _end(self) -> None:
        """Cancel what still runs, and wait a moment, so that no statement or connection is left behind."""
        for running in self._running:
            self._abort(running)
        deadline = time.monotonic() + _END_SECONDS
        for thread in self._aborting:
            thread.join(max(deadline - time.monotonic(), 0))
        left = len(self._running)
        while left and (remaining := deadline - time.monotonic()) > 0:
            with suppress(queue.Empty):
                self._answers.get(timeout=remaining)
                left -= 1

    def _abort(self, running: _Running) -> None:
        self._in_thread(running, _Running.abort)

    def _in_thread(self, running: _Running, end: Callable[[_Running], None]) -> None:
        # In a thread of its own: a server that is silent lets a cancellation wait, too.
        thread = threading.Thread(target=end, args=(running,), daemon=True)
        self._aborting.append(thread)
        thread.start()


def _not_asked(member: Member, first: str, error: DbtrackError) -> NoConnectionError:
    if isinstance(error, TooManyConnectionsError):
        return TooManyConnectionsError(
            f"not asked: the server {member.server} had no connection free for {first}"
        )
    return SilentServerError(f"not asked: the server {member.server} did not answer {first}")


def ask_each(
    members: Sequence[Member],
    work: Callable[[Member, Database], T],
    limits: Limits,
    *,
    goes_on: Callable[[Outcome[T]], bool] = lambda _outcome: True,
    interruption: threading.Event | None = None,
) -> Iterator[Outcome[T]]:
    """Connect to each member and do the work there; yield what came of it, the first to be done first.

    Each member has a thread and a connection of its own. A server that let a connection wait in vain is not
    asked again. Closing the iterator, or Ctrl-C, cancels what runs and closes every connection.

    Args:
        work: called in a thread; a `DbtrackError` that it raises is the outcome.
        goes_on: called with each outcome; after False, no other member is begun, and those that were not are
            outcomes as well.
        interruption: when it is set, what runs is cancelled, and no other member is begun.
    """
    asking = _Asking(members, work, limits, interruption)
    for outcome in asking.run():
        if outcome.is_begun and not goes_on(outcome):
            asking.is_stopped = True
        yield outcome
