"""Three PostgreSQL servers under Patroni, with etcd, and HAProxy in front: one leads, and another takes over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.servers import find_binaries
from tests.support.servers.account import server_account
from tests.support.servers.server import _free_port
from tests.support.waiting import wait_until

MAJOR = 15
PACKAGES = "patroni etcd-server haproxy postgresql-15"
_PROGRAMS = ("patroni", "etcd", "haproxy", "setpriv")
_PATH = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
# Patroni's smallest values that a busy machine bears: a leader that died is replaced after `ttl` at the latest.
_TTL_SECONDS, _LOOP_SECONDS, _RETRY_SECONDS = 10, 1, 3
# The servers write without fsync: processes are killed here, no machine loses its memory.
_NODE = """
scope: dbtrack
name: {name}
restapi: {{listen: '127.0.0.1:{rest_port}', connect_address: '127.0.0.1:{rest_port}'}}
etcd3: {{hosts: '127.0.0.1:{etcd_port}'}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: {loop}
    retry_timeout: {retry}
    maximum_lag_on_failover: 1073741824
    synchronous_mode: {synchronous}
    postgresql:
      use_pg_rewind: true
      parameters:
        max_connections: 150
        wal_keep_size: 256MB
        wal_log_hints: 'on'
        max_prepared_transactions: 10
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, {{auth: trust}}, no-sync]
  pg_hba: ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
postgresql:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
  data_dir: {data}
  bin_dir: {binaries}
  pgpass: {directory}/{name}.pgpass
  authentication:
    superuser: {{username: postgres, password: unused}}
    replication: {{username: replicator, password: unused}}
  parameters: {{unix_socket_directories: '{directory}', fsync: 'off', shared_buffers: 32MB, jit: 'off'}}
watchdog: {{mode: 'off'}}
"""
_PROXY = """
global
  maxconn 500
defaults
  mode tcp
  retries 2
  timeout connect 4s
  timeout client 30m
  timeout server 30m
  timeout check 2s
"""
_PROXY_SERVICE = """
listen {name}
  bind 127.0.0.1:{port}
  option httpchk OPTIONS /{role}
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
"""


_BALANCE = """
defaults
  mode http
  balance roundrobin
  retries 3
  option redispatch
  timeout connect 4s
  timeout client 60s
  timeout server 60s
listen api
  bind 127.0.0.1:{port}
  option httpchk GET /status
  default-server inter 500ms fall 2 rise 1
"""


def missing_packages() -> str:
    """Return the packages to install where a program is not on this machine; empty where all are."""
    found = [shutil.which(program, path=_PATH) for program in _PROGRAMS]
    return "" if all(found) and find_binaries(MAJOR) else PACKAGES


@dataclass
class Node:
    """One of the servers, and the Patroni that looks after it."""

    name: str
    port: int
    rest_port: int
    data: Path

    @property
    def conninfo(self) -> str:
        """How to connect to this server, whether it leads or not."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/app"

    def answers(self, role: str) -> bool:
        """Return whether its Patroni says that it is `primary`, `replica`, …."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.rest_port}/{role}", timeout=3)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    @property
    def postmaster(self) -> int:
        """The process id of the server, of which it may have left no more than that; 0 where there is none."""
        with suppress(OSError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return 0

    @property
    def is_running(self) -> bool:
        """Whether that process is this server."""
        return self.postmaster > 0 and str(self.data).encode() in _command_line(self.postmaster)


@dataclass
class PatroniCluster:
    """The servers, what they need to agree on a leader, and the proxy in front of them."""

    directory: Path
    synchronous: bool
    nodes: list[Node] = field(default_factory=list)
    write_port: int = field(default_factory=_free_port)
    read_port: int = field(default_factory=_free_port)
    _etcd_port: int = field(default_factory=_free_port)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def conninfo(self, dbname: str = "app", attributes: str | None = "read-write") -> str:
        """Return a connection string that names all servers."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        wanted = f"&target_session_attrs={attributes}" if attributes else ""
        return f"postgresql://postgres@{hosts}/{dbname}?connect_timeout=3{wanted}"

    def proxied(self, dbname: str = "app") -> str:
        """Return a connection string that leads to the leader through HAProxy."""
        return f"postgresql://postgres@127.0.0.1:{self.write_port}/{dbname}?connect_timeout=5"

    @property
    def leader(self) -> Node:
        """The server that leads; waits until one does."""
        wait_until(self._leaders, "a server leads")
        return self._leaders()[0]

    @property
    def standbys(self) -> list[Node]:
        """The other servers, as Patroni sees them."""
        leader = self.leader
        return [node for node in self.nodes if node is not leader]

    def start(self) -> None:
        """Start everything, and wait until the standbys stream."""
        peer = f"http://127.0.0.1:{_free_port()}"
        client = f"http://127.0.0.1:{self._etcd_port}"
        self._run("etcd", "etcd", f"--name=one --data-dir={self.directory}/etcd --listen-client-urls={client} "
            f"--advertise-client-urls={client} --listen-peer-urls={peer} --initial-advertise-peer-urls={peer} "
            f"--initial-cluster=one={peer} --unsafe-no-fsync --log-level=warn")  # fmt: skip
        for number in (1, 2, 3):
            name = f"n{number}"
            self.nodes.append(Node(name, _free_port(), _free_port(), self.directory / f"data-{name}"))
            self._configure(self.nodes[-1])
        self.start_node(self.nodes[0])
        wait_until(self._leaders, "the first server leads")
        for node in self.nodes[1:]:
            self.start_node(node)
        self._start_proxy()
        self.wait_until_whole()

    def start_node(self, node: Node) -> None:
        """Start a node's Patroni, which starts its server: as a new one, or as one that comes back."""
        self._run(node.name, "patroni", str(self.directory / f"{node.name}.yml"))

    def wait_until_whole(self) -> None:
        """Wait until one server leads and the two others stream from it, without a lag."""
        wait_until(self._is_whole, "one server leads, and two follow it")

    def switch_over(self) -> Node:
        """Let another server take over in an orderly way; return it."""
        leader, candidate = self.leader, self._candidate()
        wish = {"leader": leader.name, "candidate": candidate.name}
        answer = httpx.post(f"http://127.0.0.1:{leader.rest_port}/switchover", json=wish, timeout=60)
        assert answer.status_code == httpx.codes.OK, answer.text
        wait_until(lambda: candidate.answers("primary"), "the other server leads")
        return candidate

    def kill_leader(self) -> Node:
        """Kill the leader with SIGKILL, the server and its Patroni, as a machine that dies; return it."""
        leader = self.leader
        assert leader.is_running
        postmaster = leader.postmaster
        patroni = self._processes.pop(leader.name)
        patroni.kill()
        for process in (postmaster, *_children(postmaster)):
            _signal(process, signal.SIGKILL)
        patroni.wait()
        return leader

    def stall_standbys(self) -> None:
        """Let the leader send nothing more to the standbys, as a network that fails shortly before it does."""
        for process in _children(self.leader.postmaster):
            if b"walsender" in _command_line(process):
                _signal(process, signal.SIGSTOP)

    def set_synchronous(self, *, is_on: bool) -> None:
        """Let commits wait for a standby, or not, and wait until it is so."""
        leader = self.leader
        httpx.patch(
            f"http://127.0.0.1:{leader.rest_port}/config", json={"synchronous_mode": is_on}, timeout=10
        ).raise_for_status()
        wait_until(lambda: any(node.answers("sync") for node in self.nodes) is is_on, "commits wait, or not")
        self.synchronous = is_on

    @contextmanager
    def balancing(self, port: int, servers: Sequence[int]) -> Iterator[None]:
        """Hand out the requests that come to a port to servers of the API, in turn."""
        path = self.directory / "balance.cfg"
        lines = [f"  server s{number} 127.0.0.1:{server} check" for number, server in enumerate(servers)]
        path.write_text(_BALANCE.format(port=port) + "\n".join([*lines, ""]))
        self._run("balance", "haproxy", f"-db -f {path}")
        try:
            wait_until(lambda: _answers(port), "the proxy finds a server")
            yield
        finally:
            process = self._processes.pop("balance")
            process.terminate()
            _end(process, 5)

    def stop(self) -> None:
        """Stop everything at once, and remove it: nothing of it is needed any more."""
        for node in self.nodes:
            if patroni := self._processes.pop(node.name, None):
                patroni.kill()
                patroni.wait()
        running = [node.postmaster for node in self.nodes if node.is_running]
        for postmaster in running:
            _signal(postmaster, signal.SIGQUIT)
        for process in self._processes.values():
            process.terminate()
            _end(process, 5)
        wait_until(lambda: not any(node.is_running for node in self.nodes), "the servers stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self, name: str) -> str:
        """Return what a process has written: `n1`, `etcd`, `proxy`."""
        return (self.directory / f"{name}.log").read_text()

    def _leaders(self) -> list[Node]:
        return [node for node in self.nodes if node.answers("primary")]

    def _members(self) -> list[dict[str, Any]]:
        for node in self.nodes:
            with suppress(httpx.HTTPError, KeyError, ValueError):
                found = httpx.get(f"http://127.0.0.1:{node.rest_port}/cluster", timeout=3).json()
                return list(found["members"])
        return []

    def _is_whole(self) -> bool:
        members = self._members()
        states = [member["state"] for member in members if member["role"] != "leader"]
        # Patroni before 3.1 says running where later ones say streaming.
        is_streaming = len(states) == len(self.nodes) - 1 and set(states) <= {"running", "streaming"}
        lags = [member.get("lag", 0) for member in members]
        timelines = {member.get("timeline") for member in members}
        is_even = all(lag == 0 for lag in lags) and len(timelines) == 1
        return is_streaming and is_even and len(self._leaders()) == 1 and self._has_synchronous()

    def _has_synchronous(self) -> bool:
        return not self.synchronous or any(node.answers("sync") for node in self.nodes)

    def _candidate(self) -> Node:
        """Return who may take over: with synchronous_mode only the synchronous standby."""
        standbys = self.standbys
        synchronous = [node for node in standbys if node.answers("sync")]
        return (synchronous or standbys)[0]

    def _configure(self, node: Node) -> None:
        path = self.directory / f"{node.name}.yml"
        path.write_text(
            _NODE.format(
                name=node.name,
                port=node.port,
                rest_port=node.rest_port,
                data=node.data,
                etcd_port=self._etcd_port,
                directory=self.directory,
                binaries=find_binaries(MAJOR),
                synchronous=str(self.synchronous).lower(),
                ttl=_TTL_SECONDS,
                loop=_LOOP_SECONDS,
                retry=_RETRY_SECONDS,
            )
        )
        server_account().own(path)

    def _start_proxy(self) -> None:
        text = _PROXY
        for name, port, role in (("write", self.write_port, "primary"), ("read", self.read_port, "replica")):
            text += _PROXY_SERVICE.format(name=name, port=port, role=role)
            text += "".join(
                f"  server {node.name} 127.0.0.1:{node.port} maxconn 140 check port {node.rest_port}\n"
                for node in self.nodes
            )
        path = self.directory / "haproxy.cfg"
        path.write_text(text)
        self._run("proxy", "haproxy", f"-db -f {path}")

    def _run(self, name: str, program: str, words: str) -> None:
        path = shutil.which(program, path=_PATH)
        assert path
        # Nothing may stay behind, also where the tests are killed.
        command = ["setpriv", "--pdeathsig", "TERM", path, *words.split()]
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PG", "PYTHON"))
        }
        with (self.directory / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                cwd=self.directory,
                env=environment | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.directory)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **server_account().process_options(),
            )


@contextmanager
def patroni_cluster(*, synchronous: bool = False) -> Iterator[PatroniCluster]:
    """Start a cluster with an empty database `app`, and stop it at the end."""
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-patroni-", dir="/tmp"))
    server_account().own(directory)
    cluster = PatroniCluster(directory, synchronous)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/status", timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in found.split()]


def _command_line(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
