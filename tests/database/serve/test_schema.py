"""What OpenAPI says of the server, and what schemathesis finds: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.api_server import create_token, serving
from tests.support.command_line import clean_environment
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

_OPTIONS = (
    "--max-examples=5",
    "--max-time=12",
    "--seed=1",
    "--no-color",
    "--workers=2",
    "--suppress-health-check=all",
    "--phases=coverage,fuzzing",
)


@pytest.mark.slow
def test_schemathesis_finds_nothing(tenancy: Tenancy, web_conninfo: str, tmp_path: Path) -> None:
    token = create_token(tenancy.superuser, "schemathesis", "admin", rate=1_000_000)
    with serving(web_conninfo, "--rate", "1000000") as server:
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            f"--config-file={Path(__file__).with_name('schemathesis.toml')}",
            "run",
            f"{server.url}/api/v1/openapi.json",
        ]
        found = subprocess.run(
            [*command, f"--header=Authorization: Bearer {token}", *_OPTIONS],
            capture_output=True,
            text=True,
            env=clean_environment({"COLUMNS": "120"}),
            timeout=100,
            check=False,
            # Where it writes its cache.
            cwd=tmp_path,
        )
        assert found.returncode == 0, found.stdout + found.stderr[-1000:]
        assert httpx.get(f"{server.url}/status").status_code == 200
    assert server.messages == ["dbtrack: stopped\n"]
