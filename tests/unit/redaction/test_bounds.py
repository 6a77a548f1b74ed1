"""Whatever a text holds, the work of redacting it grows as its length, and what cannot be searched is dropped."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from dbtrack.redaction import statement_secrets
from dbtrack.redaction.command_secrets import redact_command, redact_stderr
from dbtrack.redaction.definition import LONGEST_TEXT
from dbtrack.redaction.free_text import carries_secret, redact
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.redaction.storable_text import message_text

SECRET = "Zq7Xmark"
_PIECES = (
    "$t{} ", "$t{}$ ", "$a$ $b$ ", "$", "$$a$$", "/*", "*/", "/* ' */", "'", "'a", "'v{}',", "''", '"', '"a', "E'\\'", "--'\n", "\\",
    '\\"', ":", "://", "://a:", "://a:b@", "@", "password", "password ", "password=", "password = a ", "token='a' ", "passwordx",
    "set a", "set pass", "-----BEGIN PRIVATE KEY-----", "private key AAAA ", "eyJ", "ghp_", "-", "--", "--token-", "-u a", "-u a:",
    "mysql ", "mysql -", "curl -b", "sshpass -p", "authorization:", "cookie: ", "bearer ", "identified by ", "=", ")", "&a", "&a=",
    "a", "a ", " ", "\n", "x.y-", "é", "LINE 1: ", 'at or near "', "\x1b]", "u&'", "key", "options ", "user ",
)  # fmt: skip


def _grown(piece: str, size: int) -> str:
    count = size // len(piece) + 1
    return "".join(map(piece.format, range(count))) if "{" in piece else piece * count


def _argument(text: str) -> object:
    return redact_command(["mysql", text, "--password", text])


def _statement(text: str) -> object:
    secrets = Secrets(f"password {text}")
    return secrets.statement(text), secrets.message(f'invalid "{text[:8000]}"')


def _seconds(work: Callable[[str], object], text: str) -> float:
    before = time.process_time()
    work(text)
    return time.process_time() - before


def _grows_as_the_length(work: Callable[[str], object], small: str, large: str) -> bool:
    return _seconds(work, large) < 8 * _seconds(work, small) + 0.05


@pytest.mark.parametrize("work", [redact, carries_secret, _argument, _statement, message_text])
def test_the_work_grows_as_the_length(work: Callable[[str], object]) -> None:
    """Four times the text takes four times the processor's time, and nothing near sixteen times."""
    for piece in _PIECES:
        small, large = ("password=" + _grown(piece, size) for size in (3_000, 12_000))
        # What else the machine does may lengthen one attempt, not each.
        assert any(_grows_as_the_length(work, small, large) for _ in range(3)), piece


def test_a_command_of_many_nested_dollar_quotes_is_redacted() -> None:
    text = "password " + " ".join(f"$t{number}$" for number in range(2000)) + SECRET
    assert SECRET not in " ".join(redact_command(["psql", "-c", text]))


def test_what_is_said_of_deeply_nested_literals_is_dropped() -> None:
    text = "password " + " ".join(f"$t{number}$" for number in range(3000)) + f"'{SECRET}'"
    secrets = Secrets(text)
    assert SECRET not in secrets.statement(text)
    assert secrets.message(f"no such thing: {SECRET}").startswith("[redacted: ")


def test_what_is_said_of_a_few_levels_is_kept() -> None:
    text = f"DO $a$BEGIN EXECUTE $b$SELECT $c$token {SECRET}$c$$b$; END$a$"
    assert Secrets(text).message(f"bad: token {SECRET}, that is all") == "bad: ***, that is all"


def test_a_message_that_would_take_too_long_is_dropped() -> None:
    values = ", ".join(f"'{SECRET}{number}'" for number in range(40_000))
    assert Secrets(f"password {values}").message(f"x {SECRET}7 " * 1000).startswith("[redacted: ")


def test_a_text_of_a_million_characters_is_dropped() -> None:
    assert redact("x" * (LONGEST_TEXT + 1)) == f"[redacted: {LONGEST_TEXT + 1} characters]"


def test_the_words_of_a_command_with_very_many_secrets_are_dropped_from_what_it_said() -> None:
    arguments = [f"token='{SECRET}{number}'" for number in range(1000)]
    assert SECRET not in redact_stderr(f"no {SECRET}7 here", arguments)


def test_a_string_of_many_statements_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    search = statement_secrets._without_secrets

    def noted(text: str) -> str:
        searched.append(text)
        return search(text)

    monkeypatch.setattr(statement_secrets, "_without_secrets", noted)
    statements = [f"CREATE ROLE r{number} PASSWORD '{SECRET}'" for number in range(50)]
    secrets = Secrets(string := ";".join(statements))
    for statement in statements:
        assert SECRET not in secrets.statement(statement) + secrets.statement(string)
    assert searched.count(string) == 1
