"""Answers that are given again for a few seconds: one reading of the database for all who ask the same.

It decides nothing about rights. The key of an answer has the token, its secret's hash and the tenant that
the request names. With each answer is kept what the database said of the token when it was read. Who is
given it again has proven the token to the database for the same request, and the database has said the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial

from dbtrack.serve.known_tokens import TokenRow

MOST_BYTES = 32 * 1024 * 1024
"""The answers that one worker keeps."""


@dataclass(frozen=True)
class ReadAnswer:
    """An answer as it was read.

    Args:
        token: what the database said of the token in the transaction that read it.
        body: the whole body of the answer.
        access: the arguments of `record_access`, if the database recorded that somebody read it: then
            everybody who reads it is recorded. None if it did not.
    """

    token: TokenRow
    body: bytes
    access: Mapping[str, object] | None = None


@dataclass(eq=False)
class Flight:
    """One reading of the database, which several requests may wait for.

    Args:
        writes: the number of the last write before it began.
        began: by `time.monotonic()`.
    """

    writes: int
    began: float
    task: asyncio.Task[ReadAnswer]
    ended: float | None = None
    size: int = 0

    @property
    def age_seconds(self) -> float:
        """How old what it has read may be."""
        return time.monotonic() - self.began


Read = Callable[[], Awaitable[ReadAnswer]]


@dataclass
class AnswerCache:
    """The readings of one worker: those that run, and those that ended in the last seconds.

    Args:
        seconds: how long an answer is kept; 0 switches the cache off.
        most_bytes: of all answers that are kept; the oldest give way.
    """

    seconds: float
    most_bytes: int = MOST_BYTES
    _flights: dict[Hashable, Flight] = field(default_factory=dict, repr=False)
    _bytes: int = 0

    @property
    def kept_bytes(self) -> int:
        """The size of what is kept."""
        return self._bytes

    def find(self, key: Hashable) -> Flight | None:
        """Return the reading that runs for a key, or ended a short time ago; None without one."""
        flight = self._flights.get(key)
        if flight is None or flight.ended is None or time.monotonic() - flight.ended < self.seconds:
            return flight
        self.drop(key, flight)
        return None

    def start(self, key: Hashable, read: Read, writes: int) -> Flight:
        """Begin a reading; it ends whether or not somebody still waits for it."""
        if (earlier := self._flights.get(key)) is not None:
            self.drop(key, earlier)
        flight = Flight(writes, time.monotonic(), asyncio.ensure_future(_as_coroutine(read)))
        self._flights[key] = flight
        flight.task.add_done_callback(partial(self._end, key, flight))
        return flight

    def drop(self, key: Hashable, flight: Flight) -> None:
        """Give an answer to nobody who asks from now on; who waits for it already gets it."""
        if self._flights.get(key) is flight:
            del self._flights[key]
            self._bytes -= flight.size

    async def close(self) -> None:
        """End what still runs, and forget everything."""
        running = [flight.task for flight in self._flights.values() if not flight.task.done()]
        self._flights.clear()
        self._bytes = 0
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _end(self, key: Hashable, flight: Flight, task: asyncio.Task[ReadAnswer]) -> None:
        if task.cancelled() or task.exception() is not None:
            self.drop(key, flight)
            return
        if self._flights.get(key) is not flight:
            return
        flight.ended, flight.size = time.monotonic(), len(task.result().body)
        # The order is that of the ends, so that the oldest is the first.
        del self._flights[key]
        self._flights[key] = flight
        self._bytes += flight.size
        self._make_room()
        asyncio.get_running_loop().call_later(self.seconds, self.drop, key, flight)

    def _make_room(self) -> None:
        for key, flight in [*self._flights.items()]:
            if self._bytes <= self.most_bytes:
                return
            if flight.ended is not None:
                self.drop(key, flight)


async def _as_coroutine(read: Read) -> ReadAnswer:
    return await read()
