"""The built wheel, installed into an environment of its own and run away from the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

import dbtrack
from tests.support.paths import ROOT
from tests.support.servers import Server

pytestmark = [pytest.mark.any_server, pytest.mark.slow, pytest.mark.timeout(600)]


def run(command: list[str], environment: dict[str, str], directory: Path) -> str:
    done = subprocess.run(
        command, env=environment, cwd=directory, capture_output=True, text=True, check=False, timeout=400
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    directory = tmp_path_factory.mktemp("dist")
    run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(directory), str(ROOT)],
        dict(os.environ),
        directory,
    )
    (path,) = directory.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment with the wheel and its embedded server."""
    directory = tmp_path_factory.mktemp("environment")
    environment = clean(os.environ.copy(), directory)
    # This environment's pip fills it: a pip of its own would take longer to unpack than all the rest.
    run([sys.executable, "-m", "venv", "--without-pip", "venv"], environment, directory)
    pip = [sys.executable, "-m", "pip", "--python", "venv/bin/python"]
    run([*pip, "install", "--quiet", "--no-compile", f"{wheel}[embedded]"], environment, directory)
    return directory / "venv" / "bin"


def clean(environment: dict[str, str], home: Path) -> dict[str, str]:
    """The environment without anything that would lead back to the checkout or to somebody's settings."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "DBTRACK_", "DATABASE_URL"))
    }
    return kept | {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def test_wheel_carries_what_a_checkout_has(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    of_sql = {f"dbtrack/sql/{path.relative_to(ROOT / 'sql')}" for path in (ROOT / "sql").rglob("*.sql")}
    of_package = {str(path.relative_to(ROOT)) for path in (ROOT / "dbtrack").rglob("*.sql")}
    assert of_sql
    assert of_package
    assert sorted((of_sql | of_package) - inside) == []


def test_a_package_index_gets_a_description_without_links_that_lead_nowhere(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = files.read(name).decode()
    assert "Description-Content-Type: text/markdown" in metadata
    assert "Author: The dbtrack maintainers" in metadata
    assert re.findall(r"\]\((?!https?:)[^)]*\)", metadata) == []
    assert "docs/security.md" in metadata


def test_the_source_distribution_carries_what_its_tests_need(tmp_path: Path) -> None:
    run(
        [sys.executable, "-m", "build", "--sdist", "--outdir", str(tmp_path), str(ROOT)],
        dict(os.environ),
        ROOT,
    )
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        inside = {name.split("/", 1)[1] for name in files.getnames() if "/" in name}
    assert inside >= {
        "tools/generate.py",
        "SECURITY.md",
        "hatch_build.py",
        "sql/install/preamble.sql",
        "sql/routines/operations/track_operation.sql",
        "tests/conftest.py",
    }


def test_the_extra_all_brings_every_extra_of_users() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert extras["all"] == [
        f"dbtrack[{','.join(sorted(extras.keys() - {'all', 'brokers', 'dbt', 'dev', 'engines', 'realworld'}))}]"
    ]


def test_installed_wheel_works_away_from_the_checkout(
    programs: Path, server: Server, empty_conninfo: str, tmp_path: Path
) -> None:
    environment = clean(server.environment(str(conninfo_to_dict(empty_conninfo)["dbname"])), tmp_path)
    program = str(programs / "dbtrack")

    assert dbtrack.__version__ in run([program, "--version"], environment, tmp_path)
    assert "script_execution_h" in run([program, "install", "--sql"], environment, tmp_path)
    assert "login_user_tracking" in run(
        [program, "install", "--sql", "--with", "auth"], environment, tmp_path
    )

    run([program, "install"], environment, tmp_path)
    run([program, "track", "from-the-wheel", "--", "true"], environment, tmp_path)
    assert "from-the-wheel" in run([program, "history", "--format", "jsonl"], environment, tmp_path)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A directory that the account of a server started by root can reach, unlike pytest's own."""
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-wheel-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def test_installed_wheel_runs_the_demonstration(programs: Path, reachable: Path, tmp_path: Path) -> None:
    environment = clean(os.environ.copy(), tmp_path)
    program, path = str(programs / "dbtrack"), reachable / "data"
    try:
        shown = run([program, "demo", "--path", str(path)], environment, tmp_path)
        assert "15_billing_payment_amount_check" in shown
        assert "saltmarsh" in run(
            [program, "tenant", "list", "-d", f"embedded:{path}"], environment, tmp_path
        )
    finally:
        run([program, "demo", "--path", str(path), "--reset"], environment, tmp_path)
    assert not path.exists()
