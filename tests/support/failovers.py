"""Another server takes over while everything works: what the record then has of what was done."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import ExitCode
from tests.support.api_server import ApiServer, create_token, serving
from tests.support.command_line import clean_environment
from tests.support.failover_load import ApiWorker, CronWorker, DdlWorker, Program, TrackWorker, Worker
from tests.support.patroni import Node, PatroniCluster
from tests.support.receiver import Receiver
from tests.support.waiting import wait_until

_KEY = "11" * 32
_TABLES = "SELECT c.relname::text FROM pg_class AS c WHERE c.relname ~ %(like)s AND c.relkind = 'r'"
_RECORDED_TABLES = """
SELECT substring(s.affected_objects[1] FROM '[^.]*$') FROM script_tracking.current_execution AS s
WHERE s.affected_objects[1] ~ %(like)s AND s.execution_status = 'COMPLETED'
"""
_OPERATIONS = """
SELECT s.script_name::text, s.execution_status::text, s.metadata ? 'lost_start'
FROM script_tracking.current_execution AS s WHERE s.script_name ~ %(like)s
"""
_EVENTS = "SELECT e.event_id FROM script_tracking.event AS e"
_MARK = "SELECT script_tracking.complete_operation(script_tracking.track_operation(%(name)s))"


@dataclass(frozen=True)
class Fault:
    """What happens to the leader.

    Args:
        is_synchronous: commits wait for a standby.
        is_kill: it dies, instead of handing over.
        stalls: the standbys receive nothing for some seconds before.
        switches_before: it had taken over from another one a moment ago.
    """

    is_synchronous: bool
    is_kill: bool
    stalls: bool = False
    switches_before: bool = False

    @property
    def title(self) -> str:
        """What happens, in words."""
        what = "kill -9 of the leader" if self.is_kill else "switchover"
        return f"{what}, standbys cut off before" if self.stalls else what


FAULTS = (
    Fault(is_synchronous=False, is_kill=False),
    Fault(is_synchronous=False, is_kill=True),
    Fault(is_synchronous=False, is_kill=True, stalls=True),
    Fault(is_synchronous=True, is_kill=False),
    Fault(is_synchronous=True, is_kill=True),
    Fault(is_synchronous=True, is_kill=True, stalls=True),
)


@dataclass
class Outcome:
    """What a fault did to what was acknowledged, and what was said of it.

    Args:
        ddl: tables that were created, as the server acknowledged.
        ddl_lost: of these, how many are no longer there.
        torn: tables without a record of their creation, and records without their table.
        api: operations that the API acknowledged to have closed.
        tracked: commands that `track` ran; each succeeded.
        spooled: of these, how many recorded something later, from the spool.
        again: of these, how many were recorded again as a whole, because the start was lost.
        wrong: operations of `track` and the API that are recorded more than once, or not as completed though
            commits wait for a standby.
        unended: those whose start is there, and whose end was in the lost part: commits do not wait.
        long_operation: the status of a command that ran all the time.
        late_operation: that of a command that began while the standbys received nothing.
        away_seconds: the longest time between two acknowledged DDL, with all hosts in the connection string;
            and through the proxy.
        sent_lost: events that the receiver has and the record no longer.
        rewound: `record.rewound` events of each endpoint.
        told: of the events that were sent and lost, how many those name.
        chain_faults: gaps in the numbers or the chain that the receiver noticed.
        verified: `whole`, or the kinds of findings, with the digest from before.
        accepted: the same once a fork was accepted.
        status: what `dbtrack status` says of it.
        unattributed: changes that nobody made, in the eyes of reconcile.
        complaints: what `maintain` on the three nodes wrote to standard error, and how often.
    """

    fault: Fault
    ddl: int = 0
    ddl_lost: int = 0
    torn: int = 0
    api: int = 0
    api_lost: int = 0
    tracked: int = 0
    tracked_lost: int = 0
    spooled: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    long_operation: str = ""
    late_operation: str = ""
    away_seconds: tuple[float, float] = (0.0, 0.0)
    api_away_seconds: float = 0.0
    sent_lost: int = 0
    rewound: int = 0
    told: int = 0
    chain_faults: int = 0
    verified: str = ""
    accepted: str = ""
    status: str = ""
    unattributed: int = 0
    complaints: Counter[str] = field(default_factory=Counter)
    track_messages: Counter[str] = field(default_factory=Counter)


@dataclass
class Site:
    """A cluster with dbtrack, and the services that go on through all faults."""

    cluster: PatroniCluster
    directory: Path
    receiver: Receiver
    api: ApiServer | None = None
    token: str = ""
    tries: int = 0

    def program(self, conninfo: str | None = None) -> Program:
        """Return dbtrack as a user of the cluster runs it, or as one of a single node."""
        given = {
            "DBTRACK_DSN": conninfo or self.cluster.conninfo(),
            "DBTRACK_KEY": "site=env:SITE_KEY",
            "SITE_KEY": _KEY,
            "DBTRACK_STATE": str(self.directory / "state"),
            "DBTRACK_SPOOL": str(self.directory / "spool"),
            "PATH": os.environ["PATH"],
        }
        return Program(clean_environment(given))

    def values(self, query: str, **parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the leader."""
        with psycopg.connect(self.cluster.conninfo(), autocommit=True) as connection:
            return connection.execute(query.encode(), parameters or None).fetchall()

    @property
    def digests(self) -> Path:
        """Where digests are kept, outside of the cluster."""
        folder = self.directory / "digests"
        folder.mkdir(exist_ok=True)
        return folder

    def received(self) -> list[dict[str, Any]]:
        """Return the events that the receiver has, in the order of their arrival."""
        return [request.document for request in self.receiver.posts]


@contextmanager
def site(cluster: PatroniCluster, directory: Path) -> Iterator[Site]:
    """Install dbtrack in a cluster, and run `serve` and `notify` with all hosts in the connection string."""
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE app TEMPLATE template0")
    with ExitStack() as services:
        here = Site(cluster, directory, services.enter_context(Receiver()))
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute("ALTER DATABASE app SET client_min_messages = error")
            schema.install(Database.wrap(connection))
            connection.execute("CREATE ROLE web LOGIN IN ROLE dbtrack_api")
            here.token = create_token(connection, "writer", "write")
        added = here.program().run(
            "webhook", "add", "receiver", here.receiver.url(), "--allow-private", "--allow-plain",
            "--events", "*", "--format", "cloudevents", "--no-handshake",
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
        web = cluster.conninfo().replace("postgres@", "web@")
        here.api = services.enter_context(serving(web, "--rate", "100000"))
        services.enter_context(_notifying(here))
        first = here.program().run("reconcile")
        assert first.returncode == 0, first.stderr
        yield here


@contextmanager
def _notifying(here: Site) -> Iterator[None]:
    with (here.directory / "notify.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dbtrack", "notify", "--interval", "0.2"],
            env=here.program().environment, stdin=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)


@dataclass
class _Load:
    """What works during one fault."""

    ddl: tuple[DdlWorker, DdlWorker]
    api: ApiWorker
    track: TrackWorker
    cron: CronWorker
    running: list[subprocess.Popen[str]]

    @property
    def workers(self) -> Sequence[Worker]:
        """All that repeat what they do."""
        return (*self.ddl, self.api, self.track, self.cron)


def try_fault(here: Site, fault: Fault, *, load_seconds: float = 4.0) -> Outcome:
    """Let everything work, do it, and look at what is left.

    Args:
        load_seconds: how long the programs work before and after it.
    """
    cluster = here.cluster
    if cluster.synchronous is not fault.is_synchronous:
        cluster.set_synchronous(is_on=fault.is_synchronous)
    cluster.wait_until_whole()
    here.tries += 1
    tag, known = f"try{here.tries}", len(here.received())
    load = _begin(here, tag)
    time.sleep(load_seconds)
    killed = _do(here, fault, tag, load, load_seconds)
    _wait_for_progress([*load.ddl, load.api, load.track])
    time.sleep(load_seconds)
    for worker in load.workers:
        worker.end()
    (here.directory / f"{tag}-end").touch()
    for process in load.running:
        _, message = process.communicate(timeout=90)
        assert process.returncode == 0, message
    if killed is not None:
        cluster.start_node(killed)
    cluster.wait_until_whole()
    _wait_for_events(here, tag)
    outcome = Outcome(fault)
    _count_ddl(here, tag, load, outcome)
    _count_operations(here, tag, load, outcome)
    _count_events(here, known, outcome)
    _ask_dbtrack(here, outcome)
    return outcome


def _begin(here: Site, tag: str) -> _Load:
    cluster = here.cluster
    assert here.api
    load = _Load(
        (DdlWorker(cluster.conninfo(), f"{tag}_hosts"), DdlWorker(cluster.proxied(), f"{tag}_proxy")),
        ApiWorker(here.api.url, here.token, f"{tag}-api"),
        TrackWorker(here.program(), f"{tag}-track"),
        CronWorker([here.program(node.conninfo) for node in cluster.nodes]),
        [_long_command(here, tag, "long")],
    )
    wait_until((here.directory / f"{tag}-long").exists, "the long command runs")
    for worker in load.workers:
        worker.start()
    return load


def _long_command(here: Site, tag: str, name: str) -> subprocess.Popen[str]:
    """Start a tracked command that runs until all is over."""
    begun, over = here.directory / f"{tag}-{name}", here.directory / f"{tag}-end"
    script = f"touch {begun}; while [ ! -e {over} ]; do sleep 0.1; done"
    return here.program().start("track", f"{tag}-{name}", "--", "sh", "-c", script)


def _wait_for_progress(workers: Sequence[Worker]) -> None:
    """Wait until each has been acknowledged something from now on."""
    counts = [len(worker.acknowledged) for worker in workers]
    wait_until(
        lambda: all(len(worker.acknowledged) > count for worker, count in zip(workers, counts, strict=True)),
        "all go on",
    )


def _do(here: Site, fault: Fault, tag: str, load: _Load, load_seconds: float) -> Node | None:
    """Let it happen; return the node that was killed."""
    if fault.switches_before:
        here.cluster.switch_over()
        _wait_for_progress([*load.ddl, load.api, load.track])
        here.cluster.wait_until_whole()
    if fault.stalls:
        here.cluster.stall_standbys()
        load.running.append(_long_command(here, tag, "late"))
        time.sleep(load_seconds)
    if not (fault.stalls and fault.is_synchronous):
        _write_digest(here)
    if fault.is_kill:
        return here.cluster.kill_leader()
    here.cluster.switch_over()
    return None


def _write_digest(here: Site) -> None:
    """Seal, and write a digest outside of the cluster."""
    for words in (("seal",), ("digest", "--unsigned", "--directory", str(here.digests))):
        result = here.program().run(*words)
        while result.returncode == ExitCode.LOCKED:  # maintain seals, too
            result = here.program().run(*words)
        assert result.returncode == 0, result.stderr


def _wait_for_events(here: Site, tag: str) -> None:
    here.values(_MARK, name=f"{tag}:last")
    wait_until(
        lambda: any(event["subject"] == f"{tag}:last" for event in here.received()[-20:]),
        "the last event arrives",
    )


def _count_ddl(here: Site, tag: str, load: _Load, outcome: Outcome) -> None:
    tables = {name for (name,) in here.values(_TABLES, like=f"^{tag}_")}
    recorded = [name for (name,) in here.values(_RECORDED_TABLES, like=f"public[.]{tag}_")]
    acknowledged = {name for worker in load.ddl for name in worker.acknowledged}
    outcome.ddl, outcome.ddl_lost = len(acknowledged), len(acknowledged - tables)
    outcome.torn = len(tables ^ set(recorded)) + len(recorded) - len(set(recorded))
    outcome.away_seconds = (load.ddl[0].away_seconds, load.ddl[1].away_seconds)


def _count_operations(here: Site, tag: str, load: _Load, outcome: Outcome) -> None:
    here.program().run("spool", "flush")
    found = here.values(_OPERATIONS, like=f"^{tag}-")
    statuses: dict[str, list[str]] = {}
    for name, status, _ in found:
        statuses.setdefault(name, []).append(status)
    outcome.api, outcome.tracked = len(load.api.acknowledged), len(load.track.acknowledged)
    outcome.api_lost = len(load.api.acknowledged.keys() - statuses.keys())
    outcome.tracked_lost = len(load.track.acknowledged.keys() - statuses.keys())
    acknowledged = load.api.acknowledged.keys() | load.track.acknowledged.keys()
    odd = {name: words for name, words in statuses.items() if name in acknowledged and words != ["COMPLETED"]}
    for name, words in odd.items():
        is_lost = words in (["RUNNING"], ["ABANDONED"]) and not outcome.fault.is_synchronous
        (outcome.unended if is_lost else outcome.wrong).append(f"{name}: {', '.join(words)}")
    outcome.spooled = len(load.track.spooled)
    outcome.again = sum(is_again for *_, is_again in found)
    outcome.long_operation = ", ".join(status for name, status, _ in found if name == f"{tag}-long")
    outcome.late_operation = ", ".join(
        f"{status}, start lost" if is_again else status
        for name, status, is_again in found
        if name == f"{tag}-late"
    )
    outcome.api_away_seconds = load.api.away_seconds
    outcome.track_messages, outcome.complaints = load.track.messages, load.cron.complaints


def _count_events(here: Site, known: int, outcome: Outcome) -> None:
    received = here.received()
    new = received[known:]
    recorded = {name for (name,) in here.values(_EVENTS)}
    lost = {event["id"] for event in new} - recorded
    rewound = [event["data"] for event in new if event["type"].endswith("record.rewound")]
    outcome.sent_lost, outcome.rewound = len(lost), len(rewound)
    outcome.told = len({name for data in rewound for name in data["lost"]} & lost)
    outcome.chain_faults = chain_faults(received) - chain_faults(received[:known])


def chain_faults(events: Sequence[dict[str, Any]]) -> int:
    """Count what a receiver notices that checks numbers and chain, as docs/events.md says."""
    last, chain, faults = 0, "", 0
    for event in events:
        number = int(event["sequence"])
        if number <= last:
            continue  # a second delivery
        expected = hashlib.sha256(bytes.fromhex(chain) + event["id"].encode()).hexdigest()
        faults += number != last + 1 or (last > 0 and event["chain"] != expected)
        last, chain = number, event["chain"]
    return faults


def _ask_dbtrack(here: Site, outcome: Outcome) -> None:
    program = here.program()
    lines = program.run("status", "--format", "jsonl").stdout.splitlines()
    checks = [json.loads(line) for line in lines]
    outcome.status = "; ".join(
        f"{row['current_status']}: {row['details']}" for row in checks if row["area"] == "failover"
    )
    outcome.unattributed = len(program.run("reconcile", "--format", "jsonl").stdout.splitlines())
    digests = ("--digests", str(here.digests))
    program.run("seal")
    outcome.verified = _verdict(program.run("verify", *digests, "--format", "jsonl"))
    if outcome.verified != "whole":
        words = ("--accept-fork", "--reason", "the leader was killed", "--format", "jsonl")
        outcome.accepted = _verdict(program.run("verify", *digests, *words))


def _verdict(result: subprocess.CompletedProcess[str]) -> str:
    kinds = Counter(json.loads(line)["finding"] for line in result.stdout.splitlines())
    return ", ".join(sorted(kinds)) or ("whole" if result.returncode == 0 else result.stderr)
