"""What a person types instead of a key."""

from __future__ import annotations

import pytest

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.operations import (
    UnknownExecutionError,
    complete_operation,
    is_key,
    resolve_execution_word,
    start_operation,
)
from tests.support.command_line import run_dbtrack

_FORGED = """
WITH hub AS (
    INSERT INTO script_tracking.script_execution_h (script_execution_hk, script_execution_bk, load_date, record_source)
    SELECT decode(rpad(n.digits, 64, '0'), 'hex'), n.name, now() - interval '400 days', 'test'
    FROM (VALUES ('abcdef01', 'twin'), ('abcdef02', 'twin'), ('facade99', 'single')) AS n (digits, name)
    RETURNING *)
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, record_source)
SELECT h.script_execution_hk, h.load_date, '', h.script_execution_bk, 'MANUAL', 'COMPLETED', h.load_date, 'test', 'test'
FROM hub AS h
"""


def test_words(installed: Database, installed_conninfo: str) -> None:
    def begin(name: str) -> bytes:
        return start_operation(installed, name)

    first, second, failed, deadbeef = (begin(name) for name in ("load", "load", "check", "deadbeef"))
    complete_operation(installed, first)
    complete_operation(installed, failed, success=False)
    installed.execute(_FORGED)

    def found(word: str, *, is_running: bool = False) -> bytes:
        return resolve_execution_word(installed, word, is_running=is_running)

    assert found("last") == deadbeef
    assert found("last~1") == failed
    assert found("last-failed") == failed
    assert found("load") == second
    assert found("load~") == found("load~1") == first
    assert found("load~0") == second
    assert (
        found(first.hex()[:6]) == found(first.hex()[:9].upper()) == found(rf"\\x{first.hex()}"[1:]) == first
    )
    # A name that is also digits; one that ended long ago.
    assert found("deadbeef") == found("deadbeef~0") == deadbeef
    assert found("single") == found("facade")
    with pytest.raises(
        UsageError, match=r"several keys begin with abcdef: abcdef0[12]0000 twin COMPLETED, abcdef0"
    ):
        found("abcdef")
    for word, message in (
        ("load~2", "there are 2 executions named load, so that ~2 is too far back"),
        ("check~1", "there is one execution named check"),
        ("none", "there is no execution named none, or it is not yours"),
        ("123456789abc", "no execution has the key 123456789abc"),
        ("last-failed~1", "there is one failed execution"),
    ):
        with pytest.raises(UnknownExecutionError, match=message):
            found(word)
    with pytest.raises(UsageError, match="empty"):
        found(" ")
    assert found("load", is_running=True) == second
    with pytest.raises(UnknownExecutionError, match="no running execution named check"):
        found("check", is_running=True)
    assert [is_key(word) for word in ("abcdef", "abcdef01", "last", "deadbeef~0")] == [
        False,
        True,
        False,
        False,
    ]

    environment = {"DBTRACK_DSN": installed_conninfo}
    shown = run_dbtrack("show", "last-failed", "--format", "json", environment=environment)
    assert failed.hex() in shown.stdout
    done = run_dbtrack("complete", "load", environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    again = run_dbtrack("complete", "load", environment=environment)
    assert again.returncode == 1
    assert "no running execution named load" in again.stderr
