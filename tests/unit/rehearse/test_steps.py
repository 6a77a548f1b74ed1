"""The server's log becomes statements in their transactions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dbtrack.errors import UsageError
from dbtrack.rehearse.base import roles_in
from dbtrack.rehearse.command import Place, check_command, environment_for
from dbtrack.rehearse.log import Sent, read_log
from dbtrack.rehearse.steps import State, units_of

_DONE, _FAILED, _UNDONE = State.DONE, State.FAILED, State.ROLLED_BACK


def _line(session: str, message: str, severity: str = "LOG", **more: Any) -> str:
    entry = {"dbname": "shop", "session_id": session, "error_severity": severity, "message": message, **more}
    return json.dumps(entry) + "\n"


def test_the_log_of_both_protocols(tmp_path: Path) -> None:
    path = tmp_path / "statements.json"
    path.write_text(
        _line("a", "statement: ALTER TABLE t ADD c int\n2026-01-01 LOG:  statement: DROP TABLE forged")
        + _line("a", "duration: 12.500 ms")
        + _line("a", "duration: 99 ms")  # parsing the next one
        + _line(
            "a",
            "execute stmt/portal: INSERT INTO t VALUES ($1, $2, '$1')",
            detail="Parameters: $1 = 'it''s', $2 = NULL",
        )
        + _line("a", "duration: 0.5 ms")
        + _line("b", 'relation "x" does not exist', "ERROR", state_code="42P01", statement="SELECT $1 FROM x")
        + _line("b", "disconnection: session time", "LOG")
        + _line("c", "statement: CREATE TABLE y (id int)", dbname="other")
        + _line("c", "statement: VACUUM")
        + '{"dbname": "shop", "mess'
    )
    log = read_log(path, "shop")
    assert log.others == ("other",)
    assert [(each.text, each.duration_ms, each.sqlstate) for each in log.sent] == [
        ("ALTER TABLE t ADD c int\n2026-01-01 LOG:  statement: DROP TABLE forged", 12.5, None),
        ("INSERT INTO t VALUES ('it''s', NULL, '$1')", 0.5, None),
        ("SELECT $1 FROM x", None, "42P01"),
        ("VACUUM", None, None),
    ]


def _states(*sent: tuple[str, str] | tuple[str, str, str]) -> list[list[tuple[str, State]]]:
    entries = [
        Sent(session, text, None if error else 1.0, *(("23505", error[0]) if error else ()))
        for session, text, *error in sent
    ]
    return [[(step.statement.text, step.state) for step in unit.steps] for unit in units_of(entries)]


def test_transactions_of_several_sessions_are_told_apart() -> None:
    found = _states(
        ("a", "BEGIN"), ("b", "CREATE TABLE b1 ()"), ("a", "CREATE TABLE a1 ()"), ("b", "begin work"),
        ("b", "CREATE TABLE b2 ()"), ("a", "SAVEPOINT one"), ("a", "CREATE TABLE a1 ()", "there is one"),
        ("a", "ROLLBACK TO one"), ("a", "RELEASE one"), ("a", "CREATE TABLE a2 ()"), ("a", "COMMIT"),
        ("b", "CREATE TABLE b3 ()", "no"), ("b", "COMMIT"), ("c", "BEGIN"), ("c", "CREATE TABLE c1 ()"),
    )  # fmt: skip
    assert found == [
        [("CREATE TABLE b1 ()", _DONE)],
        [("CREATE TABLE a1 ()", _DONE), ("CREATE TABLE a1 ()", _FAILED), ("CREATE TABLE a2 ()", _DONE)],
        # COMMIT of a failed transaction rolls it back.
        [("CREATE TABLE b2 ()", _UNDONE), ("CREATE TABLE b3 ()", _FAILED)],
        # Its client went away.
        [("CREATE TABLE c1 ()", _UNDONE)],
    ]


def test_what_is_sent_at_once_is_one_transaction() -> None:
    assert _states(("a", "CREATE TABLE x (); CREATE TABLE y ()"), ("a", "CREATE TABLE z ()")) == [
        [("CREATE TABLE x ()", _DONE), ("CREATE TABLE y ()", _DONE)],
        [("CREATE TABLE z ()", _DONE)],
    ]
    assert _states(("a", "CREATE TABLE x (); CREATE TABLE x ()", "there is one")) == [
        [("CREATE TABLE x ()", _UNDONE), ("CREATE TABLE x ()", _FAILED)]
    ]
    assert _states(
        ("a", "BEGIN; CREATE TABLE x (); COMMIT"), ("a", "COMMIT"), ("a", "ALTER TABLE x \\if y")
    ) == [
        [("CREATE TABLE x ()", _DONE)],
        [("ALTER TABLE x \\if y", _DONE)],
    ]


def test_the_command_is_led_to_the_copy_alone() -> None:
    place = Place(
        "/run/copy", "54321", "deploy", "shop db", "own word", ("db.internal", "hunter2", "/run/pg")
    )
    inherited = {
        "PATH": "/bin",
        "PGHOST": "prod", "PGPASSWORD": "secret", "PGSERVICE": "prod", "PGOPTIONS": "-c x=y",
        "APP_DB": "postgres://u:secret@prod/shop", "SQLALCHEMY_URL": "postgresql+asyncpg://u:secret@prod/shop",
        "FLYWAY_URL": "jdbc:postgresql://prod/shop?password=secret", "DSN": "host=prod dbname=shop password=secret",
        "DBTRACK_DSN": "postgres://prod", "HOME": "/home/x", "GREETING": "host = me", "DB_HOST": "db.internal:5433", "DB_PASS": "hunter2", "GITHUB_TOKEN": "secret",
        "GIS_URL": "postgis://u:secret@prod/shop", "ECTO_URL": "ecto://u:secret@prod/shop", "DB_SOCKET": "/run/pg/", "MORE_PATHS": "/run/pg/bin",
    }  # fmt: skip
    found, replaced, removed = environment_for(place, inherited, ["MORE_URL"])
    assert "prod" not in " ".join(found.values())
    assert "secret" not in " ".join(found.values())
    assert (found["PGHOST"], found["PGUSER"], found["PGDATABASE"]) == ("/run/copy", "deploy", "shop db")
    assert found["MORE_URL"] == "postgresql://deploy:own%20word@127.0.0.1:54321/shop%20db"
    assert found["SQLALCHEMY_URL"].startswith("postgresql+asyncpg://deploy:own%20word@127.0.0.1")
    assert found["FLYWAY_URL"].startswith(
        "jdbc:postgresql://127.0.0.1:54321/shop%20db?user=deploy&password=own"
    )
    assert (found["HOME"], found["GREETING"]) == ("/home/x", "host = me")
    assert found["PATH"].startswith("/bin:"), "psql of the wheel is the last resort"
    assert found["GIS_URL"].startswith("postgis://deploy:own%20word@127.0.0.1")
    assert found["MORE_PATHS"] == "/run/pg/bin"
    assert replaced == ("APP_DB", "DBTRACK_DSN", "ECTO_URL", "FLYWAY_URL", "GIS_URL", "SQLALCHEMY_URL")
    assert removed == ("DB_HOST", "DB_PASS", "DB_SOCKET", "DSN")


def test_services_are_hidden_where_there_are_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """lib/pq of Go, as dbmate has it, stops at PGSERVICEFILE in old versions and at PGGSSENCMODE in new ones."""
    monkeypatch.setattr("dbtrack.rehearse.command._SERVICE_FOLDERS", ())
    place = Place("/run/copy", "54321", "deploy", "shop", "word", ())
    inherited = {"PATH": "/bin", "HOME": str(tmp_path)}
    known_to_all = {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSFILE", "PGSSLMODE"}
    found = environment_for(place, inherited)[0]
    assert {name for name in found if name.startswith("PG")} == known_to_all
    (tmp_path / ".pg_service.conf").write_text("[prod]\nhost=prod\n")
    hidden = environment_for(place, inherited)[0]["PGSERVICEFILE"]
    assert not Path(hidden).exists()


@pytest.mark.parametrize(
    "word",
    [
        "postgresql://u:secret@prod/shop",
        "--url=jdbc:postgresql://prod/x",
        "host=prod dbname=shop",
        "x=ecto://prod/a",
    ],
)
def test_a_command_that_names_a_database_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="names a database itself") as refused:
        check_command(["sh", "-c", word], {"PATH": "/bin"})
    assert "secret" not in refused.value.message


def test_the_roles_of_a_dump() -> None:
    text = """ALTER TABLE public.x OWNER TO app; GRANT SELECT ON TABLE public.x TO "Read Er", PUBLIC;
GRANT a TO b WITH ADMIN OPTION;
CREATE POLICY p ON x TO r2, r3 USING (true);
ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT SELECT ON TABLES TO z;
REVOKE ALL ON x FROM old;
"""
    assert roles_in(text) == {"app", "Read Er", "b", "r2", "r3", "o", "z", "old"}
