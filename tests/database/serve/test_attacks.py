"""What clients send that they should not: each is answered as an error, and the server continues."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.api_server import PREFIX, ApiServer, create_token, data, failure, serving
from tests.support.servers import Sandbox
from tests.support.tenancy import Tenancy, build_tenancy

pytestmark = pytest.mark.any_server


@pytest.fixture(scope="module")
def everybody(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Tenancy]:
    """A tenancy for all tests of the module."""
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as superuser:
        yield build_tenancy(superuser, _module_sandbox.role)


@pytest.fixture(scope="module")
def api(everybody: Tenancy, _module_sandbox: Sandbox) -> Iterator[ApiServer]:
    """A server that gives requests a second to arrive; at the end it must be well, and have logged nothing."""
    login = _module_sandbox.role("web", member_of=("dbtrack_api",))
    with serving(make_conninfo(everybody.conninfo, user=login), "--request-timeout", "1") as server:
        yield server
        assert httpx.get(f"{server.url}/status").status_code == 200
        assert server.stop() == 0
    assert server.messages == ["dbtrack: stopped\n"]


@pytest.fixture(scope="module")
def token(everybody: Tenancy) -> str:
    """A token of acme's that may write."""
    return create_token(everybody.superuser, "ci", "write", "acme", rate=100_000)


def raw(api: ApiServer, request: bytes, *, more: bytes = b"") -> bytes:
    """Send bytes and return all that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=20) as connection:
        connection.sendall(request)
        if more:
            connection.sendall(more)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
        return answer


def status_of(answer: bytes) -> int:
    """Return the status of an answer whose body must have the form of all errors."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert json.loads(body)["success"] is False
    return int(head.split()[1])


def request(token: str, path: str, *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} {PREFIX}{path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


_SQL = (
    "'; DROP TABLE script_tracking.script_execution_h; --",
    "1' OR '1'='1",
    "%(tenant)s",
    "{}",
    "$1",
    "\\",
    "%s%n",
)


def test_sql_in_parameters_is_text(everybody: Tenancy, api: ApiServer, token: str) -> None:
    with api.client(token) as client:
        for text in _SQL:
            assert data(client.get("/history", params={"name": text}))["rows"] == []
            assert failure(client.get("/history", params={"tenant": text})) == (422, "INVALID_REQUEST")
            assert client.get("/history", params={"since": text}).status_code in {200, 422}
            assert failure(client.get(f"/executions/{text}"))[0] in {404, 422}
            key = data(client.post("/operations/start", json={"script_name": text, "metadata": {text: text}}))
            shown = data(client.get(f"/executions/{key['execution_key']}"))
            assert shown["execution"]["script_name"] == text
            assert failure(client.get("/history", headers={"X-Tenant-ID": text}))[0] in {400, 403}
    count = "SELECT count(*) FROM script_tracking.script_execution_h"
    assert everybody.superuser.execute(count).fetchone() is not None


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        f"limit={'9' * 400}",
        "limit=1e3",
        "limit=NaN",
        "limit=-1",
        "limit=1&limit=2",
        "days=0",
        "days=99999999999999999999",
        "days=%00",
        "name=a%00b",
        "name=" + "x" * 1001,
        "since=%ff%fe",
        "since=infinity&until=-infinity",
        "since=9999999-01-01",
        "tenat=acme",
        "after=AAAA",
        "after=%27",
        "after=" + "A" * 80,
        "status=DONE",
        "name=",
    ],
)
def test_a_parameter_that_is_none_is_refused(api: ApiServer, token: str, query: str) -> None:
    with api.client(token) as client:
        assert failure(client.get(f"/history?{query}")) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b"\xff\xfe", 400),
        (b'{"script_name": 1}', 422),
        (b'{"script_name": "a\\u0000b"}', 422),
        (b'{"script_name": "\\ud800"}', 422),
        (b'{"script_name": " "}', 422),
        (b'{"script_name": "x", "tenant": "globex"}', 422),
        (b'{"script_name": "x", "script_type": "DDL_AUTO"}', 422),
        (b'{"script_name": "dbtrack cleanup"}', 422),
        (b'{"script_name": "' + b"x" * 256 + b'"}', 422),
        (b'{"script_name": "x", "metadata": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}", 422),
        (b'{"script_name": "x", "metadata": {"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}", 400),
        (b'{"script_name": "x", "metadata": {"a": ' + b"9" * 5000 + b"}}", 400),
        (b'{"script_name": "x", "metadata": {"a": "' + b"x" * 1_100_000 + b'"}}', 413),
    ],
)
def test_a_body_that_is_none_is_refused(api: ApiServer, token: str, body: bytes, status: int) -> None:
    with api.client(token) as client:
        answer = client.post("/operations/start", content=body, headers={"Content-Type": "application/json"})
        assert failure(answer) == (status, "INVALID_REQUEST")


def test_what_looks_odd_and_is_valid_is_kept(api: ApiServer, token: str) -> None:
    name = "café \U0001f680 \u202etxt \t\x1b[31m<script>"
    metadata = {"n": 1e308, "deep": [[[{}]]], "big": 10**300, "a\u0000b": "x\u0000y", "": None}
    with api.client(token) as client:
        key = data(client.post("/operations/start", json={"script_name": name, "metadata": metadata}))[
            "execution_key"
        ]
        shown = data(client.get(f"/executions/{key}"))["execution"]
        assert shown["script_name"] == name
        assert shown["metadata"]["big"] == 10**300
        assert shown["metadata"]["a\ufffdb"] == "x\ufffdy"


def test_another_content_type_is_refused(api: ApiServer, token: str) -> None:
    with api.client(token) as client:
        for kind in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
        ):
            answer = client.post(
                "/operations/start", content=b'{"script_name": "x"}', headers={"Content-Type": kind}
            )
            assert failure(answer) == (415, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//history",
        "/history/",
        "/history%00",
        "/HISTORY",
        "/history;x=1",
        "/%68istory/..%2f",
        "/executions/..",
        "/executions/%2e%2e%2fhistory",
        "/operations/start/../complete",
        "/\\..\\",
    ],
)
def test_a_path_leads_nowhere_but_to_a_route(api: ApiServer, token: str, path: str) -> None:
    answer = raw(api, request(token, path, "Connection: close"))
    assert status_of(answer) in {404, 405, 422}


def test_headers_cannot_be_injected(api: ApiServer, token: str) -> None:
    for path in (
        "/nothing%0d%0aSet-Cookie:%20a=b",
        "/history?name=%0d%0aSet-Cookie:%20a=b",
        "/history?x%0d%0aA:b=1",
    ):
        answer = raw(api, request(token, path, "Connection: close"))
        assert b"set-cookie" not in answer.partition(b"\r\n\r\n")[0].lower()
    assert status_of(raw(api, request(token, "/history", "X-Tenant-ID: a\x00b"))) == 400
    assert status_of(raw(api, request(token, "/history", "X-Tenant-ID: caf\xe9", "Connection: close"))) == 403


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET /nothing HTTP/9.9\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 100 + b"\r\n\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /nothing HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(api: ApiServer, lines: bytes) -> None:
    answer = raw(api, lines)
    assert status_of(answer) in {400, 404}


def test_half_a_form_is_no_matter_for_the_log(api: ApiServer) -> None:
    # The server of this module must have logged nothing when it ends.
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", api.port)) as connection:
            connection.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ntoken=")
    assert httpx.get(f"{api.url}/status").status_code == 200


def test_a_request_of_two_lengths_is_the_last_of_its_connection(api: ApiServer, token: str) -> None:
    head = request(
        token,
        "/operations/start",
        "Content-Type: application/json",
        "Content-Length: 4",
        "Transfer-Encoding: chunked",
        method="POST",
    )
    hidden = request(token, "/history")
    answer = raw(api, head, more=b"0\r\n\r\n" + hidden)
    assert status_of(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1


def test_who_sends_slowly_is_not_waited_for(api: ApiServer, token: str) -> None:
    assert status_of(raw(api, b"GET /status HTTP/1.1\r\nHost")) == 408
    assert status_of(raw(api, b"")) == 408
    head = request(
        token, "/operations/start", "Content-Type: application/json", "Content-Length: 100", method="POST"
    )
    assert status_of(raw(api, head, more=b'{"script_')) == 408
    # Many of them at once keep nobody else from an answer.
    slow = [socket.create_connection(("127.0.0.1", api.port)) for _ in range(100)]
    for connection in slow:
        connection.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\nA: ")
    with api.client(token) as client:
        data(client.get("/health"))
    for connection in slow:
        connection.close()


def test_a_body_without_a_length_is_bounded_too(api: ApiServer, token: str) -> None:
    head = request(
        token,
        "/operations/start",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        method="POST",
    )
    answer = raw(api, head, more=(b"10000\r\n" + b"x" * 65536 + b"\r\n") * 18)
    assert status_of(answer) == 413


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Basic YTpi",
        "bearer x",
        "Bearer dbt_0_0",
        "Bearer " + "x" * 5000,
        "Bearer dbt_é",
        "Bearer dbt_000000000000_" + "0" * 64,
    ],
)
def test_what_is_no_token_is_refused_alike(api: ApiServer, header: str) -> None:
    given = [(b"Authorization", header.encode("latin-1"))]
    answer = httpx.get(f"{api.url}{PREFIX}/history", headers=given)
    assert failure(answer) == (401, "AUTH_FAILED")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_methods_without_a_route(api: ApiServer, token: str) -> None:
    for method in ("TRACE", "OPTIONS", "PUT", "PATCH", "CONNECT", "NONSENSE"):
        assert status_of(raw(api, request(token, "/history", "Connection: close", method=method))) == 405
    upgrade = (
        "Connection: Upgrade, close",
        "Upgrade: websocket",
        "Sec-WebSocket-Key: x",
        "Sec-WebSocket-Version: 13",
    )
    assert b" 200 " in raw(api, request(token, "/history", *upgrade)).splitlines()[0]


def test_a_closed_connection_leaves_nothing_open(everybody: Tenancy, api: ApiServer, token: str) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", api.port)) as connection:
            connection.sendall(request(token, "/dashboard"))
    with api.client(token) as client:
        data(client.get("/dashboard"))
    busy = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()"

    def idle(connection: psycopg.Connection[Any]) -> int:
        [[count]] = connection.execute(busy.encode()).fetchall()
        return int(count)

    assert any(idle(everybody.superuser) == 0 for _ in range(100))
