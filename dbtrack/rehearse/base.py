"""The database that both copies are made from: a schema, without rows but for those of migration tools.

Without its history, Alembic, Django or Flyway would run all migrations again, and not only those of the
branch.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dbtrack import embedded, sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, Jsonb, libpq_environment
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.histories.tables import find_histories
from dbtrack.predict.copies import fill_views, prepare_statements, tried_statement
from dbtrack.predict.copy import REACHING_EXTENSIONS, Copy
from dbtrack.predict.copy_server import prepare_server
from dbtrack.predict.dump import dump_schema
from dbtrack.predict.restore import restore
from dbtrack.predict.source import Source
from dbtrack.redaction.sql_tokens import Kind, tokens
from dbtrack.rehearse.server import RehearsalServer, create_database

BASE = "dbtrack_rehearsal_base"
_ARCHIVE = b"PGDMP"
_MOST_MISSING = 200
# Words behind which a dump names a role.
_BEFORE_ROLE = re.compile(r"\b(?:OWNER\s+TO|FOR\s+ROLE|AUTHORIZATION|SET\s+ROLE)\s+", re.IGNORECASE)
_GRANTS = re.compile(r"^\s*(?:GRANT|REVOKE|CREATE\s+POLICY|ALTER\s+DEFAULT)\b", re.IGNORECASE)
_NO_ROLES = frozenset({"PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER", "GROUP", "NONE"})
_IN_GRANTS = re.compile(r"\b(?:TO|FROM)\s+((?:\"[^\"]+\"|\w+)(?:\s*,\s*(?:\"[^\"]+\"|\w+))*)", re.IGNORECASE)
_NAME = re.compile(r"\"[^\"]+\"|\w+")
_ERROR = re.compile(r"(?:psql:[^:]*:\d+: )?(?:ERROR|FATAL|error):?\s+(.*)")


@dataclass(frozen=True)
class Base:
    """What the copies begin with.

    Args:
        login: the role that runs the migration there.
        settings: those of a session that decide what a statement does.
        missing: what could not be copied, each with the reason.
        copied_tables: the tables whose rows were copied.
    """

    login: str
    settings: Mapping[str, str]
    missing: tuple[str, ...] = ()
    copied_tables: tuple[str, ...] = ()


def from_production(
    server: RehearsalServer,
    real: Database,
    target: ConnectionTarget,
    source: Source,
    roles: Sequence[str],
    tables: Sequence[str],
) -> Base:
    """Copy the schema of a database, which is only read.

    Args:
        target: leads to the database, without asking for a password again.
        roles: further roles that the migration needs.
        tables: further tables whose rows are copied.

    Raises:
        UsageError: there is no such table.
        DbtrackError: the schema cannot be read or copied.
    """
    dump = dump_schema(target)
    with Database.connect(server.target("template1")) as administrator:
        prepare_server(administrator, source)
    create_database(server, BASE, "template0")
    base = Base(source.login, source.settings)
    prepare_database(server, BASE, base, [*source.roles, *roles])
    with Database.connect(server.target(BASE, base.login)) as session:
        missing = [
            f"extension {name}: it leads to other servers"
            for name in sorted(REACHING_EXTENSIONS & set(source.extensions))
        ]
        for statement in prepare_statements(session, source, base.login):
            missing += tried_statement(session, statement)
        missing += restore(Copy(session, session, ()), dump)
        fill_views(session, source)
        wanted = [
            table
            for history in find_histories(real)
            if history.is_readable
            for table in (history.table, *history.others)
        ]
        copied = tuple(_copy_rows(real, session, [*wanted, *tables]))
    return replace(base, missing=tuple(missing), copied_tables=copied)


def from_files(server: RehearsalServer, files: Sequence[Path], roles: Sequence[str]) -> Base:
    """Make the schema from what pg_dump wrote, or from scripts of psql; empty without any.

    Roles that it mentions are created.

    Raises:
        UsageError: a file cannot be read.
    """
    create_database(server, BASE, "template0")
    base = Base("postgres", {})
    texts = [(path, _text(path)) for path in files]
    named = {role for _, text in texts for role in roles_in(text)}
    prepare_database(server, BASE, base, [*named, *roles])
    missing = [line for path, text in texts for line in _run_file(server, path, text)]
    return replace(base, missing=tuple(missing[:_MOST_MISSING]))


def prepare_database(server: RehearsalServer, name: str, base: Base, roles: Sequence[str] = ()) -> None:
    """Give a database the settings of a session of production, which no copy takes over, and create roles."""
    given = {
        "login": base.login,
        "password": server.password,
        "settings": Jsonb(dict(base.settings)),
        "roles": sorted({base.login, *roles}),
    }
    with Database.connect(server.target(name)) as database:
        for (statement,) in database.rows(sql_files.query("rehearse/prepare_database"), given):
            database.execute(statement)


def _copy_rows(real: Database, session: Database, tables: Sequence[str]) -> Iterator[str]:
    """Copy the rows of some tables, in their order."""
    session.execute("SET session_replication_role = replica")
    for table in dict.fromkeys(tables):
        found = real.row(sql_files.query("rehearse/row_copies"), {"table": table})
        if found is None:
            raise UsageError(f"--data {table}: there is no such table", hint="write SCHEMA.TABLE")
        name, emptying, sending, receiving = found
        with suppress(DbtrackError):  # a table that could not be copied is in `missing`
            session.execute(emptying)
            session.copy_in(receiving, real.copy_out(sending))
            for (statement,) in session.rows(sql_files.query("rehearse/set_sequences"), {"tables": [name]}):
                session.execute(statement)
            yield name


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    if data.startswith(_ARCHIVE):
        done = subprocess.run(
            [str(embedded.client_programs() / "pg_restore"), "--file=-", "--", str(path.absolute())],
            check=False,
            capture_output=True,
        )
        if done.returncode:
            raise UsageError(f"cannot read {path}: {' '.join(done.stderr.decode(errors='replace').split())}")
        data = done.stdout
    return data.decode("utf-8-sig", errors="replace")


def _run_file(server: RehearsalServer, path: Path, text: str) -> Iterator[str]:
    """Run a script as psql does, and yield what failed: the rest of it may do without."""
    program = str(embedded.client_programs() / "psql")
    done = subprocess.run(
        [program, "-X", "-q", "-v", "ON_ERROR_STOP=0", "-o", "/dev/null", "-f", "-"],
        input=text.encode(),
        check=False,
        capture_output=True,
        cwd=path.absolute().parent,
        env=libpq_environment(server.target(BASE, "postgres"))
        | {"PGAPPNAME": "dbtrack rehearse", "LC_ALL": "C"},
    )
    for line in done.stderr.decode(errors="replace").splitlines():
        match = _ERROR.fullmatch(line.replace("psql:<stdin>:", f"psql:{path.name}:"))
        if match and not match[1].endswith("already exists"):
            yield f"{path.name}: {match[1]}"


def roles_in(text: str) -> set[str]:
    """Return the roles that a dump mentions: owners, and who has privileges."""
    found: set[str] = set()
    for line in re.split("[\n;]", text):
        if match := _BEFORE_ROLE.search(line):
            found |= set(_names(line[match.end() :])[:1])
        if _GRANTS.match(line):
            for each in _IN_GRANTS.finditer(line):
                found |= set(_names(each[1]))
    return found


def _names(text: str) -> list[str]:
    return [
        token.inside if token.kind is Kind.NAME else token.text.lower()
        for token in tokens(text)
        if token.kind is Kind.NAME or (token.word and token.word not in _NO_ROLES)
    ]
