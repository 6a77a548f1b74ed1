"""The SQL files: found, ordered, checksummed, and missed in one clear line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dbtrack import sql_files
from dbtrack.errors import DbtrackError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own: `sql/` beside an empty package."""
    package = tmp_path / "dbtrack"
    package.mkdir()
    for folder in ("migrations", "routines", "queries", "reports", "install"):
        (tmp_path / "sql" / folder).mkdir(parents=True)
    monkeypatch.setattr(sql_files, "_PACKAGE", package)
    return tmp_path / "sql"


def test_checkout_is_found(tree: Path) -> None:
    assert sql_files.sql_root() == tree


def test_wheel_comes_before_a_folder_that_merely_stands_beside_it(tree: Path) -> None:
    inside = tree.parent / "dbtrack" / "sql"
    inside.mkdir()
    assert sql_files.sql_root() == inside


def test_real_root_holds_the_migrations() -> None:
    assert (sql_files.sql_root() / "migrations").is_dir()


def test_migrations_come_in_order_of_number(tree: Path) -> None:
    for name in ("0010_later", "0002_second", "0001_first"):
        (tree / "migrations" / f"{name}.sql").write_text(f"SELECT '{name}';\n")
    (tree / "migrations" / "README.md").write_text("not SQL")
    files = sql_files.migrations()
    assert [(file.number, file.name) for file in files] == [
        (1, "0001_first"),
        (2, "0002_second"),
        (10, "0010_later"),
    ]


def test_checksum_does_not_depend_on_line_ends(tree: Path) -> None:
    path = tree / "install" / "grants.sql"
    path.write_bytes(b"SELECT 1;\nSELECT 2;\n")
    unix = sql_files.source("install/grants.sql")
    path.write_bytes(b"\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n")
    assert sql_files.source("install/grants.sql") == unix
    assert unix.checksum == hashlib.sha256(b"SELECT 1;\nSELECT 2;\n").hexdigest()


def test_checksum_shows_a_change(tree: Path) -> None:
    path = tree / "install" / "grants.sql"
    path.write_text("SELECT 1;")
    before = sql_files.source("install/grants.sql").checksum
    path.write_text("SELECT 2;")
    assert sql_files.source("install/grants.sql").checksum != before


@pytest.mark.parametrize("name", ["1_short.sql", "first.sql", "0001-dashes.sql", "00001_long.sql"])
def test_migration_without_a_proper_number_is_refused(tree: Path, name: str) -> None:
    (tree / "migrations" / name).write_text("SELECT 1;")
    with pytest.raises(DbtrackError, match=name):
        sql_files.migrations()


def test_two_migrations_of_one_number_are_refused(tree: Path) -> None:
    (tree / "migrations" / "0001_one.sql").write_text("SELECT 1;")
    (tree / "migrations" / "0001_other.sql").write_text("SELECT 1;")
    with pytest.raises(DbtrackError, match="0001_one and 0001_other"):
        sql_files.migrations()


def test_sources_come_in_order_of_name(tree: Path) -> None:
    for name in ("b", "a", ".#a"):
        (tree / "routines" / f"{name}.sql").write_text(f"SELECT '{name}';")
    assert [file.name for file in sql_files.sources("routines")] == ["a", "b"]


def test_the_folders_of_sources_do_not_count_in_their_order(tree: Path) -> None:
    for name in ("two/a", "one/b", "c"):
        path = tree / "routines" / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text("SELECT 1;")
    assert [file.name for file in sql_files.sources("routines")] == ["a", "b", "c"]
    (tree / "routines" / "two" / "c.sql").write_text("SELECT 2;")
    with pytest.raises(DbtrackError, match=r"routines/c\.sql and \S+routines/two/c\.sql have the same name"):
        sql_files.sources("routines")


def test_missing_file_is_named(tree: Path) -> None:
    with pytest.raises(DbtrackError, match=r"queries/nothing\.sql is missing"):
        sql_files.query("nothing")
    with pytest.raises(DbtrackError, match=r"reports/nothing\.sql is missing"):
        sql_files.report("nothing")


def test_missing_folder_is_named(tree: Path) -> None:
    with pytest.raises(DbtrackError, match="views is missing"):
        sql_files.sources("views")


def test_missing_root_is_one_clear_line(tree: Path) -> None:
    tree.rename(tree.parent / "elsewhere")
    with pytest.raises(DbtrackError, match="SQL files of dbtrack are missing"):
        sql_files.sql_root()


def test_file_that_is_not_utf8_is_named(tree: Path) -> None:
    (tree / "queries" / "latin.sql").write_bytes(b"SELECT '\xe9';")
    with pytest.raises(DbtrackError, match=r"latin\.sql is not UTF-8"):
        sql_files.query("latin")
