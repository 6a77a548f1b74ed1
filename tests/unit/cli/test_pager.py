"""A pager shows what is longer than the screen, on a terminal only, and may be left at any time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dbtrack.terminal.pager import pager_command
from tests.support.command_line import run_dbtrack
from tests.support.terminal import Terminal

# More lines than the screen of the test has, without a database.
_LONG = ("alert", "list", "--ready")
_ENDLESS = """
import sys
from dbtrack.cli.output import destination, emit
from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.columns import Column, Kind
output = OutputArguments()
with destination(output) as stream:
    rows = ((f"line {number}",) for number in range(int(sys.argv[1])))
    emit([Column("name", Kind.TEXT)], rows, stream, output, title="Lines", report="lines")
    found = "rest"
print("the", found, "is done", file=sys.stderr)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"PAGER", "LESS", "COLUMNS"}}
    return {
        **kept,
        "TERM": "xterm",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "NO_COLOR": "1",
        "LINES": "20",
        "DBTRACK_PAGER": "sed s/^/paged:/",
    }


def seen(environment: dict[str, str], *words: str, script: str | None = None) -> str:
    """Run dbtrack, or a script, on a terminal; return what the terminal showed, with the exit code."""
    program = ["-c", script] if script else ["-m", "dbtrack"]
    run = '"$@"; echo "exit code $?"; echo the end'
    with Terminal(run, [sys.executable, *program, *words], environment) as terminal:
        terminal.wait_for("the end")
        return terminal.seen


def test_what_is_longer_than_the_screen_goes_through_the_pager(environment: dict[str, str]) -> None:
    shown = seen(environment, *_LONG)
    assert "paged: Ready alerts" in shown
    assert "exit code 0" in shown


def test_what_fits_on_the_screen_does_not(environment: dict[str, str]) -> None:
    shown = seen(environment, *_LONG, "-n", "4", "--columns", "alert_name,report")
    assert " Ready alerts" in shown
    assert "paged:" not in shown
    assert "paged:" not in seen(environment, *_LONG, "--no-pager")


def test_a_pager_that_is_left_early_ends_the_command_without_an_error(environment: dict[str, str]) -> None:
    shown = seen({**environment, "DBTRACK_PAGER": "head -n 4"}, "1000000000", script=_ENDLESS)
    assert "line 0" in shown
    assert "line 1" not in shown
    assert "the rest is done" in shown
    assert "exit code 0" in shown


def test_a_pager_that_cannot_be_run_is_reported_and_hides_nothing(environment: dict[str, str]) -> None:
    shown = seen({**environment, "DBTRACK_PAGER": "no-such-pager"}, "200", script=_ENDLESS)
    assert "cannot run the pager no-such-pager" in shown
    assert "line 199" in shown
    assert "exit code 0" in shown


def test_a_pager_that_fails_shows_its_own_message(environment: dict[str, str]) -> None:
    shown = seen({**environment, "DBTRACK_PAGER": "cat >/dev/null; echo broken"}, "200", script=_ENDLESS)
    assert "broken" in shown


def test_less_shows_colours_and_keeps_the_screen(environment: dict[str, str]) -> None:
    environment["DBTRACK_PAGER"] = "echo LESS=$LESS; cat"
    assert "LESS=FRX" in seen(environment, *_LONG)
    assert "LESS=-S" in seen({**environment, "LESS": "-S"}, *_LONG)


def test_off_a_terminal_nothing_is_paged(environment: dict[str, str]) -> None:
    assert "paged:" not in run_dbtrack(*_LONG, environment=environment).stdout


@pytest.mark.parametrize(
    ("environ", "configured", "expected"),
    [
        ({"DBTRACK_PAGER": "a", "PAGER": "c"}, "b", "a"),
        ({"PAGER": "c"}, "b", "b"),
        ({"PAGER": "c"}, None, "c"),
        ({"PAGER": "c"}, "", None),
        ({"DBTRACK_PAGER": "cat", "PAGER": "c"}, "b", None),
        ({"PAGER": "c", "TERM": "dumb"}, None, None),
    ],
)
def test_which_pager(environ: dict[str, str], configured: str | None, expected: str | None) -> None:
    assert pager_command(environ, configured) == expected


def test_the_configuration_file_names_the_pager(environment: dict[str, str], tmp_path: Path) -> None:
    del environment["DBTRACK_PAGER"]
    (tmp_path / "dbtrack").mkdir()
    (tmp_path / "dbtrack" / "config.toml").write_text('pager = "sed s/^/configured:/"\n')
    assert "configured: Ready alerts" in seen(environment, *_LONG)
