"""What is known of production: sizes of tables, how long earlier runs took, and who holds locks now.

Nothing is taken from the copy, whose tables are empty, nor from another table: what is not known of a table
stays unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.predict.duration import Rates, Run
from dbtrack.predict.model import Holder, Prediction, Size
from dbtrack.predict.source import Source, read_sizes, read_source
from dbtrack.predict.waits import holders

_FORMAT = 1
_MOST_BYTES = 64 << 20


class Facts(Protocol):
    """What is known of production."""

    @property
    def words(self) -> str:
        """Where it is from, for people; empty if nothing is known."""

    def sizes(self, identities: Iterable[str]) -> dict[str, Size]:
        """Return the sizes of tables; those that are not known are left out."""

    def runs(self, identity: str, wanted: str) -> list[Run]:
        """Return the runs of one class on one table, the oldest first."""

    def holders(self, predictions: Sequence[Prediction]) -> list[tuple[Holder, ...]]:
        """Return who would make each statement wait now."""


class NoFacts:
    """Nothing is known of production."""

    words = ""

    def sizes(self, _identities: Iterable[str]) -> dict[str, Size]:
        """Return no size."""
        return {}

    def runs(self, _identity: str, _wanted: str) -> list[Run]:
        """Return no run."""
        return []

    def holders(self, predictions: Sequence[Prediction]) -> list[tuple[Holder, ...]]:
        """Return nobody."""
        return [()] * len(predictions)


class DatabaseFacts(NoFacts):
    """Read from the connected database, which is only read."""

    def __init__(self, real: Database, source: Source) -> None:
        self._real = real
        self._rates = Rates(real, has_record=source.has_record)
        self.words = f"sizes of {real.name}, now"

    def sizes(self, identities: Iterable[str]) -> dict[str, Size]:
        """Return the sizes of its tables."""
        return read_sizes(self._real, identities)

    def runs(self, identity: str, wanted: str) -> list[Run]:
        """Return the recorded runs, if dbtrack is installed there."""
        return self._rates.runs(identity, wanted)

    def holders(self, predictions: Sequence[Prediction]) -> list[tuple[Holder, ...]]:
        """Return who holds locks there now."""
        return holders(self._real, predictions)


class FileFacts(NoFacts):
    """Read from a file that `dbtrack sizes` wrote.

    Raises:
        UsageError: it cannot be read, or is something else.
    """

    def __init__(self, path: Path) -> None:
        document = _read(path)
        self._tables: Mapping[str, Any] = document["tables"]
        taken_at = str(document.get("taken_at"))[:16].replace("T", " ")
        self.words = f"sizes of {document.get('database')}, from {taken_at} UTC"

    def sizes(self, identities: Iterable[str]) -> dict[str, Size]:
        """Return the sizes of the tables that are in the file."""
        found = {identity: self._tables[identity] for identity in identities if identity in self._tables}
        return {
            identity: Size(each["rows"], each["heap"], each["indexes"], each["toast"], is_estimate=True)
            for identity, each in found.items()
        }

    def runs(self, identity: str, wanted: str) -> list[Run]:
        """Return the runs that are in the file."""
        runs = self._tables.get(identity, {}).get("runs", {}).get(wanted, ())
        return [Run(float(rows), float(milliseconds)) for rows, milliseconds in runs]


def _read(path: Path) -> dict[str, Any]:
    wrong = UsageError(f"{path} is not a file of sizes", hint="write one: dbtrack sizes -o FILE")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise wrong
        document = json.loads(path.read_bytes())
        if document["dbtrack_sizes"] != _FORMAT:
            raise wrong
        for each in document["tables"].values():
            _check_table(each)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise wrong from error
    return dict(document)


def _check_table(table: Mapping[str, Any]) -> None:
    """Raise `TypeError`, `KeyError` or `ValueError` if it is not a table's entry."""
    for name in ("heap", "indexes", "toast"):
        int(table[name])
    if table["rows"] is not None:
        int(table["rows"])
    for runs in table.get("runs", {}).values():
        for rows, milliseconds in runs:
            float(rows), float(milliseconds)


def written_sizes(real: Database) -> dict[str, Any]:
    """Return the sizes and recorded runs of all tables of a database, which is only read."""
    source = read_source(real)
    rates = Rates(real, has_record=source.has_record)
    names = [name for (name,) in real.rows(sql_files.query("rehearse/tables"))]
    tables = {}
    for identity, size in sorted(read_sizes(real, names).items()):
        runs: dict[str, list[list[float]]] = {}
        for wanted, run in rates.all_runs(identity):
            runs.setdefault(wanted, []).append([run.rows, round(run.milliseconds, 3)])
        tables[identity] = {
            "rows": size.rows, "heap": size.heap, "indexes": size.indexes, "toast": size.toast, "runs": runs,
        }  # fmt: skip
    return {
        "dbtrack_sizes": _FORMAT,
        "database": real.name,
        "server_version": source.server_version,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tables": tables,
    }
