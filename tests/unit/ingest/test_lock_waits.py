"""What log_lock_waits writes, in the languages of PostgreSQL's own translations.

golden/lock_wait_messages.json has the messages as gettext brings them from PostgreSQL 15.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dbtrack.ingest.find_ddl import candidate_offsets
from dbtrack.ingest.formats.entry import LogEntry
from dbtrack.ingest.lock_waits import LoggedWait, wait_in
from dbtrack.ingest.log_executions import Scope
from tests.support.paths import GOLDEN

_LANGUAGES = json.loads((GOLDEN / "lock_wait_messages.json").read_text())
_SCOPE = Scope(server_version=180000, database="shop")
_ENTRY = LogEntry(
    time=datetime(2026, 1, 15, 14, 30, 25, tzinfo=UTC),
    severity="LOG",
    message="",
    pid=4711,
    user="alice",
    database="shop",
    application="psql",
    detail="Process holding the lock: 29692. Wait queue: 4711, 29693.",
    statement="ALTER TABLE orders ADD COLUMN channel text",
    identity=b"one",
)


def _filled(template: str, *values: object) -> str:
    """Return a message as printf makes it, with places that have a number (%2$s) or none."""
    waiting = iter(values)

    def value(match: re.Match[str]) -> str:
        found = values[int(match[1]) - 1] if match[1] else next(waiting)
        return f"{found:03d}" if "03" in match[0] else str(found)

    return re.sub(r"%(?:(\d)\$)?(?:03d|ld|d|s|u)", value, template)


def _said(message: str, **changes: Any) -> LoggedWait | None:
    return wait_in(replace(_ENTRY, message=message, **changes), _SCOPE)


@pytest.mark.parametrize("language", sorted(_LANGUAGES))
def test_each_language_is_understood(language: str) -> None:
    messages = _LANGUAGES[language]
    target = _filled(messages["relation"], 132853, 132852)
    for state in ("waiting", "acquired", "failed"):
        for template in messages[state]:
            message = _filled(template, 4711, "AccessExclusiveLock", target, 707, 33)
            assert candidate_offsets(message.encode()), "the log is not even looked at there"
            found = _said(message)
            assert found is not None, message
            assert (found.state, found.mode, found.target) == (state, "AccessExclusiveLock", target)
            assert (found.waited_ms, found.pid, found.holders) == ("707.033", 4711, (29692,))


_MESSAGE = "process 4711 acquired ShareLock on relation 1 of database 2 after 1000.001 ms"


def test_only_the_waits_of_ddl_and_of_wrapped_commands_are_kept() -> None:
    assert _said(_MESSAGE, statement="UPDATE orders SET amount = 1") is None
    assert _said(_MESSAGE, statement=None) is None
    wrapped = _said(_MESSAGE, statement="UPDATE orders SET amount = 1", application="dbtrack:V42")
    assert wrapped is not None
    assert wrapped.statement is None
    inside = _said(
        _MESSAGE,
        statement="SELECT make_it()",
        context='SQL statement "DROP TABLE orders"\nPL/pgSQL function make_it()',
    )
    assert inside is not None
    assert inside.statement == "DROP TABLE orders"


def test_what_another_process_or_database_would_have_said_is_not_believed() -> None:
    assert _said(_MESSAGE, pid=1) is None
    assert _said(_MESSAGE, database="other") is None
    assert _said(f"I say: {_MESSAGE}") is None


def test_a_statement_loses_its_secrets() -> None:
    found = _said(_MESSAGE, statement="ALTER ROLE alice PASSWORD 'hunter2'")
    assert found is not None
    assert "hunter2" not in (found.statement or "")
