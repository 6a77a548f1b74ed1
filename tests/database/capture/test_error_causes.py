"""What errors of one cause have in common: the corpus that decides it, and the report that groups by it."""

from __future__ import annotations

import json
from typing import Any, LiteralString

import pytest

from tests.support.recorded import Record

CORPUS = {
    'relation "public.orders" does not exist': 'relation "?" does not exist',
    'relation "a""b 7" does not exist': 'relation "?" does not exist',
    "Relation „orders“ existiert nicht": 'Relation "?" existiert nicht',
    "la relation « orders » n'existe pas": 'la relation "?" n\'existe pas',
    "invalid input value for enum mood: 'it''s'": "invalid input value for enum mood: '?'",
    "can't connect, won't try": "can't connect, won't try",
    "Key (id, note)=(1, a (b)) already exists.": "Key (?)=(?) already exists.",
    "invalid byte sequence: 0xc3 0x28": "invalid byte sequence: ? ?",
    "user 7f000001-0000-4000-8000-00000000abcd is gone": "user ? is gone",
    "no route to 10.0.0.17:5432 or fe80::1:2 or ::1": "no route to ? or ? or ?",
    "deadlock: 4711 waits for 815": "deadlock: ? waits for ?",
    "at 2026-01-15 14:30:25.123+01, -1.5e-7 of 64kB in 200ms": "at ? ?, ? of ? in ?",
    "WAL at 0/1A2B3C4D": "WAL at ?",
    "digest 9f86d081884c7d659a2feaa0c55ad015 differs": "digest ? differs",
    "type int4 in UTF8 and orders_2024 for utf8mb4": "type int4 in UTF8 and orders_2024 for utf8mb4",
    "a  line\tof\nmany": "a line of many",
    "syntax error at end of input": "syntax error at end of input",
}
CAUSES: list[tuple[str | None, dict[str, str], str | None]] = [
    (None, {}, None),
    ("  ", {}, None),
    ("division by zero", {}, "division by zero"),
    ("psql:a b.sql:3: ERROR:  division by zero\nLINE 1: x\nmore", {}, "division by zero"),
    ("NOTICE:  fine\nERROR:  22012: division by zero\nFATAL:  later", {}, "division by zero"),
    ("ValueError: bad\n", {}, "ValueError: bad"),
    ("Traceback:\n  File x\nKeyError: 'a'\n\n", {}, "KeyError: 'a'"),
    ("UniqueViolation: duplicate key\nDETAIL:  Key (a)=(1)\nmore", {}, "UniqueViolation: duplicate key"),
    ("killed by SIGKILL\nlast words", {}, "killed by SIGKILL"),
    ("anything\nat all", {"cause": "what the writer knew"}, "what the writer knew"),
]


@pytest.mark.parametrize("message", CORPUS)
def test_a_message_loses_what_differs_each_time(shared_record: Record, message: str) -> None:
    assert asked(shared_record, "normalise_message(%s)", message) == CORPUS[message]


@pytest.mark.parametrize(("message", "metadata", "cause"), CAUSES)
def test_the_cause_is_found_in_all_that_was_kept(
    shared_record: Record, message: str | None, metadata: dict[str, str], cause: str | None
) -> None:
    assert asked(shared_record, "error_cause(%s, %s::jsonb)", message, json.dumps(metadata)) == cause


def test_normalising_is_fit_for_an_index(shared_record: Record) -> None:
    kinds = shared_record.connection.execute(
        "SELECT DISTINCT provolatile FROM pg_proc WHERE proname IN ('normalise_message', 'error_cause')"
    ).fetchall()
    assert kinds == [("i",)]


def asked(record: Record, call: LiteralString, *values: object) -> Any:
    row = record.connection.execute("SELECT script_tracking." + call, values).fetchone()
    assert row is not None
    return row[0]
