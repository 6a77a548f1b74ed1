"""The cache by itself: what it keeps, how much, and what it gives to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from dbtrack.serve.answer_cache import AnswerCache, Flight, ReadAnswer
from dbtrack.serve.cache_counts import CacheCounts, Outcome
from dbtrack.serve.known_tokens import TokenRow
from dbtrack.serve.shared_proofs import SharedProofs
from dbtrack.serve.writes import Writes, reach_of

TOKEN = TokenRow("0" * 12, "ci", "read", None, None, ["acme", "globex"], None)
ACME, GLOBEX = reach_of(TOKEN, None) or ()


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 60))


async def read(cache: AnswerCache, key: str, size: int = 10) -> Flight:
    async def answer() -> ReadAnswer:
        return ReadAnswer(TOKEN, b"x" * size)

    flight = cache.start(key, answer, 0)
    await flight.task
    await asyncio.sleep(0)
    return flight


def test_its_size_is_bounded_and_the_oldest_give_way() -> None:
    async def test() -> None:
        cache = AnswerCache(60, most_bytes=100)
        for number in range(50):
            await read(cache, f"key {number}", 30)
            assert cache.kept_bytes <= 100
        assert [number for number in range(50) if cache.find(f"key {number}")] == [47, 48, 49]
        await read(cache, "key 48", 30)
        assert (await read(cache, "too large", 101)).ended is not None
        assert cache.find("too large") is None
        await read(cache, "last", 100)
        assert cache.find("last")
        assert cache.kept_bytes == 100
        await cache.close()
        assert cache.find("last") is None
        assert cache.kept_bytes == 0

    run(test())


def test_what_is_old_or_failed_is_forgotten() -> None:
    async def fail() -> ReadAnswer:
        raise ValueError("no database")

    async def test() -> None:
        cache = AnswerCache(0.05)
        await read(cache, "old")
        while cache.kept_bytes:  # by itself, although nobody asks
            await asyncio.sleep(0.01)
        assert cache.find("old") is None
        failing = cache.start("failed", fail, 0)
        assert cache.find("failed") is failing
        with pytest.raises(ValueError, match="no database"):
            await failing.task
        await asyncio.sleep(0)
        assert cache.find("failed") is None
        # A reading that was dropped while it ran is not kept, and does not displace the one that took its place.
        gate = asyncio.Event()

        async def wait() -> ReadAnswer:
            await gate.wait()
            return ReadAnswer(TOKEN, b"stale")

        cache = AnswerCache(60)
        stale = cache.start("key", wait, 0)
        fresh = await read(cache, "key")
        gate.set()
        assert (await stale.task).body == b"stale"
        await asyncio.sleep(0)
        assert cache.find("key") is fresh
        assert cache.kept_bytes == 10

    run(test())


def test_a_proof_begins_after_each_request_that_it_is_for() -> None:
    async def test() -> None:
        proofs: SharedProofs[bool] = SharedProofs()
        is_valid, began = True, 0
        gate = asyncio.Event()

        async def proof() -> bool:
            nonlocal began
            began += 1
            seen = is_valid
            await gate.wait()
            return seen

        first = [asyncio.create_task(proofs.prove("token", proof)) for _ in range(100)]
        await asyncio.sleep(0.01)
        is_valid = False
        later = [asyncio.create_task(proofs.prove("token", proof)) for _ in range(100)]
        other = asyncio.create_task(proofs.prove("other", proof))
        await asyncio.sleep(0.01)
        later[0].cancel()
        gate.set()
        assert await asyncio.gather(*first) == [True] * 100
        assert await asyncio.gather(*later[1:]) == [False] * 99
        assert await other is False
        assert began == 3
        assert await proofs.prove("token", proof) is False
        assert began == 4

    run(test())


def test_writes_make_stale_what_their_tenant_sees() -> None:
    writes = Writes()
    assert writes.last(None) == writes.count == 0
    writes.note(ACME)
    writes.note(ACME)
    writes.note(None)
    assert [writes.last(reach) for reach in ([ACME], [GLOBEX], [ACME, GLOBEX], [], None)] == [2, 0, 2, 0, 3]
    assert writes.is_recent([ACME])
    assert writes.is_recent(None)
    assert not writes.is_recent([GLOBEX])
    assert reach_of(TOKEN._replace(tenants=None), None) is None
    assert reach_of(TOKEN._replace(tenants=None, asked_hk=ACME), "acme") == (ACME,)
    counts = CacheCounts()
    for outcome in (Outcome.HIT, Outcome.MISS, Outcome.HIT):
        counts.add(outcome)
    assert counts.all() == {Outcome.HIT: 2, Outcome.JOINED: 0, Outcome.MISS: 1}
