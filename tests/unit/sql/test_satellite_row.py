"""The row of script_execution_s is written out in many files, since a call would cost each DDL: here is its one list.

A column that a migration adds goes into `HASHED`, `IDENTIFYING` or `LATER`; the tests then name the files that lack it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import dbtrack

ROOT = Path(dbtrack.__file__).parents[1]
SQL = ROOT / "sql"
IDENTIFYING = ("script_execution_hk", "load_date", "hash_diff")
# In the order of the hash, each with the form in which it is hashed.
HASHED: Mapping[str, str] = {
    "tenant_hk": "encode({}, 'hex')",
    "script_name": "{}",
    "script_type": "{}",
    "execution_status": "{}",
    "execution_timestamp": "(extract(epoch FROM {}) * 1000000)::pg_catalog.int8",
    "execution_duration_ms": "{}",
    "db_session_user": "{}",
    "client_ip": "host({})",
    "affected_objects": "{}",
    "sql_command": "{}",
    "error_message": "{}",
    "metadata": "{}",
    "record_source": "{}",
}
# Not hashed, because they change or are the server's own: an end comes later, a number and a transaction are defaults.
LATER = ("load_end_date", "version_number", "recorded_by")
# What a column holds where an INSERT leaves it out.
DEFAULTS = {
    "execution_duration_ms": "NULL",
    "affected_objects": "'{}'::pg_catalog.text[]",
    "sql_command": "NULL",
    "error_message": "NULL",
    "load_end_date": "NULL",
}
# They insert a row that always conflicts, to end the version that is there.
ENDS_A_VERSION = {"complete_operation": 1, "end_version": 1}
# It copies a row that it has as a whole.
COPIES = "SELECT (v_row).*"

_INSERT = re.compile(r"INSERT INTO script_tracking\.script_execution_s\b(?:\s+AS\s+\w+)?\s*")
_HASH = re.compile(r"sha256\(convert_to\(jsonb_build_array\(\s*(?=encode\()")
_HASH_CALL = re.compile(r"(?<!FUNCTION )script_tracking\.calculate_hash_diff\(\s*")
# A status that no caller may give becomes NULL, which the table refuses.
_REFUSED = re.compile(r"CASE WHEN (\S+) IN \([^)]*\) THEN \1 END")


@dataclass(frozen=True)
class Insert:
    """An INSERT into the satellite: its columns with their values, and whether it is one that only ends a version."""

    path: Path
    values: Mapping[str, str]
    is_ending: bool


def code(path: Path) -> str:
    return re.sub(r"--[^\n]*", "", path.read_text(encoding="ascii"))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def listed(text: str, start: int, ends: str = r"\)") -> tuple[list[str], int]:
    """Return what commas separate from a position on, up to what ends the list, and the position behind that."""
    found: list[str] = []
    depth, begin, position = 0, start, start
    for token in re.compile(rf"'(?:[^']|'')*'|[(\[]|(?P<end>{ends})|[)\]]|,|\bCASE\b|\bEND\b").finditer(
        text, start
    ):
        position = token.end()
        if token["end"] and not depth:
            return [*found, plain(text[begin : token.start()])], position
        if token[0] in {"(", "[", "CASE"}:
            depth += 1
        elif token[0] in {")", "]", "END"}:
            depth -= 1
        elif token[0] == "," and not depth:
            found.append(plain(text[begin : token.start()]))
            begin = position
    raise AssertionError(f"a list has no end: {text[start : start + 80]}")


def files() -> list[Path]:
    return [path for path in sorted(SQL.rglob("*.sql")) if "migrations" not in path.parts]


def inserts() -> Iterator[Insert]:
    for path in files():
        text = code(path)
        endings = ENDS_A_VERSION.get(path.stem, 0)
        for number, match in enumerate(_INSERT.finditer(text)):
            if text.startswith(COPIES, match.end()):
                continue
            names, after = listed(text, match.end() + 1)
            verb = re.compile(r"\s*(VALUES \(|SELECT )").match(text, after)
            assert verb, f"{path}: an INSERT of another form"
            values, _ = listed(text, verb.end(), r"\)" if verb[1] == "VALUES (" else r"\bFROM\b")
            assert len(names) == len(values), f"{path}: {len(names)} columns and {len(values)} values"
            yield Insert(path, dict(zip(names, values, strict=True)), number < endings)


INSERTS = [each for each in inserts() if not each.is_ending]


def name(insert: Insert) -> str:
    return str(insert.path.relative_to(SQL))


def hashes(path: Path) -> Iterator[tuple[str, ...]]:
    """Return the values that a file hashes as a version, without the forms in which they are hashed."""
    text = code(path)
    for match in _HASH.finditer(text):
        values, _ = listed(text, match.end())
        assert len(values) == len(HASHED), f"{path}: a hash of {len(values)} values, not {len(HASHED)}"
        yield tuple(map(unwrapped, values, HASHED.values()))
    for match in _HASH_CALL.finditer(text):
        yield tuple(listed(text, match.end())[0])


def unwrapped(value: str, form: str) -> str:
    before, after = form.split("{}")
    is_formed = value.startswith(before) and value.endswith(after) and value != "NULL"
    return value[len(before) : len(value) - len(after)] if is_formed else value


def carriers() -> list[str]:
    """Return the files that name most of the row's columns: where to look when one is added."""
    places = [*files(), *sorted((ROOT / "dbtrack").rglob("*.py"))]
    counts = {
        path: sum(bool(re.search(rf"\b{column}\b", path.read_text(encoding="utf-8"))) for column in HASHED)
        for path in places
    }
    return [str(path.relative_to(ROOT)) for path, count in counts.items() if count >= 9]


def test_each_column_of_the_table_is_in_one_of_the_lists() -> None:
    tables = (ROOT / "tests/golden/schema/tables.sql").read_text(encoding="utf-8")
    body = tables.split("CREATE TABLE script_tracking.script_execution_s (\n")[1].split("\n)")[0]
    columns = {line.split()[0] for line in body.splitlines()}
    assert columns == {*IDENTIFYING, *HASHED, *LATER}, "\n".join(["look at:", *carriers()])


def test_the_inserts_are_found() -> None:
    assert len(INSERTS) == 13
    assert sum(each.is_ending for each in inserts()) == sum(ENDS_A_VERSION.values())


@pytest.mark.parametrize("insert", INSERTS, ids=name)
def test_an_insert_names_each_column_that_has_no_default(insert: Insert) -> None:
    known = {*IDENTIFYING, *HASHED, *LATER}
    assert set(insert.values) <= known
    assert known - set(insert.values) <= {*DEFAULTS, *LATER}
    order = [column for column in insert.values if column in HASHED]
    assert order == [column for column in HASHED if column in insert.values], "the order of the list"


@pytest.mark.parametrize("insert", INSERTS, ids=name)
def test_what_is_hashed_is_what_is_inserted(insert: Insert) -> None:
    if insert.path.stem == "restore_archived":
        assert insert.values["hash_diff"] == "decode(i.hash_diff, 'hex')", (
            "it was hashed when it was archived"
        )
        return
    if insert.path.stem == "vault_rows":
        assert insert.values["hash_diff"] == "s.hash_diff", "the source hashed it, with its own tenant"
        return
    values = {column: _REFUSED.sub(r"\1", value) for column, value in insert.values.items()}
    inserted = tuple(values.get(column, DEFAULTS.get(column, "")) for column in HASHED)
    assert inserted in list(hashes(insert.path))


def test_each_hash_takes_the_columns_in_their_order() -> None:
    found = {path.stem: list(hashes(path)) for path in files()}
    found = {stem: values for stem, values in found.items() if values}
    assert set(found) >= {"calculate_hash_diff", "insert_execution", "close_version", "erase_step"}
    for stem, values in found.items():
        assert {len(each) for each in values} == {len(HASHED)}, stem
    for stem, prefix in {"close_version": "v_row.", "erase_step": "s.", "calculate_hash_diff": "p_"}.items():
        assert found[stem] == [tuple(f"{prefix}{column}" for column in HASHED)]
