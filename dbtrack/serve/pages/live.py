"""Keep the first page up to date: one reading of the database for all browsers with the same token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dbtrack.errors import DbtrackError, NoConnectionError
from dbtrack.serve.pages.now import (
    Now,
    Recent,
    Trouble,
    Week,
    read_recent,
    read_trouble,
    read_week,
    with_blocks,
)
from dbtrack.serve.pages.reader import Reader
from dbtrack.serve.pages.templating import assets

SECONDS_BETWEEN = 2.0
"""How often the database is read while somebody looks, at most."""

_LONGEST_AGE_SECONDS = 30.0
# A reading takes at most this share of the time.
_LARGEST_SHARE = 1 / 20


class EndedError(Exception):
    """The token has expired or was revoked."""


Open = Callable[[], AbstractAsyncContextManager[Reader]]
"""Begins a transaction with the rights of the reader, in which nothing is written. Raises `EndedError`."""


@dataclass
class _Part:
    """When a part of the page was read, what that cost, and whether something has happened since."""

    read_at: float = float("-inf")
    cost_seconds: float = 0.0
    is_stale: bool = True

    def is_due(self, now: float) -> bool:
        passed = now - self.read_at
        if passed < self.cost_seconds / _LARGEST_SHARE:
            return False
        return self.is_stale or passed >= _LONGEST_AGE_SECONDS

    def was_read(self, began: float) -> None:
        now = time.monotonic()
        self.read_at, self.cost_seconds, self.is_stale = now, now - began, False


class Feed:
    """The first page as one reader sees it; it is read while somebody watches, and not otherwise."""

    def __init__(self, open_reader: Open, base: str) -> None:
        """Describe the feed.

        Args:
            open_reader: begins a transaction as the reader.
            base: the path under which the pages are served.
        """
        self._open = open_reader
        self._base = base
        self._trouble, self._week = _Part(), _Part()
        self._reading = asyncio.Lock()
        self._moved = asyncio.Condition()
        self._watchers = 0
        self._task: asyncio.Task[None] | None = None
        self._read_at = float("-inf")
        self._cost_seconds = 0.0
        self._seen_at = 0.0
        self.now: Now | None = None
        """What was read last; None before the first reading."""
        self.lost: str | None = None
        """Why the last reading failed; None if it did not."""
        self.ended = False
        """Whether the token has expired or was revoked."""
        self.count = 0
        """How often something was read or went wrong."""

    def clock(self) -> datetime:
        """Return the time by the database's clock, with which all times on the page agree."""
        if self.now is None:
            return datetime.now(UTC)
        return self.now.recent.place.read_at + timedelta(seconds=time.monotonic() - self._seen_at)

    @property
    def watchers(self) -> int:
        """How many browsers watch."""
        return self._watchers

    async def current(self) -> Now:
        """Return the page, at most two seconds old; of many that ask at once, one reads.

        If the database does not answer, the page is as old as it is, and `lost` says why.

        Raises:
            EndedError: the token has expired or was revoked.
            DbtrackError: nothing was ever read.
        """
        async with self._reading:
            if self.now is None or time.monotonic() - self._read_at >= self._seconds_between:
                try:
                    await self._read()
                except DbtrackError:
                    if self.now is None:
                        raise
        if self.now is None:  # a reading either succeeds or raises
            raise EndedError
        return self.now

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Keep the page up to date for the block."""
        self._watchers += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            self._watchers -= 1
            if self._watchers == 0 and self._task is not None:
                self._task.cancel()
                self._task = None

    async def moved(self, since: int, seconds: float) -> None:
        """Wait until something was read after the count `since`, or so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                async with self._moved:
                    await self._moved.wait_for(lambda: self.count != since)
        except TimeoutError:
            return

    @property
    def _seconds_between(self) -> float:
        return max(SECONDS_BETWEEN, self._cost_seconds / _LARGEST_SHARE)

    async def _keep(self) -> None:
        while not self.ended:
            await asyncio.sleep(self._seconds_between)
            async with self._reading:
                try:
                    await self._read()
                except (DbtrackError, EndedError):
                    # Both are kept; who watches is told.
                    continue

    async def _read(self) -> None:
        began = time.monotonic()
        try:
            async with self._open() as reader:
                recent = await read_recent(reader)
                seen_at = time.monotonic()
                self._cost_seconds = time.monotonic() - began
                self._note_change(recent)
                trouble = await self._trouble_of(reader)
                week = await self._week_of(reader, recent)
            self.now = bounded(Now(recent, trouble, week), self._base)
            self._seen_at = seen_at
            self.lost = None
        except EndedError:
            self.ended = True
            raise
        except DbtrackError as error:
            self.lost = (
                "the database does not answer"
                if isinstance(error, NoConnectionError)
                else "the database could not answer"
            )
            raise
        finally:
            self._read_at = time.monotonic()
            self.count += 1
            async with self._moved:
                self._moved.notify_all()

    def _note_change(self, recent: Recent) -> None:
        if self.now is not None and self.now.recent.mark != recent.mark:
            self._trouble.is_stale = self._week.is_stale = True

    async def _trouble_of(self, reader: Reader) -> Trouble:
        began = time.monotonic()
        if self.now is not None and not self._trouble.is_due(began):
            return self.now.trouble
        trouble = await read_trouble(reader)
        self._trouble.was_read(began)
        return trouble

    async def _week_of(self, reader: Reader, recent: Recent) -> Week:
        began = time.monotonic()
        if self.now is not None and not self._week.is_due(began):
            return self.now.week
        week = await read_week(reader, recent.place.read_at)
        self._week.was_read(began)
        return week


_MOST_PAGE_BYTES = 60_000
_FRAME_BYTES = 4_500


def bounded(now: Now, base: str) -> Now:
    """Return the page with its blocks, with shorter names where these would make it larger than 60 kB."""
    most = _MOST_PAGE_BYTES - _FRAME_BYTES - len(assets().style.encode()) - len(assets().script.encode())
    for longest in (200, 80, 40, 16):
        shown = with_blocks(now, base, longest)
        if sum(len(block.html.encode()) for block in shown.blocks.values()) <= most:
            return shown
    # So hostile that even 16 characters of each name are too many: fewer rows.
    recent = replace(now.recent, lately=now.recent.lately[:2], running=now.recent.running[:1])
    trouble = replace(now.trouble, causes=now.trouble.causes[:2])
    return replace(now, blocks=with_blocks(replace(now, recent=recent, trouble=trouble), base, 16).blocks)
