"""The pipelines, jobs and timers of the how-to pages run as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from tests.acceptance.test_readme import blocks
from tests.support.command_line import clean_environment
from tests.support.paths import DOCS
from tests.support.servers import Server

pytestmark = pytest.mark.any_server

_CI = DOCS / "ci.md"
_KUBERNETES = DOCS / "kubernetes.md"
_SCHEDULE = DOCS / "schedule.md"
_OUTCOMES = """SELECT script_name, execution_status FROM script_tracking.current_execution
    WHERE script_type = 'MIGRATION' ORDER BY execution_timestamp"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A directory with three migrations, the second of which fails."""
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    (migrations / "V1__orders.sql").write_text("CREATE TABLE orders (id int);\n")
    (migrations / "V2__wrong.sql").write_text("ALTER TABLE order ADD due date;\n")
    (migrations / "V3__never.sql").write_text("CREATE TABLE never (id int);\n")
    (migrations / "V42__due_dates.sql").write_text("CREATE TABLE due (id int);\n")
    return tmp_path


@pytest.fixture
def environment(server: Server, installed_conninfo: str, tmp_path: Path) -> dict[str, str]:
    """What a runner has: the programs, and the connection in libpq's variables."""
    keywords = conninfo_to_dict(installed_conninfo)
    programs = [str(Path(sys.executable).parent), str(server.bin_dir), os.environ["PATH"]]
    return clean_environment(
        {
            "PATH": ":".join(programs),
            "HOME": str(tmp_path),
            "PGHOST": str(keywords["host"]),
            "PGPORT": str(keywords["port"]),
            "PGUSER": "postgres",
            "PGDATABASE": str(keywords["dbname"]),
        }
    )


def _run(words: list[str], environment: Mapping[str, str], directory: Path) -> int:
    done = subprocess.run(
        words, env=environment, cwd=directory, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode


def _outcomes(conninfo: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(conninfo) as connection:
        return connection.execute(_OUTCOMES).fetchall()


def _github() -> tuple[list[str], dict[str, str]]:
    job = yaml.safe_load(blocks(_CI, "yaml")[0])["jobs"]["migrate"]
    script = next(step["run"] for step in job["steps"] if step.get("name") == "Migrate")
    return ["bash", "-e", "-c", script], {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"}


def _gitlab() -> tuple[list[str], dict[str, str]]:
    job = yaml.safe_load(blocks(_CI, "yaml")[1])["migrate"]
    return ["sh", "-c", "\n".join(job["script"])], {"GITLAB_CI": "true"}


def _jenkins() -> tuple[list[str], dict[str, str]]:
    pipeline = blocks(_CI, "groovy")[0]
    match = re.search(r"sh '''(.*?)'''", pipeline, re.DOTALL)
    assert match
    return ["sh", "-c", match[1]], {"JENKINS_URL": "https://ci.example.com"}


@pytest.mark.parametrize("system", [_github, _gitlab, _jenkins])
def test_a_pipeline_ends_with_the_first_migration_that_fails(
    system: Any, installed_conninfo: str, environment: dict[str, str], checkout: Path
) -> None:
    words, variables = system()
    code = _run(words, environment | variables, checkout)
    assert code == 3, "psql's exit code for an error in a script"
    assert _outcomes(installed_conninfo) == [("V1__orders", "COMPLETED"), ("V2__wrong", "FAILED")]
    if "GITHUB_STEP_SUMMARY" in variables:
        assert "V2__wrong" in (checkout / "summary.md").read_text()


def test_the_jobs_of_kubernetes_run(
    installed_conninfo: str, environment: dict[str, str], checkout: Path
) -> None:
    job, cron = (yaml.safe_load(block) for block in blocks(_KUBERNETES, "yaml"))
    container = job["spec"]["template"]["spec"]["containers"][0]
    words = [word.replace("/migrations", "migrations") for word in container["command"] + container["args"]]
    assert _run(words, environment, checkout) == 0
    assert _outcomes(installed_conninfo) == [("V42__due_dates", "COMPLETED")]
    away = environment | {"PGHOST": "127.0.0.1", "PGPORT": "1"}
    assert _run(words, away, checkout) == 12, "the Job tries again"
    spool = {"DBTRACK_SPOOL": str(checkout / "spool")}
    pod = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    assert [variable["name"] for variable in pod["env"]] == ["DBTRACK_SPOOL"]
    waiting = ["dbtrack", "track", "backup", "--type", "BACKUP", "-d", installed_conninfo, "--", "true"]
    hidden = environment | spool | {"PGOPTIONS": "-c default_transaction_read_only=on"}
    assert _run(waiting, hidden, checkout) == 0
    assert _run(pod["command"], environment | spool, checkout) == 0
    assert list((checkout / "spool").glob("*.json")) == []


def test_the_units_of_systemd_are_valid(tmp_path: Path) -> None:
    units = {}
    for block in blocks(_SCHEDULE, "ini"):
        name = Path(block.splitlines()[0].removeprefix("# ")).name
        text = block.replace("/usr/local/bin/dbtrack", sys.executable).replace("User=dbtrack", "User=root")
        (tmp_path / name).write_text(text)
        parser = ConfigParser(strict=True)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(block)
        units[name] = parser
    assert {*units} == {"dbtrack-maintain.service", "dbtrack-maintain.timer", "dbtrack-notify.service"}
    for name, section in (("dbtrack-maintain.service", "Service"), ("dbtrack-notify.service", "Service")):
        assert units[name][section]["ExecStart"].startswith("/usr/local/bin/dbtrack ")
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())],
            capture_output=True,
            text=True,
            check=False,
        )
        assert [line for line in checked.stderr.splitlines() if "dbtrack-" in line] == []


def test_the_lines_of_cron_have_five_times_an_account_and_a_command() -> None:
    fence = re.search(r"```\n# /etc/cron.d/dbtrack\n(.*?)```", _SCHEDULE.read_text(), re.DOTALL)
    assert fence
    lines = [line.split(None, 6) for line in fence[1].splitlines() if "=" not in line.split()[0]]
    assert len(lines) == 4
    for *times, account, command in lines:
        assert all(re.fullmatch(r"[\d*/,-]+", time) for time in times)
        assert account == "dbtrack"
        assert command.startswith("dbtrack ")
