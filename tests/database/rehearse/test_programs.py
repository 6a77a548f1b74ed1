"""Rehearsals of migration programs of other languages: each finds the copy, and has its own tables there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.migration_programs import PROGRAMS, Migration, Program
from tests.support.rehearsed import rehearsal_directory
from tests.support.servers import Server

pytestmark = [pytest.mark.release, pytest.mark.any_server, pytest.mark.slow, pytest.mark.timeout(900)]


_WEIGHT = "ALTER TABLE public.widgets ADD weight int"


@pytest.mark.parametrize("tool", PROGRAMS, ids=lambda tool: tool.tool)
def test_the_program_runs_on_the_copy_what_is_new(
    tool: type[Program], server: Server, empty_conninfo: str, tmp_path: Path
) -> None:
    program = tool(tmp_path / tool.tool, server, str(conninfo_to_dict(empty_conninfo)["dbname"]))
    program.write(Migration(1, ("CREATE TABLE public.widgets (id int PRIMARY KEY)",)))
    program.run(program.up())
    program.write(Migration(2, (_WEIGHT,)))
    with rehearsal_directory() as folder:
        words = ["rehearse", "--directory", str(folder), "--format", "json", "-d", empty_conninfo]
        printed = program.run([sys.executable, "-m", "dbtrack", *words, "--", *program.up_elsewhere()])
    found = json.loads(printed)
    told = [each["statement"] for each in found["statements"]]
    assert [text for text in told if "IF NOT EXISTS" not in text.upper()] == [_WEIGHT]
    assert [each["name"] for each in found["differences"]] == ["public.widgets"]
    with psycopg.connect(empty_conninfo) as connection:
        there = connection.execute(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.widgets'::regclass AND attname = 'weight'"
        ).fetchone()
        assert there == (0,)
