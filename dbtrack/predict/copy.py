"""The copy of a schema, and how a statement runs on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dbtrack import sql_files
from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.predict.restore import sqlstate
from dbtrack.predict.script import Statement

STATEMENT_TIMEOUT = "10s"
# Their functions and tables lead to other servers.
REACHING_EXTENSIONS = frozenset(
    {"dblink", "postgres_fdw", "file_fdw", "pg_cron", "pg_net", "http", "plsh", "pg_partman_bgw"}
)
# What only a superuser may do, in the forms that neither evaluate an expression nor give anybody a right.
_PRIVILEGED = re.compile(
    r"(?:CREATE|ALTER|DROP) (?:EVENT TRIGGER|PUBLICATION|EXTENSION|OPERATOR|CAST) .*|(?:CREATE|DROP) TYPE .*"
    r"|ALTER TABLE (?:IF EXISTS )?(?:ONLY )?\S+(?: \. \S+)* (?:ENABLE|DISABLE) "
    r"(?:(?:REPLICA|ALWAYS) )?TRIGGER \S+",
    re.IGNORECASE | re.DOTALL,
)
_PERMISSION_DENIED = "42501"


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
        is_part: only what the statements can touch was copied.
        contents: what was copied, in words; empty for a small schema, which is copied whole.
    """

    session: Database
    superuser: Database | None
    missing: tuple[str, ...]
    is_part: bool = False
    contents: str = ""

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
        reaches = any(token.text.strip('"').lower() in REACHING_EXTENSIONS for token in statement.tokens)
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
