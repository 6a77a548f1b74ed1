"""No secret of the corpus is in any table, output, spool or log of dbtrack, whichever way it came."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pglast import parser

from dbtrack import archive, schema
from dbtrack.db import Database
from dbtrack.redaction.command_secrets import redact_command, redact_stderr
from dbtrack.redaction.free_text import carries_secret, redact
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.redaction.storable_text import message_text, metadata_text
from tests.support.command_line import run_dbtrack
from tests.support.dumps import call, content
from tests.support.ingested import ingest
from tests.support.logging_server import copy_logs, start_logging_server
from tests.support.redaction_corpus import COMMANDS, HARMLESS, HARMLESS_TEXTS, MARK, SECRETS, TEXTS, Sample
from tests.support.servers import Server
from tests.support.spooled import Place

_FORMATS = ("table", "plain", "json", "jsonl", "csv", "markdown")
_HIDDEN = {"SCONST", "USCONST", "BCONST", "XCONST", "SQL_COMMENT", "C_COMMENT"}
_DROPPED = "[redacted: "
_APPLICATION = "job ghp_Zq7XmarkZq7XmarkZq7XmarkZq7Xmark1234"
_LINES = [" ".join(sample.text.splitlines()) for sample in TEXTS]
_RECORD = """
SELECT script_tracking.complete_operation(
    script_tracking.track_operation(left(t, 255), left(t, 50), metadata => jsonb_build_object(
        'note', t, t, 1, 'list', jsonb_build_array(t), 'deep', jsonb_build_object('db_password', t))),
    false, t, jsonb_build_object('why', t), affected_objects => ARRAY['public.orders', t])
FROM unnest(%(texts)s::text[]) AS t
"""
_RECORD_ENDED = """
SELECT script_tracking.record_operations(jsonb_agg(jsonb_build_object('script_name', left(t, 255),
    'script_type', left(t, 50), 'error_message', t, 'affected_objects', jsonb_build_array(t), 'metadata', jsonb_build_object('note', t))))
FROM unnest(%(texts)s::text[]) AS t
"""
_AGE = (
    "UPDATE script_tracking.script_execution_h SET load_date = load_date - interval '70 days'",
    """UPDATE script_tracking.script_execution_s SET load_date = load_date - interval '70 days',
    load_end_date = load_end_date - interval '70 days',
    execution_timestamp = execution_timestamp - interval '70 days'""",
)


class Worked:
    """A server that has run the corpus with dbtrack installed, and copies of what it logged."""

    def __init__(self, server: Server, directory: Path) -> None:
        self.server = server
        self.conninfo = server.conninfo()
        self.warnings: list[str] = []
        self.errors: dict[str, str] = {}
        with psycopg.connect(self.conninfo, autocommit=True, application_name=_APPLICATION) as connection:
            schema.install(Database.wrap(connection))
            connection.add_notice_handler(lambda notice: self.warnings.append(str(notice.message_primary)))
            for sample in (*SECRETS, *HARMLESS):
                self._run(connection, sample)
            connection.execute("ALTER SYSTEM RESET ALL")
        self.logs = copy_logs(server, directory)

    def _run(self, connection: psycopg.Connection[tuple[object, ...]], sample: Sample) -> None:
        connection.execute(f"SET standard_conforming_strings = {'off' if sample.is_old else 'on'}".encode())
        try:
            connection.execute(sample.text.encode())
        except psycopg.Error as error:
            self.errors[sample.title] = f"ERROR:  {error}"


@pytest.fixture(scope="module")
def worked(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    logging = start_logging_server("log_statement = all\nescape_string_warning = off\n", server.major)
    try:
        worked = Worked(logging, tmp_path_factory.mktemp("corpus"))
        with psycopg.connect(worked.conninfo, autocommit=True) as connection:
            for log in sorted(worked.logs.iterdir()):
                ingest(Database.wrap(connection), log)
                # Each form is to be stored, although they tell the same.
                connection.execute("DELETE FROM script_tracking.logged_entry")
        yield worked
    finally:
        logging.stop()


def leaks(text: str) -> list[str]:
    places = [match.start() for match in re.finditer(MARK, text.lower())]
    return [text[max(0, place - 150) : place + 50] for place in places]


def test_the_corpus_is_large_and_its_statements_reach_the_triggers(worked: Worked) -> None:
    assert len(SECRETS) >= 100
    assert len(HARMLESS) >= 20
    with psycopg.connect(worked.conninfo) as connection:
        [(captured, logged)] = connection.execute(
            "SELECT count(*) FILTER (WHERE script_type = 'DDL_AUTO'), count(*) FILTER (WHERE script_type = 'DDL_LOG') "
            "FROM script_tracking.current_execution"
        ).fetchall()
    assert captured > 90
    assert logged > 90
    assert [warning for warning in worked.warnings if "dbtrack" in warning] == []


def test_no_table_and_no_dump_holds_a_secret(worked: Worked) -> None:
    rows = content(worked.conninfo)
    assert leaks("\n".join(row for table in rows.values() for row in table)) == []
    assert leaks(call(worked.server, "pg_dump", "-n", "script_tracking", worked.conninfo)) == []


@pytest.mark.parametrize("form", _FORMATS)
def test_no_export_holds_a_secret(worked: Worked, form: str) -> None:
    environment = {"DBTRACK_DSN": worked.conninfo}
    result = run_dbtrack("errors", "--format", form, environment=environment)
    assert result.returncode == 0
    assert "CREATE" in result.stdout
    assert leaks(result.stdout + result.stderr) == []


def test_no_single_execution_shows_a_secret(worked: Worked) -> None:
    # Of each kind of record one, since each is a process; what is stored of all was looked at above.
    with psycopg.connect(worked.conninfo) as connection:
        shown = connection.execute(
            "SELECT DISTINCT ON (script_type, script_name, execution_status) encode(script_execution_hk, 'hex')"
            " FROM script_tracking.current_execution"
            " WHERE script_name IN ('ALTER ROLE', 'CREATE ROLE', 'CREATE USER MAPPING', 'CREATE SUBSCRIPTION',"
            " 'CREATE FUNCTION', 'CREATE SERVER', 'ALTER SYSTEM')"
        ).fetchall()
    assert len(shown) >= 5
    for number, (key,) in enumerate(shown):
        form = ("--format", _FORMATS[number % len(_FORMATS)])
        result = run_dbtrack("show", key, *form, environment={"DBTRACK_DSN": worked.conninfo})
        assert result.returncode == 0, result.stderr
        assert leaks(result.stdout + result.stderr) == []


def test_a_database_in_latin1_keeps_no_secret(worked: Worked) -> None:
    server = worked.server  # the corpus alters what all databases share
    server.psql("CREATE DATABASE corpus_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    conninfo = server.conninfo("corpus_latin1")
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            database = Database.wrap(connection)
            schema.install(database)
            for sample in (*SECRETS[::4], *HARMLESS[::4]):
                _run_in_latin1(connection, sample)
            connection.execute("ALTER SYSTEM RESET ALL")
            stored = connection.execute(
                "SELECT count(*) FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO'"
            ).fetchone()
        assert stored
        assert stored[0] > 15
        rows = [row for table in content(conninfo).values() for row in table]
        assert leaks("\n".join(rows)) == []
        assert any("\xfcber" in row for row in rows)
    finally:
        server.psql("DROP DATABASE corpus_latin1 WITH (FORCE)")


def _run_in_latin1(connection: psycopg.Connection[tuple[object, ...]], sample: Sample) -> None:
    """Run it, whether it fails or not, with a word that is not ASCII."""
    connection.execute(f"SET standard_conforming_strings = {'off' if sample.is_old else 'on'}".encode())
    with contextlib.suppress(psycopg.Error):
        connection.execute(f"/* \xfcber */ {sample.text}".encode("latin-1", "replace"))


def test_no_doctor_and_no_history_holds_a_secret(worked: Worked) -> None:
    environment = {"DBTRACK_DSN": worked.conninfo}
    for words in (("doctor",), ("history", "--limit", "1000"), ("health",)):
        result = run_dbtrack(*words, environment=environment)
        assert leaks(result.stdout + result.stderr) == [], words


@pytest.mark.parametrize("sample", SECRETS, ids=lambda sample: sample.title)
def test_no_command_line_and_no_stderr_keeps_it(worked: Worked, sample: Sample) -> None:
    command = ["psql", "-c", sample.text]
    assert leaks(" ".join(redact_command(command))) == []
    stderr = worked.errors.get(sample.title, "")
    assert leaks(message_text(redact_stderr(stderr, command))) == []


def test_no_spool_file_holds_a_secret(server: Server, installed_conninfo: str, tmp_path: Path) -> None:
    place = Place(server, installed_conninfo, tmp_path / "spool")
    script = "import sys; sys.stderr.write(sys.argv[1]); sys.exit(1)"
    text = "ERROR:  no\nLINE 1: ALTER ROLE a PASSWORD 'Zq7Xmark'\n"
    result = place.spooled("python3", "-c", script, text, options=("--meta", "db_password=Zq7Xmark"))
    assert result.returncode == 1
    assert len(place.files()) == 1
    assert leaks(place.files()[0].read_text()) == []
    place.run("spool", "flush")
    assert place.files() == []
    assert leaks("\n".join(row for table in content(installed_conninfo).values() for row in table)) == []


@pytest.mark.parametrize("sample", TEXTS, ids=lambda sample: sample.title)
def test_no_free_text_keeps_it(sample: Sample) -> None:
    assert leaks(message_text(sample.text)) == []
    assert leaks(metadata_text({"note": sample.text, sample.text: 1, "list": [sample.text]})) == []


@pytest.mark.parametrize("sample", HARMLESS_TEXTS, ids=lambda sample: sample.title)
def test_a_harmless_text_is_kept(sample: Sample) -> None:
    assert redact(sample.text) == sample.text


@pytest.mark.parametrize("sample", COMMANDS, ids=lambda sample: sample.title)
def test_no_argument_keeps_it(sample: Sample) -> None:
    assert leaks(shlex.join(redact_command(shlex.split(sample.text)))) == []


def test_no_record_of_an_operation_keeps_it(
    installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    """Through the functions that callers use, the name of the application, every report, and the archive."""
    texts = [sample.text for sample in TEXTS]
    installed.rows(_RECORD, {"texts": texts})
    installed.rows(_RECORD_ENDED, {"texts": texts})
    for line in _LINES:
        installed.rows("SELECT set_config('application_name', %(line)s, false)", {"line": line})
        installed.execute("CREATE TABLE of_application ()")
        installed.execute("DROP TABLE of_application")
        installed.rows("SELECT script_tracking.track_operation('of_application')")
    rows = content(installed_conninfo)
    assert len(rows["script_tracking.script_execution_h"]) == 5 * len(TEXTS)
    assert leaks("\n".join(row for table in rows.values() for row in table)) == []
    environment = {"DBTRACK_DSN": installed_conninfo}
    for words in (("errors", "--format", "json"), ("history", "--limit", "1000", "--format", "csv")):
        result = run_dbtrack(*words, environment=environment)
        assert result.returncode == 0, result.stderr
        assert len(result.stdout) > 1000
        assert leaks(result.stdout) == []
    for statement in _AGE:
        installed.execute(statement)
    report = archive.cleanup(installed, tmp_path, days=60)
    assert report.executions == 4 * len(TEXTS)  # the open ones stay
    with archive.query(tmp_path, "SELECT * FROM executions") as answer:
        archived = "\n".join(map(str, answer.rows))
    assert "of_application" in archived
    assert leaks(archived) == []


def test_no_wrapped_command_keeps_it(server: Server, installed_conninfo: str, tmp_path: Path) -> None:
    """Its words, what it wrote to stderr, and all that is said of it; recorded at once, and spooled."""
    place = Place(server, installed_conninfo, tmp_path / "spool")
    texts = tmp_path / "texts"
    texts.write_text("\n\n".join(sample.text for sample in TEXTS))
    writes = ("sh", "-c", f"cat {texts} >&2; exit 1")
    notes = [word for number, line in enumerate(_LINES) for word in ("--meta", f"note{number}={line}")]
    said = (
        "--meta",
        "db_pass=Zq7Xmark",
        "--ticket",
        _LINES[0],
        "--reason",
        _LINES[1],
        "--type",
        _LINES[3][:50],
        *notes,
    )
    words = [word for sample in COMMANDS for word in shlex.split(sample.text)]
    half = len(words) // 2
    place.run("track", _LINES[0], *said, "--", *writes)
    for part in (words[:half], words[half:]):
        place.run("track", "words", "--", "true", *part)
    assert place.spooled("true", *words[:half], options=said).returncode == 0
    assert place.spooled(*writes).returncode == 1
    assert len(place.files()) == 2
    assert leaks("".join(path.read_text() for path in place.files())) == []
    place.run("spool", "flush")
    rows = content(installed_conninfo)["script_tracking.script_execution_s"]
    assert len(rows) >= 5
    assert any("note7" in row for row in rows)
    assert leaks("\n".join(rows)) == []


@pytest.mark.every_server
def test_the_functions_keep_no_secret_on_any_server(installed: Database) -> None:
    for sample in SECRETS:
        if not sample.is_old:
            for mode in ("secrets", "all"):
                kept = _redacted(installed, sample.text, mode)
                assert _is_in_a_literal(sample.text) is False or leaks(kept) == [], sample.title
            assert leaks(_part(installed, sample.text)) == [] or not _is_in_a_literal(sample.text), (
                sample.title
            )


@pytest.mark.every_server
def test_harmless_statements_are_kept(installed: Database) -> None:
    for sample in HARMLESS:
        assert _redacted(installed, sample.text, "secrets") == sample.text
        assert Secrets(sample.text).statement(sample.text) == sample.text
        assert _redacted(installed, sample.text, "all") != sample.text or "'" not in sample.text


def test_the_server_and_the_client_agree_on_what_carries_a_secret(installed: Database) -> None:
    for sample in (*SECRETS, *HARMLESS):
        found = installed.value("SELECT script_tracking.carries_secret(%(text)s)", {"text": sample.text})
        assert found is carries_secret(sample.text), sample.title


def test_the_triggers_kept_the_harmless_statements(worked: Worked) -> None:
    with psycopg.connect(worked.conninfo) as connection:
        stored = {
            row[0]
            for row in connection.execute(
                "SELECT sql_command FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO'"
            )
        }
    lost = [sample.title for sample in HARMLESS if not any(text and text in sample.text for text in stored)]
    assert lost == []


@pytest.mark.parametrize(("mode", "kept"), [("all", ""), ("none", "open")])
def test_the_administrator_decides_for_the_log_too(mode: str, kept: str) -> None:
    secrets = Secrets("CREATE TABLE h (a nosuch DEFAULT 'open')", mode)
    assert ("open" in secrets.statement("CREATE TABLE h (a nosuch DEFAULT 'open')")) is bool(kept)
    assert ("open" in secrets.message('invalid "open"')) is bool(kept)


def test_the_scanner_of_postgresql_agrees(installed: Database) -> None:
    """What is left of a statement has no more of the secret than stands outside its literals and comments."""
    for sample in (*SECRETS, *HARMLESS):
        if sample.is_old or "without quotes" in sample.title or not _scans(sample.text):
            continue
        kept = _redacted(installed, sample.text, "all")
        if not kept.startswith(_DROPPED):
            words = [word for word in _outside(sample.text).split() if word not in {"''", "$$"}]
            assert [
                word
                for word in kept.replace("''", " ").replace("$$$$", " ").split()
                if word.isalnum() and len(word) > 1
            ] == [word for word in words if word.isalnum() and len(word) > 1], sample.title


def _redacted(database: Database, text: str, mode: str) -> str:
    values = {"text": text, "mode": mode}
    return str(database.value("SELECT script_tracking.redact_statement(%(text)s, %(mode)s, 1000000)", values))


def _part(database: Database, text: str) -> str:
    sql = "SELECT script_tracking.redact_part(%(text)s, %(text)s, 'secrets', 1000000)"
    return str(database.value(sql, {"text": text}))


def _scans(text: str) -> bool:
    try:
        return bool(parser.scan(text))
    except parser.ParseError:
        return False


def _outside(text: str) -> str:
    end, parts = 0, list[str]()
    for token in parser.scan(text):
        parts.append(text[end : token.start])
        parts.append(" " if token.name in _HIDDEN else text[token.start : token.end + 1])
        end = token.end + 1
    return "".join(parts)


def _is_in_a_literal(text: str) -> bool:
    """Tell whether the server's scanner ends, and finds the secret in literals and comments alone."""
    return _scans(text) and MARK not in _outside(text).lower()
