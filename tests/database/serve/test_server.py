"""The server as a process: how it starts, stops, and bears what clients and the database do."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import threading
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.api_server import PREFIX, ApiServer, create_token, data, failure, serving
from tests.support.certificates import self_signed
from tests.support.command_line import clean_environment, done, run_dbtrack
from tests.support.proxy import Proxy
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.standby import start_standby
from tests.support.tenancy import Tenancy
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server


def test_it_answers_and_stops_in_order(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "ci", "read", "acme")
    with serving(web_conninfo) as server:
        with server.client(token) as client:
            names = [row["script_name"] for row in data(client.get("/history"))["rows"]]
            assert names == ["secret of acme"]
            assert failure(client.get("/nothing")) == (404, "INVALID_REQUEST")
            refused = client.delete("/history")
            assert failure(refused) == (405, "INVALID_REQUEST")
            assert refused.headers["allow"] == "GET"
        assert server.stop() == 0
    assert server.messages == ["dbtrack: stopped\n"]


def test_a_token_is_printed_alone_and_once(tenancy: Tenancy, web_conninfo: str) -> None:
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    token = done(run_dbtrack("token", "create", "ci", "--scope", "read", environment=environment)).strip()
    with serving(web_conninfo, "--workers", "2") as server:
        with server.client(token) as client:
            assert data(client.get("/dashboard"))["rows"]
            assert token not in done(run_dbtrack("token", "list", environment=environment))
            assert done(run_dbtrack("token", "revoke", "ci", environment=environment)) == ""
            assert failure(client.get("/dashboard")) == (401, "AUTH_FAILED")
        assert server.stop() == 0


def test_answers_have_the_headers_of_a_careful_server(tenancy: Tenancy, web_conninfo: str) -> None:
    with serving(web_conninfo, "--cors-origin", "https://ops.example") as server, server.client() as client:
        for path in ("/history", "/nothing"):
            headers = client.get(path, headers={"Origin": "https://evil.example"}).headers
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert "server" not in headers
            assert "access-control-allow-origin" not in headers
        allowed = client.get("/history", headers={"Origin": "https://ops.example"}).headers
        assert allowed["access-control-allow-origin"] == "https://ops.example"
        status = httpx.get(f"{server.url}/status")
        assert (status.status_code, status.json()["data"]["database"]) == (200, "up")


def test_a_login_that_sees_more_than_the_tokens_is_refused(tenancy: Tenancy, role: RoleFactory) -> None:
    acme = tenancy.logins["acme"]
    tenancy.run(f"GRANT dbtrack_api TO {acme}")
    logins = {
        "postgres": "row security does not hold",
        role("boss", member_of=("dbtrack_admin", "dbtrack_api")): "administers",
        acme: "has tenants of its own",
        role("operator", member_of=("dbtrack_operator",)): "is not a member of dbtrack_api",
    }
    for login, reason in logins.items():
        environment = {"DBTRACK_DSN": make_conninfo(tenancy.conninfo, user=login)}
        result = run_dbtrack("serve", "--listen", "127.0.0.1:0", environment=environment)
        assert (result.returncode, reason in result.stderr, result.stderr.count("\n")) == (1, True, 1), login


def test_where_it_cannot_listen_it_says_so_in_one_line(
    tenancy: Tenancy, web_conninfo: str, tmp_path: Path
) -> None:
    environment = {"DBTRACK_DSN": web_conninfo}
    other = self_signed(tmp_path, "other")
    pair = self_signed(tmp_path, "own")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        for words, code, reason in (
            (("--listen", f"127.0.0.1:{busy.getsockname()[1]}"), 1, "already in use"),
            (("--listen", "0.0.0.0:0"), 2, "--tls-cert"),
            (("--listen", "nowhere"), 1, "cannot listen"),
            (("--tls-cert", str(pair.certificate)), 2, "belong together"),
            (("--tls-cert", str(pair.certificate), "--tls-key", str(other.key)), 1, "do not belong together"),
            (("--tls-cert", str(pair.key), "--tls-key", str(pair.key)), 1, "cannot be used"),
            (("--rate", "fast"), 2, "--rate"),
        ):
            listen = () if "--listen" in words else ("--listen", "127.0.0.1:0")
            result = run_dbtrack("serve", *words, *listen, environment=environment)
            assert (result.returncode, result.stderr.count("\n")) == (code, 1), (words, result.stderr)
            assert reason in result.stderr


def test_it_speaks_tls_with_its_own_certificate(tenancy: Tenancy, web_conninfo: str, tmp_path: Path) -> None:
    pair = self_signed(tmp_path, "own")
    token = create_token(tenancy.superuser, "ci", "read")
    trust = ssl.create_default_context(cafile=str(pair.certificate))
    words = ("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key))
    with serving(web_conninfo, *words, "--listen", "0.0.0.0:0") as server:
        url = f"https://127.0.0.1:{server.port}"
        answer = httpx.get(
            f"{url}{PREFIX}/dashboard", headers={"Authorization": f"Bearer {token}"}, verify=trust
        )
        assert data(answer)["rows"]
        assert "max-age" in answer.headers["strict-transport-security"]
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{server.port}/status")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with socket.create_connection(("127.0.0.1", server.port)) as raw, old.wrap_socket(raw) as wrapped:
            assert wrapped.version() == "TLSv1.2"
        assert httpx.get(f"{url}/status", verify=trust).status_code == 200


def test_two_hundred_clients_at_once(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "ci", "write", "acme", rate=1_000_000)
    headers = {"Authorization": f"Bearer {token}"}

    async def one(client: httpx.AsyncClient, number: int) -> None:
        started = await client.post("/operations/start", json={"script_name": f"job {number}"})
        key = data(started)["execution_key"]
        assert failure(await client.post("/operations/complete", json={"execution_key": "0" * 64}))[0] == 404
        data(await client.post("/operations/complete", json={"execution_key": key}))

    async def all_of_them(url: str) -> None:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60, limits=limits) as client:
            await asyncio.gather(*(one(client, number) for number in range(200)))

    with serving(web_conninfo, "--workers", "2") as server:
        asyncio.run(all_of_them(server.url + PREFIX))
        counted = tenancy.superuser.execute(
            "SELECT count(*), count(DISTINCT script_name) FROM script_tracking.current_execution"
            " WHERE script_name LIKE 'job %' AND execution_status = 'COMPLETED'"
        ).fetchone()
        assert counted == (200, 200)
        assert server.stop() == 0


def test_a_token_s_limit_holds_over_all_workers(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "slow", "read", rate=7)
    with serving(web_conninfo, "--workers", "3") as server:
        answers = []
        for _ in range(12):
            # A connection each, so that each worker answers some.
            with server.client(token) as client:
                answers.append(client.get("/health"))
        assert sum(answer.status_code == 200 for answer in answers) == 7
        assert failure(answers[-1]) == (429, "RATE_LIMITED")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        other = create_token(tenancy.superuser, "other", "read")
        with server.client(other) as client:
            data(client.get("/health"))


def test_a_running_request_is_finished_before_it_stops(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "ci", "write", "acme")
    answers: list[httpx.Response] = []

    def start(server: ApiServer) -> None:
        with server.client(token) as client:
            answers.append(client.post("/operations/start", json={"script_name": "late"}))

    with serving(web_conninfo, "--workers", "2") as server:
        with tenancy.superuser.transaction():
            tenancy.run("LOCK TABLE script_tracking.script_execution_h IN ACCESS EXCLUSIVE MODE")
            client = threading.Thread(target=start, args=(server,))
            client.start()
            waiting = "SELECT FROM pg_locks WHERE NOT granted"
            wait_until(lambda: tenancy.superuser.execute(waiting).fetchone() is not None, "waiting")
            server.process.send_signal(signal.SIGTERM)

            def is_closed() -> bool:
                with socket.socket() as probe:
                    return probe.connect_ex(("127.0.0.1", server.port)) != 0

            wait_until(is_closed, "closed to new clients")
            assert server.process.poll() is None
        client.join(20)
        assert server.process.wait(20) == 0
    assert answers[0].status_code == 201


def test_a_worker_that_dies_is_replaced(tenancy: Tenancy, web_conninfo: str) -> None:
    with serving(web_conninfo, "--workers", "2") as server:
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        wait_until(lambda: len(children.read_text().split()) == 2, "two workers")
        before = children.read_text().split()
        os.kill(int(before[0]), signal.SIGKILL)
        wait_until(lambda: len(set(children.read_text().split()) - {before[0]}) == 2, "two workers")
        assert httpx.get(f"{server.url}/status/live").status_code == 200
        assert server.stop() == 0
    assert "signal 9" in server.messages[0]


def test_workers_end_with_their_parent(tenancy: Tenancy, web_conninfo: str) -> None:
    with serving(web_conninfo, "--workers", "2") as server:
        listed = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        wait_until(lambda: len(listed.read_text().split()) == 2, "two workers")
        children = listed.read_text().split()
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "gone")


def test_the_database_may_go_and_come_back(tenancy: Tenancy, web_conninfo: str, server: Server) -> None:
    token = create_token(tenancy.superuser, "ci", "write", "acme")
    with Proxy(server.port) as proxy:
        there = make_conninfo(web_conninfo, host="127.0.0.1", port=proxy.port, connect_timeout=2)
        with serving(there) as api, api.client(token) as client:
            data(client.get("/history"))
            # All connections of the pool are lost, and the server is there: nobody notices.
            user = psycopg.conninfo.conninfo_to_dict(web_conninfo)["user"]
            tenancy.superuser.execute(
                # And their processes are gone: one that is ending may still begin a request, and not finish it.
                "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE usename = %s",
                (user,),
            )
            data(client.post("/operations/start", json={"script_name": "after"}))
            proxy.__exit__(None, None, None)
            for path in ("/history", "/dashboard"):
                gone = client.get(path)
                assert failure(gone) == (503, "DATABASE_ERROR")
                assert int(gone.headers["retry-after"]) > 0
            assert failure(httpx.get(f"{api.url}/status", timeout=30)) == (503, "DATABASE_ERROR")
            assert httpx.get(f"{api.url}/status/live").status_code == 200
            with Proxy(server.port, listen_on=proxy.port):
                wait_until(lambda: client.get("/history").status_code == 200, "back")
                data(client.post("/operations/start", json={"script_name": "again"}))


def test_it_is_not_ready_without_dbtrack(tenancy: Tenancy, web_conninfo: str) -> None:
    with serving(web_conninfo) as api:
        removed = run_dbtrack("uninstall", "--yes", "-d", tenancy.conninfo)
        assert removed.returncode == 0, removed.stderr
        assert failure(httpx.get(f"{api.url}/status")) == (503, "DATABASE_ERROR")
        assert httpx.get(f"{api.url}/status/live").status_code == 200


@pytest.mark.slow
def test_reports_are_read_from_a_standby(tenancy: Tenancy, web_conninfo: str, server: Server) -> None:
    standby = start_standby(server)
    try:
        token = create_token(tenancy.superuser, "ci", "write", "acme")
        there = make_conninfo(web_conninfo, host=str(standby.directory), port=standby.port)
        tenancy.run("ALTER SYSTEM SET log_statement = 'none'")
        with serving(web_conninfo, "--read-from", there) as api, api.client(token) as client:
            # The token is too new for the standby, perhaps: then the primary answers.
            data(client.get("/history"))
            data(client.post("/operations/start", json={"script_name": "on the primary"}))
            reads = "SELECT sum(calls) FROM pg_stat_user_functions WHERE funcname = 'proven_token'"
            assert reads
            with psycopg.connect(standby.conninfo(tenancy.superuser.info.dbname)) as spy:
                asked = "SELECT FROM pg_stat_activity WHERE application_name LIKE 'dbtrack serve%'"
                assert spy.execute(asked).fetchone() is not None
            started = data(client.post("/operations/start", json={"script_name": "new"}))
            shown = data(client.get(f"/executions/{started['execution_key']}"))
            assert shown["execution"]["script_name"] == "new"
            # A report shows what its token has just recorded, also if the standby does not have it yet.
            with psycopg.connect(standby.conninfo(tenancy.superuser.info.dbname), autocommit=True) as admin:
                admin.execute("SELECT pg_wal_replay_pause()")
                data(client.post("/operations/start", json={"script_name": "not replayed"}))
                newest = data(client.get("/history", params={"limit": 1}))["rows"]
                assert [row["script_name"] for row in newest] == ["not replayed"]
                admin.execute("SELECT pg_wal_replay_resume()")
            standby.stop()
            assert {row["script_name"] for row in data(client.get("/history"))["rows"]} >= {
                "on the primary",
                "new",
            }
    finally:
        if standby.directory.exists():
            standby.stop()


def test_refused_requests_are_in_the_access_record(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "ci", "read", "acme")
    with serving(web_conninfo) as server:
        with server.client("dbt_" + "0" * 12 + "_" + "1" * 64) as stranger:
            assert failure(stranger.get("/history")) == (401, "AUTH_FAILED")
        with server.client() as nobody:
            assert failure(nobody.get("/history")) == (401, "AUTH_FAILED")
        with server.client(token) as client:
            assert failure(client.post("/operations/start", json={"script_name": "x"})) == (
                403,
                "AUTH_FAILED",
            )
            assert failure(client.get("/history", headers={"X-Tenant-ID": "globex"})) == (403, "AUTH_FAILED")
            assert failure(client.get("/history", params={"tenant": "globex"})) == (422, "INVALID_REQUEST")
        assert server.stop() == 0
    noted = tenancy.superuser.execute(
        "SELECT report_name, accessed_tenant, is_granted, application_name FROM script_tracking.access_log ORDER BY 1, 2"
    ).fetchall()
    assert [(row[0].removeprefix(f"GET {PREFIX}"), row[1]) for row in noted] == [
        ("/history", "globex"),
        ("/history", None),
        ("/history", None),
        (f"POST {PREFIX}/operations/start", None),
        ("history", "globex"),
    ]
    assert not any(row[2] for row in noted)
    assert sum("ci" in row[3] for row in noted) == 3


def test_a_missing_extra_is_said_in_one_line(web_conninfo: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nf = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'uvicorn' else f(name, package)\n"
    )
    environment = clean_environment({"PYTHONPATH": str(tmp_path), "DBTRACK_DSN": web_conninfo})
    result = run_dbtrack("serve", environment=environment, fresh=True)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "'dbtrack serve' needs dbtrack[serve]; run: pip install 'fastapi>=" in result.stderr
