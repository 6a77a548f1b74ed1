"""The API on three nodes behind HAProxy, each through PgBouncer: what it bears, also when parts of it die."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from bench.timing import median
from tests.support.balanced import Balanced, Pairs, balanced, work
from tests.support.failovers import Site, site
from tests.support.patroni import missing_packages, patroni_cluster
from tests.support.pooler import find_pgbouncer

_CLIENTS = 12
_SECONDS = 5.0
_ROUNDS = 3
_FAULT_SECONDS = 15.0
_RECORDED = """
SELECT s.script_name::text, s.execution_status::text FROM script_tracking.current_execution AS s
WHERE s.script_name LIKE %(like)s
"""


def run() -> str:
    """Measure one node beside three, then kill one and switch over; return a table in Markdown."""
    packages = f"{missing_packages()}{'' if find_pgbouncer() else ' pgbouncer'}".strip()
    if packages:
        return f"not tried, because it is not installed: apt-get install {packages}\n"
    with ExitStack() as running:
        directory = running.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-bench-"))
        here = running.enter_context(site(running.enter_context(patroni_cluster()), Path(directory)))
        servers = running.enter_context(balanced(here))
        one, three = _compared(here, servers)
        lines = [_line("one node", one, here, "one"), _line("three nodes", three, here, "three")]
        died = _with_faults(here, servers)
        lines.append(_line("three nodes: one is killed, then the database switches over", died, here, "died"))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    names = ("way", "operations", "a second", "recorded once", "lost", "requests repeated")
    head = f"| {' | '.join(names)} |\n{'|---' * len(names)}|\n"
    return f"{_CLIENTS} clients; load of the machine at the end: {load}\n\n{head}{''.join(lines)}"


def _compared(here: Site, servers: Balanced) -> tuple[list[Pairs], list[Pairs]]:
    one, three = [], []
    for number in range(_ROUNDS):
        prefix = f"balanced-one-{number}"
        one.append(work(servers.servers[0].port, here.token, prefix, clients=_CLIENTS, seconds=_SECONDS))
        prefix = f"balanced-three-{number}"
        three.append(work(servers.port, here.token, prefix, clients=_CLIENTS, seconds=_SECONDS))
    return one, three


def _with_faults(here: Site, servers: Balanced) -> list[Pairs]:
    kill = threading.Timer(_FAULT_SECONDS / 5, servers.servers[-1].process.kill)
    switch = threading.Timer(_FAULT_SECONDS / 2, here.cluster.switch_over)
    for timer in (kill, switch):
        timer.start()
    try:
        return [work(servers.port, here.token, "balanced-died", clients=_CLIENTS, seconds=_FAULT_SECONDS)]
    finally:
        for timer in (kill, switch):
            timer.join()


def _line(way: str, parts: list[Pairs], here: Site, prefix: str) -> str:
    names = [name for part in parts for name in part.names]
    found = here.values(_RECORDED, like=f"balanced-{prefix}-%")
    counts = Counter(name for name, _ in found)
    once = {name for name, status in found if status == "COMPLETED" and counts[name] == 1}
    rate = median([len(part.names) / part.seconds for part in parts])
    lost = len(set(names) - counts.keys())
    again = sum(part.repeated for part in parts)
    return f"| {way} | {len(names)} | {rate:.0f} | {len(once & set(names))} | {lost} | {again} |\n"
