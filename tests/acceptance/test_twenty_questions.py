"""The twenty questions of docs/questions.md, each by its one command, on a database after a bad night."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.support.command_line import run_dbtrack
from tests.support.paths import DOCS
from tests.support.servers import Sandbox, Server
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.any_server, pytest.mark.slow, pytest.mark.timeout(300)]

_V42 = """
    ALTER TABLE public.orders ADD COLUMN due_on date;
    CREATE INDEX orders_due_idx ON public.orders (due_on);
    ALTER TABLE public.orders ADD CONSTRAINT orders_amount_positive CHECK (amount > 10);
"""


@dataclass
class Night:
    """The database, and the moments and keys to ask about.

    Args:
        conninfo: of a superuser.
        moments: by name, as the server wrote them.
    """

    conninfo: str
    directory: Path
    moments: dict[str, str] = field(default_factory=dict)

    def sql(self, *statements: str, user: str = "postgres") -> None:
        """Run statements as a login."""
        with psycopg.connect(make_conninfo(self.conninfo, user=user), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def track(self, name: str, script: str, *words: str, user: str = "postgres") -> int:
        """Run a script inside an operation; return psql's exit code."""
        path = self.directory / f"{name}.sql"
        path.write_text(script)
        target = make_conninfo(self.conninfo, user=user)
        psql = [
            "psql",
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-v",
            "VERBOSITY=verbose",
            "-f",
            str(path),
            target,
        ]
        return run_dbtrack("track", name, "-d", target, *words, "--", *psql).returncode

    def note(self, name: str) -> None:
        """Remember the present moment, between two changes."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            row = connection.execute("SELECT clock_timestamp()::text, pg_sleep(0.05)").fetchone()
            assert row
            self.moments[name] = str(row[0])

    def ask(self, *words: str, code: int = 0) -> str:
        """Run a command; return what it printed."""
        done = run_dbtrack(*words, "-d", self.conninfo)
        assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self, *words: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command; return its rows."""
        return list(json.loads(self.ask(*words, "--format", "json", code=code))["rows"])


@pytest.fixture(scope="module")
def _sandbox(server: Server) -> Iterator[Sandbox]:
    sandbox = Sandbox(server)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def night(_sandbox: Sandbox, installed_template: str, tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = Night(_sandbox.database(installed_template), tmp_path_factory.mktemp("night"))
    for login in ("alice", "bob", "deploy"):
        night.sql(f"DROP ROLE IF EXISTS {login}", f"CREATE ROLE {login} LOGIN")
    night.sql("GRANT dbtrack_operator TO deploy", "GRANT CREATE ON SCHEMA public TO alice, deploy")
    night.sql(
        "CREATE TABLE public.orders (id int PRIMARY KEY, customer int, amount numeric)",
        "CREATE TABLE public.settled (id int)",
        "INSERT INTO public.orders VALUES (1, 1, 5)",
        "CREATE INDEX orders_customer_idx ON public.orders (customer)",
        "CREATE FUNCTION public.recalc_totals(p_day date) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE public.orders OWNER TO deploy",
        "ALTER FUNCTION public.recalc_totals(date) OWNER TO deploy",
    )
    night.note("before")
    assert night.track("V42__due_dates", _V42, "--ticket", "OPS-4711", user="deploy") == 3
    night.note("failed")
    night.sql("DELETE FROM public.orders")
    night.sql("ALTER TABLE public.orders DROP COLUMN due_on", user="deploy")
    assert night.track("V42__due_dates", _V42, "--ticket", "OPS-4711", user="deploy") == 0
    night.sql(
        "CREATE OR REPLACE FUNCTION public.recalc_totals(p_day date) RETURNS int LANGUAGE sql AS 'SELECT 2'",
        "DROP INDEX public.orders_customer_idx",
        "GRANT SELECT, UPDATE ON public.orders TO bob",
        user="deploy",
    )
    night.sql("CREATE TABLE public.notes (id int)", user="alice")
    _wait_for_a_lock(night)
    night.note("after")
    return night


def _wait_for_a_lock(night: Night) -> None:
    """Let an ALTER inside an operation wait for a reader's lock, long enough to be seen twice."""
    with psycopg.connect(night.conninfo) as holder:
        holder.execute("SELECT * FROM public.orders")
        script = "ALTER TABLE public.orders ADD COLUMN note text;"
        waiting = threading.Thread(target=night.track, args=("V43__note", script), kwargs={"user": "deploy"})
        waiting.start()
        time.sleep(4)
        holder.commit()
        waiting.join(60)


def test_the_page_asks_these_questions() -> None:
    text = (DOCS / "questions.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\| [A-Z].*\? .*\| `dbtrack |^\| [A-Z].* \| `dbtrack ", text, re.MULTILINE)) == 20


def test_1_what_changed_on_a_table(night: Night) -> None:
    rows = night.rows("history", "public.orders", "--since", "1h")
    tags = [row["script_name"] for row in rows]
    assert "DROP INDEX" in tags
    assert "GRANT" in tags
    assert all("recalc" not in str(row["affected_objects"]) for row in rows)


def test_2_who_dropped_the_index(night: Night) -> None:
    text = night.ask("blame", "public.orders_customer_idx")
    assert "deploy" in text
    assert "DROP INDEX" in text or "dropped" in text


def test_3_which_migration_added_the_column(night: Night) -> None:
    present, dropped = night.rows("blame", "public.orders", "due_on")
    assert (present["added_name"], present["added_ticket"]) == ("V42__due_dates", "OPS-4711")
    assert (dropped["is_dropped"], dropped["changed_name"]) == (True, "ALTER TABLE")


def test_4_what_failed_and_was_it_repeated(night: Night) -> None:
    (row,) = [row for row in night.rows("errors", "--since", "1h") if row["sqlstate"] == "23514"]
    assert row["is_open"] is False
    assert row["succeeded_key"]


def test_5_what_waited_for_a_lock(night: Night) -> None:
    rows = night.rows("history", "--waited")
    assert [row["script_name"] for row in rows if row["script_type"] == "MIGRATION"] == ["V43__note"]


def test_6_the_function_before_and_after(night: Night) -> None:
    text = night.ask("diff", "public.recalc_totals(date)", night.moments["failed"], night.moments["after"])
    assert "SELECT 1" in text
    assert "SELECT 2" in text


def test_7_the_schema_at_a_time(night: Night) -> None:
    then = night.ask("schema", "--as-of", night.moments["before"])
    assert "orders_customer_idx" in then
    assert "due_on" not in then


def test_8_what_is_slower_than_usual(night: Night) -> None:
    assert {row["subject"] for row in night.rows("performance", "--by", "name")} >= {"V42__due_dates"}
    assert night.rows("history", "--slow") == []


def test_9_who_granted(night: Night) -> None:
    rows = night.rows("grants", "--to", "bob")
    assert "deploy" in json.dumps(rows)
    assert "UPDATE" in json.dumps(rows)


def test_10_is_everything_in_order(night: Night) -> None:
    done = run_dbtrack("status", "-d", night.conninfo)
    assert done.returncode in {0, 3}
    assert "capture" in done.stdout


def test_11_what_did_alice_do(night: Night) -> None:
    rows = night.rows("history", "--user", "alice", "--since", "yesterday")
    assert [row["affected_objects"] for row in rows] == [["public.notes"]]


def test_12_what_ran_between(night: Night) -> None:
    rows = night.rows("history", "--since", night.moments["before"], "--until", night.moments["failed"])
    assert {row["script_name"] for row in rows} >= {"V42__due_dates", "ALTER TABLE", "CREATE INDEX"}
    assert "GRANT" not in {row["script_name"] for row in rows}


def test_13_everything_for_the_auditors(night: Night, tmp_path: Path) -> None:
    path = tmp_path / "q3.csv"
    night.ask("export", "executions", "--full", "--since", "1h", "-o", str(path))
    assert "CREATE INDEX orders_due_idx" in path.read_text(encoding="utf-8")


def test_14_tell_me(night: Night) -> None:
    night.ask("alert", "add", "--ready", "migration-failed")
    assert night.ask("alert", "list")


def test_15_a_page_about_the_week(night: Night, tmp_path: Path) -> None:
    path = tmp_path / "week.html"
    night.ask("report", "--since", "1h", "-o", str(path))
    assert "V42" in path.read_text(encoding="utf-8")


def test_16_how_long_will_it_take(night: Night) -> None:
    text = night.ask("predict", "ALTER TABLE public.orders ALTER id TYPE bigint", "--copy", "database")
    assert "public.orders" in text
    assert "rewrite" in text.lower()


def test_17_compare(night: Night) -> None:
    other = make_conninfo(night.conninfo, dbname="postgres")
    done = run_dbtrack("compare", night.conninfo, night.conninfo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert other


def test_18_what_never_changed(night: Night) -> None:
    night.sql("CREATE SCHEMA old", "DROP SCHEMA old")
    objects = {row["object_identity"] for row in night.rows("history", "--never")}
    assert "public.orders" not in objects


def test_19_what_was_left_behind(night: Night) -> None:
    shown = json.loads(night.ask("show", "V42__due_dates~1", "--format", "json"))
    outcome = next(part for part in shown["sections"] if part["name"] == "show_outcome")
    (row,) = outcome["rows"]
    assert row["succeeded_key"]
    changed = json.loads(night.ask("show", "V42__due_dates~1", "--diff", "--format", "json"))["sections"][-1]
    assert changed["name"] == "show_differences"
    assert {(part["kind"], part["name"]) for part in changed["rows"]} == {
        ("column", "due_on"),
        ("index", "orders_due_idx"),
    }


def test_20_what_runs_now(night: Night) -> None:
    with psycopg.connect(night.conninfo) as holder:
        holder.execute("LOCK TABLE public.orders")
        statement = "ALTER TABLE public.orders ADD COLUMN later int"
        words = conninfo_to_dict(night.conninfo)
        assert words
        waiting = threading.Thread(target=night.sql, args=(statement,))
        waiting.start()
        try:
            wait_until(lambda: "LOCK TABLE" in night.ask("top", "--once"))
            text = night.ask("top", "--once")
            assert "later int" in text
        finally:
            holder.rollback()
            waiting.join(60)
