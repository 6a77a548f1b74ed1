"""Which files name a person, and what is said of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from dbtrack.erasure import find_in_files, remove_cached
from dbtrack.errors import UsageError

pytestmark = pytest.mark.any_server


def _parquet(path: Path, text: str) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"COPY (SELECT 1 AS n, {{'a': [?]}} AS nested, 'x'::blob AS k) TO '{path}' (FORMAT parquet)",
            [text],
        )


def test_each_kind_of_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    spool, archive, others = tmp_path / "spool", tmp_path / "archive", tmp_path / "others"
    for directory in (spool, archive, others):
        directory.mkdir()
    (spool / "1.jsonl").write_text(json.dumps({"script_name": "x", "metadata": {"note": "a\nAlice"}}))
    for month, text in (("01", "ask alice"), ("02", "ask alice2, malice")):
        _parquet(archive / f"executions_2026_{month}.parquet", text)
        (archive / f"executions_2026_{month}.json").write_text("{}")
    _parquet(others / "export.parquet", "alice")
    (others / "evidence-shop-pci-20260101-20260201.json").write_text('["alice"]')
    (others / "config.toml").write_text('user = "alice"')
    (others / "state.json").write_text('{"login": "alice"}')
    (others / "export.csv.gz").write_bytes(gzip.compress(b"x" * 3_000_000 + b" alice "))
    (others / "innocent.csv").write_text("malice, alice_b, alicex")
    told = [str(each) for each in find_in_files("alice", [archive, others], spool=spool)]
    assert [line.removeprefix(f"{tmp_path}/").split(": ")[:2] for line in told] == [
        ["archive", "1 file of archives"],
        ["others", "1 file of configuration"],
        ["others", "1 file of evidence, whose digest a signed document has"],
        ["others", "1 file of exports in Parquet"],
        ["others", "2 files of other files"],
        ["spool", "1 file of operations that are not recorded yet"],
    ]
    assert f"dbtrack archive restore {archive}" in told[0]
    assert "dbtrack spool flush" in told[-1]
    assert find_in_files("bob", [archive, others], spool=tmp_path / "none") == []
    with pytest.raises(UsageError, match="no file or directory"):
        find_in_files("alice", [tmp_path / "gone"], spool=spool)


def test_a_cache_loses_the_files_that_name_the_person(tmp_path: Path) -> None:
    (tmp_path / "1.users.json").write_text('["alice"]')
    (tmp_path / "2.users.json").write_text('["bob"]')
    assert remove_cached("alice", tmp_path, dry_run=True) == 1
    assert remove_cached("alice", tmp_path, dry_run=False) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["2.users.json"]
    assert remove_cached("alice", tmp_path / "none", dry_run=False) == 0


@pytest.mark.parametrize("written", ["ask o''brien", json.dumps('x "o\\\'brien"'), "o'brien"])
def test_a_name_with_a_quote_is_found_as_sql_and_json_write_it(tmp_path: Path, written: str) -> None:
    (tmp_path / "export.csv").write_text(written)
    _parquet(tmp_path / "export.parquet", written)
    found = find_in_files("o'brien", [tmp_path], spool=tmp_path / "none")
    assert [each.count for each in found] == [1, 1]
    assert find_in_files("o brien", [tmp_path], spool=tmp_path / "none") == []


def test_a_name_with_double_quotes_is_found_as_sql_and_json_write_it(tmp_path: Path) -> None:
    login = 'o\'neil "x"'
    for number, written in enumerate((json.dumps({"login": login}), '"o\'neil ""x"""', f"'{login}'")):
        (tmp_path / f"{number}.txt").write_text(written)
    assert [each.count for each in find_in_files(login, [tmp_path], spool=tmp_path / "none")] == [3]
