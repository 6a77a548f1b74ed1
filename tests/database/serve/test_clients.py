"""The clients in docs/clients, run against a server as their users run them."""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.paths import ROOT
from tests.support.required import missing
from tests.support.served import Served, served
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

_CLIENTS = ROOT / "docs" / "clients"
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def api(tenancy: Tenancy, web_conninfo: str) -> Iterator[Served]:
    login = next(word.partition("=")[2] for word in web_conninfo.split() if word.startswith("user="))
    with served(tenancy.conninfo, login) as server:
        yield server


def run_client(api: Served, *words: str | Path, fails: bool = False) -> str:
    program = shutil.which(str(words[0]))
    if program is None:
        missing(str(words[0]), f"apt-get install {words[0]}")
    environment = {
        "DBTRACK_URL": api.url,
        "DBTRACK_TOKEN": "dbt_wrong"
        if fails
        else api.token(f"client-{secrets.token_hex(4)}", "write", "acme"),
        "TRACEPARENT": f"00-{_TRACE}-00f067aa0ba902b7-01",
        "PATH": "/usr/bin:/bin",
    }
    found = subprocess.run(
        [str(program), *map(str, words[1:])],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (found.returncode != 0) == fails, found.stderr
    return found.stderr if fails else found.stdout


def recorded(api: Served) -> list[tuple[Any, ...]]:
    return api.superuser.execute(
        "SELECT script_name, execution_status, substr(metadata ->> 'traceparent', 4, 32)"
        " FROM script_tracking.current_execution WHERE script_name LIKE 'pay%' ORDER BY script_name"
    ).fetchall()


def test_python_sends_an_outbox_and_empties_it(api: Served, tmp_path: Path) -> None:
    record = {"operation_id": "1", "script_name": "pay", "started_at": "2026-11-28T05:00:00Z",
              "execution_status": "RUNNING", "traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01"}  # fmt: skip
    records = [
        record,
        record | {"execution_status": "FAILED", "error_message": "no"},
        record | {"script_name": ""},
    ]
    outbox = tmp_path / "outbox.jsonl"
    text = "".join(json.dumps(each) + "\n" for each in records)
    outbox.write_text(text)
    script = _CLIENTS / "dbtrack_outbox.py"
    assert "the token is unknown" in run_client(api, sys.executable, script, outbox, fails=True)
    sending = tmp_path / "outbox.jsonl.sending"
    assert sending.read_text() == text
    # What was written meanwhile waits for the next run.
    outbox.write_text(text)
    said = run_client(api, sys.executable, script, outbox).splitlines()
    assert [line.split()[0] for line in said] == ["recorded", "closed", "refused"]
    assert recorded(api) == [("pay", "FAILED", _TRACE)]
    assert (sending.exists(), outbox.read_text()) == (False, text)
    # What dbtrack cannot read does not keep the others, and a second relay takes nothing of the first one's.
    odd = ["{", "[]", json.dumps(record | {"nobody": "knows"})]
    many = [json.dumps(record | {"script_name": f"pay {n}", "statement": "x" * 150_000}) for n in range(9)]
    outbox.write_text("\n".join([many[0], *odd, *many[1:]]))
    with Path(f"{outbox}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another relay" in run_client(api, sys.executable, script, outbox, fails=True)
    said = run_client(api, sys.executable, script, outbox).splitlines()
    assert [line.split()[0] for line in said] == ["recorded"] * 9
    assert Path(f"{outbox}.malformed").read_text().splitlines() == odd
    assert (sending.exists(), outbox.exists()) == (False, False)
    assert run_client(api, sys.executable, script, outbox) == ""
    described = httpx.get(f"{api.url}/api/v1/openapi.json").json()["paths"]
    used = [path.read_text() for path in _CLIENTS.iterdir()]
    for route in ("outbox", "start", "complete"):
        assert f"/api/v1/tracking/operations/{route}" in described
        assert any(route in text for text in used)


@pytest.mark.matrix
@pytest.mark.release
def test_node_starts_and_completes_an_operation(api: Served) -> None:
    key = run_client(api, "node", _CLIENTS / "dbtrack-operation.mjs", "pay node").strip()
    assert len(key) == 64
    assert recorded(api) == [("pay node", "COMPLETED", _TRACE)]
    assert "the token is unknown" in run_client(
        api, "node", _CLIENTS / "dbtrack-operation.mjs", "pay", fails=True
    )


@pytest.mark.matrix
@pytest.mark.release
def test_java_sends_an_operation_that_has_ended(api: Served) -> None:
    answer = json.loads(run_client(api, "java", _CLIENTS / "DbtrackOperation.java", 'pay "java"'))
    assert answer["data"]["recorded"] == 1
    assert recorded(api) == [('pay "java"', "COMPLETED", _TRACE)]
    assert "the token is unknown" in run_client(
        api, "java", _CLIENTS / "DbtrackOperation.java", "pay", fails=True
    )
