"""Copy the schema of a database, without rows, to where statements can be tried.

The real database is only read by `pg_dump`, which takes ACCESS SHARE on each table and gives up after five
seconds. dbtrack's own schema stays out of the copy: its event triggers would add locks of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dbtrack import embedded, sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.predict import kept_copies
from dbtrack.predict.copy import REACHING_EXTENSIONS, Copy, CopyMode, apply_settings
from dbtrack.predict.copy_server import OWNER, CopyServer, default_path, prepare_server, running_server
from dbtrack.predict.dump import Dump, dump_schema
from dbtrack.predict.kept_copies import KeptCopies, clone, drop
from dbtrack.predict.restore import restore, short
from dbtrack.predict.scope import Scope, scope_of
from dbtrack.predict.script import Statement
from dbtrack.predict.source import Source
from dbtrack.terminal.exit_signals import signals_delayed


def default_mode() -> CopyMode:
    """Return where to try statements: in the embedded server, or beside the database if there is none."""
    try:
        embedded.client_programs()
    except UsageError:
        return CopyMode.DATABASE
    return CopyMode.EMBEDDED


Progress = Callable[[str, int, int], None]
"""Called with what is done or counted, how much of it is done, and of how much; 0 where that is not known."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class Plan:
    """How a copy is made.

    Args:
        path: the data directory of the embedded server; None for the usual one.
        statements: only what these can touch is copied; None for the whole schema.
        uses_kept: copies of earlier predictions may be used, and this one kept.
        progress: called during it.
    """

    mode: CopyMode
    path: Path | None = None
    statements: Sequence[Statement] | None = None
    uses_kept: bool = True
    progress: Progress = no_progress


@contextmanager
def made_copy(
    real: Database, target: ConnectionTarget, source: Source, mode: CopyMode, path: Path | None = None
) -> Iterator[Copy]:
    """Copy the whole schema, and drop the copy at the end of the block.

    Args:
        target: leads to the real database, without asking for a password again.
        path: the data directory of the embedded server; None for the usual one.

    Raises:
        DbtrackError: the schema cannot be read or copied.
    """
    with Copies(real, target, source, Plan(mode, path)).opened() as copies, copies.copy() as copy:
        yield copy


class Copies:
    """Makes copies of one database, as it was when they were opened."""

    def __init__(self, real: Database, target: ConnectionTarget, source: Source, plan: Plan) -> None:
        self._real, self._target, self._source, self._plan = real, target, source, plan
        self._dump = Dump(())
        self._server: CopyServer | None = None

    @contextmanager
    def opened(self) -> Iterator[Copies]:
        """Read the schema, while the embedded server starts.

        Raises:
            DbtrackError: the schema cannot be read, or the server does not start.
        """
        if self._plan.mode is not CopyMode.EMBEDDED:
            self._read()
            yield self
            return
        with running_server(self._plan.path or default_path()) as self._server:
            self._read()
            self._server.wait()
            yield self

    def _read(self) -> None:
        self._plan.progress("reading the schema", 0, 0)
        self._dump = dump_schema(self._target)

    @contextmanager
    def copy(self, *, whole: bool = False) -> Iterator[Copy]:
        """Make a copy, and drop it at the end of the block.

        Args:
            whole: copy everything, whatever the statements can touch.

        Raises:
            DbtrackError: the schema cannot be copied.
        """
        reason = "a statement fails on the part that it can touch" if whole else ""
        scope = Scope(self._dump, is_part=False, reason=reason)
        if self._plan.statements is not None and not whole:
            scope = scope_of(self._dump, self._plan.statements)
        making = self._beside(scope) if self._server is None else self._embedded(self._server, scope)
        with making as made:
            yield replace(made, is_part=scope.is_part, contents=_contents(made, scope, self._dump))

    def _restore(self, copy: Copy, dump: Dump) -> list[str]:
        return restore(copy, dump, lambda done, total: self._plan.progress("objects", done, total))

    @contextmanager
    def _beside(self, scope: Scope) -> Iterator[Copy]:
        name = _new_name()
        self._real.execute(self._real.value(sql_files.query("predict/create_database"), {"name": name}))
        try:
            beside = replace(self._target, overrides={**self._target.overrides, "dbname": name})
            with Database.connect(beside) as session:
                missing = self._restore(Copy(session, None, ()), scope.dump)
                fill_views(session, self._source)
                apply_settings(session, self._source.settings)
                yield Copy(session, None, tuple(missing))
        finally:
            with signals_delayed():
                drop(self._real, name)

    @contextmanager
    def _embedded(self, server: CopyServer, scope: Scope) -> Iterator[Copy]:
        with Database.connect(server.target) as administrator:
            kept = KeptCopies(administrator)
            _drop_old_copies(administrator)
            kept.clean()
            prepare_server(administrator, self._source)
            name = _claimed_name(administrator)
            try:
                missing, words = self._fill(server, kept, name, scope)
                with _sessions(server, name) as (superuser, session):
                    apply_settings(session, self._source.settings)
                    yield Copy(session, superuser, missing, contents=words)
            finally:
                with signals_delayed():
                    drop(administrator, name)

    def _fill(
        self, server: CopyServer, kept: KeptCopies, name: str, scope: Scope
    ) -> tuple[tuple[str, ...], str]:
        """Create the database; return what is missing, and whether it comes from a kept copy, in words."""
        is_kept = self._plan.uses_kept and not scope.is_part and kept_copies.may_keep(scope.dump)
        key = kept_copies.new_key(scope.dump, self._source) if is_kept else ""
        if is_kept and (missing := kept.copy_into(name, key)) is not None:
            return missing, "from a kept copy"
        clone(kept.administrator, name, "template0")
        missing = tuple(self._built(server, name, scope.dump))
        if is_kept:
            kept.keep(name, _claimed_name(kept.administrator), key, missing)
        return missing, ""

    def _built(self, server: CopyServer, name: str, dump: Dump) -> list[str]:
        with _sessions(server, name) as (superuser, session):
            left_out = sorted(REACHING_EXTENSIONS & set(self._source.extensions))
            missing = [f"extension {extension}: it leads to other servers" for extension in left_out]
            for statement in prepare_statements(superuser, self._source):
                missing += tried_statement(superuser, statement)
            missing += self._restore(Copy(session, superuser, ()), dump)
            for (grant,) in superuser.rows(sql_files.query("predict/open_schemas"), {}):
                superuser.execute(grant)
            fill_views(session, self._source)
        return missing


@contextmanager
def _sessions(server: CopyServer, name: str) -> Iterator[tuple[Database, Database]]:
    """Connect to a copy as the superuser and as the role that runs statements."""
    into = {"dbname": name}
    superuser_target = replace(server.target, overrides=into)
    session_target = replace(server.target, overrides={**into, "user": OWNER})
    with Database.connect(superuser_target) as superuser, Database.connect(session_target) as session:
        # Those of a script must not run its code as the superuser.
        superuser.execute("SET event_triggers = off")
        yield superuser, session


def _contents(copy: Copy, scope: Scope, dump: Dump) -> str:
    """Return what was copied, in words; empty for a small schema, which is copied whole each time."""
    if scope.is_part:
        return f"{scope.dump.objects:,} of {dump.objects:,} objects, which the statements can touch"
    whole = f"the whole schema, {dump.objects:,} objects"
    how = [copy.contents, f"because {scope.reason}" if scope.reason else ""]
    return ", ".join([whole, *filter(None, how)]) if any(how) else ""


def _new_name() -> str:
    return f"dbtrack_predict_{uuid.uuid4().hex[:8]}"


def _claimed_name(administrator: Database) -> str:
    """Return a new name that no other prediction takes for that of an old copy."""
    name = _new_name()
    administrator.rows(sql_files.query("predict/claim_copy"), {"name": name})
    return name


def _drop_old_copies(administrator: Database) -> None:
    """Drop what killed predictions left behind."""
    for (name,) in administrator.rows(sql_files.query("predict/old_copies")):
        with suppress(DbtrackError):
            drop(administrator, name)


def prepare_statements(superuser: Database, source: Source, owner: str = OWNER) -> list[str]:
    """Return the statements that put extensions and collations into an empty copy."""
    extensions = {
        name: schema for name, schema in source.extensions.items() if name not in REACHING_EXTENSIONS
    }
    parameters = {"owner": owner, "collations": list(source.collations), "extensions": Jsonb(extensions)}
    return [row[0] for row in superuser.rows(sql_files.query("predict/prepare_copy"), parameters)]


def tried_statement(database: Database, statement: str) -> list[str]:
    """Run a statement, and return why it failed: one line, or none."""
    try:
        database.execute(statement)
    except DbtrackError as error:
        return [f"{short(statement)}: {error.message}"]
    return []


def fill_views(session: Database, source: Source) -> None:
    """Fill the materialized views that are filled in the real database."""
    views = {"views": list(source.populated_views)}
    for (statement,) in session.rows(sql_files.query("predict/refresh"), views):
        with suppress(DbtrackError):
            session.execute(statement)
