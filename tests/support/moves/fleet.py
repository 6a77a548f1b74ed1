"""A fleet that is upgraded, while something happens to one of its members."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.database.schema.test_upgrade import open_dumped
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.kills import kill, start_again
from tests.support.moves.watch import KEPT, Row, values
from tests.support.servers import Server, find_binaries, start_server
from tests.support.standby import start_standby
from tests.support.waiting import wait_until

MAJOR = 18
_NAMES = ("first", "hit", "last")
_VERSIONS = "SELECT script_execution_hk, load_date FROM script_tracking.script_execution_s"
_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dbtrack fleet' AND wait_event_type = 'Lock'
"""
_IS_RECORDED = """
SELECT count(*) FROM script_tracking.current_execution WHERE affected_objects[1] = 'public.afterwards'
"""
_REPLAYED = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()"


@dataclass
class _Fleet:
    """Three databases with an earlier dbtrack, each on a server of its own; the one in the middle has a standby."""

    file: Path
    servers: dict[str, Server]
    standby: Server
    dsns: dict[str, str]

    def upgrade(self, *words: str) -> dict[str, str]:
        """Upgrade to the end; return the result of each member, and what a failed one says."""
        found = run_dbtrack(*self._words(*words), environment=self._environment, timeout_seconds=300)
        return _results(found.stdout)

    def interrupted(self, hit: Callable[[], None]) -> dict[str, str]:
        """Let something happen while the second member is being upgraded."""
        # It may be killed with the server.
        with closing(psycopg.connect(self.dsns["hit"])) as holder:
            holder.execute("LOCK TABLE script_tracking.script_execution_s")
            process = subprocess.Popen(
                [sys.executable, "-m", "dbtrack", *self._words("--keep-going")],
                env=clean_environment(self._environment),
                stdout=subprocess.PIPE,
                text=True,
            )
            wait_until(lambda: values(self.dsns["hit"], _WAITING)[0][0] == 1, "the upgrade waits")
            self.process = process
            hit()
            told, _ = process.communicate(timeout=300)
        return _results(told)

    def versions(self) -> Mapping[str, set[tuple[object, ...]]]:
        """Return the versions of each member."""
        return {name: set(values(dsn, _VERSIONS)) for name, dsn in self.dsns.items()}

    @property
    def _environment(self) -> dict[str, str]:
        return {"DBTRACK_FLEET": str(self.file)}

    def _words(self, *words: str) -> tuple[str, ...]:
        return ("fleet", "upgrade", "--lock-timeout", "600", "--timeout", "2", "--json", *words)


def _results(told: str) -> dict[str, str]:
    rows = json.loads(told)["rows"]
    return {row["member"]: f"{row['result']} {row['details'] or ''}".strip() for row in rows}


def fleet() -> Iterator[Row]:
    """Upgrade a fleet while a member is down, has too many connections, fails over, or Ctrl-C comes."""
    faults: tuple[tuple[str, Callable[[_Fleet], str]], ...] = (
        ("a member is down", _down),
        ("a server has too many connections, and one becomes free", _full),
        ("the primary of a member is killed in the middle of its upgrade; its standby takes over", _failover),
        ("Ctrl-C in the middle of an upgrade", _interrupt),
    )
    for fault, try_it in faults:
        with ExitStack() as running:
            directory = running.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-moves-"))
            there = _started(running, Path(directory))
            before = there.versions()
            told = try_it(there)
            yield Row(
                "a fleet that is upgraded",
                fault,
                executions=KEPT if _has_all(before, there.versions()) else "lost: nothing tells it",
                capture=_capture(there),
                fleet=told,
            )


def _started(running: ExitStack, directory: Path) -> _Fleet:
    binaries = find_binaries(MAJOR)
    assert binaries, f"PostgreSQL {MAJOR} is not installed"
    servers = {name: start_server(MAJOR, binaries, "max_connections = 12\n") for name in _NAMES}
    for server in servers.values():
        running.callback(server.stop)
        with closing(open_dumped(server.conninfo(tcp=True))):
            pass
    standby = start_standby(servers["hit"])
    running.callback(standby.stop)
    dsns = {name: server.conninfo(tcp=True) for name, server in servers.items()}
    dsns["hit"] = (
        f"host=127.0.0.1,127.0.0.1 port={servers['hit'].port},{standby.port} dbname=postgres user=postgres "
        "target_session_attrs=read-write"
    )
    file = directory / "fleet.toml"
    for name, dsn in dsns.items():
        added = run_dbtrack("fleet", "add", name, "--dsn", dsn, environment={"DBTRACK_FLEET": str(file)})
        assert added.returncode == 0, added.stderr
    return _Fleet(file, servers, standby, dsns)


def _has_all(
    before: Mapping[str, set[tuple[object, ...]]], after: Mapping[str, set[tuple[object, ...]]]
) -> bool:
    return all(found <= after[name] and found for name, found in before.items())


def _capture(there: _Fleet) -> str:
    for name, dsn in there.dsns.items():
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE afterwards (id int)")
        if values(dsn, _IS_RECORDED)[0][0] != 1:
            return f"wrong: {name} does not record"
    return KEPT


def _again(there: _Fleet, first: dict[str, str], words: str, **others: str) -> str:
    """Return what was told of the member that was hit, if the others are as they should be, and it can be repeated."""
    wanted = {"first": "upgraded", "last": "upgraded", **others}
    wrong = {name: first[name] for name, result in wanted.items() if not first[name].startswith(result)}
    if wrong or words not in first["hit"]:
        return f"wrong: {first}"
    again = there.upgrade()
    expected = {name: "up to date" if first[name] == "upgraded" else "upgraded" for name in there.dsns}
    return "" if again == expected else f"wrong: {again}"


def _down(there: _Fleet) -> str:
    there.standby.stop()
    kill(there.servers["hit"])
    first = there.upgrade("--keep-going")
    start_again(there.servers["hit"])
    return _again(there, first, "failed cannot connect") or (
        "told: `failed`; the others are upgraded, and the same command upgrades it later"
    )


def _full(there: _Fleet) -> str:
    with ExitStack() as taken:
        held = psycopg.connect(there.dsns["hit"])
        # Nobody else gets a connection, superusers neither.
        with suppress(psycopg.OperationalError):
            while True:
                taken.enter_context(psycopg.connect(there.dsns["hit"]))
        waits = there.upgrade("--keep-going")
        log = there.servers["hit"].log_path
        refused = log.read_text().count("too many clients")
        process = subprocess.Popen(
            [sys.executable, "-m", "dbtrack", "fleet", "upgrade", "--timeout", "120", "--json"],
            env=clean_environment({"DBTRACK_FLEET": str(there.file)}),
            stdout=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: log.read_text().count("too many clients") > refused, "it is refused")
        held.close()
        told, _ = process.communicate(timeout=300)
    later = _results(told)
    is_told = waits["hit"].startswith("failed cannot connect") and "too many clients" in waits["hit"]
    if not is_told or later != {"first": "up to date", "hit": "upgraded", "last": "up to date"}:
        return f"wrong: {waits}, {later}"
    return "kept; told as `too many clients` if none becomes free within `--timeout`"


def _failover(there: _Fleet) -> str:
    primary = there.servers["hit"]
    wait_until(lambda: values(there.dsns["hit"], _REPLAYED)[0][0] == 1, "the standby has all of it")

    def hit() -> None:
        kill(primary)
        there.standby.psql("SELECT pg_promote()")

    first = there.interrupted(hit)
    return _again(there, first, "failed") or (
        "told: `failed`; the new primary has the version before, and the same command upgrades it"
    )


def _interrupt(there: _Fleet) -> str:
    first = there.interrupted(lambda: there.process.send_signal(signal.SIGINT))
    ended = there.process.returncode == -signal.SIGINT
    told = _again(there, first, "interrupted cancelled; nothing was changed", last="not begun")
    return told or (
        "told: `upgraded`, `interrupted` and `not begun`; the same command continues"
        if ended
        else f"wrong: exit {there.process.returncode}"
    )
