"""`dbtrack predict` as a process: scripts, formats, gates; and what `track` says beforehand and meanwhile."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import psycopg

from tests.support.command_line import run_dbtrack
from tests.support.predicted import copy_server
from tests.support.terminal import Terminal

_TABLES = """
CREATE TABLE orders (id int PRIMARY KEY, amount int);
INSERT INTO orders SELECT g, g FROM generate_series(1, 1000) AS g;
ANALYZE orders;
"""


def test_predictions_formats_and_gates(installed_conninfo: str, tmp_path: Path) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_TABLES)
    script = tmp_path / "v42.sql"
    script.write_text(
        "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders ALTER amount TYPE bigint;\n"
    )

    with copy_server() as copies:

        def predict(*words: str, stdin: str | None = None) -> tuple[int, str, str]:
            where = ("-d", installed_conninfo, "--copy", f"embedded:{copies}")
            done = run_dbtrack("predict", *where, *words, stdin=stdin)
            return done.returncode, done.stdout, done.stderr

        code, screen, _ = predict("-f", str(script))
        assert code == 0
        assert "rewrites public.orders (1,000 rows" in screen
        assert "v42.sql:2" in screen

        code, text, _ = predict("-f", "-", "--format", "json", stdin=script.read_text())
        assert code == 0
        document = json.loads(text)
        assert [statement["work"] for statement in document["statements"]] == ["none", "rewrite"]
        assert document["statements"][1]["held"]["high_ms"] is None

        # Nobody knows how long the rewrite takes: a limit does not let it pass.
        code, text, errors = predict("-f", str(script), "--max-lock", "2s", "--format", "json")
        assert code == 3
        assert [finding["gate"] for finding in json.loads(text)["findings"]] == ["max-lock"]
        assert "line 2" in errors
        assert predict("ALTER TABLE orders ADD COLUMN note text", "--max-lock", "2s")[0] == 0
        assert predict("-f", str(script), "--fail-on", "scan,rewrite", "--format", "markdown")[0] == 3
        # In one transaction the instant statement holds its lock as long as the rewrite takes.
        code, text, _ = predict("-1", "-f", str(script), "--format", "csv")
        assert code == 0
        assert text.count("\n") == 3
        assert predict("ALTER TABLE missing ADD x int")[0] == 3
        for wrong in (
            ("-f", "missing.sql"),
            ("SELECT 1", "-f", str(script)),
            ("SELECT 1", "--fail-on", "x"),
            (),
        ):
            assert predict(*wrong)[0] == 2


def test_track_predicts_and_warns_of_a_late_operation(installed_conninfo: str, tmp_path: Path) -> None:
    script = tmp_path / "v43.sql"
    script.write_text("ALTER TABLE orders ADD COLUMN channel text;\n")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_TABLES)
        for _ in range(12):
            row = connection.execute("SELECT script_tracking.track_operation('load', 'MIGRATION')").fetchone()
            assert row is not None
            connection.execute("SELECT pg_sleep(0.005), script_tracking.complete_operation(%s)", row)
    environment = {**os.environ, "DBTRACK_DSN": installed_conninfo, "PGDATABASE": "unused"}
    program = str(Path(sys.executable).parent / "dbtrack")
    words = [
        program,
        "track",
        "load",
        "--predict",
        "--",
        "psql",
        "-d",
        installed_conninfo,
        "-Xqf",
        str(script),
    ]
    with Terminal('"$@"; echo "exit $?"', words, environment) as terminal:
        terminal.wait_for("ACCESS EXCLUSIVE on public.orders")
        terminal.wait_for("exit 0")

    # The second one is late, and is told so once.
    words = [program, "track", "load", "--", "sh", "-c", f"until [ -e {tmp_path}/seen ]; do sleep 0.05; done"]
    with Terminal('"$@"; echo "exit $?"', words, environment) as terminal:
        terminal.wait_for("dbtrack: load still runs after")
        (tmp_path / "seen").touch()
        terminal.wait_for("exit 0")
        assert terminal.seen.count("still runs") == 1
    # Off a terminal nothing is said and nothing is predicted.
    done = run_dbtrack("track", "load", "--", "true", environment={"DBTRACK_DSN": installed_conninfo})
    assert (done.returncode, done.stderr) == (0, "")
