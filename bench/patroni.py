"""Three servers under Patroni: which fault loses what, who says it, and how long nobody can write."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.support.failovers import FAULTS, Outcome, site, try_fault
from tests.support.patroni import missing_packages, patroni_cluster

_LOSSES = (
    "fault",
    "commits",
    "DDL lost",
    "API lost",
    "`track` lost",
    "from the spool",
    "recorded again",
    "end lost",
    "wrong",
    "running command",
    "begun in the lost tail",
)
_TOLD = (
    "fault",
    "commits",
    "events sent and lost",
    "told by `record.rewound`",
    "chain at the receiver",
    "`verify`",
    "once accepted",
    "unattributed",
    "complaints of `maintain`",
    "away: all hosts",
    "away: HAProxy",
    "away: API",
)


def run() -> str:
    """Try all faults; return what was lost and what was told of it, as two tables in Markdown."""
    if packages := missing_packages():
        return f"not tried, because it is not installed: apt-get install {packages}\n"
    outcomes = []
    with ExitStack() as running:
        directory = running.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-bench-"))
        cluster = running.enter_context(patroni_cluster())
        here = running.enter_context(site(cluster, Path(directory)))
        version = here.values("SHOW server_version")[0][0].split()[0]
        for fault in FAULTS:
            outcomes.append(try_fault(here, fault))
            sys.stderr.write(f"{outcomes[-1]}\n")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    tables = (_table(_LOSSES, map(_losses, outcomes)), _table(_TOLD, map(_told, outcomes)))
    return f"PostgreSQL {version}; load of the machine at the end: {load}\n\n" + "\n".join(tables)


def _losses(outcome: Outcome) -> tuple[str, ...]:
    return (
        *_name(outcome),
        _lost(outcome.ddl_lost, outcome.ddl) + (f", {outcome.torn} torn" if outcome.torn else ""),
        _lost(outcome.api_lost, outcome.api),
        _lost(outcome.tracked_lost, outcome.tracked),
        str(outcome.spooled),
        str(outcome.again),
        str(len(outcome.unended)),
        str(len(outcome.wrong)),
        outcome.long_operation or "lost",
        outcome.late_operation or "-",
    )


def _told(outcome: Outcome) -> tuple[str, ...]:
    others = sum(count for words, count in outcome.complaints.items() if not words.startswith("exit 12"))
    away = (*outcome.away_seconds, outcome.api_away_seconds)
    return (
        *_name(outcome),
        str(outcome.sent_lost),
        f"{outcome.told} in {outcome.rewound}" if outcome.rewound else "-",
        "whole" if not outcome.chain_faults else f"{outcome.chain_faults} faults",
        outcome.verified,
        outcome.accepted or "-",
        str(outcome.unattributed),
        str(others),
        *(f"{seconds:.1f} s" for seconds in away),
    )


def _name(outcome: Outcome) -> tuple[str, str]:
    return outcome.fault.title, "wait for a standby" if outcome.fault.is_synchronous else "do not wait"


def _lost(count: int, of: int) -> str:
    return f"{count} of {of}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruler = f"{'|---' * len(header)}|\n"
    head, *body = (f"| {' | '.join(cells)} |\n" for cells in [header, *rows])
    return "".join([head, ruler, *body])
