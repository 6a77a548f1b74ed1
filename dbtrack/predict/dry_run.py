"""Run statements on a copy, and see what each of them locks, rewrites, builds and reads there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.errors import DbtrackError
from dbtrack.predict.copy import Copy, apply_settings, sqlstate, without_owner
from dbtrack.predict.forms import Parsed
from dbtrack.predict.model import LOCKS_BY_MODE, Effect, Lock, Work
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
_INDEXES = frozenset("iI")


@dataclass(frozen=True)
class Relation:
    """A relation of the copy.

    Args:
        file: the number of the file with its rows; 0 where it has none.
        owner: the table of an index or of a TOAST table.
        parent: the table of which it is a partition or child.
    """

    oid: int
    schema: str
    name: str
    identity: str
    kind: str
    file: int
    owner: int | None
    parent: int | None


Relations = dict[int, Relation]


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
        self._set: list[Statement] = []
        self._relations = self._read_relations()

    def change_settings(self, statement: Statement) -> None:
        """Run a SET or RESET for all statements that follow."""
        self.copy.session.execute(statement.text)
        self._set.append(statement)

    def change_settings_locally(self, statement: Statement) -> None:
        """Run a SET LOCAL, which ends with `end_transaction`."""
        local = next(token for token in statement.tokens if token.word == "LOCAL")
        start = local.start - statement.tokens[0].start
        self.copy.session.execute(statement.text[:start] + statement.text[start + len(local.text) :])

    def end_transaction(self) -> None:
        """Restore the settings of the session."""
        apply_settings(self.copy.session, self._settings)
        for statement in self._set:
            self.copy.session.execute(statement.text)

    def observe(self, statement: Statement, parsed: Parsed, *, in_block: bool) -> Observation:
        """Run a statement in a transaction of its own, which is committed, so that the next one builds on it.

        Args:
            in_block: the script has it inside BEGIN … COMMIT.

        Raises:
            DbtrackError: the statement fails.
        """
        before = self._relations
        lead = self._resolve(parsed, before)
        try:
            locks, scans, after = self._run(statement)
        except DbtrackError as error:
            if in_block or sqlstate(error) != _OUTSIDE_A_TRANSACTION:
                raise
            return self._observe_outside(statement, parsed, lead)
        if self._is_kept:
            self._relations = after
        changes = _Changes(before, after, locks, scans, empties=_empties(statement, parsed))
        return Observation(changes.effects(), changes.created(), _identity(before, lead))

    def _run(self, statement: Statement) -> tuple[dict[int, Lock], set[int], Relations]:
        try:
            return self._run_plainly(statement.text)
        except DbtrackError as error:
            if sqlstate(error) != _PERMISSION_DENIED:
                raise
            if not self.copy.may_repeat(statement):
                text = without_owner(statement)
                if text is None:
                    raise
                return self._run_plainly(text)
        return self._run_privileged(statement)

    def _run_plainly(self, text: str) -> tuple[dict[int, Lock], set[int], Relations]:
        with self.copy.session.transaction(undone=not self._is_kept):
            before = self._scan_counts()
            self.copy.session.execute(text)
            scans = {oid for oid, count in self._scan_counts().items() if count > before.get(oid, 0)}
            return self._locks(), scans, self._read_relations()

    def _run_privileged(self, statement: Statement) -> tuple[dict[int, Lock], set[int], Relations]:
        superuser = self.copy.as_superuser()
        apply_settings(superuser, self._settings)
        with superuser.transaction(undone=not self._is_kept):
            superuser.execute(statement.text)
            locks = _by_oid(superuser.rows(sql_files.query("predict/locks")))
        return locks, set(), self._read_relations()

    def _observe_outside(self, statement: Statement, parsed: Parsed, lead: int | None) -> Observation:
        """Run a statement that commits by itself: its locks come and go, so they are those of its form."""
        before = self._relations
        self.copy.session.execute(statement.text)
        after = self._relations = self._read_relations()
        rule = parsed.rule
        locks = {} if lead is None or rule.lock is None else {lead: rule.lock}
        scans = {lead} if lead is not None and rule.work in {Work.SCAN, Work.INDEX} else set()
        for oid, lock in self._other_locks(parsed, lead):
            locks[oid] = max(lock, locks.get(oid, lock))
        if rule.index_lock and parsed.index:
            locks |= dict.fromkeys(set(before) - set(after), rule.index_lock)
        changes = _Changes(before, after, locks, scans, empties=False, has_short_locks=True)
        return Observation(changes.effects(), changes.created(), _identity(before, lead), ran_outside=True)

    def _other_locks(self, parsed: Parsed, lead: int | None) -> Iterable[tuple[int, Lock]]:
        if parsed.form != "detach partition concurrently" or lead is None:
            return
        partition = self._oid(parsed.detached)
        if partition is not None:
            yield partition, Lock.ACCESS_EXCLUSIVE
            referenced = self.copy.session.rows(sql_files.query("predict/referenced"), {"oid": partition})
            for (oid,) in referenced:
                yield oid, Lock.SHARE_ROW_EXCLUSIVE

    def _resolve(self, parsed: Parsed, relations: Relations) -> int | None:
        oid = self._oid(parsed.name)
        if oid is None and parsed.index and parsed.name is None:
            index = self._oid(parsed.index)
            oid = relations[index].owner if index is not None and index in relations else None
        return oid

    def _oid(self, name: str | None) -> int | None:
        if name is None:
            return None
        try:
            row = self.copy.session.row(sql_files.query("predict/resolve"), {"names": [name]})
        except DbtrackError:
            return None  # not a name at all
        return row[1] if row else None

    def _locks(self) -> dict[int, Lock]:
        return _by_oid(self.copy.session.rows(sql_files.query("predict/locks")))

    def _scan_counts(self) -> dict[int, int]:
        return dict(self.copy.session.rows(sql_files.query("predict/scans")))

    def _read_relations(self) -> dict[int, Relation]:
        rows = self.copy.session.rows(sql_files.query("predict/relations"), {})
        return {row[0]: Relation(*row) for row in rows}


def _by_oid(rows: Iterable[tuple[int, str]]) -> dict[int, Lock]:
    locks: dict[int, Lock] = {}
    for oid, mode in rows:
        lock = LOCKS_BY_MODE.get(mode)
        if lock is not None:
            locks[oid] = max(lock, locks.get(oid, lock))
    return locks


def _identity(relations: Relations, oid: int | None) -> str | None:
    return relations[oid].identity if oid is not None and oid in relations else None


def _empties(statement: Statement, parsed: Parsed) -> bool:
    """Return whether new files are empty ones, which cost nothing."""
    return parsed.form == "truncate" or statement.words[-3:] == ("WITH", "NO", "DATA")


class _Changes:
    """The difference that a statement made, by the relations that were there before it."""

    def __init__(
        self,
        before: Relations,
        after: Relations,
        locks: Mapping[int, Lock],
        scans: set[int],
        *,
        empties: bool,
        has_short_locks: bool = False,
    ) -> None:
        self._before, self._after, self._locks, self._scans = before, after, locks, scans
        self._empties = empties
        self._indexes: dict[int, list[Relation]] = {}
        for relation in before.values():
            if relation.kind in _INDEXES and relation.owner is not None:
                self._indexes.setdefault(relation.owner, []).append(relation)
        self._new_indexes: dict[int, list[Relation]] = {}
        for oid, relation in after.items():
            if oid not in before and relation.kind in _INDEXES and relation.owner in before:
                self._new_indexes.setdefault(relation.owner or 0, []).append(relation)
        # A partition that is detached concurrently is locked when nobody reaches it through its parent now.
        self._parents_of_locked = set() if has_short_locks else self._ancestors_of_locked()

    def effects(self) -> tuple[Effect, ...]:
        """Return what happened to each table; the most strongly locked first."""
        found = [
            effect
            for relation in self._before.values()
            if relation.kind in _KINDS and (effect := self._effect(relation))
        ]
        return tuple(sorted(found, key=lambda effect: (-(effect.lock or 0), effect.identity)))

    def created(self) -> tuple[str, ...]:
        """Return the relations that are new, without TOAST tables."""
        new = (self._after[oid] for oid in self._after.keys() - self._before.keys())
        names = {relation.identity for relation in self._before.values()}
        return tuple(
            sorted(
                relation.identity
                for relation in new
                if relation.schema != "pg_toast" and relation.identity not in names
            )
        )

    def _effect(self, relation: Relation) -> Effect | None:
        lock = self._locks.get(relation.oid)
        index_lock = max(
            (
                self._locks[index.oid]
                for index in self._indexes.get(relation.oid, ())
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

    def _is_rewritten(self, relation: Relation) -> bool:
        now = self._after.get(relation.oid)
        return (
            now is not None
            and not self._empties
            and relation.kind in "rm"
            and relation.file not in {0, now.file}
        )

    def _rebuilt(self, table: Relation) -> tuple[str, ...]:
        """Return the indexes of a table with a new file, whether under the same object or under another."""
        if self._empties or table.oid not in self._after:
            return ()
        old = self._indexes.get(table.oid, [])
        files = {index.file for index in old}
        kept = [self._after[index.oid] for index in old if index.oid in self._after]
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
