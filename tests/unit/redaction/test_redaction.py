from __future__ import annotations

import pytest

from dbtrack.redaction.command_secrets import redact_command
from dbtrack.redaction.free_text import redact

SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        "psql postgresql://bob:hunter2@db/x?sslmode=require",
        "psql postgresql://bob:hun/ter@hunter2@db/x",
        "jdbc:postgresql://db/x?user=bob&password=hunter2&ssl=true",
        "host=db password=hunter2 dbname=x",
        "host=db password='hun ter hunter2' dbname=x",
        "PGPASSWORD=hunter2 psql",
        'PGPASSWORD="a hunter2" psql',
        "ALTER ROLE bob PASSWORD 'hunter2'",
        "alter role bob encrypted password E'it\\'s hunter2' valid until 'infinity'",
        "ALTER ROLE bob PASSWORD $$hunter2$$",
        "CREATE USER bob IDENTIFIED BY hunter2",
        "CREATE USER bob IDENTIFIED BY 'hunter2'",
        '{"api_key": "hunter2", "n": 1}',
        "password => 'hunter2'",
        "tool --password hunter2 --verbose",
        "tool --db-password=hunter2",
        "Authorization: Bearer hunter2",
        "password='unterminated hunter2",
    ],
)
def test_secrets_go(text: str) -> None:
    assert SECRET not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'password authentication failed for user "bob"',
        'relation "orders" does not exist',
        "see https://example.org/a@b",
        "reset-token 5",
        "postgresql://db:5432/x",
        "add column password_hash to users",
    ],
)
def test_what_is_not_a_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_what_stands_around_a_secret_stays() -> None:
    assert redact("psql postgresql://bob:hunter2@db/x -c 'select 1'") == (
        "psql postgresql://bob:***@db/x -c 'select 1'"
    )


def test_the_argument_after_a_password_option_is_hidden_whatever_it_holds() -> None:
    assert redact_command(["tool", "--password", "a 'b' hunter2", "-v"]) == [
        "tool",
        "--password",
        "***",
        "-v",
    ]
