"""What a line of the spool must contain, and the message for one that does not contain it."""

from __future__ import annotations

import json

import pytest

from dbtrack.operations.new_operation import NewOperation
from dbtrack.spool.entry import DamagedLineError, Entry, read_line

_ENTRY = Entry.begin({"host": "db", "dbname": "shop"}, NewOperation("job"))


def test_a_line_is_read_as_it_was_written() -> None:
    assert read_line(_ENTRY.as_line().encode()) == _ENTRY


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "the line is not a JSON object"),
        ("[1]", "the line is not a JSON object"),
        ("[" * 100_000, "the line is not a JSON object"),
        ("{}", "the line has no format"),
        ('{"format": 2}', "format 2 belongs to another version of dbtrack"),
    ],
)
def test_a_damaged_line_is_described_in_plain_words(line: str, message: str) -> None:
    with pytest.raises(DamagedLineError) as refused:
        read_line(f"{line}\n".encode())
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spool_id", "x"),
        ("target", []),
        ("execution", "xyz"),
        ("tenant", 1),
        ("metadata", "x"),
        ("started_at", "yesterday"),
        ("started_at", "2026-01-01T00:00:00"),
        ("duration_us", "1"),
        ("status", "LOST"),
        ("error_message", {}),
        ("parent", 5),
        ("started_on", None),
    ],
)
def test_a_damaged_member_is_named(name: str, value: object) -> None:
    line = json.dumps({**json.loads(_ENTRY.as_line()), name: value})
    with pytest.raises(DamagedLineError) as refused:
        read_line(f"{line}\n".encode())
    assert str(refused.value) == f"{name} in the line is not what dbtrack writes there"


def test_a_line_of_an_earlier_version_is_read() -> None:
    fields = json.loads(_ENTRY.as_line())
    del fields["parent"], fields["started_on"]
    assert read_line(f"{json.dumps(fields)}\n".encode()) == _ENTRY
