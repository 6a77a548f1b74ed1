"""What to type next: hints with the connection that was given, help in the ways people ask for it."""

from __future__ import annotations

import pytest

from dbtrack.cli.program.hint_words import connection_words, with_connection
from dbtrack.errors import packages_hint
from tests.support.command_line import run_dbtrack


@pytest.mark.parametrize(
    ("hint", "words", "expected"),
    [
        ("run: dbtrack install", "history -d shop", "run: dbtrack install -d shop"),
        ("run: dbtrack install", "history --days 3", "run: dbtrack install"),
        (
            "run: dbtrack install",
            "history -p5433 --host=db -U al",
            "run: dbtrack install -p5433 --host=db -U al",
        ),
        ("run: dbtrack install", "history --env prod -o -d", "run: dbtrack install --env prod"),
        (
            "list them with: dbtrack tenant list",
            "tenant show x -d a",
            "list them with: dbtrack tenant list -d a",
        ),
        (
            "run: dbtrack tenant list --format json",
            "history -d shop",
            "run: dbtrack tenant list --format json",
        ),
        ("run: dbtrack spool flush", "track x -d shop", "run: dbtrack spool flush"),
        ("connect to the primary server", "history -d shop", "connect to the primary server"),
        ("run: dbtrack install", "history -d 'dbname=a b'", "run: dbtrack install -d 'dbname=a b'"),
    ],
)
def test_a_command_in_a_hint_gets_the_connection_that_was_given(hint: str, words: str, expected: str) -> None:
    import shlex

    assert with_connection(hint, shlex.split(words)) == expected


def test_the_words_of_a_wrapped_command_are_its_own() -> None:
    assert connection_words(["track", "x", "-d", "shop", "--", "psql", "-h", "other"]) == ["-d", "shop"]


@pytest.mark.parametrize("words", ["help", "-h", "-?"])
def test_help_is_found_in_the_ways_people_ask_for_it(words: str) -> None:
    assert run_dbtrack(words).stdout == run_dbtrack("--help").stdout


def test_help_of_a_command() -> None:
    assert run_dbtrack("help", "tenant", "add").stdout == run_dbtrack("tenant", "add", "--help").stdout
    assert "no such command: nosuch" in run_dbtrack("help", "nosuch").stderr


def test_the_option_h_is_the_host_and_says_so() -> None:
    for words in (("history", "-h"), ("-h", "db")):
        refused = run_dbtrack(*words)
        assert refused.returncode == 2
        assert "-h is the host, as in psql; for help: dbtrack --help" in refused.stderr


def test_a_forgotten_separator_before_a_command_is_named() -> None:
    for command in (("sleep", "1"), ("psql", "-c", "SELECT 1")):
        refused = run_dbtrack("track", "nightly", *command)
        assert refused.returncode == 2
        assert "write -- before" in refused.stderr
    assert "--help" in run_dbtrack("track", "nightly", "--nosuch").stderr


def test_a_missing_package_is_named_itself() -> None:
    assert packages_hint("crypto").startswith("run: pip install 'cryptography>=")
    assert "dbtrack[" not in packages_hint("serve")
    assert packages_hint("nosuch") == "install the packages of the extra nosuch"
