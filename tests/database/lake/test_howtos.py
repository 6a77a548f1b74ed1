"""The lines of docs/long-history.md by which other engines read a lake, run as they are written there.

They need more than the other tests of engines: tests/README.md says what.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.command_line import clean_environment
from tests.support.digest_places import seaweed_storage
from tests.support.lakes import FIRST, SECOND, answers_of_postgresql, export_months, make_past
from tests.support.paths import DOCS
from tests.support.required import missing, required_program
from tests.support.servers import Sandbox, Server

pytestmark = [pytest.mark.any_server, pytest.mark.matrix, pytest.mark.release, pytest.mark.timeout(1800)]

_PAGE = (DOCS / "long-history.md").read_text()
_PROGRAMS = Path(os.environ.get("DBTRACK_ENGINES_PYTHON", sys.executable)).parent
_EXTENSIONS = "python*/site-packages/duckdb_extension_*/extensions/*/*.duckdb_extension"
_PLATFORM = "PRAGMA platform"


class Past(NamedTuple):
    """A lake on disk, the same in a bucket, and the rows of `by-month` that each engine must print."""

    lake: Path
    environment: dict[str, str]
    expected: list[str]


@pytest.fixture(scope="module")
def past(server: Server, installed_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    sandbox = Sandbox(server)
    conninfo = sandbox.database(installed_template)
    folder = tmp_path_factory.mktemp("lake")
    lake = folder / "it's a lake"
    make_past(conninfo)
    for source in (FIRST, SECOND):
        export_months(conninfo, lake, source)
    rows = answers_of_postgresql(conninfo)["by-month"]
    (folder / "weed").mkdir()
    with seaweed_storage(folder / "weed") as storage:
        storage.make_bucket("audit", lock=False)
        for path in lake.rglob("*.*"):
            if path.is_file():
                name = f"lake/{path.relative_to(lake)}"
                storage.client.put_object(Bucket="audit", Key=name, Body=path.read_bytes())
        yield Past(lake, storage.environment, [" ".join(map(str, row)) for row in rows])
    sandbox.close()


def lines(section: str) -> list[str]:
    """Return the lines of the shell's blocks in a section, without those that are only shown."""
    text = _PAGE.partition(f"### {section}\n")[2].partition("\n### ")[0]
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def run(line: str, past: Past, home: Path) -> list[str]:
    """Run a line in a shell, and return what it printed, without borders and alignment."""
    written = line.replace("/srv/lake", shlex.quote(str(past.lake))).replace("/mnt/lake", f"{home}/mounted")
    path = [str(_PROGRAMS), str(Path(sys.executable).parent), os.environ["PATH"]]
    own = {"HOME": str(home), "PATH": ":".join(path), "TZ": "Pacific/Auckland"}
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", written],
        cwd=home,
        env=clean_environment(own | past.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, f"{line}\n{ended.stderr[-2000:]}"
    return [" ".join(re.sub("[│|]", " ", each).split()) for each in ended.stdout.splitlines()]


def told(printed: list[str], past: Past) -> list[str]:
    """Return which of the expected rows are printed, in their order there."""
    known = {*past.expected}
    return sorted(row.replace("\\'", "'") for row in printed if row.replace("\\'", "'") in known)


def test_duckdb(past: Past, tmp_path: Path) -> None:
    program = required_program(str(_PROGRAMS / "duckdb"), "pip install duckdb-cli")
    found = sorted((_PROGRAMS.parent / "lib").glob(_EXTENSIONS))
    if len(found) < 2:
        missing("httpfs of DuckDB", "pip install duckdb-extension-httpfs duckdb-extension-aws")
    words = [program, "-noheader", "-csv", "-c", _PLATFORM]
    platform = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    # Where DuckDB puts what it downloads.
    for extension in found:
        folder = tmp_path / ".duckdb" / "extensions" / extension.parent.name / platform
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(extension, folder)
    local, remote = lines("Ask DuckDB")
    assert "s3://" in remote
    for line in (local, remote):
        assert told(run(line, past, tmp_path), past) == sorted(past.expected)


def test_clickhouse(past: Past, tmp_path: Path) -> None:
    if subprocess.run(
        [_PROGRAMS / "python", "-c", "import chdb"], capture_output=True, check=False
    ).returncode:
        missing("chdb", "pip install '.[engines]'")
    local, remote = lines("Ask ClickHouse")
    assert "s3://" in remote
    for line in (local, remote):
        assert told(run(line, past, tmp_path), past) == sorted(past.expected)


def test_spark(past: Past, tmp_path: Path) -> None:
    required_program(str(_PROGRAMS / "spark-sql"), "pip install '.[engines]'")
    required_program("s3fs", "apt-get install s3fs")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        missing("/dev/fuse", "mounting needs it")
    printing, asking, mounting, *mounted = lines("Ask Spark")
    assert mounting.startswith("s3fs ")
    assert mounted == [printing.replace("/srv", "/mnt"), asking]
    run(printing, past, tmp_path)
    assert told(run(asking, past, tmp_path), past) == sorted(past.expected)
    (tmp_path / "by-month.sql").unlink()
    (tmp_path / "mounted").mkdir()
    with _unmounted(tmp_path / "mounted"):
        run(mounting, past, tmp_path)
        run(mounted[0], past, tmp_path)
        assert told(run(mounted[1], past, tmp_path), past) == sorted(past.expected)


@contextmanager
def _unmounted(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        subprocess.run(["fusermount", "-uz", str(folder)], capture_output=True, check=False)
