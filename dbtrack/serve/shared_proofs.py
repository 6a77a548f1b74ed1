"""Prove a token once for several requests that arrived before the proof began."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedProofs(Generic[T]):
    """Runs at most one proof for each key at a time; who comes meanwhile waits for the next one.

    So a proof always begins after the request that it is for: a token that was revoked before is refused.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[T]] = {}
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def prove(self, key: Hashable, proof: Callable[[], Awaitable[T]]) -> T:
        """Return what a proof returns that has not begun yet; raise what it raises.

        Args:
            key: everything that the proof depends on.
            proof: begins one. It continues if who waits for it gives up.
        """
        task = self._next.get(key)
        if task is None:
            task = asyncio.create_task(self._run(key, proof, self._running.get(key)))
            self._next[key] = task
        return await asyncio.shield(task)

    async def _run(
        self, key: Hashable, proof: Callable[[], Awaitable[T]], before: asyncio.Task[T] | None
    ) -> T:
        if before is not None:
            with suppress(BaseException):
                await asyncio.wait({before})
        self._running[key] = self._next.pop(key)
        try:
            return await proof()
        finally:
            del self._running[key]
