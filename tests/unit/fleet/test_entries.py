"""The file of a fleet: what it may have in it, what is refused, and that adding and removing damages nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbtrack.config import ConnectionTarget
from dbtrack.errors import UsageError
from dbtrack.fleet import Entry, Member, add_entry, parse_entries, read_fleet, remove_entry, unnamed_entry
from dbtrack.fleet.completion import keep_members, known_members
from dbtrack.fleet.object_names import name_matcher

_TOML = Path("fleet.toml")
_HAND_WRITTEN = """\
# The fleet of the shop.
[members.prod]  # the one that counts
dsn = "host=db1 dbname=shop"
labels = {stage = "prod"}

[members."a [b]"]
# its labels
host = "db2"

[members."a [b]".labels]
stage = "test"

[members.eu]
dsn = "host=eu1"
databases = "tenant_*"
installed_only = true
"""


def _entries(path: Path) -> list[Entry]:
    found = read_fleet(path)
    assert found is not None
    return found


def test_a_hand_written_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    assert read_fleet(path) is None
    path.write_text(_HAND_WRITTEN.replace("a [b]", "a b"))
    prod, other, eu = _entries(path)
    assert (prod.name, prod.kind, prod.place()) == ("prod", "database", "db1:5432")
    assert prod.labels == {"stage": "prod"}
    assert (other.name, other.place(), other.labels) == ("a b", "db2:5432", {"stage": "test"})
    assert (eu.kind, eu.databases, eu.installed_only) == ("databases", "tenant_*", True)


def test_what_is_added_is_read_again_and_what_is_removed_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "fleet.toml"
    table = {"dsn": "host=db9 dbname='o\\'ne \"two\"\x7f ä\\\\'", "labels": {"a b": 'x = "y" # z'}}
    add_entry(path, 'o\'ne "two" 3', table)
    add_entry(path, "plain", {"environment": "prod"})
    first, second = _entries(path)
    assert (first.name, first.dsn, first.labels) == ('o\'ne "two" 3', table["dsn"], table["labels"])
    assert (second.kind, second.environment) == ("environment", "prod")
    with pytest.raises(UsageError, match="malformed connection string"):
        add_entry(path, "typo", {"dsn": "hots=db1 dbname=x"})
    with pytest.raises(UsageError, match="already has a member plain"):
        add_entry(path, "plain", {"dsn": "host=x"})
    remove_entry(path, 'o\'ne "two" 3')
    assert path.read_text() == '[members.plain]\nenvironment = "prod"\n'
    with pytest.raises(UsageError, match="has no member nobody"):
        remove_entry(path, "nobody")

    path.write_text(_HAND_WRITTEN.replace("a [b]", "a b"))
    remove_entry(path, "a b")
    assert path.read_text() == _HAND_WRITTEN.replace(
        '[members."a [b]"]\n# its labels\nhost = "db2"\n\n[members."a [b]".labels]\nstage = "test"\n\n', ""
    )
    # A layout that lines do not tell is left as it is.
    path.write_text("members = {x = {dsn = 'host=a'}, y = {dsn = 'host=b'}}\n")
    with pytest.raises(UsageError, match="cannot change"):
        remove_entry(path, "x")
    assert "host=a" in path.read_text()
    with pytest.raises(UsageError, match="is not TOML"):
        remove_entry(tmp_path / "fleet.csv", "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[members.x]\npassword = 's3cret'", "password does not belong in this file"),
        ("[members.x]\ndsn = 'host=a password=s3cret'", "the connection string contains a password"),
        ("[members.x]\ndsn = 'postgresql://u:s3cret@h/d'", "the connection string contains a password"),
        ("[members.x]\ndns = 'host=a'", "unknown key dns"),
        ("[members.x]\nlabels = {}", "does not say where the database is"),
        ("[members.x]\nenvironment = 'a'\ndsn = 'host=b'", "has its own connection settings"),
        ("[members.x]\npatroni = 'http://a'\nsrv = 'b'", "exclude each other"),
        ("[members.x]\ndsn = 'host=a'\ninstalled_only = 1", "must be true or false"),
        ("[members.x]\ndsn = 'host=a'\nlabels = {a = [1]}", "must be a string"),
        ("[members.'a/b']\ndsn = 'host=a'", "cannot be the name of a member"),
        ("[others.x]\ndsn = 'host=a'", "unknown key others"),
        ("members = 3", "must be a table"),
        ("[members", "is not TOML"),
    ],
)
def test_what_is_wrong_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        parse_entries(_TOML, text)
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_csv_and_lines_are_read_and_refused() -> None:
    csv = Path("fleet.csv")
    entries = parse_entries(csv, 'name, dsn, cluster\na,"host=db1 dbname=x", eu\nb,host=db2,\n')
    assert [(entry.name, entry.labels) for entry in entries] == [("a", {"cluster": "eu"}), ("b", {})]
    for text, message in (
        ("host,dsn\na,b\n", "must name the columns name and dsn"),
        ("name,dsn\na,host=a,b\n", "line 2 does not have 2 values"),
        ("name,dsn\na,host=a\na,host=b\n", "a second member is called a"),
        ("name,dsn\na,host=a password=s3cret\n", "line 2: the connection string contains a password"),
    ):
        with pytest.raises(UsageError, match=message) as refused:
            parse_entries(csv, text)
        assert "s3cret" not in str(refused.value)
    lines = parse_entries(
        Path("fleet"), "# mine\n\nhost=db1 dbname=shop port=5433\npostgresql://dba@db2/other\n"
    )
    assert [entry.name for entry in lines] == ["shop@db1:5433", "other@db2:5432"]
    with pytest.raises(UsageError, match="line 1: the connection string contains a password"):
        parse_entries(Path("fleet"), "postgresql://u:s3cret@db/x")
    assert unnamed_entry("host=/run/postgresql,db2", "--server", "*").name.startswith("|run|postgresql+db2")


def test_names_are_read_as_postgresql_reads_them() -> None:
    for wanted, identity, is_match in (
        ("orders", "public.orders", True),
        ("ORDERS", "shop.orders", True),
        ("shop.orders", "public.orders", False),
        ('"Odd.Name"', 'public."Odd.Name"', True),
        ("odd.name", 'public."Odd.Name"', False),
        ('shop."a ""b"""', 'shop."a ""b"""', True),
        ("total", "shop.total(pg_catalog.date)", True),
        ("shop.total(date)", "shop.total(pg_catalog.date)", True),
        ("total(date, integer)", "shop.total(pg_catalog.date,integer)", True),
        ("total()", "shop.total(pg_catalog.date)", False),
        ("total()", "shop.total()", True),
        ("user", 'public."user"', True),
    ):
        assert name_matcher(wanted)(identity) is is_match, (wanted, identity)


def test_tab_offers_entries_and_the_members_that_were_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    environ = {"DBTRACK_CONFIG": str(tmp_path / "config.toml"), "DBTRACK_FLEET": str(tmp_path / "fleet.toml")}
    (tmp_path / "config.toml").write_text("[environments.staging]\nhost = 'db1'\n")
    assert known_members(None, environ) == [("staging", "environment")]
    add_entry(tmp_path / "fleet.toml", "eu", {"dsn": "host=db1", "databases": "*"})
    assert known_members(None, environ) == [("eu", "databases")]
    found = [Member(name, "db1:5432", ConnectionTarget("test")) for name in ("eu/a", "eu/b", "gone/c")]
    keep_members(None, environ, found)
    assert [name for name, _ in known_members(None, environ)] == ["eu", "eu/a", "eu/b"]
