"""docs/api.md: every route is in it, and its examples run as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from dbtrack.cli.program.typer_adapter import TyperOption
from dbtrack.config import ConnectionTarget
from dbtrack.serve.application import PREFIX, create_app
from dbtrack.serve.problems import ErrorCode
from dbtrack.serve.settings import ServeSettings
from tests.support.api_server import serving
from tests.support.command_line import clean_environment
from tests.support.paths import DOCS
from tests.support.servers import Server
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

PAGE = DOCS / "api.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_route_is_documented() -> None:
    described = create_app(ServeSettings(ConnectionTarget("test"))).openapi()
    text = PAGE.read_text(encoding="utf-8")
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path.removeprefix(PREFIX)}`" in text, path


def test_every_code_and_option_is_documented() -> None:
    from dbtrack.cli.commands.serve import COMMANDS

    text = PAGE.read_text(encoding="utf-8")
    assert [code for code in ErrorCode if f"`{code}`" not in text] == []
    own = [option for option in COMMANDS["serve"].build("serve").params if isinstance(option, TyperOption)]
    names = {name for option in own if option.rich_help_panel is None for name in option.opts}
    assert [
        name for name in sorted(names) if name not in text and name not in {"-v", "--verbose", "--help"}
    ] == []


@pytest.mark.slow
def test_examples_run_as_they_stand(
    tenancy: Tenancy, web_conninfo: str, server: Server, tmp_path: Path
) -> None:
    names = server.environment(str(conninfo_to_dict(tenancy.conninfo)["dbname"]))
    environment = clean_environment(
        {name: names[name] for name in ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER")}
    )
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    blocks = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) >= 5
    with serving(web_conninfo) as api:
        script = "\n".join(blocks).replace("http://127.0.0.1:8470", api.url)
        # The server that is started here stands for theirs; and the first token has the name of a later one.
        lines = [line for line in script.splitlines() if not line.startswith("dbtrack serve ")]
        first, _, rest = "\n".join(lines).partition(
            "(umask 077; dbtrack token create ci --scope write --tenant"
        )
        done = subprocess.run(
            [
                "bash",
                "-ec",
                f"{first}\ndbtrack token revoke ci\n(umask 077; dbtrack token create ci --scope write --tenant{rest}",
            ],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("*.token")} == {0}
    answers = [
        json.loads(found)
        for found in re.findall(r'\{"success".*?\}(?=\{"success"|$|\n|[^,}\]])', done.stdout)
    ]
    assert answers
    assert all(answer["success"] for answer in answers)
