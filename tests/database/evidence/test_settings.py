"""The settings of evidence: what they mean, and what they refuse; and a framework of somebody's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg

from dbtrack.evidence.words import duration_words
from dbtrack.render.readable import counted
from tests.support.command_line import run_dbtrack
from tests.support.witness import Connection

_OWN = '''
name = "own"
title = "Own"
edition = "1"
version = 1
source = "x"
[[control]]
paragraph = "1"
title = "Tickets"
text = "Each change has a ticket."
measures = ["approvals"]
wording = "{no_ticket} of {changes} have none."
[[control]]
paragraph = "2"
title = "Drops"
text = "Nothing is dropped."
sql = """SELECT count(*) AS dropped, count(*) = 0 AS supports
FROM script_tracking.get_evidence_population(%(since)s, %(until)s, %(tenant)s) WHERE subject LIKE 'DROP%%'"""
[[control]]
paragraph = "3"
title = "Writing"
text = "A query cannot write."
'''
_WRITES = "sql = \"SELECT script_tracking.track_operation('x') AS n, true AS supports\"\n"


def hours(connection: Connection, text: str) -> list[str]:
    rows = connection.execute(
        "SELECT weekday || ' ' || opens || '-' || closes FROM script_tracking.evidence_hours(%s) ORDER BY 1",
        (text,),
    )
    return [row[0].replace(":00:00", "").replace("24:00", "24") for row in rows]


def test_the_database_writes_numbers_and_lengths_as_documents_do(installed_conninfo: str) -> None:
    numbers, seconds = (
        (0, 1, 2, 999, 1000, 1_234_567),
        (0, 59, 60, 1140, 7200, 7500, 86_400, 273_600, 400 * 86_400),
    )
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        for number in numbers:
            row = connection.execute(
                "SELECT script_tracking.evidence_counted(%s, 'row')", (number,)
            ).fetchone()
            assert row == (counted(number, "row"),)
        for each in seconds:
            length = timedelta(seconds=each)
            row = connection.execute("SELECT script_tracking.evidence_length(%s)", (length,)).fetchone()
            assert row == (duration_words(length),)


def test_who_can_write_the_record_without_dbtracks_functions_is_said(
    installed_conninfo: str, role: Callable[..., str]
) -> None:
    def said() -> str:
        words = ("--framework", "pci", "--since", "1h", "--format", "json")
        document = json.loads(run_dbtrack("evidence", "-d", installed_conninfo, *words).stdout)
        found = {each["paragraph"]: str(each["sentence"]) for each in document["controls"]}
        return found["10.3.2"]

    assert "No login but superusers can write its tables directly" in said()
    login = role("writer")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(f'GRANT DELETE ON script_tracking.seal_leaf TO "{login}"')
    assert "Beside superusers, 1 login can write its tables directly." in said()


def test_hours_and_what_settings_refuse(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        assert hours(connection, "") == []
        assert hours(connection, "Sat-Sun 9:00-12:00") == ["6 09-12", "7 09-12"]
        assert hours(connection, "sun 22:00-06:00") == ["1 00-06", "7 22-24"], "over midnight, into Monday"
        assert hours(connection, "Fri-Mon 00:00-24:00")[0] == "1 00-24"
        patterns = connection.execute(
            "SELECT script_tracking.evidence_patterns(' fly_way*, 100%, ')"
        ).fetchone()
        assert patterns == (["fly\\_way%", "100\\%"],)
    for name, value in (
        ("evidence.hours", "9 to 5"),
        ("evidence.hours", "Mon 25:00-26:00"),
        ("evidence.zone", "Mars/Olympus"),
        ("evidence.review_every", "often"),
        ("classes.names", ""),
        ("classes.names", "bad;name, pii"),
    ):
        refused = run_dbtrack("settings", "-d", installed_conninfo, name, value)
        assert refused.returncode != 0
        assert value in refused.stderr
    for name, value in (
        ("evidence.zone", "Europe/Berlin"),
        ("classes.names", "phi, gehälter, works-council_1.a b"),
    ):
        assert run_dbtrack("settings", "-d", installed_conninfo, name, value).returncode == 0


def test_a_framework_of_ones_own_asks_and_cannot_write(installed_conninfo: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(_OWN + 'measures = ["reviews"]\n', encoding="utf-8")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE a (n int)")
        connection.execute("DROP TABLE a")
    words = ("evidence", "-d", installed_conninfo, "--since", "1h", "--framework")
    done = run_dbtrack(*words, str(file), "--format", "json")
    first, second, _ = json.loads(done.stdout)["controls"]
    assert (first["status"], first["sentence"]) == ("not shown", "2 of 2 have none.")
    assert (second["status"], second["sentence"]) == ("supports in part", "dropped: 1.")
    file.write_text(_OWN + _WRITES, encoding="utf-8")
    refused = run_dbtrack(*words, str(file))
    assert refused.returncode == 2
    assert "the query of 3 failed" in refused.stderr
    assert "read-only" in refused.stderr
    missing = run_dbtrack(*words, "hippa")
    assert (missing.returncode, "did you mean hipaa?" in missing.stderr) == (2, True)
    future = run_dbtrack(
        "evidence", "-d", installed_conninfo, "--framework", "hipaa", "--since", "2999-01-01"
    )
    assert future.returncode == 2
