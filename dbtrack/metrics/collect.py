"""Read the metrics of a database, and of the spool beside it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dbtrack import spool
from dbtrack.db import Database, Row
from dbtrack.metrics.sample import Family, Sample
from dbtrack.spool import Item, SpoolError, State

_UP = "dbtrack_up", "Whether the database answered: 1 or 0."
_SECONDS = "dbtrack_scrape_duration_seconds", "How long reading the metrics from the database took."
_SPOOL = "dbtrack_spool_records", "Records that wait on this machine, for any database."
_LAST_IN_FAMILY = "_count", "_sum"


@dataclass(frozen=True)
class Scope:
    """How much is distinguished.

    Args:
        most_tenants: how many tenants have a label of their own; 0 for no label of tenants at all.
        most_types: how many types of the callers' own have a label of their own.
        timeout_seconds: how long the database may take to answer.
    """

    most_tenants: int = 20
    most_types: int = 20
    timeout_seconds: float = 10


def collect(database: Database, scope: Scope, spool_path: Path | None) -> list[Family]:
    """Return all metrics, in a read-only transaction of one snapshot.

    Args:
        spool_path: the spool of this machine; None to leave it out.

    Raises:
        DbtrackError: the database does not answer, has no dbtrack, or refuses.
    """
    started = time.monotonic()
    with database.transaction():
        database.execute("SET TRANSACTION READ ONLY")
        database.execute(f"SET LOCAL statement_timeout = {max(1, round(scope.timeout_seconds * 1000))}")
        rows = database.call("get_metrics", p_most_tenants=scope.most_tenants, p_most_types=scope.most_types)
    return answered(rows, time.monotonic() - started, spool_path)


def answered(rows: Iterable[Row], seconds: float, spool_path: Path | None) -> list[Family]:
    """Return the metrics of a database that did answer.

    Args:
        rows: those of `get_metrics`.
        seconds: how long the database took.
        spool_path: as in `collect`.
    """
    families = [Family.gauge(*_UP, 1), Family.gauge(*_SECONDS, seconds)]
    return [*families, *_of_spool(spool_path), *families_of(rows)]


def down(spool_path: Path | None) -> list[Family]:
    """Return the metrics of a database that did not answer: `dbtrack_up` 0, and what this machine knows."""
    return [Family.gauge(*_UP, 0), *_of_spool(spool_path)]


def families_of(rows: Iterable[Row]) -> list[Family]:
    """Return the families of the rows of `get_metrics`, their samples in the order of the text format."""
    families: dict[str, Family] = {}
    for name, kind, help_text, sample, labels, value in rows:
        family = families.setdefault(name, Family(name, kind, help_text))
        family.samples.append(Sample(sample, labels, float(value)))
    for family in families.values():
        family.samples.sort(key=_order)
    return list(families.values())


def _order(sample: Sample) -> tuple[list[tuple[str, str]], bool, float, str]:
    """Sort a histogram's buckets by their bound, then its count and sum."""
    bound = sample.labels.get("le", "inf")
    series = sorted((key, word) for key, word in sample.labels.items() if key != "le")
    return series, sample.name.endswith(_LAST_IN_FAMILY), float(bound), sample.name


def _of_spool(path: Path | None) -> list[Family]:
    if path is None:
        return []
    items: list[Item] = []
    # A directory that is not there holds nothing; one that cannot be read is somebody else's.
    with suppress(SpoolError):
        items = spool.list_items(path)
    counted = Counter(item.state for item in items)
    name, help_text = _SPOOL
    samples = [Sample(name, {"state": state.value}, counted[state]) for state in State]
    return [Family(name, "gauge", help_text, samples)]
