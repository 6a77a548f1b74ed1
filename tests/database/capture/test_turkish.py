"""In a Turkish database lower('VIEW') is not 'view': statements and secrets are recognised anyway."""

from __future__ import annotations

import pytest

from dbtrack.db import Database
from dbtrack.redaction.free_text import carries_secret, redact
from tests.support.redaction_corpus import COMMANDS, HARMLESS, SECRETS, TEXTS

_STATEMENTS = (
    "create table first (id int)",
    "create unique index first_id on first (id)",
    "CREATE VIEW shown AS SELECT id FROM first",
    "Alter Index first_id Rename To other_id",
    "drop view shown",
    "CREATE UNIQUE INDEX IF NOT EXISTS third ON first (id)",
    "DROP INDEX third",
    "ALTER TABLE first ADD PRIMARY KEY USING INDEX other_id",
)


@pytest.mark.every_server
def test_the_database_is_turkish(turkish: Database) -> None:
    assert turkish.value("SELECT lower('VIEW')") != "view"


@pytest.mark.every_server
def test_each_statement_of_a_string_gets_its_own_text(turkish: Database) -> None:
    turkish.run_script("; ".join(_STATEMENTS))
    stored = turkish.rows(
        "SELECT sql_command FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO' ORDER BY version_number"
    )
    assert tuple(statement for (statement,) in stored) == _STATEMENTS


@pytest.mark.every_server
def test_secrets_are_the_same_in_any_case(turkish: Database) -> None:
    texts = [sample.text for sample in (*SECRETS, *HARMLESS, *TEXTS, *COMMANDS)]
    texts += [text.upper() for text in texts] + [text.lower() for text in texts]
    found = turkish.rows(
        "SELECT t, script_tracking.carries_secret(t), script_tracking.redact_message(t)"
        " FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n",
        {"texts": texts},
    )
    assert [row for row in found if (row[1], row[2]) != (carries_secret(row[0]), redact(row[0]))] == []


@pytest.mark.every_server
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW {} AS SELECT 'CREDENTIAL IS Zq7Xmark'",
        "CREATE TABLE {} (API_KEY text DEFAULT 'Zq7Xmark')",
        "COMMENT ON SCHEMA public IS 'IDENTIFIED BY Zq7Xmark'",
        "CREATE FUNCTION {}() RETURNS int LANGUAGE sql SET APP.SIGNING_KEY = Zq7Xmark AS 'SELECT 1'",
        "CREATE TABLE {} (a text DEFAULT 'https://x?a=1&SIGNATURE=Zq7Xmark')",
    ],
)
def test_no_secret_is_captured(turkish: Database, statement: str) -> None:
    turkish.execute(statement.format(f"secret_{abs(hash(statement))}"))
    assert (
        turkish.rows("SELECT 1 FROM script_tracking.current_execution AS e WHERE e::text LIKE '%%Zq7Xmark%%'")
        == []
    )
