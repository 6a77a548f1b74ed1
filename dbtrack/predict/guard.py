"""Refuse statements that would reach beyond the copy: other databases, roles, files, programs, servers.

On a copy in the embedded server a statement runs as a role without any special right, so that PostgreSQL
itself refuses what this list lacks. A copy beside the real database is on a server that others use: there
only DDL runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack.predict.script import Statement

_OF_THE_SERVER = frozenset({"DATABASE", "ROLE", "USER", "GROUP", "TABLESPACE", "SYSTEM", "SUBSCRIPTION"})
_DEFINING = frozenset({"CREATE", "ALTER", "DROP"})
_REACHING = re.compile(
    r"\b(?:dblink\w*|lo_import|lo_export|pg_read_(?:binary_)?file|pg_ls_\w+|pg_stat_file|pg_file_\w+|pg_terminate_backend"
    r"|pg_cancel_backend|pg_reload_conf|pg_rotate_logfile|pg_promote|pg_switch_wal|pg_create_restore_point"
    r"|pg_replication_\w+|pg_create_\w+_replication_slot|pg_drop_replication_slot|http_(?:get|post|put|delete)"
    r"|pg_backup_start|pg_backup_stop|pg_log_\w+)\b",
    re.IGNORECASE,
)
_DDL = frozenset({
    "ALTER", "CREATE", "DROP", "COMMENT", "GRANT", "REVOKE", "TRUNCATE", "LOCK", "REINDEX", "CLUSTER",
    "REFRESH", "ANALYZE", "VACUUM", "SET", "RESET", "SECURITY", "BEGIN", "START", "COMMIT", "END",
    "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE",
})  # fmt: skip
_NEVER = frozenset({"LOAD", "CHECKPOINT", "DISCARD", "PREPARE", "EXECUTE", "DEALLOCATE", "IMPORT"})


@dataclass(frozen=True)
class Refusal:
    """Why a statement does not run on a copy.

    Args:
        is_harmless: it locks no table of the database.
    """

    reason: str
    is_harmless: bool = False


def refusal(statement: Statement, *, is_shared: bool) -> Refusal | None:
    """Return why a statement must not run on a copy; None if it may.

    Args:
        is_shared: the copy is on a server that others use.
    """
    words = statement.words
    if _is_for_the_server(words):
        return Refusal(
            f"{words[0]} {words[1]} changes the whole server, and locks no table", is_harmless=True
        )
    if words[1:2] == ("OWNED",) or words[1:3] == ("OWNED", "BY"):
        return Refusal("it depends on owners, which the copy does not have")
    if words[0] == "COPY":
        is_program = "PROGRAM" in words
        return Refusal("COPY moves data, and the copy has none", is_harmless=not is_program)
    if reason := _reaches_beyond(statement):
        return Refusal(reason)
    if not is_shared or words[0] in _DDL:
        return None
    return Refusal(f"{words[0] or 'it'} does not run on a server that others use; --copy embedded runs it")


def _reaches_beyond(statement: Statement) -> str | None:
    words = statement.words
    if words[0] in _NEVER or words[1:2] == ("PREPARED",) or "MAPPING" in words[:3]:
        return f"{words[0]} cannot run on a copy"
    found = _REACHING.search(statement.text)
    return f"{found.group().lower()} reaches beyond the database" if found else None


def _is_for_the_server(words: tuple[str, ...]) -> bool:
    if words[0] in _DEFINING:
        return words[1:2] != () and words[1] in _OF_THE_SERVER
    if words[0] not in {"GRANT", "REVOKE"}:
        return False
    if "ON" not in words:
        return True
    position = words.index("ON") + 1
    return words[position] in {"DATABASE", "TABLESPACE", "PARAMETER"}
