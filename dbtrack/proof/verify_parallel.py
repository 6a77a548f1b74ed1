"""Verify blocks on several connections in parallel, all in one snapshot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, shared_snapshot
from dbtrack.proof.blocks import Block
from dbtrack.proof.verify_block import BlockContext, BlockResult, verify_block


class _Connections:
    """One connection for each thread, opened when the thread first reads."""

    def __init__(self, target: ConnectionTarget, snapshot: str) -> None:
        self._target = target
        self._snapshot = snapshot
        self._own = threading.local()
        self._stack = ExitStack()
        self._lock = threading.Lock()

    def database(self) -> Database:
        found: Database | None = getattr(self._own, "database", None)
        if found is None:
            with self._lock:
                found = self._stack.enter_context(Database.connect(self._target))
                self._stack.enter_context(shared_snapshot(found, self._snapshot))
            self._own.database = found
        return found

    def close(self) -> None:
        self._stack.close()


def verify_blocks(
    target: ConnectionTarget,
    snapshot: str,
    blocks: list[Block],
    context: BlockContext,
    jobs: int,
    progress: Callable[[int, int], None],
) -> Iterator[BlockResult]:
    """Verify blocks, `jobs` of them in parallel, and return their results in order."""
    total = sum(block.header.leaf_count for block in blocks)
    done = 0
    connections = _Connections(target, snapshot)
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        for result in pool.map(lambda block: verify_block(connections.database(), block, context), blocks):
            done += result.leaves
            progress(done, total)
            yield result
    finally:
        pool.shutdown(cancel_futures=True)
        connections.close()
