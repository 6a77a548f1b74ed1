from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from dbtrack.errors import UsageError
from dbtrack.redaction.storable_text import (
    LONGEST_MESSAGE_BYTES,
    checked_name,
    checked_operation_name,
    checked_operation_type,
    message_text,
    metadata_text,
)


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "a\0b", "a\udce4b"])
def test_a_name_that_cannot_be_stored_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name)


@pytest.mark.parametrize("name", ["x" * 255, "ünï – 名前", "[bold]|\n"])
def test_any_other_name_is_kept(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["dbtrack erase", "DBtrack\tcleanup", " dbtrack x"])
def test_a_name_of_dbtracks_own_work_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="dbtrack's own work"):
        checked_operation_name(name)


@pytest.mark.parametrize("name", ["dbtrack", "dbtracker x", "upgrade dbtrack itself", "dbtrack-upgrade"])
def test_a_name_that_speaks_of_dbtrack_is_kept(name: str) -> None:
    assert checked_operation_name(name) == name


@pytest.mark.parametrize("script_type", ["DDL_AUTO", "ddl_log", " Security", "UNATTRIBUTED"])
def test_a_type_of_what_dbtrack_records_by_itself_is_refused(script_type: str) -> None:
    with pytest.raises(UsageError, match="reserved"):
        checked_operation_type(script_type)


def test_of_a_long_message_the_end_is_kept_and_never_half_a_line() -> None:
    message = message_text("\n".join(f"line {number} ä" for number in range(5000)))
    assert len(message.encode()) <= LONGEST_MESSAGE_BYTES
    first, second, *_, last = message.split("\n")
    assert first == "…"
    assert second.startswith("line ")
    assert last == "line 4999 ä"


def test_a_long_message_of_one_line_is_kept_too() -> None:
    message = message_text("ä" * 20_000)
    assert 8000 < len(message.encode()) <= LONGEST_MESSAGE_BYTES


def test_a_message_loses_colours_nul_and_secrets() -> None:
    assert message_text("\x1b[31mERROR\x1b[0m\0 password=hunter2\n") == "ERROR\ufffd password=***"


def test_metadata_of_every_kind_becomes_json_without_secrets() -> None:
    given = {
        "ticket": "OPS-1",
        "when": datetime(2026, 1, 2, tzinfo=UTC),
        "path": PurePosixPath("a/b"),
        "ratio": float("nan"),
        "tags": {"x"},
        "nul": "a\0b\ud800",
        "emoji": "🐘",
        "db_password": "hunter2",
        "token_count": 3,
        "nested": [{"url": "postgresql://bob:hunter2@db"}],
    }
    stored = json.loads(metadata_text(given))
    assert stored == {
        "ticket": "OPS-1",
        "when": "2026-01-02 00:00:00+00:00",
        "path": "a/b",
        "ratio": "nan",
        "tags": ["x"],
        "nul": "a\ufffdb\ufffd",
        "emoji": "🐘",
        "db_password": "***",
        "token_count": 3,
        "nested": [{"url": "postgresql://bob:***@db"}],
    }


def test_metadata_that_contains_itself_is_refused() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(UsageError, match="nested too deeply"):
        metadata_text(endless)
