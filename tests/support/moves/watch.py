"""A database with dbtrack before a move and after it: what is kept, what is told, what is lost."""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from dbtrack import schema
from dbtrack.db import Database
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.failover_load import Program
from tests.support.receiver import Receiver
from tests.support.waiting import wait_until

KEPT = "kept"
_KEY = "11" * 32
_VERSIONS = "SELECT s.script_execution_hk, s.load_date, s.execution_status::text FROM script_tracking.script_execution_s AS s"
_EVENTS = "SELECT e.event_id FROM script_tracking.event AS e WHERE coalesce(e.event_data -> 'endpoints' ? 'receiver', true)"
_STATUSES = """
SELECT s.execution_status::text, s.metadata ? 'lost_start' FROM script_tracking.current_execution AS s
WHERE s.script_name = %(name)s
"""
_DISABLED = (
    "SELECT evtname::text FROM pg_event_trigger WHERE evtname LIKE %(like)s AND evtenabled <> 'A' ORDER BY 1"
)
_IS_RECORDED = """
SELECT count(*) FROM script_tracking.current_execution AS s
WHERE s.affected_objects[1] = %(table)s AND s.execution_status = 'COMPLETED'
"""


@dataclass(frozen=True)
class Row:
    """One line of the table of outcomes. Each cell begins with `kept`, `told`, `lost, told`, `lost` or `wrong`.

    Args:
        topology: which servers there are.
        fault: what happens to them.
        executions: those that were acknowledged before.
        running: the operation that ran meanwhile.
        events: what the receiver of a webhook got: nothing skipped, no event with two numbers.
        seals: what `dbtrack verify` says with a digest from before.
        reconcile: whether the catalogs agree with the record.
        capture: whether DDL is recorded afterwards.
        status: the areas of `dbtrack status` that need attention and did not before.
        subscriber: what a subscriber of the record has.
        fleet: what `dbtrack fleet upgrade` does.
    """

    topology: str
    fault: str
    executions: str = "-"
    running: str = "-"
    events: str = "-"
    seals: str = "-"
    reconcile: str = "-"
    capture: str = "-"
    status: str = "-"
    subscriber: str = "-"
    fleet: str = "-"

    @property
    def cells(self) -> dict[str, str]:
        """The cells by their names."""
        return asdict(self)

    @property
    def is_silent(self) -> bool:
        """Whether something was lost or is wrong, and nothing told it."""
        return any(cell.startswith(("lost:", "wrong")) for cell in self.cells.values())


@dataclass
class Watch:
    """What is known outside of the servers: events at the receiver, digests, acknowledged executions."""

    directory: Path
    receiver: Receiver
    acknowledged: set[tuple[Any, ...]] = field(default_factory=set)
    _unsent: set[str] = field(default_factory=set)
    _handed_over: set[str] = field(default_factory=set)
    _areas: set[str] = field(default_factory=set)
    _process: subprocess.Popen[str] | None = None
    _key: bytes = b""
    _runs: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command."""
        return {
            "DBTRACK_KEY": "site=env:SITE_KEY",
            "SITE_KEY": _KEY,
            "DBTRACK_STATE": str(self.directory / "state"),
            "DBTRACK_SPOOL": str(self.directory / "spool"),
            "PATH": os.environ["PATH"],
        }

    @property
    def digests(self) -> Path:
        """Where digests are kept, outside of the servers."""
        return self.directory / "digests"

    def dbtrack(self, conninfo: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command on a server."""
        return run_dbtrack(*words, "-d", conninfo, environment=self.environment)

    def begin(self, conninfo: str) -> None:
        """Install dbtrack with a webhook, and record some."""
        self.digests.mkdir(exist_ok=True)
        with connected(conninfo) as database:
            schema.install(database)
        self.add_webhook(conninfo)
        self.work(conninfo, "first")
        _done(self.dbtrack(conninfo, "reconcile"))
        self.hand_over(conninfo)
        self._areas = self.attention(conninfo)

    def add_webhook(self, conninfo: str) -> None:
        """Send the events to the receiver from now on."""
        words = (
            "--allow-private",
            "--allow-plain",
            "--events",
            "*",
            "--format",
            "cloudevents",
            "--no-handshake",
        )
        _done(self.dbtrack(conninfo, "webhook", "add", "receiver", self.receiver.url(), *words))
        # What this server recorded itself before is nobody's; what arrived from elsewhere was sent there.
        self._unsent |= {name for (name,) in values(conninfo, _EVENTS)} - self._handed_over

    def work(self, conninfo: str, name: str) -> None:
        """Record DDL and operations, which the server acknowledges."""
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE TABLE {name} (id int PRIMARY KEY)".encode())
            connection.execute(f"ALTER TABLE {name} ADD COLUMN note text".encode())
            connection.execute(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s))",
                [f"by hand {name}"],
            )

    def hand_over(self, conninfo: str) -> None:
        """Note what was acknowledged; seal, write a digest, and deliver."""
        self.acknowledged = set(values(conninfo, _VERSIONS))
        self._handed_over = {name for (name,) in values(conninfo, _EVENTS)}
        _done(self.dbtrack(conninfo, "seal"))
        _done(self.dbtrack(conninfo, "digest", "--unsigned", "--directory", str(self.digests)))
        _done(self.dbtrack(conninfo, "notify", "--once"))

    def start_operations(self, conninfo: str, other: str) -> None:
        """Start one by the function, and a command under `dbtrack track` that knows both servers."""
        self._runs += 1
        (row,) = values(conninfo, "SELECT script_tracking.track_operation('started before')")
        self._key = row[0]
        begun, over = self.directory / f"begun{self._runs}", self.directory / f"over{self._runs}"
        script = f"touch {begun}; while [ ! -e {over} ]; do sleep 0.05; done"
        environment = clean_environment({**self.environment, "DBTRACK_DSN": _both(conninfo, other)})
        self._process = Program(environment).start("track", f"command {self._runs}", "--", "sh", "-c", script)
        wait_until(begun.exists, "the command runs")

    def look(self, topology: str, fault: str, conninfo: str) -> Row:
        """Return what the record has, and what was told of what it does not have."""
        areas = self.attention(conninfo)
        capture = self._capture(conninfo)
        running = self._end_operations(conninfo)
        events = self._events(conninfo)
        areas |= self.attention(conninfo)
        executions = self._executions(conninfo)
        reconcile = self._reconcile(conninfo)
        seals = self._seals(conninfo)
        if executions == "lost" or events == "lost":
            told = ["`dbtrack verify`"] if seals.startswith("told") else []
            told += ["`dbtrack status`"] if "failover" in areas else []
            executions, events = (_lost(cell, told) for cell in (executions, events))
        new = sorted(areas - self._areas)
        status = f"told: {', '.join(new)}" if new else "nothing to do"
        return Row(topology, fault, executions, running, events, seals, reconcile, capture, status)

    def attention(self, conninfo: str) -> set[str]:
        """Return the areas of `dbtrack status` that need attention."""
        lines = self.dbtrack(conninfo, "status", "--format", "jsonl").stdout.splitlines()
        found = [json.loads(line) for line in lines]
        return {row["area"] for row in found if row["current_status"] in {"WARNING", "CRITICAL"}}

    def _capture(self, conninfo: str) -> str:
        name = f"after_{self._runs}"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE TABLE {name} (id int)".encode())
        recorded = values(conninfo, _IS_RECORDED, table=f"public.{name}")[0][0]
        disabled = [name for (name,) in values(conninfo, _DISABLED, like="et\\_%")]
        return (
            KEPT
            if recorded == 1 and not disabled
            else f"wrong: recorded {recorded} times, disabled: {disabled}"
        )

    def _end_operations(self, conninfo: str) -> str:
        if self._process is None:
            return "-"
        closed = values(conninfo, "SELECT script_tracking.complete_operation(%(key)s)", key=self._key)[0][0]
        (self.directory / f"over{self._runs}").touch()
        _, message = self._process.communicate(timeout=90)
        assert self._process.returncode == 0, message
        self._process = None
        _done(self.dbtrack(conninfo, "spool", "flush"))
        tracked = values(conninfo, _STATUSES, name=f"command {self._runs}")
        words = []
        if not closed:
            words.append("`complete_operation` returns false")
        if tracked == [("COMPLETED", True)]:
            words.append("`track` records all of it again, with `lost_start`")
        elif tracked != [("COMPLETED", False)]:
            return f"wrong: {tracked}"
        return f"lost, told: {'; '.join(words)}" if words else KEPT

    def _events(self, conninfo: str) -> str:
        known = len(self._received)
        words = []
        first = self.dbtrack(conninfo, "notify", "--once")
        if first.returncode:
            assert "another database" in first.stderr, first.stderr
            words.append("held until `dbtrack endpoint resume`")
            _done(self.dbtrack(conninfo, "endpoint", "resume", "receiver"))
            _done(self.dbtrack(conninfo, "notify", "--once"))
        received = self._received
        recorded = {name for (name,) in values(conninfo, _EVENTS)}
        if wrong := _wrong(received, recorded - self._unsent):
            return f"wrong: {wrong}"
        lost = {event["id"] for event in received} - recorded
        is_again = bool(_again(received) - _again(received[:known]))
        told = {
            name
            for event in received[known:]
            if event["type"].endswith("record.rewound")
            for name in event["data"]["lost"]
        }
        if lost - told:
            return "lost"
        if lost:
            words.append("`record.rewound` names what was sent and is gone")
        if is_again:
            words.append("what is kept comes again with the same ids and new numbers")
        return f"told: {'; '.join(words)}" if words else KEPT

    @property
    def _received(self) -> list[dict[str, Any]]:
        return [request.document for request in self.receiver.posts]

    def _executions(self, conninfo: str) -> str:
        return KEPT if self.acknowledged <= set(values(conninfo, _VERSIONS)) else "lost"

    def _reconcile(self, conninfo: str) -> str:
        found = self.dbtrack(conninfo, "reconcile", "--format", "jsonl")
        if "took a new one" in found.stderr:
            return "told: the last snapshot is of another server; a new one was taken"
        kinds = [json.loads(line)["object_type"] for line in found.stdout.splitlines()]
        if kinds and set(kinds) == {"setting"}:
            return "told: settings of the server that differ"
        return f"wrong: {len(kinds)} changes that nobody made" if kinds else KEPT

    def _seals(self, conninfo: str) -> str:
        _done(self.dbtrack(conninfo, "seal"))
        words = ("verify", "--digests", str(self.digests), "--format", "jsonl")
        found = _kinds(self.dbtrack(conninfo, *words))
        if not found:
            return KEPT
        accepted = self.dbtrack(conninfo, *words, "--accept-fork", "--reason", "restored")
        after = "whole after `--accept-fork`"
        if accepted.returncode:
            accepted = self.dbtrack(conninfo, *words, "--accept-rewrite", "--reason", "the copy was started")
            after = "whole after `--accept-rewrite`" if accepted.returncode == 0 else "it cannot be accepted"
        return f"told: {', '.join(f'`{kind}`' for kind in found)}; {after}"


def _wrong(received: list[dict[str, Any]], recorded: set[str]) -> str:
    """Return what no receiver may see: a number of two events, an event left out, or sent again without a reason."""
    # A server that has an endpoint of its own also has a chain of its own, under its own address.
    names: Mapping[tuple[str, int], set[str]] = defaultdict(set)
    for event in received:
        names[event["source"], int(event["sequence"])].add(event["id"])
    if any(len(found) > 1 for found in names.values()):
        return "numbers that two events have"
    is_rewound = any(event["type"].endswith("record.rewound") for event in received)
    if _again(received) and not is_rewound:
        return "events that were sent again with another number"
    return "events that were left out" if recorded - {event["id"] for event in received} else ""


def _again(received: list[dict[str, Any]]) -> set[str]:
    """Return the events that came with two numbers."""
    numbers: Mapping[str, set[int]] = defaultdict(set)
    for event in received:
        numbers[event["id"]].add(int(event["sequence"]))
    return {name for name, found in numbers.items() if len(found) > 1}


def _lost(cell: str, told: list[str]) -> str:
    if cell != "lost":
        return cell
    return f"lost, told by {' and '.join(told)}" if told else "lost: nothing tells it"


def _kinds(result: subprocess.CompletedProcess[str]) -> list[str]:
    found = sorted({json.loads(line)["finding"] for line in result.stdout.splitlines()})
    assert found or result.returncode == 0, result.stderr
    return found


def _both(conninfo: str, other: str) -> str:
    """Return a connection string that names both servers."""
    first, second = (psycopg.conninfo.conninfo_to_dict(words) for words in (conninfo, other))
    hosts, ports = (f"{first[name]},{second[name]}" for name in ("host", "port"))
    return psycopg.conninfo.make_conninfo(dbname=first["dbname"], user=first["user"], host=hosts, port=ports)


def _done(result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == 0, f"{result.args}: {result.stderr}{result.stdout}"


def values(conninfo: str, query: str, **parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        return connection.execute(query.encode(), parameters or None).fetchall()


@contextmanager
def connected(conninfo: str) -> Iterator[Database]:
    """Connect as a superuser."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield Database.wrap(connection)


@contextmanager
def watching(directory: Path) -> Iterator[Watch]:
    """Start the receiver, with a directory for what is kept outside of the servers."""
    with Receiver() as receiver:
        yield Watch(directory, receiver)
