"""Rehearsals of real migration tools, at once, and interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.command_line import clean_environment
from tests.support.migration_tools import Alembic, migrate_django
from tests.support.rehearsed import rehearsal_directory, rehearse
from tests.support.required import missing
from tests.support.servers import Server
from tests.support.waiting import wait_until

_NODE_FOLDER = "DBTRACK_TEST_NODE"
pytestmark = [pytest.mark.any_server, pytest.mark.matrix, pytest.mark.slow]


@pytest.mark.release
def test_alembic_runs_only_what_the_branch_adds(server: Server, empty_conninfo: str, tmp_path: Path) -> None:
    database = str(conninfo_to_dict(empty_conninfo)["dbname"])
    alembic = Alembic(tmp_path / "migrations", server, database)
    alembic.add("aaa1", "CREATE TABLE public.orders (id int PRIMARY KEY, amount int)")
    alembic.run("upgrade", "head")
    alembic.add("bbb2", "ALTER TABLE public.orders ALTER amount TYPE bigint")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "alembic",
        "-c",
        str(tmp_path / "migrations" / "alembic.ini"),
        "upgrade",
        "head",
    ]
    with rehearsal_directory() as folder:
        words = ("-d", empty_conninfo, "--source", tmp_path / "migrations" / "versions", "--", *command)
        code, found, errors = rehearse(*words, directory=folder)
    assert code == 0, errors
    [statement] = found["statements"]
    assert (statement["work"], statement["lock"]) == ("rewrite", "ACCESS EXCLUSIVE")
    assert statement["file"].endswith("versions/bbb2.py")
    assert [each["name"] for each in found["differences"]] == ["public.orders"]
    with psycopg.connect(empty_conninfo) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("aaa1",)]


@pytest.mark.release
def test_django_builds_a_schema_and_then_has_nothing_to_do(
    server: Server, empty_conninfo: str, tmp_path: Path
) -> None:
    database = str(conninfo_to_dict(empty_conninfo)["dbname"])
    migrate_django(tmp_path / "site", server, database)
    command = (sys.executable, tmp_path / "site" / "manage.py", "migrate", "--verbosity=0")
    with rehearsal_directory() as folder:
        code, found, errors = rehearse("--empty", "--", *command, directory=folder)
        assert code == 0, errors
        tables = {each["name"] for each in found["differences"] if each["type"] == "table"}
        assert {"public.auth_user", "public.django_migrations"} <= tables
        assert not [each for each in found["statements"] if each["outcome"] == "not run"]
        # Django fills these two after each migration, and finds nothing to do where they are full.
        data = ("--data", "django_content_type", "--data", "auth_permission")
        code, found, errors = rehearse("-d", empty_conninfo, *data, "--", *command, directory=folder)
        assert (code, found["statements"], found["differences"]) == (0, [], []), errors


@pytest.mark.release
def test_liquibase_runs_only_what_the_branch_adds(
    server: Server, empty_conninfo: str, tmp_path: Path
) -> None:
    folder = os.environ.get(_NODE_FOLDER, "")
    program = Path(folder) / "node_modules/liquibase/dist/liquibase/liquibase"
    if not folder or not program.exists():
        missing("liquibase", f"npm install liquibase in any folder, and name that in {_NODE_FOLDER}")
    changelog, properties = tmp_path / "changelog.sql", tmp_path / "liquibase.properties"
    first = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE orders (id bigint PRIMARY KEY, amount int);\n"
    changelog.write_text(first)
    place = conninfo_to_dict(empty_conninfo)
    url = f"jdbc:postgresql://127.0.0.1:{server.port}/{place['dbname']}"
    properties.write_text(f"url: {url}\nusername: postgres\npassword: none\nchangelogFile: changelog.sql\n")
    command = (program, f"--defaults-file={properties}", f"--search-path={tmp_path}", "update")
    subprocess.run([str(word) for word in command], env=clean_environment(), capture_output=True, check=True)
    changelog.write_text(first + "--changeset ann:2\nALTER TABLE orders ALTER amount TYPE bigint;\n")
    with rehearsal_directory() as directory:
        words = ("-d", empty_conninfo, "--source", changelog, "--", *command)
        code, found, errors = rehearse(*words, directory=directory)
    assert code == 0, errors
    # Not on the database that its own file names.
    assert [(each["work"], each["lock"]) for each in found["statements"]] == [("rewrite", "ACCESS EXCLUSIVE")]
    assert [each["name"] for each in found["differences"]] == ["public.orders"]
    with psycopg.connect(empty_conninfo) as connection:
        assert connection.execute("SELECT id FROM databasechangelog").fetchall() == [("1",)]


def test_two_at_once_ctrl_c_and_a_kill(tmp_path: Path) -> None:
    script = tmp_path / "one.sql"
    script.write_text("CREATE ROLE same_name; CREATE TABLE t (id int);\n")

    def begin(folder: Path, name: str) -> subprocess.Popen[bytes]:
        command = [
            "--",
            "sh",
            "-c",
            f"psql -c 'CREATE ROLE same_name' && touch {tmp_path / name} && sleep 100",
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "dbtrack", "rehearse", "--empty", "--directory", str(folder), *command],
            env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until((tmp_path / name).exists, "the command runs on the copy")
        return process

    with rehearsal_directory() as folder:
        first = begin(folder, "first")
        before = sorted(folder.iterdir())
        code, _, errors = rehearse("--empty", script, directory=folder)
        assert code == 0, errors
        assert sorted(folder.iterdir()) == before, "the other copy is still there"
        first.send_signal(signal.SIGINT)
        first.wait(60)
        assert first.returncode in {-signal.SIGINT, 128 + signal.SIGINT}
        assert list(folder.iterdir()) == []
        killed = begin(folder, "killed")
        killed.kill()
        killed.wait(60)
        assert len(list(folder.iterdir())) == 2
        assert rehearse("--empty", script, directory=folder)[0] == 0
