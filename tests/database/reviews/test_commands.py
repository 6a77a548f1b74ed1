"""The commands of reviews and auditors, and the options of track that reviews need, as processes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.unit.operations.test_git_revision import git

pytestmark = pytest.mark.any_server
_SETTING = """
INSERT INTO script_tracking.setting (setting_name, setting_value, default_value, minimum_value, description)
VALUES ('evidence.review_every', '', '', 0, 'test') ON CONFLICT DO NOTHING;
UPDATE script_tracking.schema_migration SET applied_at = '2026-01-15 12:00Z';
"""


def shown(place: tuple[str, ...], key: str) -> dict[str, Any]:
    """Return the metadata of an execution."""
    found = rows(run_dbtrack("history", "--format", "jsonl", "--columns", "execution_key,metadata", *place))
    return next(row["metadata"] for row in found if row["execution_key"] == key)


def test_what_track_records_of_the_purpose(installed_conninfo: str, tmp_path: Path, monkeypatch: Any) -> None:
    place = ("-d", installed_conninfo)

    def tracked(*words: str, **environment: str) -> dict[str, Any]:
        key = done(run_dbtrack("track", "load", *words, *place, environment=environment)).strip()
        with psycopg.connect(installed_conninfo) as connection:
            row = connection.execute(
                "SELECT metadata FROM script_tracking.script_execution_s WHERE encode(script_execution_hk, 'hex') = %s",
                (key,),
            ).fetchone()
        assert row
        return dict(row[0])

    said = tracked("--pr", "12", "--emergency", "--ticket", "OPS-1")
    assert {"pull_request": "#12", "emergency": True, "ticket": "OPS-1"}.items() <= said.items()
    assert "reason" not in said
    said = tracked("--emergency", "the shop is down", "--pr", "false")
    assert said["reason"] == "the shop is down"
    assert "pull_request" not in said
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_SERVER_URL": "https://gh",
        "GITHUB_REPOSITORY": "a/b",
    }
    assert tracked(**github)["pull_request"] == "https://gh/a/b/pull/7"
    assert tracked(**github)["found_in"] == {"pull_request": "ci"}
    assert "pull_request" not in tracked("--no-git", **github)
    git(tmp_path, "init")
    git(
        tmp_path,
        "commit",
        "--allow-empty",
        "-m",
        "x",
        "-m",
        "Ticket: OPS-2\nApproved-by: ines\nPR: 9\nEmergency: yes",
    )
    monkeypatch.chdir(tmp_path)
    assert "ticket" not in tracked()
    said = tracked("--git", "--ticket", "OPS-3", **github, GITHUB_SHA=git(tmp_path, "rev-parse", "HEAD"))
    assert (said["ticket"], said["approved_by"], said["pull_request"]) == ("OPS-3", "ines", "#9")
    assert said["found_in"] == dict.fromkeys(("approved_by", "pull_request", "emergency"), "commit")
    for words, message in (
        (("--pr", "soon"), "--pr is not a pull request: soon"),
        (("--pr", "1", "--meta", "pull_request=2"), "--meta pull_request=… and --pr contradict"),
        (("--emergency", "a", "--reason", "b"), "two reasons"),
    ):
        refused = run_dbtrack("track", "load", *words, *place)
        assert refused.returncode == 2
        assert message in refused.stderr
    lost = run_dbtrack("track", "--emergency", "load", "--", "true", *place)
    assert (lost.returncode, "write NAME first" in lost.stderr) == (2, True)


def test_a_review_is_due_until_it_is_signed(installed_conninfo: str) -> None:
    place = ("-d", installed_conninfo)

    def due(*words: str) -> list[str]:
        found = run_dbtrack("review", "due", "--format", "jsonl", *words, *place)
        periods = rows(type(found)(found.args, 0, found.stdout, found.stderr))
        assert found.returncode == (3 if periods else 0)
        return [row["period"] for row in periods]

    def health() -> list[str]:
        found = rows(run_dbtrack("health", "--format", "jsonl", *place))
        return [row["current_status"] for row in found if row["health_category"] == "reviews"]

    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_SETTING.encode())

        def every(value: str, since: str) -> None:
            connection.execute(
                "UPDATE script_tracking.setting SET setting_value = %s, changed_at = %s"
                " WHERE setting_name = 'evidence.review_every'",
                (value, since),
            )

        assert (due(), health()) == ([], [])
        every("year", "2026-06-01Z")
        assert (due(), health()) == ([], ["OK"])
        every("sometimes", "2026-06-01Z")
        assert (due(), health()) == ([], ["WARNING"])
        every("quarter", "2026-08-01Z")
        assert due()[:2] == ["2026Q2", "2026Q3"]
        assert health() == ["WARNING"]
        status = run_dbtrack("status", "--format", "jsonl", *place)
        assert status.returncode == 3
        assert "dbtrack review due" in status.stdout
        key = done_aside(run_dbtrack("review", "sign", "--period", "2026q2", "--by", "Ines", *place))
        done_aside(
            run_dbtrack(
                "review",
                "sign",
                "--since",
                "2026-07-01 00:00Z",
                "--until",
                "2026-09-01 00:00Z",
                "--by",
                "Ines",
                *place,
            )
        )
        assert "2026Q2" not in due()
        assert due()[0] == "2026Q3"
        done_aside(run_dbtrack("review", "sign", "--period", "2026-09", "--by", "Ines", *place))
        assert "2026Q3" not in due()
        listed = rows(run_dbtrack("review", "list", "--format", "jsonl", *place))
        assert [row["period"] for row in listed] == ["2026-09", "2026-07-01 00:00/2026-09-01 00:00", "2026Q2"]
        assert listed[-1]["execution_key"] == key
        every("7d", "2026-08-01Z")
        assert len(due()) == 1
        done_aside(run_dbtrack("review", "sign", "--since", "2026-10-01", "--by", "Ines", *place))
        assert (due(), health()) == ([], ["OK"])


def done_aside(result: Any) -> str:
    """Return the key that a command printed, which must have succeeded."""
    assert result.returncode == 0, result.stderr
    return str(result.stdout.strip())


def test_a_signature_on_the_command_line(installed_conninfo: str, role: RoleFactory) -> None:
    place = ("-d", installed_conninfo)
    key = done(run_dbtrack("track", "load", *place)).strip()
    login = role("ann", member_of=("dbtrack_admin",))
    words = ("review", "sign", "--since", "1d", "--by", "Ines", "--exception", f"{key[:12]}:no_ticket")
    as_ann = ("-d", make_conninfo(installed_conninfo, user=login))
    for more, message in (
        ((), "1 --exception and 0 --reason"),
        (("--reason", " "), "needs a reason"),
        (
            ("--exception", key, "--reason", "a", "--reason", "b", "--reason", "c"),
            "2 --exception and 3 --reason",
        ),
        (("--reason", "a", "--period", "2026"), "which period?"),
        (("--reason", "a", "--exception", "f" * 64), "no execution with the key"),
        (("--reason", "a", "--exception", "deadbeef"), "no execution with the key"),
        (
            ("--reason", "a", "--exception", f"{key}:foo"),
            '"foo" is not a kind of exception; one of capture_off, ',
        ),
    ):
        refused = run_dbtrack(*words, *more, *as_ann)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
        assert message in refused.stderr
    own = run_dbtrack(*words, "--reason", "agreed", *place)
    assert "cannot explain it alone" in own.stderr
    review = done_aside(run_dbtrack(*words, "--reason", "agreed by mail", *as_ann))
    allowed = done_aside(run_dbtrack(*words, "--reason", "mine", "--allow-own", *place))
    screen = run_dbtrack("show", review, "--format", "plain", *as_ann)
    assert "agreed by mail" in screen.stdout
    listed = rows(run_dbtrack("review", "list", "--format", "jsonl", *as_ann))
    assert [
        (row["execution_key"], row["login"], row["exceptions"], row["own_exceptions"]) for row in listed
    ] == [
        (allowed, "postgres", 1, 1),
        (review, login, 1, 0),
    ]


def test_a_span_is_one_from_now(installed_conninfo: str, role: RoleFactory) -> None:
    login = role("ines")
    for span, days in (("30m", 0), ("2 days", 2), ("4w", 28), ("1y", 365)):
        done_aside(run_dbtrack("auditor", "add", login, "--until", span, "-d", installed_conninfo))
        with psycopg.connect(installed_conninfo) as connection:
            left = "SELECT max(expires_at) - clock_timestamp() FROM script_tracking.auditor WHERE removed_at IS NULL"
            (remaining,) = connection.execute(left).fetchone() or ()
        assert abs(remaining - timedelta(days=days)) < timedelta(days=1.5), span
        assert remaining > timedelta(0), span


def test_an_auditor_on_the_command_line(server: Server, installed_conninfo: str, role: RoleFactory) -> None:
    place, login = ("-d", installed_conninfo), role("ines")
    as_ines = ("-d", make_conninfo(installed_conninfo, user=login))
    done(run_dbtrack("track", "load", *place))
    late = run_dbtrack("auditor", "add", login, "--until", "2020-01-01", *place)
    assert (late.returncode, "cannot read until" in late.stderr) == (2, True)
    assert run_dbtrack("auditor", "add", login, "--until", "30d", *place).returncode == 0
    found = rows(run_dbtrack("history", "--format", "jsonl", *as_ines))
    assert [row["script_name"] for row in found if row["script_type"] == "MANUAL"] == ["load"]
    for report in ("dashboard", "errors", "health", "performance", "access", "own"):
        assert run_dbtrack(report, "--format", "jsonl", *as_ines).returncode == 0, report
    refused = run_dbtrack("track", "x", *as_ines)
    assert refused.returncode != 0
    noted = {
        row["report_name"]
        for row in rows(run_dbtrack("access", "--format", "jsonl", *place))
        if row["db_session_user"] == login
    }
    assert {"history", "dashboard", "errors", "table script_execution_s"} <= noted
    (listed,) = rows(run_dbtrack("auditor", "list", "--format", "jsonl", *place))
    assert (listed["login_name"], listed["auditor_status"], listed["sees_more"]) == (login, "VALID", None)
    assert listed["last_read_at"]
    server.psql(f"GRANT dbtrack_operator TO {login}")
    (listed,) = rows(run_dbtrack("auditor", "list", "--format", "jsonl", *place))
    assert listed["sees_more"] == "dbtrack_operator"
    server.psql(f"REVOKE dbtrack_operator FROM {login}")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("UPDATE script_tracking.auditor SET expires_at = clock_timestamp()")
    over = run_dbtrack("history", *as_ines)
    assert "may read no longer: its time ended at" in over.stderr
    assert done(run_dbtrack("auditor", "remove", login, *place)) == ""
    administration = rows(run_dbtrack("administration", "--format", "jsonl", *place))
    subjects = {row["script_name"]: row["subject"] for row in administration}
    assert subjects["dbtrack auditor add"] == subjects["dbtrack auditor remove"] == login
