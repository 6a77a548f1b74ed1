"""Restore a dump into the database of a copy, as far as it can be restored there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.predict.dump import Dump, Entry
from dbtrack.predict.script import Statement, read_script

# How many entries of the dump go to the server at once.
_BATCH = 256
# An object of another version, which the restored schema does not need.
_HARMLESS = ("pg_attver", "already exists")
# A failure of the server, not of the statement: too little memory, an administrator's command, an error of
# the system. What could not be restored for such a reason may be restored the next time.
_PASSING = ("40", "53", "55", "57", "58", "XX")

Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many."""


class Target(Protocol):
    """Where a dump is restored."""

    @property
    def session(self) -> Database:
        """The connection that runs most statements."""

    def run(self, statement: Statement) -> None:
        """Run a statement, with more rights where it needs them."""


def sqlstate(error: DbtrackError) -> str | None:
    """Return the SQLSTATE of the server's error behind one of dbtrack's; None where there is none."""
    return getattr(error.__cause__, "sqlstate", None)


def restore(target: Target, dump: Dump, progress: Progress | None = None) -> list[str]:
    """Run a dump; return what could not be created, each with its reason.

    Raises:
        DbtrackError: the connection is lost, or the server fails for a reason that has nothing to do with
            the dump.
    """
    missing: list[str] = []
    entries = dump.entries
    for start in range(0, len(entries), _BATCH):
        missing += _run_batch(target, entries[start : start + _BATCH])
        if progress is not None:
            progress(min(start + _BATCH, len(entries)), len(entries))
    return missing


def _run_batch(target: Target, entries: Sequence[Entry]) -> list[str]:
    """Run entries in one round trip; if one fails, halve them until it is alone."""
    try:
        target.session.run_script("\n".join(entry.text for entry in entries))
    except DbtrackError as error:
        _raise_passing(error)
    else:
        return []
    if len(entries) > 1:
        middle = len(entries) // 2
        return [*_run_batch(target, entries[:middle]), *_run_batch(target, entries[middle:])]
    missing: list[str] = []
    for statement in read_script(entries[0].text).statements:
        missing += _run_one(target, statement)
    return missing


def _run_one(target: Target, statement: Statement) -> list[str]:
    try:
        target.run(statement)
    except DbtrackError as error:
        _raise_passing(error)
        # A setting that only the newer pg_dump knows.
        is_harmless = statement.words[0] == "SET" or any(word in error.message for word in _HARMLESS)
        return [] if is_harmless else [f"{short(statement.text)}: {error.message}"]
    return []


def _raise_passing(error: DbtrackError) -> None:
    code = sqlstate(error)
    if code is None or code.startswith(_PASSING):
        raise error


def short(text: str) -> str:
    """Return a statement on one short line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
