"""Wrong words: one clear line, a hint where there is one, exit code 2, and nothing connects."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dbtrack.cli.main import main
from tests.support.command_line import clean_environment

WRONG = {
    "no such command: dashbord; did you mean: dashboard": ["dashbord"],
    "no such option: --formt": ["history", "--formt", "json"],
    "invalid value for '--days': 0 is not in the range 1 to 36500": ["history", "--days", "0"],
    "invalid value for '--days': -3 is not in the range 1 to 36500": ["cleanup", "--days", "-3"],
    "invalid value for '--days': 'many' is not a whole number": ["cleanup", "--days", "many"],
    "got unexpected extra argument(s) (90)": ["cleanup", "90"],
    "invalid value for '--hours': 0 is not in the range 1 to 876000": ["errors", "--hours", "0"],
    "invalid value for '--limit': 0 is not 1 or more": ["history", "--limit", "0"],
    "invalid value for '--status': 'BROKEN' is not one of": ["history", "--status", "BROKEN"],
    "invalid value for '--format': 'xml' is not one of 'table', 'json'": ["history", "--format", "xml"],
    "'nagios' is not one of": ["history", "--format", "nagios"],
    "invalid value for '--watch': -1.0 is not in the range 0.1 to 86400": ["dashboard", "--watch", "-1"],
    "--format nagios prints one result": ["health", "--format", "nagios", "--watch", "1"],
    "is too long for a key": ["show", "a" * 65],
    "missing argument 'KEY'": ["complete"],
    "give --error or --error-file, not both": ["complete", "a" * 64, "--error", "x", "--error-file", "y"],
    "cannot read /nonexistent/log: No such file or directory": [
        "complete",
        "a" * 64,
        "--error-file",
        "/nonexistent/log",
    ],
    "NAME is empty": ["track", " "],
    "NAME has 256 characters, more than 255": ["track", "n" * 256],
    "--type has 51 characters, more than 50": ["track", "load", "--type", "t" * 51],
    "--meta needs KEY=VALUE: 'ticket'": ["track", "load", "--meta", "ticket"],
    "--meta needs KEY=VALUE: '=5'": ["track", "load", "--meta", "=5"],
    "--meta gives 'a' twice": ["track", "load", "--meta", "a=1", "--meta", "a=2"],
    "unexpected argument: psql": ["track", "load", "psql"],
    "no command after --": ["track", "load", "--"],
    "NAME is missing before --": ["track", "--", "psql", "-l"],
    "unexpected argument before --: psql": ["track", "load", "psql", "--", "-l"],
    "--type is empty": ["track", "load", "--type", ""],
    "--watch needs a number of seconds": ["history", "--watch", "nan"],
    "neither a URI nor the name of a database": ["history", "-d", "ann:secret@db/shop"],
    "the port is not a whole number from 1 to 65535": ["history", "-h", "localhost", "-p", "http"],
    "embedded: takes the path of a directory": ["history", "-d", "embedded:postgresql://db/shop"],
    "--reset needs the NAME of a setting": ["settings", "--reset"],
    "invalid value for 'SHELL': 'tcsh' is not one of 'bash', 'zsh', 'fish'": ["completion", "tcsh"],
    "give --reset or --stop, not both": ["demo", "--reset", "--stop"],
    "no such command 'ad'": ["tenant", "ad"],
    "cannot begin the name of a role": ["install", "--sql", "--role-prefix", "No"],
    "no environment prod": ["history", "--env", "prod"],
}


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in clean_environment({"XDG_CONFIG_HOME": "/nonexistent"}).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("message", "words"), WRONG.items(), ids=[" ".join(w)[:40] for w in WRONG.values()])
def test_wrong_words_are_named(message: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert lines[0].startswith("dbtrack: ")
    assert message in lines[0]
    assert len(lines) == 1


def test_a_key_may_be_as_postgresql_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "\\x" + "AB" * 32]) == 12  # it was read, and only the server is missing
    assert "cannot connect" in capsys.readouterr().err


def test_an_argument_that_is_not_utf8_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dbtrack", "track", b"caf\xe9"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "dbtrack: argument 2 is not valid UTF-8: 'caf\\udce9'\n"


@pytest.mark.parametrize("words", [["-W", "hunter2"], ["--password", "hunter2"], ["-Ws3hunter2"]])
def test_a_password_given_as_a_word_is_not_repeated(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBTRACK_DEBUG", "1")
    assert main(["history", *words]) == 2
    shown = capsys.readouterr()
    assert "hunter2" not in shown.out + shown.err
    assert len(shown.err.splitlines()) == 1


@pytest.mark.parametrize("options", [["--env", "prod"], ["-d", "mysql://db/shop"]])
def test_a_check_that_cannot_be_made_is_unknown_and_not_critical(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["health", "--format", "nagios", *options]) == 3
    assert capsys.readouterr().out.startswith("DBTRACK UNKNOWN - ")


@pytest.mark.parametrize("options", [["--env", "prod"], ["-d", "mysql://db/shop"], ["-d", "host=db oops"]])
def test_a_command_that_was_not_run_has_an_exit_code_of_its_own(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["track", "load", "--require", *options, "--", "true"]) == 125
    assert capsys.readouterr().err.startswith("dbtrack: the command was not run, because ")


def test_the_hint_names_the_command_whose_help_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    main(["tenant", "add", "--nonsense"])
    assert capsys.readouterr().err.endswith("; dbtrack tenant add --help\n")
