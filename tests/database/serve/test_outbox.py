"""The API as services use it: an outbox that is sent again and again, one trace over several of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.support.api_server import data, failure
from tests.support.command_line import done, run_dbtrack
from tests.support.served import Served, served
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_START = "2026-11-28T05:00:00.123456Z"


def record(number: int, status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {
        "operation_id": f"op-{number}", "script_name": f"job {number}", "started_at": _START,
        "execution_status": status, **more,
    }  # fmt: skip


@pytest.fixture
def api(tenancy: Tenancy, web_conninfo: str) -> Iterator[Served]:
    login = next(word.partition("=")[2] for word in web_conninfo.split() if word.startswith("user="))
    with served(tenancy.conninfo, login) as server:
        yield server


Client = Callable[..., httpx.Client]


@pytest.fixture
def client(api: Served) -> Iterator[Client]:
    """Make a client with a token of this name, scope and tenants."""
    with ExitStack() as stack:

        def make(name: str, scope: str = "write", *tenants: str) -> httpx.Client:
            headers = {"Authorization": f"Bearer {api.token(name, scope, *tenants)}"}
            url = f"{api.url}/api/v1/tracking"
            return stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30))

        yield make


def send(api: httpx.Client, *records: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data(api.post("/operations/outbox", json={"records": list(records)}))[
        "records"
    ]
    return found


def outcomes(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["outcome"] for answer in answers]


def test_an_end_arrives_although_the_server_has_another_login_now(api: Served, client: Client) -> None:
    acme = client("moved-job", "write", "acme")
    assert outcomes(send(acme, record(1, "RUNNING"), record(2, "RUNNING"))) == ["recorded"] * 2
    moved = (
        "UPDATE script_tracking.open_execution SET opened_by = 'old_api'; "
        "UPDATE script_tracking.script_execution_s SET db_session_user = 'old_api' WHERE script_name LIKE 'job _'; "
        "DELETE FROM script_tracking.open_execution AS o USING script_tracking.script_execution_s AS s"
        " WHERE s.script_execution_hk = o.script_execution_hk AND s.script_name = 'job 2'"
    )
    api.superuser.execute(moved.encode())
    # The second one is no longer open here, and belongs to a login that is unknown: it does not stop the others.
    ends = send(acme, record(1), record(2), record(3))
    assert outcomes(ends) == ["closed", "refused", "recorded"]
    assert "old_api opened this operation" in ends[1]["refusal"]
    assert outcomes(send(acme, record(1), record(3))) == ["known", "known"]


def test_an_outbox_is_recorded_once_however_often_and_in_whatever_order_it_is_sent(
    api: Served, client: Client
) -> None:
    acme, globex = client("acme-job", "write", "acme"), client("globex-job", "write", "globex")
    whole = record(
        1, "FAILED", duration_us=1500, error_message="no luck", affected_objects=["public.t"],
        statement="ALTER ROLE x PASSWORD 'hunter2'", metadata={"ticket": "OPS-1"},
        traceparent=f"00-{_TRACE}-00f067aa0ba902b7-01",
    )  # fmt: skip
    first = send(acme, whole, record(2, "RUNNING"))
    assert outcomes(first) == ["recorded", "recorded"]
    assert outcomes(send(acme, whole, record(2, "RUNNING"))) == ["known", "known"]
    # The end of the second comes, again and again; an end before its start is the whole.
    assert outcomes(send(acme, record(2, duration_us=5), record(3))) == ["closed", "recorded"]
    assert outcomes(send(acme, record(2, duration_us=5), record(3, "RUNNING"))) == ["known", "known"]
    # In one request, in the wrong order.
    assert outcomes(send(acme, record(4), record(4, "RUNNING"))) == ["closed", "recorded"]
    # The identifiers of others are others.
    other = send(globex, whole)
    assert outcomes(other) == ["recorded"]
    assert other[0]["execution_key"] != first[0]["execution_key"]

    shown = data(acme.get(f"/executions/{first[0]['execution_key']}"))["execution"]
    assert (shown["execution_status"], shown["script_type"], shown["tenant"]) == ("FAILED", "MANUAL", "acme")
    assert shown["execution_timestamp"].startswith("2026-11-28T05:00:00.123456")
    assert (float(shown["duration_ms"]), shown["error_message"]) == (1.5, "no luck")
    assert "hunter2" not in str(shown)
    assert shown["sql_command"].startswith("ALTER ROLE x PASSWORD")
    assert shown["metadata"]["ticket"] == "OPS-1"
    assert acme.get(f"/executions/{other[0]['execution_key']}").status_code == 404
    second = data(acme.get(f"/executions/{first[1]['execution_key']}"))
    assert [version["execution_status"] for version in second["versions"]] == ["RUNNING", "COMPLETED"]
    [[count]] = api.superuser.execute(
        "SELECT count(*) FROM script_tracking.script_execution_h WHERE script_execution_bk LIKE 'job %'"
    ).fetchall()
    assert count == 5
    [[valid]] = api.superuser.execute(
        "SELECT bool_and(h.script_execution_hk = sha256(convert_to(h.script_execution_bk, 'UTF8')))"
        " FROM script_tracking.script_execution_h AS h"
    ).fetchall()
    assert valid


def test_a_record_that_cannot_be_stored_does_not_keep_the_others(client: Client) -> None:
    writer = client("job", "write", "acme")
    answers = send(
        writer,
        record(1) | {"script_name": "dbtrack cleanup"},
        record(2) | {"script_type": "DDL_AUTO"},
        record(3) | {"started_at": "yesterday"},
        record(4) | {"started_at": "2026-11-28T05:00:00"},
        record(5) | {"started_at": "2999-01-01T00:00:00Z"},
        record(6) | {"script_name": " "},
        record(7),
    )
    assert outcomes(answers) == ["refused"] * 6 + ["recorded"]
    assert "may not begin with dbtrack" in answers[0]["refusal"]
    assert "RFC 3339" in answers[3]["refusal"]
    assert "in the future" in answers[4]["refusal"]
    reader = client("reader", "read", "acme")
    assert failure(reader.post("/operations/outbox", json={"records": [record(1)]})) == (403, "AUTH_FAILED")
    bodies: tuple[Any, ...] = ({"records": []}, {"records": [{}]}, {"records": [record(1, "ABANDONED")]}, [])
    for body in bodies:
        assert writer.post("/operations/outbox", json=body).status_code == 422


def test_two_relays_that_send_the_same_at_once_record_it_once(client: Client) -> None:
    writer = client("job", "write", "acme")
    records = [record(number, status) for number in range(40) for status in ("RUNNING", "COMPLETED")]
    found: list[list[dict[str, Any]]] = []

    def relay(order: int) -> None:
        found.append(send(writer, *records[::order]))

    threads = [threading.Thread(target=relay, args=(order,)) for order in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    counted = [outcome for answers in found for outcome in outcomes(answers)]
    assert (counted.count("recorded"), counted.count("closed"), counted.count("known")) == (40, 40, 240)


def test_show_finds_the_other_services_of_a_trace(api: Served, client: Client, tenancy: Tenancy) -> None:
    shop, billing = client("shop", "write", "acme"), client("billing", "write", "globex")
    traceparent = {"traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01"}
    key = data(shop.post("/operations/start", json={"script_name": "order"}, headers=traceparent))[
        "execution_key"
    ]
    shop.post("/operations/complete", json={"execution_key": key})
    now = api.superuser.execute("SELECT to_json(now())").fetchall()[0][0]
    paid = record(1, duration_us=10) | {
        "script_name": "payment", "started_at": now, "traceparent": f"00-{_TRACE}-b7ad6b7169203331-01",
    }  # fmt: skip
    [payment] = send(billing, paid)
    send(billing, paid | {"operation_id": "x", "traceparent": f"00-{'a' * 32}-b7ad6b7169203331-01"})
    tracked = run_dbtrack(
        "track", "migration", "-d", tenancy.conninfo,
        environment={"TRACEPARENT": f"00-{_TRACE}-c7ad6b7169203331-01"},
    )  # fmt: skip
    assert tracked.returncode == 0, tracked.stderr
    text = done(run_dbtrack("show", key, "-d", tenancy.conninfo, "--format", "plain"))
    assert "payment" in text
    assert "billing" in text
    assert "migration" in text
    # Who reaches one tenant sees the parts of that tenant alone.
    assert data(shop.get(f"/executions/{key}"))["trace"] == []
    everybody = client("ops", "read")
    parts = data(everybody.get(f"/executions/{key}"))["trace"]
    assert [(part["script_name"], part["application_name"], part["tenant"]) for part in parts] == [
        ("payment", "dbtrack serve billing 127.0.0.1", "globex"),
        ("migration", parts[1]["application_name"], None),
    ]
    assert parts[0]["parent_span"] == "b7ad6b7169203331"
    assert parts[0]["execution_key"] == payment["execution_key"]
