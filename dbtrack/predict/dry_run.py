"""Run statements on a copy, and see what each of them locks, rewrites, builds and reads there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.predict.copy import Copy, apply_settings, without_owner
from dbtrack.predict.forms import Parsed
from dbtrack.predict.model import LOCKS_BY_MODE, Effect, Lock, Work
from dbtrack.predict.relations import Changed, Relation, Relations
from dbtrack.predict.restore import sqlstate
from dbtrack.predict.script import Statement

_OUTSIDE_A_TRANSACTION, _PERMISSION_DENIED = "25001", "42501"
_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "S": "sequence",
    "f": "foreign table",
}


_Done = tuple[dict[int, Lock], set[int], Changed]
"""The locks of a statement, the tables whose rows it read, and what it changed."""


@dataclass(frozen=True)
class Observation:
    """What a statement did on the copy."""

    effects: tuple[Effect, ...]
    created: tuple[str, ...]
    lead: str | None
    ran_outside: bool = False


class DryRun:
    """A copy on which statements are run one after another.

    Args:
        settings: of the session.
        is_kept: what a statement does stays for the next one; otherwise it is rolled back.
    """

    def __init__(self, copy: Copy, settings: Mapping[str, str], *, is_kept: bool = True) -> None:
        self.copy = copy
        self._is_kept = is_kept
        self._settings = settings
        self._set: dict[str, Statement] = {}
        self._relations = Relations(copy.session)
        # Read once: a script may have many thousands of statements.
        self._query_before = sql_files.query("predict/before_statement")
        self._query_after = sql_files.query("predict/after_statement")

    def change_settings(self, statement: Statement) -> None:
        """Run a SET or RESET for all statements that follow."""
        self.copy.session.execute(statement.text)
        name = _setting_of(statement)
        if name == "ALL":
            self._set.clear()
        # The last one counts.
        self._set.pop(name, None)
        self._set[name] = statement

    def change_settings_locally(self, statement: Statement) -> None:
        """Run a SET LOCAL, which ends with `end_transaction`."""
        local = next(token for token in statement.tokens if token.word == "LOCAL")
        start = local.start - statement.tokens[0].start
        self.copy.session.execute(statement.text[:start] + statement.text[start + len(local.text) :])

    def end_transaction(self) -> None:
        """Restore the settings of the session."""
        apply_settings(self.copy.session, self._settings)
        for statement in self._set.values():
            self.copy.session.execute(statement.text)

    def observe(self, statement: Statement, parsed: Parsed, *, in_block: bool) -> Observation:
        """Run a statement in a transaction of its own, which is committed, so that the next one builds on it.

        Args:
            in_block: the script has it inside BEGIN … COMMIT.

        Raises:
            DbtrackError: the statement fails.
        """
        lead = self._resolve(parsed)
        identity = _identity(self._relations, lead)
        try:
            locks, scans, changed = self._run(statement)
        except DbtrackError as error:
            if in_block or sqlstate(error) != _OUTSIDE_A_TRANSACTION:
                raise
            return self._observe_outside(statement, parsed, lead)
        changes = _Changes(self._relations, changed, locks, scans, empties=_empties(statement, parsed))
        found = Observation(changes.effects(), changes.created(), identity)
        if self._is_kept:
            self._relations.apply(changed)
        return found

    def _run(self, statement: Statement) -> _Done:
        session = self.copy.session
        try:
            return self._run_as(session, statement.text)
        except DbtrackError as error:
            if sqlstate(error) != _PERMISSION_DENIED:
                raise
            if not self.copy.may_repeat(statement):
                text = without_owner(statement)
                if text is None:
                    raise
                return self._run_as(session, text)
        superuser = self.copy.as_superuser()
        apply_settings(superuser, self._settings)
        locks, _, changed = self._run_as(superuser, statement.text)
        return locks, set(), changed

    def _run_as(self, session: Database, text: str) -> _Done:
        with session.transaction(undone=not self._is_kept):
            session.execute(text)
            row = session.row(self._query_after)
            if row is None:
                raise AssertionError("a query without a condition returns one row")
            locks = _by_oid(row[0] or ())
            # The relations of a changed schema may have other names, and the same rows.
            changed = (
                self._relations.compared(session) if row[2] else self._relations.changed(row[3] or (), locks)
            )
        return locks, set(row[1] or ()), changed

    def _observe_outside(self, statement: Statement, parsed: Parsed, lead: int | None) -> Observation:
        """Run a statement that commits by itself: its locks come and go, so they are those of its form."""
        self.copy.session.execute(statement.text)
        changed = self._relations.compared(self.copy.session)
        rule = parsed.rule
        locks = {} if lead is None or rule.lock is None else {lead: rule.lock}
        scans = {lead} if lead is not None and rule.work in {Work.SCAN, Work.INDEX} else set()
        for oid, lock in self._other_locks(parsed, lead):
            locks[oid] = max(lock, locks.get(oid, lock))
        if rule.index_lock and parsed.index:
            dropped = [oid for oid, relation in changed.items() if relation is None]
            locks |= dict.fromkeys(dropped, rule.index_lock)
        changes = _Changes(self._relations, changed, locks, scans, empties=False, has_short_locks=True)
        found = Observation(
            changes.effects(), changes.created(), _identity(self._relations, lead), ran_outside=True
        )
        self._relations.apply(changed)
        return found

    def _other_locks(self, parsed: Parsed, lead: int | None) -> Iterable[tuple[int, Lock]]:
        if parsed.form != "detach partition concurrently" or lead is None:
            return
        partition = self._oid(parsed.detached)
        if partition is not None:
            yield partition, Lock.ACCESS_EXCLUSIVE
            referenced = self.copy.session.rows(sql_files.query("predict/referenced"), {"oid": partition})
            for (oid,) in referenced:
                yield oid, Lock.SHARE_ROW_EXCLUSIVE

    def _resolve(self, parsed: Parsed) -> int | None:
        """Return the relation that a statement names; of an index, its table."""
        names = [name for name in (parsed.name, parsed.index) if name is not None]
        oids = self._named(names)
        if parsed.name is not None:
            return oids.get(parsed.name)
        index = self._relations.get(oids.get(parsed.index)) if parsed.index else None
        return index.owner if index is not None else None

    def _named(self, names: Sequence[str]) -> dict[str, int | None]:
        try:
            row = self.copy.session.row(self._query_before, {"names": list(names)})
        except DbtrackError:
            if not names:
                raise
            # One of them is not a name at all.
            self._named(())
            each = [self._named((name,)) for name in names] if len(names) > 1 else []
            return {name: oid for found in each for name, oid in found.items()}
        return (row[1] or {}) if row else {}

    def _oid(self, name: str | None) -> int | None:
        return self._named((name,)).get(name) if name is not None else None


def _setting_of(statement: Statement) -> str:
    """Return which setting a SET or RESET changes: `TIMEZONE`, or `ALL`."""
    words = [token.text.upper() for token in statement.tokens[1:]]
    if words[:1] == ["SESSION"]:
        words = words[1:]
    ends = [number for number, word in enumerate(words) if word in {"=", "TO"}]
    name = "".join(words[: ends[0]] if ends else words[:1])
    return "TIMEZONE" if name == "TIME" else name


def _by_oid(rows: Iterable[Sequence[Any]]) -> dict[int, Lock]:
    """Return the strongest lock on each relation."""
    locks: dict[int, Lock] = {}
    for oid, mode in rows:
        lock = LOCKS_BY_MODE.get(mode)
        if lock is not None:
            locks[oid] = max(lock, locks.get(oid, lock))
    return locks


def _identity(relations: Relations, oid: int | None) -> str | None:
    relation = relations.get(oid)
    return relation.identity if relation is not None else None


def _empties(statement: Statement, parsed: Parsed) -> bool:
    """Return whether new files are empty ones, which cost nothing."""
    return parsed.form == "truncate" or statement.words[-3:] == ("WITH", "NO", "DATA")


class _Changes:
    """The difference that a statement made, by the relations that were there before it."""

    def __init__(
        self,
        before: Relations,
        changed: Changed,
        locks: Mapping[int, Lock],
        scans: set[int],
        *,
        empties: bool,
        has_short_locks: bool = False,
    ) -> None:
        self._before, self._changed, self._locks, self._scans = before, changed, locks, scans
        self._empties = empties
        self._new_indexes: dict[int, list[Relation]] = {}
        for oid, relation in changed.items():
            if relation is None or before.get(oid) is not None:
                continue
            if relation.is_index and before.get(relation.owner):
                self._new_indexes.setdefault(relation.owner or 0, []).append(relation)
        # A partition that is detached concurrently is locked when nobody reaches it through its parent now.
        self._parents_of_locked = set() if has_short_locks else self._ancestors_of_locked()

    def effects(self) -> tuple[Effect, ...]:
        """Return what happened to each table; the most strongly locked first."""
        found = [
            effect
            for oid in self._touched()
            if (relation := self._before.get(oid))
            and relation.kind in _KINDS
            and (effect := self._effect(relation))
        ]
        return tuple(sorted(found, key=lambda effect: (-(effect.lock or 0), effect.identity)))

    def created(self) -> tuple[str, ...]:
        """Return the relations that are new, without TOAST tables."""
        new = (relation for oid, relation in self._changed.items() if self._before.get(oid) is None)
        return tuple(
            sorted(
                relation.identity
                for relation in new
                if relation is not None
                and relation.schema != "pg_toast"
                and not self._before.has(relation.identity)
            )
        )

    def _touched(self) -> set[int]:
        """Return the relations that are locked or changed, and the tables whose indexes are."""
        found = {*self._locks, *self._changed, *self._new_indexes}
        relations = [relation for oid in found if (relation := self._before.get(oid))]
        return found | {relation.owner for relation in relations if relation.owner is not None}

    def _effect(self, relation: Relation) -> Effect | None:
        lock = self._locks.get(relation.oid)
        index_lock = max(
            (
                self._locks[index.oid]
                for index in self._before.indexes_of(relation.oid)
                if index.oid in self._locks
            ),
            default=None,
        )
        is_scanned = relation.oid in self._scans
        is_rewritten = self._is_rewritten(relation)
        rebuilt = self._rebuilt(relation)
        if lock is None and index_lock is None and not (is_rewritten or rebuilt):
            return None
        return Effect(
            relation.identity,
            _KINDS[relation.kind],
            lock,
            index_lock,
            is_rewritten,
            is_scanned,
            rebuilt,
            relation.oid in self._parents_of_locked,
        )

    def _now(self, relation: Relation) -> Relation | None:
        """Return a relation as it is after the statement; None if it was dropped."""
        return self._changed.get(relation.oid, relation)

    def _is_rewritten(self, relation: Relation) -> bool:
        now = self._now(relation)
        return (
            now is not None
            and not self._empties
            and relation.kind in "rm"
            and relation.file not in {0, now.file}
        )

    def _rebuilt(self, table: Relation) -> tuple[str, ...]:
        """Return the indexes of a table with a new file, whether under the same object or under another."""
        if self._empties or self._now(table) is None:
            return ()
        old = list(self._before.indexes_of(table.oid))
        files = {index.file for index in old}
        kept = [now for index in old if (now := self._now(index))]
        candidates = [*kept, *self._new_indexes.get(table.oid, [])]
        return tuple(sorted(index.name for index in candidates if index.file and index.file not in files))

    def _ancestors_of_locked(self) -> set[int]:
        """Return the tables with a partition, at any depth, that nobody can read."""
        found = set()
        for oid, lock in self._locks.items():
            relation = self._before.get(oid) if lock is Lock.ACCESS_EXCLUSIVE else None
            while relation is not None and relation.kind in _KINDS and relation.parent is not None:
                found.add(relation.parent)
                relation = self._before.get(relation.parent)
        return found
