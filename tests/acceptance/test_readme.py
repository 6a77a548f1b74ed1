"""Every example of the README and of the pages for newcomers runs as it stands, in the page's order, on one database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from dbtrack.cli.program.command_list import entries
from tests.support.paths import DOCS, ROOT
from tests.support.servers import Server

pytestmark = [pytest.mark.any_server, pytest.mark.slow]

README = ROOT / "README.md"
QUICKSTART = DOCS / "quickstart.md"
SQL_FUNCTIONS = DOCS / "sql-functions.md"
_FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPECTED_CODE = re.compile(r"#\s*exits (?P<code>\d+)\s*$")


@dataclass
class Example:
    """A command of a console block, and the lines that the page shows below it."""

    command: str
    shown: list[str]

    @property
    def expected_code(self) -> int:
        match = _EXPECTED_CODE.search(self.command)
        return int(match["code"]) if match else 0


def blocks(page: Path, language: str) -> list[str]:
    fences = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [match["text"] for match in fences if match["language"] == language]


def examples(block: str) -> list[Example]:
    found: list[Example] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Example(line[2:], []))
        elif line.startswith("> "):
            found[-1].command += "\n" + line[2:]
        elif line.strip():
            found[-1].shown.append(line)
    return found


def run_block(block: str, environment: dict[str, str], directory: Path) -> list[str]:
    """Run a console block as one shell session; return what differs from what the page says."""
    # One file of output and one exit code for each command, while variables live on through the block.
    steps = examples(block)
    script = "".join(
        f"{{ {step.command}\n}} > out{number} 2>&1\necho $? > code{number}\n"
        for number, step in enumerate(steps)
    )
    subprocess.run(["bash", "-c", script], env=environment, cwd=directory, check=True, timeout=120)
    problems = []
    for number, step in enumerate(steps):
        code = int((directory / f"code{number}").read_text())
        output = (directory / f"out{number}").read_text()
        if code != step.expected_code:
            problems.append(f"{step.command}\n  exited {code}, not {step.expected_code}:\n{output}")
        problems += [
            f"{step.command}\n  did not print {line!r}:\n{output}"
            for line in step.shown
            if line not in output
        ]
    return problems


@pytest.fixture
def environment(server: Server, empty_conninfo: str, tmp_path: Path) -> dict[str, str]:
    """An environment that leads psql and dbtrack to an empty database, with nobody's configuration."""
    variables = server.environment(str(conninfo_to_dict(empty_conninfo)["dbname"]))
    variables = {name: value for name, value in variables.items() if not name.startswith("DBTRACK_")}
    variables.pop("DATABASE_URL", None)
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables['PATH']}"
    return variables | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", [README, QUICKSTART], ids=lambda page: page.name)
def test_console_examples_run_as_they_stand(environment: dict[str, str], tmp_path: Path, page: Path) -> None:
    problems: list[str] = []
    for number, block in enumerate(blocks(page, "console")):
        directory = tmp_path / str(number)
        directory.mkdir()
        problems += run_block(block, environment, directory)
    assert not problems, "\n".join(problems)


def test_sql_examples_run_as_they_stand(
    environment: dict[str, str], installed_conninfo: str, tmp_path: Path
) -> None:
    (block,) = blocks(SQL_FUNCTIONS, "sql")
    script = tmp_path / "example.sql"
    script.write_text(block)
    done = subprocess.run(
        ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-f", str(script), "-d", installed_conninfo],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # The first operation closed as done, the second as failed, with its message in the reports below.
    assert done.stdout.splitlines()[:2] == ["t", "t"]
    assert "import|file not found|" in done.stdout


def test_sql_examples_show_every_function_of_the_contract() -> None:
    (block,) = blocks(SQL_FUNCTIONS, "sql")
    table = SQL_FUNCTIONS.read_text(encoding="utf-8").partition("```sql")[0]
    functions = re.findall(r"^\| `(\w+)\(", table, re.MULTILINE)
    assert len(functions) == 10
    assert [name for name in functions if f"script_tracking.{name}(" not in block] == []


def test_python_example_records_the_operation(environment: dict[str, str], installed_conninfo: str) -> None:
    (block,) = blocks(README, "python")
    keywords = conninfo_to_dict(installed_conninfo)
    variables = environment | {"PGDATABASE": str(keywords["dbname"])}
    subprocess.run([sys.executable, "-c", block], env=variables, check=True, timeout=60)
    done = subprocess.run(
        ["dbtrack", "history", "--format", "csv"], env=variables, capture_output=True, text=True, check=True
    )
    assert re.search(r"nightly-load.*MAINTENANCE.*COMPLETED", done.stdout)


def test_every_command_has_an_example() -> None:
    shown = "\n".join(blocks(README, "sh") + blocks(QUICKSTART, "console"))
    missing = [name for name in entries() if not re.search(rf"\bdbtrack {name}\b", shown)]
    assert missing == [], "show each command in docs/quickstart.md"
