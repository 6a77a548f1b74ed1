"""The server as a process: how it starts, stops, and bears what clients and the database do."""

from __future__ import annotations

from tests.support.api_server import create_token, data, failure, serving
from tests.support.command_line import done, run_dbtrack
from tests.support.tenancy import Tenancy


def test_it_answers_and_stops_in_order(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "ci", "read", "acme")
    with serving(web_conninfo) as server:
        with server.client(token) as client:
            names = [row["script_name"] for row in data(client.get("/history"))["rows"]]
            assert names == ["secret of acme"]
            assert failure(client.get("/nothing")) == (404, "INVALID_REQUEST")
            assert failure(client.delete("/history")) == (405, "INVALID_REQUEST")
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
