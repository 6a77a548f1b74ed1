"""List the records of the spool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.errors import UsageError
from dbtrack.spool import folder
from dbtrack.spool.entry import DamagedLineError, Entry, read_line

_SHORTEST_ID = 4


class State(StrEnum):
    """The state of a record of the spool."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    REFUSED = "REFUSED"
    DAMAGED = "DAMAGED"


ITEM_COLUMNS = (
    Column("spool_id", Kind.IDENTIFIER, "Id"),
    Column("spool_state", Kind.IDENTIFIER, "State", help="WAITING, RUNNING, REFUSED or DAMAGED."),
    Column("script_name", Kind.IDENTIFIER, "Name", help="Null where it cannot be read."),
    Column("execution_status", Kind.STATUS, "Status"),
    Column("execution_timestamp", Kind.TIME, "Started"),
    Column("duration_ms", Kind.DURATION_MS, "Duration"),
    Column("target", Kind.IDENTIFIER, "Database"),
    Column("reason", Kind.TEXT, "Reason", help="Why it waits, was refused, or was set aside."),
)


@dataclass(frozen=True)
class Item:
    """One file of the spool.

    Args:
        entry: None where it cannot be read.
        reason: why it waits, was refused or cannot be read; None when unknown.
    """

    path: Path
    state: State
    entry: Entry | None
    reason: str | None

    @property
    def spool_id(self) -> str:
        """The id by which it is dropped."""
        return self.path.stem.partition("-")[2]

    @property
    def title(self) -> str:
        """A short description of what it records."""
        if self.entry is None:
            return f"a record that cannot be read: {self.reason}"
        return f"{self.entry.script_name} ({self.entry.status}) for {self.entry.place_text}"

    @property
    def row(self) -> tuple[Any, ...]:
        """The values of `ITEM_COLUMNS`."""
        entry = self.entry
        if entry is None:
            return (self.spool_id, self.state, None, None, None, None, None, self.reason)
        duration_ms = None if entry.duration_us is None else entry.duration_us / 1000
        return (
            self.spool_id,
            self.state,
            entry.script_name,
            entry.status,
            entry.started_at,
            duration_ms,
            entry.place_text,
            self.reason,
        )


def list_items(spool: Path) -> list[Item]:
    """Return the records of the spool, the oldest first.

    Raises:
        SpoolError: the directory cannot be read.
    """
    items = [_item(path) for path in folder.record_paths(spool)]
    return sorted(items, key=_age)


def items_of(items: Iterable[Item], digest: str) -> list[Item]:
    """Return the items for one database, given as `place_digest` returns it."""
    return [item for item in items if item.path.name.startswith(f"{digest}-")]


def _age(item: Item) -> tuple[bool, float]:
    return (True, 0.0) if item.entry is None else (False, item.entry.started_at.timestamp())


def find_items(items: Iterable[Item], ids: Sequence[str]) -> list[Item]:
    """Return the items with these ids.

    Args:
        ids: whole, or the first 4 or more characters.

    Raises:
        UsageError: no record has the id, or several begin with it.
    """
    known = list(items)
    return [_find(known, given) for given in ids]


def _find(items: Iterable[Item], given: str) -> Item:
    found = [item for item in items if item.spool_id.startswith(given.lower())]
    if len(given) < _SHORTEST_ID or len(found) > 1:
        raise UsageError(
            f"{given} may be several records of the spool", hint="give more characters of the id"
        )
    if not found:
        raise UsageError(
            f"no record of the spool has the id {given}", hint="list them with: dbtrack spool list"
        )
    return found[0]


def _item(path: Path) -> Item:
    with folder.claimed(path) as found:
        if found is None:
            entry_now = _peek(path)
            return Item(path, State.RUNNING, entry_now, _why_it_waits(entry_now) if entry_now else None)
        try:
            entry = read_line(found.data)
        except DamagedLineError as error:
            return Item(path, State.DAMAGED, None, str(error))
    if found.unsafe or path.suffix == folder.DAMAGED_SUFFIX:
        return Item(path, State.DAMAGED, entry, found.unsafe)
    state = State.REFUSED if path.suffix == folder.REFUSED_SUFFIX else State.WAITING
    return Item(path, state, entry.given_up(), entry.refused or _why_it_waits(entry))


def _why_it_waits(entry: Entry) -> str | None:
    reason = entry.metadata.get("spooled_because")
    return reason if isinstance(reason, str) else None


def _peek(path: Path) -> Entry | None:
    try:
        return read_line(path.read_bytes())
    except (OSError, DamagedLineError):
        return None
