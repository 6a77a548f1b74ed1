"""What is predicted of a statement: its locks, the work under them, how long they last, who waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum

INSTANT_MS = 10.0
"""What a statement takes at most that neither rewrites nor reads a table, once it has its locks.

Each of the 154 such forms took less on a table of 200,000 rows; the median was 0.3 ms.
"""


class Lock(IntEnum):
    """The modes of a table's lock, from weak to strong."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @property
    def words(self) -> str:
        """The mode as LOCK TABLE has it: ``ACCESS EXCLUSIVE``."""
        return self.name.replace("_", " ")

    @property
    def mode(self) -> str:
        """The mode as pg_locks has it: ``AccessExclusiveLock``."""
        return self.name.title().replace("_", "") + "Lock"

    @property
    def blocks_reads(self) -> bool:
        """Whether a SELECT waits for it."""
        return self is Lock.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE and DELETE wait for it."""
        return self >= Lock.SHARE

    @property
    def blocks_maintenance(self) -> bool:
        """Whether VACUUM, ANALYZE and other DDL wait for it."""
        return self >= Lock.SHARE_UPDATE_EXCLUSIVE


LOCKS_BY_MODE = {lock.mode: lock for lock in Lock}


class Work(Enum):
    """What takes a time that grows with the table, the heaviest first."""

    REWRITE = "rewrite"
    INDEX = "index"  # an index is built
    SCAN = "scan"  # all rows are read
    NONE = "none"


class Outcome(Enum):
    """What became of a statement on the copy."""

    PREDICTED = "predicted"
    BY_CLASS = "by class"  # not run: what is known of its form
    CONTROL = "control"  # BEGIN, COMMIT, SET
    LEFT_OUT = "left out"  # locks no table of this database
    NOT_RUN = "not run"  # the copy lacks something
    REFUSED = "refused"  # would reach beyond the copy
    FAILS = "fails"


@dataclass(frozen=True)
class Effect:
    """What a statement does to one relation that exists before it.

    Args:
        identity: its quoted name with the schema.
        kind: `table`, `partitioned table`, `view`, `materialized view`, `sequence`, `foreign table`.
        lock: the strongest lock on it; None where it has none, but one of its indexes.
        index_lock: the strongest lock on its indexes.
        rebuilt: its indexes that are built again, or for the first time.
        is_child_locked: one of its partitions is locked so that reading through it waits.
    """

    identity: str
    kind: str
    lock: Lock | None
    index_lock: Lock | None = None
    is_rewritten: bool = False
    is_scanned: bool = False
    rebuilt: tuple[str, ...] = ()
    is_child_locked: bool = False

    @property
    def work(self) -> Work:
        """The heaviest work on it."""
        if self.is_rewritten:
            return Work.REWRITE
        if self.rebuilt:
            return Work.INDEX
        return Work.SCAN if self.is_scanned else Work.NONE

    @property
    def blocks(self) -> tuple[str, ...]:
        """Who waits for it: `reads`, `writes`, `DDL and VACUUM`."""
        lock = self.lock or Lock.ACCESS_SHARE
        # A plan opens every index of its table, and every partition, so that it waits for these.
        reads = lock.blocks_reads or self.is_child_locked or self.index_lock is Lock.ACCESS_EXCLUSIVE
        found = []
        if reads:
            found.append("reads")
        # Nobody writes to a materialized view but REFRESH.
        if reads or (lock.blocks_writes and self.kind != "materialized view"):
            found.append("writes")
        if reads or lock.blocks_maintenance:
            found.append("DDL and VACUUM")
        return tuple(found)


@dataclass(frozen=True)
class Size:
    """How large a relation of the real database is.

    Args:
        rows: by the statistics; None before its first ANALYZE.
        heap: bytes of the table, with `indexes` and `toast` beside it.
        is_estimate: by the statistics alone, because the relation is locked now.
    """

    rows: int | None
    heap: int
    indexes: int = 0
    toast: int = 0
    is_estimate: bool = False


@dataclass(frozen=True)
class Duration:
    """How long a statement holds its locks, as an interval.

    Args:
        low_ms: the lower end; None where it is unknown.
        middle_ms: the most likely value.
        high_ms: the upper end.
        basis: where the numbers come from, in words.
        size_bytes: what is read or written; 0 where nothing is.
        runs: how many runs on this table they are from.
    """

    low_ms: float | None
    middle_ms: float | None
    high_ms: float | None
    basis: str
    size_bytes: int = 0
    runs: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there are numbers."""
        return self.high_ms is not None


@dataclass(frozen=True)
class Holder:
    """A session that holds a lock now, or a snapshot, for which the statement would wait.

    Args:
        identity: the relation; None for a snapshot, which does not depend on a relation.
        mode: the lock that it holds.
        transaction_s: how long its transaction is open; None where it has none or it may not be seen.
        query: its statement, without secrets.
        is_waiting: it waits for that lock itself, so that the statement queues behind it.
    """

    identity: str | None
    mode: Lock | None
    pid: int | None
    user: str | None
    application: str | None
    state: str | None
    backend_type: str | None
    transaction_s: float | None
    query: str | None
    is_waiting: bool = False

    @property
    def is_autovacuum(self) -> bool:
        """Whether it is autovacuum, which gives way to DDL unless it prevents a wraparound."""
        return self.backend_type == "autovacuum worker"


@dataclass(frozen=True)
class Traffic:
    """How many statements a second a table had while the prediction was made."""

    reads: float
    writes: float


@dataclass(frozen=True)
class SaferWay:
    """Another way to write a statement.

    Args:
        why: what it does better.
        statements: the SQL, in order; empty where there is only advice.
        advice: what SQL cannot say.
        is_same: it is the same statement, with a limit on its wait.
    """

    why: str
    statements: tuple[str, ...] = ()
    advice: str = ""
    is_same: bool = False


@dataclass
class Prediction:
    """What is predicted of one statement.

    Args:
        text: the statement, without the semicolon.
        line: where it begins in its file, from 1.
        form: what kind of statement it is, as `forms` names it.
        transaction: the number of the transaction that it belongs to; each statement outside of a block
            has its own.
        note: why it was not run, or what to know.
        held: how long the strongest of its locks is held, to the end of the transaction.
    """

    text: str
    line: int
    file: str | None
    form: str
    transaction: int
    outcome: Outcome
    effects: tuple[Effect, ...] = ()
    created: tuple[str, ...] = ()
    sqlstate: str | None = None
    error: str | None = None
    note: str | None = None
    lead: str | None = None
    sizes: dict[str, Size] = field(default_factory=dict)
    duration: Duration | None = None
    held: Duration | None = None
    holders: tuple[Holder, ...] = ()
    traffic: dict[str, Traffic] = field(default_factory=dict)
    safer: tuple[SaferWay, ...] = ()
    waits_for_snapshots: bool = False

    @property
    def lock(self) -> Lock | None:
        """The strongest lock on any relation."""
        return max((effect.lock for effect in self.effects if effect.lock), default=None)

    @property
    def work(self) -> Work:
        """The heaviest work on any relation."""
        found = {effect.work for effect in self.effects}
        return next(work for work in Work if work in found or work is Work.NONE)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Who waits for any of its locks."""
        found = {who for effect in self.effects for who in effect.blocks}
        return tuple(who for who in ("reads", "writes", "DDL and VACUUM") if who in found)

    @property
    def is_known(self) -> bool:
        """Whether anything is predicted of it."""
        return self.outcome in {Outcome.PREDICTED, Outcome.BY_CLASS, Outcome.FAILS}


@dataclass(frozen=True)
class Report:
    """The predictions of a script.

    Args:
        copy: how they were made: `embedded`, `database`, `none`.
        missing: what could not be copied, with the reason.
        notes: what the reader of the file left out.
        contents: what was copied, in words; empty without a copy, and for a small schema, which is copied
            whole.
    """

    database: str
    server: str
    server_version: int
    copy: str
    seconds: float
    predictions: tuple[Prediction, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    contents: str = ""
