"""An export takes no more memory for ten times as many rows, and shows on a terminal how far it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import clean_environment
from tests.support.exporting import fill
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.any_server, pytest.mark.slow]


def peak_kibibytes(conninfo: str, *words: str) -> int:
    """Return the most memory that an export took."""
    # A child's peak begins with that of the process that forked it, so a small one forks it.
    program = (
        "import os, subprocess, sys\n"
        "process = subprocess.Popen([sys.executable, '-m', 'dbtrack', *sys.argv[1:]])\n"
        "_, status, usage = os.wait4(process.pid, 0)\n"
        "print(usage.ru_maxrss if status == 0 else -1)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "export", *words, "-d", conninfo],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    return int(ended.stdout)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("few", "many", "most_more"),
    [
        (4_000, 60_000, 15_000),
        pytest.param(20_000, 200_000, 30_000, marks=[pytest.mark.matrix, pytest.mark.release]),
    ],
)
def test_memory_is_bounded(
    installed_conninfo: str, tmp_path: Path, few: int, many: int, most_more: int
) -> None:
    words = {
        "csv": ("executions", "--full", "-o", str(tmp_path / "x.csv")),
        "jsonl": ("executions", "--full", "-o", str(tmp_path / "x.jsonl")),
        "ocsf": ("executions", "--format", "ocsf", "-o", str(tmp_path / "o.jsonl")),
        "state": ("executions", "--state", str(tmp_path / "state"), "-o", f"{tmp_path}/new/"),
        "parquet": ("executions", "-o", str(tmp_path / "x.parquet")),
        "directory": ("executions", "--format", "parquet", "-o", f"{tmp_path}/lake/"),
    }
    fill(installed_conninfo, 1, few)
    before = {name: peak_kibibytes(installed_conninfo, *each) for name, each in words.items()}
    (tmp_path / "state").unlink()
    fill(installed_conninfo, few + 1, many)
    after = {name: peak_kibibytes(installed_conninfo, *each) for name, each in words.items()}
    # DuckDB takes what it is allowed to.
    allowed = {"parquet": 120_000, "directory": 280_000}
    grown = {name: after[name] - before[name] for name in words}
    assert all(more < allowed.get(name, most_more) for name, more in grown.items()), (before, after)


def test_a_terminal_shows_how_far_it_is(installed_conninfo: str, tmp_path: Path) -> None:
    fill(installed_conninfo, 1, 100)
    script = f'"{sys.executable}" -m dbtrack export executions -o "$1" -d "$2"; echo "rc=$?"'
    path = tmp_path / "x.csv"
    with Terminal(script, [str(path), installed_conninfo], clean_environment({"TERM": "xterm"})) as terminal:
        terminal.wait_for("rc=0")
    assert " %  " in terminal.seen
    assert "/100 rows" in terminal.seen
    assert path.read_text().count("\n") == 101
