"""All topologies, each with a function that tries its faults and yields the rows of docs/topologies.md."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType

from tests.support import failovers, master_faults
from tests.support.golden_files import is_updating
from tests.support.masters import Masters, NativeMasters, PglogicalMasters, masters
from tests.support.moves.bluegreen import bluegreen
from tests.support.moves.copies import basebackup, pitr
from tests.support.moves.fleet import fleet
from tests.support.moves.slots import slotfailover
from tests.support.moves.upgrade import upgrade
from tests.support.moves.watch import KEPT, Row
from tests.support.paths import GOLDEN
from tests.support.patroni import patroni_cluster

PATH = GOLDEN / "topologies.json"


def patroni() -> Iterator[Row]:
    """Switch over and kill the leader of three servers under Patroni, while everything works."""
    with ExitStack() as running:
        directory = running.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-moves-"))
        cluster = running.enter_context(patroni_cluster())
        here = running.enter_context(failovers.site(cluster, Path(directory)))
        for fault in failovers.FAULTS:
            yield patroni_row(failovers.try_fault(here, fault, load_seconds=2))


def patroni_row(outcome: failovers.Outcome) -> Row:
    """Return the row of what became of one fault."""
    wait = "commits wait for a standby" if outcome.fault.is_synchronous else "commits do not wait"
    lost = outcome.ddl_lost + outcome.api_lost + outcome.tracked_lost + len(outcome.unended)
    told = outcome.verified != "whole"
    executions = KEPT
    if lost:
        teller = "`dbtrack verify`" if told else "`record.rewound`"
        executions = f"lost, told by {teller}" if told or outcome.rewound else "lost: nothing tells it"
    events = "told: `record.rewound` names what was sent and is gone" if outcome.sent_lost else KEPT
    if outcome.told != outcome.sent_lost:
        events = f"lost: {outcome.sent_lost - outcome.told} events that nothing tells"
    return Row(
        f"three servers under Patroni, {wait}",
        outcome.fault.title,
        f"wrong: {outcome.wrong}" if outcome.wrong else executions,
        _running(outcome),
        f"wrong: {outcome.chain_faults} faults of the chain" if outcome.chain_faults else events,
        KEPT if not told else "told: `fork` or `rollback`; " + (
            "whole after `--accept-fork`" if outcome.accepted == "whole" else f"then {outcome.accepted}"),
        f"wrong: {outcome.unattributed} changes that nobody made" if outcome.unattributed else KEPT,
        f"wrong: {outcome.torn} DDL without a record, or records without their DDL" if outcome.torn else KEPT,
        "nothing to do" if outcome.status.startswith("OK") else "told: failover",
    )  # fmt: skip


def _running(outcome: failovers.Outcome) -> str:
    found = {outcome.long_operation, outcome.late_operation or "COMPLETED"}
    if found == {"COMPLETED"}:
        return KEPT
    is_again = found <= {"COMPLETED", "COMPLETED, start lost"}
    return (
        "lost, told: `track` records all of it again, with `lost_start`"
        if is_again
        else f"wrong: {sorted(found)}"
    )


def multimaster() -> Iterator[Row]:
    """Try all faults on three masters of each kind that is installed."""
    kinds: tuple[type[Masters], ...] = (NativeMasters, PglogicalMasters)
    for kind in kinds:
        if kind is PglogicalMasters and PglogicalMasters.missing():
            continue
        with masters(kind) as nodes:
            master_faults.begin(nodes)
            for fault in master_faults.FAULTS:
                yield _master_row(kind, fault(nodes), master_faults.examine(nodes))


def _master_row(kind: type[Masters], outcome: master_faults.Outcome, wrong: master_faults.Faults) -> Row:
    recorded = (outcome.recorded, outcome.differences) == (outcome.ran, 0)
    return Row(
        f"three masters: {kind.title}, PostgreSQL {kind.major}",
        outcome.fault,
        executions=KEPT
        if recorded
        else f"wrong: {outcome.recorded} of {outcome.ran}, {outcome.differences} differ",
        seals=f"wrong: {wrong.unsound} findings" if wrong.unsound else KEPT,
        reconcile=f"wrong: {wrong.unattributed} changes that nobody made" if wrong.unattributed else KEPT,
        capture=KEPT
        if outcome.originals == outcome.applied
        else f"wrong: {outcome.originals} of {outcome.applied}",
    )


TOPOLOGIES: Mapping[str, Callable[[], Iterator[Row]]] = MappingProxyType({
    "patroni": patroni, "multimaster": multimaster, "slotfailover": slotfailover, "bluegreen": bluegreen,
    "upgrade": upgrade, "basebackup": basebackup, "pitr": pitr, "fleet": fleet,
})  # fmt: skip
"""By name, in the order of the page. Each starts servers of its own, and stops them."""


def known() -> dict[str, list[dict[str, str]]]:
    """Return the rows of all topologies, as they were found last."""
    found: dict[str, list[dict[str, str]]] = json.loads(PATH.read_text()) if PATH.exists() else {}
    return found


def compare(name: str) -> None:
    """Try the faults of a topology, and fail if an outcome is another one than the page says, or silent."""
    rows = list(TOPOLOGIES[name]())
    found = [row.cells for row in rows]
    if is_updating():
        merged = known() | {name: found}
        PATH.write_text(
            json.dumps({key: merged[key] for key in TOPOLOGIES if key in merged}, indent=1) + "\n"
        )
    assert found == known().get(name), json.dumps(found, indent=1)
    assert not [row for row in rows if row.is_silent], rows
