"""The leader of a Patroni cluster and the hosts of SRV records are found; whatever else answers is a failure."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from dbtrack.errors import NoConnectionError, UsageError
from dbtrack.fleet import Choice, Entry, Limits, chosen_members
from dbtrack.fleet.directories import patroni_leader, srv_hosts

# The form that Patroni's documentation shows for GET /cluster.
_CLUSTER = {
    "members": [
        {"name": "patroni1", "role": "replica", "state": "streaming", "api_url": "http://10.0.0.1:8008/patroni",
         "host": "10.0.0.1", "port": 5432, "timeline": 5, "tags": {}, "lag": 0},
        {"name": "patroni2", "role": "leader", "state": "running", "api_url": "http://10.0.0.2:8008/patroni",
         "host": "10.0.0.2", "port": 5433, "timeline": 5},
    ],
    "scope": "demo",
}  # fmt: skip
_NAME = "_postgresql._tcp.db.example.com"
_LIMITS = Limits(connect_seconds=2)


@contextmanager
def _patroni(answers: dict[str, object]) -> Iterator[str]:
    """Serve an answer on /cluster, as each node of a cluster does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(b"" if body is None else json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_leader_of_a_patroni_cluster_is_the_member() -> None:
    answers: dict[str, object] = {"/cluster": _CLUSTER}
    with _patroni(answers) as url:
        dead = "http://127.0.0.1:1"
        assert patroni_leader(f"{dead}, {url}/", 2) == {"host": "10.0.0.2", "port": "5433"}
        entries = [
            Entry(
                "shop", "test", dsn="host=ignored dbname=shop user=dba", patroni=url, labels={"cluster": "eu"}
            ),
            Entry("gone", "test", dsn="dbname=shop", patroni=dead),
        ]
        shop, gone = chosen_members(entries, Choice(), _LIMITS, {})
        assert (shop.server, shop.target.overrides["user"], shop.database) == ("10.0.0.2:5433", "dba", "shop")
        assert "Patroni at 127.0.0.1 does not answer" in str(gone.target.error)
        answers["/cluster"] = {"members": _CLUSTER["members"][:1], "scope": "demo"}
        with pytest.raises(NoConnectionError, match="the Patroni cluster demo has no leader now"):
            patroni_leader(url, 2)
        wrong: list[object] = [[], {"members": 3}, {"members": [3, {"role": "leader"}]}, None]
        for answer in wrong:
            answers["/cluster"] = answer
            with pytest.raises(NoConnectionError):
                patroni_leader(url, 2)
    for url, message in (
        ("ftp://x", "begins with http"),
        ("x", "begins with http"),
        ("http://u:secret@x", "takes no login"),
    ):
        with pytest.raises(UsageError, match=message) as refused:
            patroni_leader(url, 2)
        assert "secret" not in str(refused.value)


@contextmanager
def _dns(records: tuple[str, ...]) -> Iterator[str]:
    """Answer questions for SRV records over UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            while (received := server.recvfrom(4096))[0] != b"end":
                question = dns.message.from_wire(received[0])
                response = dns.message.make_response(question)
                asked = str(question.question[0].name)
                if asked == f"{_NAME}." and records:
                    response.answer.append(dns.rrset.from_text(asked, 60, "IN", "SRV", *records))
                elif asked != f"{_NAME}.":
                    response.set_rcode(dns.rcode.NXDOMAIN)
                server.sendto(response.to_wire(), received[1])

        thread = threading.Thread(target=answer)
        thread.start()
        host, port = server.getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            server.sendto(b"end", (host, port))
            thread.join()


def test_srv_records_are_the_hosts_in_the_order_of_priority() -> None:
    with _dns(
        ("20 5 5432 late.example.com.", "10 1 5433 b.example.com.", "10 9 5434 a.example.com.")
    ) as nameserver:
        found = srv_hosts(_NAME, nameserver, 5)
        assert found == {
            "host": "a.example.com,b.example.com,late.example.com",
            "port": "5434,5433,5432",
            "target_session_attrs": "read-write",
        }
        entry = Entry("shop", "test", dsn="dbname=shop", srv=_NAME, nameserver=nameserver)
        (member,) = chosen_members([entry], Choice(), _LIMITS, {})
        assert member.server == "a.example.com:5434,b.example.com:5433,late.example.com:5432"
        with pytest.raises(NoConnectionError, match=r"DNS has no SRV records of other\.example"):
            srv_hosts("other.example", nameserver, 5)
        with pytest.raises(UsageError, match="is not a DNS name"):
            srv_hosts("a..b", nameserver, 5)
    with _dns(("0 0 5432 db1.example.com.",)) as nameserver:
        assert srv_hosts(_NAME, nameserver, 5)["target_session_attrs"] == "any"
    with _dns(("0 0 0 .",)) as nameserver, pytest.raises(NoConnectionError, match="is not available"):
        srv_hosts(_NAME, nameserver, 5)
    with _dns(()) as nameserver, pytest.raises(NoConnectionError, match="no SRV records"):
        srv_hosts(_NAME, nameserver, 5)
    for wrong, message in (("dns1", "takes an IP address"), ("127.0.0.1:x", "HOST or HOST:PORT")):
        with pytest.raises(UsageError, match=message):
            srv_hosts(_NAME, wrong, 5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(NoConnectionError, match="cannot look up"):
            srv_hosts(_NAME, f"127.0.0.1:{silent.getsockname()[1]}", 0.5)
