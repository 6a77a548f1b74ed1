"""`python -m bench topology NAME`: several servers, what happens to them, and what the record then has."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from bench import balanced, patroni
from tests.support.master_faults import FAULTS, Faults, Outcome, begin, examine
from tests.support.masters import Masters, NativeMasters, PglogicalMasters, masters
from tests.support.moves import outcomes
from tools.topology_table import table

_HEADER = (
    "fault", "replication", "recorded where it ran", "repeated", "original found", "versions that differ",
    "unattributed", "verify", "dashboards",
)  # fmt: skip


def multimaster() -> str:
    """Try all faults on three masters of each kind; return the table, in Markdown."""
    parts = []
    kinds: Sequence[type[Masters]] = (NativeMasters, PglogicalMasters)
    for kind in kinds:
        absent = PglogicalMasters.missing() if kind is PglogicalMasters else ""
        if absent:
            parts.append(f"{kind.kind}: not tried, because it is not installed: apt-get install {absent}\n")
            continue
        with masters(kind) as nodes:
            begin(nodes)
            version = nodes.nodes[0].database.value("SHOW server_version")
            rows = [_cells(*_tried(fault, nodes)) for fault in FAULTS]
        parts.append(f"### {kind.title}, PostgreSQL {version.split()[0]}\n{_table(rows)}")
    return "\n".join(parts)


def _tried(fault: Callable[[Masters], Outcome], nodes: Masters) -> tuple[Outcome, Faults]:
    outcome = fault(nodes)
    sys.stderr.write(f"{nodes.kind}: {outcome.fault}\n")
    return outcome, examine(nodes)


def _cells(outcome: Outcome, wrong: Faults) -> tuple[str, ...]:
    return (
        outcome.fault,
        outcome.replication,
        f"{outcome.recorded} of {outcome.ran}",
        str(outcome.applied),
        f"{outcome.originals} of {outcome.applied}",
        str(outcome.differences),
        str(wrong.unattributed),
        "whole" if not wrong.unsound else f"{wrong.unsound} findings",
        "right" if not wrong.miscounted else f"wrong on {wrong.miscounted}",
    )


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    ruler = f"{'|---' * len(_HEADER)}|\n"
    head, *body = (f"| {' | '.join(cells)} |\n" for cells in [_HEADER, *rows])
    return "".join([head, ruler, *body])


def outcome_rows(name: str, *, as_json: bool = False) -> str:
    """Try the faults of a topology; return its rows of docs/topologies.md, in Markdown or as JSON."""
    found = []
    for row in outcomes.TOPOLOGIES[name]():
        found.append(row.cells)
        sys.stderr.write(f"{row.topology}: {row.fault}\n")
    return json.dumps(found, indent=1) if as_json else table(found)


ROWS = outcomes.TOPOLOGIES
"""The topologies that have rows on that page, by name."""
_MEASURED: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"balanced": balanced.run, "multimaster": multimaster, "patroni": patroni.run}
)
TOPOLOGIES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {**{name: partial(outcome_rows, name) for name in outcomes.TOPOLOGIES}, **_MEASURED}
)
"""By name. Each starts servers of its own, stops them, and returns what it found."""
