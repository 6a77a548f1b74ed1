"""Who holds now what a statement would have to wait for, and how many statements would queue behind it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from time import monotonic

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.predict.model import LOCKS_BY_MODE, Holder, Lock, Prediction, Traffic
from dbtrack.predict.source import read_traffic, wanted_locks
from dbtrack.redaction.free_text import redact

_LONGEST_QUERY = 500
# CREATE INDEX CONCURRENTLY and its like wait for the snapshots of all sessions.
SNAPSHOT_FORMS = frozenset({"create index concurrently", "reindex concurrently"})
# What waits for everybody who uses the table, readers too, whatever its lock says.
_WAITING_FOR_READERS = frozenset({"drop index concurrently", "detach partition concurrently"})
_WAITING_FOR_WRITERS = frozenset({"create index concurrently", "reindex concurrently"})


def wanted(prediction: Prediction) -> list[tuple[str, Lock]]:
    """Return the locks that a statement waits for, with the relation of each."""
    found: dict[str, Lock] = {}
    for effect in prediction.effects:
        lock = effect.lock
        if effect.identity == prediction.lead and prediction.form in _WAITING_FOR_READERS:
            lock = Lock.ACCESS_EXCLUSIVE
        elif effect.identity == prediction.lead and prediction.form in _WAITING_FOR_WRITERS:
            lock = Lock.SHARE_ROW_EXCLUSIVE
        if lock is not None:
            found[effect.identity] = lock
    return list(found.items())


def holders(real: Database, predictions: Sequence[Prediction]) -> list[tuple[Holder, ...]]:
    """Return who would make each statement wait, the oldest transaction first."""
    locks = [[(identity, lock.mode) for identity, lock in wanted(prediction)] for prediction in predictions]
    by_lock = _holders_of(real, {each for found in locks for each in found})
    snapshots = _snapshot_holders(real) if any(p.waits_for_snapshots for p in predictions) else []
    found = []
    for prediction, of_statement in zip(predictions, locks, strict=True):
        ranked = sorted(
            (entry for lock in of_statement for entry in by_lock.get(lock, ())), key=itemgetter(0)
        )
        own = [holder for _, holder in ranked]
        if prediction.waits_for_snapshots:
            known = {holder.pid for holder in own}
            own += [holder for holder in snapshots if holder.pid not in known]
        found.append(tuple(own))
    return found


def _holders_of(
    real: Database, locks: set[tuple[str, str]]
) -> dict[tuple[str, str], list[tuple[int, Holder]]]:
    """Return the holders of locks that conflict with each lock, with their place in the order of all."""
    found: dict[tuple[str, str], list[tuple[int, Holder]]] = {}
    if locks:
        rows = real.rows(sql_files.query("predict/holders"), {"wanted": wanted_locks(sorted(locks))})
        for number, row in enumerate(rows):
            found.setdefault((row[0], row[10]), []).append((number, _lock_holder(row)))
    return found


def _snapshot_holders(real: Database) -> list[Holder]:
    return [_snapshot_holder(row) for row in real.rows(sql_files.query("predict/old_snapshots"))]


def _lock_holder(row: Sequence[object]) -> Holder:
    identity, mode, pid, user, application, state, backend, seconds, query, granted, _ = row
    return Holder(
        str(identity), LOCKS_BY_MODE.get(str(mode)), _int(pid), _text(user), _text(application), _text(state),
        _text(backend), _float(seconds), _statement(query), is_waiting=not granted,
    )  # fmt: skip


def _snapshot_holder(row: Sequence[object]) -> Holder:
    pid, user, application, state, backend, seconds, query = row
    return Holder(
        None, None, _int(pid), _text(user), _text(application), _text(state), _text(backend), _float(seconds),
        _statement(query),
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _statement(value: object) -> str | None:
    return None if not value else redact(" ".join(str(value).split()))[:_LONGEST_QUERY]


class TrafficMeter:
    """Counts the statements on each table between its start and its end."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self._started = monotonic()
        self._before = read_traffic(real)

    def read(self) -> dict[str, Traffic]:
        """Return the traffic since the start; tables without any are left out."""
        seconds = max(monotonic() - self._started, 0.001)
        found = {}
        for identity, (reads, writes) in read_traffic(self._real).items():
            old_reads, old_writes = self._before.get(identity, (reads, writes))
            if reads > old_reads or writes > old_writes:
                found[identity] = Traffic((reads - old_reads) / seconds, (writes - old_writes) / seconds)
        return found
