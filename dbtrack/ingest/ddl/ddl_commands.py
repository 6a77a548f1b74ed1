"""Parse which command a statement is, whether it is DDL, and whether an event trigger fires for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from dbtrack.ingest.ddl.ddl_words import (
    LONG_OBJECTS,
    MODIFIERS,
    OBJECTS,
    UNSEEN_COMMENTS,
    UNSEEN_GRANTS,
    UNSEEN_OBJECTS,
)
from dbtrack.ingest.ddl.grant_statements import GrantStatement, parse_grant
from dbtrack.ingest.ddl.names import MOST_NAMES, leading_names, with_depths, words_outside_parentheses
from dbtrack.ingest.ddl.split_statements import Statement
from dbtrack.redaction.sql_tokens import Token

_REINDEX_FIRES_FROM = 170000
_LEADING_TOKENS = 16

_FALSE = frozenset({"FALSE", "OFF", "0"})
_NAMELESS = frozenset(
    {"SYSTEM", "DEFAULT PRIVILEGES", "OWNED", "USER MAPPING", "CAST", "TRANSFORM", "LARGE OBJECT"}
)
_QUERY_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})
_BEFORE_NEW_TABLE = frozenset({"TEMP", "TEMPORARY", "LOCAL", "GLOBAL", "UNLOGGED", "TABLE"})
_LISTING = frozenset({"DROP", "TRUNCATE"})
_BEFORE_TABLE = frozenset({"INTO", "FROM", "ONLY"})
_RECORD = "script_tracking."
_CHANGE_VERBS = {verb: verb for verb in ("INSERT", "UPDATE", "DELETE", "MERGE")} | {
    "TRUNCATE": "TRUNCATE TABLE"
}
_CHANGES = frozenset(_CHANGE_VERBS.values())
_ROW_CHANGES = _CHANGES - {"TRUNCATE TABLE"}
_SHARED_OBJECTS = frozenset({"ROLE", "DATABASE", "TABLESPACE", "SYSTEM"})
_OF_ANY_OBJECT = frozenset({"GRANT", "REVOKE", "COMMENT", "SECURITY LABEL"})


@dataclass(frozen=True)
class LoggedCommand:
    """A statement that is DDL, or for which no event trigger fires.

    Args:
        tag: PostgreSQL's command tag, as far as the statement shows it: CREATE TABLE, GRANT ROLE.
        is_unseen: whether no event trigger fires for it.
        objects: the names that follow the command.
        grant: the details of a GRANT or REVOKE.
    """

    tag: str
    is_unseen: bool
    objects: tuple[str, ...] = ()
    is_concurrent: bool = False
    grant: GrantStatement | None = None

    @property
    def targets_record(self) -> bool:
        """Whether it changes the rows of dbtrack's own tables, which only its functions may write."""
        return self.tag in _CHANGES and any(name.startswith(_RECORD) for name in self.objects)

    @property
    def is_ddl(self) -> bool:
        """Whether it is DDL rather than a change of rows."""
        return self.tag not in _ROW_CHANGES

    @property
    def is_shared(self) -> bool:
        """Whether it changes objects that all databases share: roles, databases, tablespaces."""
        of_shared_objects = self.is_unseen and self.tag in _OF_ANY_OBJECT
        return of_shared_objects or self.tag.rpartition(" ")[2] in _SHARED_OBJECTS


def parse_command(statement: Statement, server_version: int) -> LoggedCommand | None:
    """Return the command that a statement is; None if it is not to be recorded.

    Args:
        server_version: of the server that logged it: 180006 is 18.6.
    """
    words = [token.word for token in statement.tokens[:_LEADING_TOKENS]]
    parse = _PARSERS.get(words[0])
    command = parse(statement, words) if parse else None
    if command and command.tag == "REINDEX" and server_version < _REINDEX_FIRES_FROM:
        return replace(command, is_unseen=True)
    return command


def parse_refused_change(statement: Statement, table: str) -> LoggedCommand | None:
    """Return the command of a statement whose change to one of dbtrack's tables was refused.

    Args:
        table: as the server names it, without its schema.
    """
    words = [token.word for token in statement.tokens]
    for before, verb in zip(["", *words], words, strict=False):
        # SELECT … FOR [NO KEY] UPDATE changes no rows.
        if verb in _CHANGE_VERBS and before not in {"FOR", "KEY"}:
            return LoggedCommand(_CHANGE_VERBS[verb], False, (_RECORD + table,))
    return None


def _parse_definition(statement: Statement, words: Sequence[str]) -> LoggedCommand:
    verb, rest = words[0], list(words[1:])
    passed = 1
    while rest and rest[0] in MODIFIERS and rest[:2] != ["DEFAULT", "PRIVILEGES"]:
        del rest[0]
        passed += 1
    kind = _object_kind(rest)
    if not kind:
        return LoggedCommand(verb, False)
    named = " ".join(kind)
    if (verb, named) == ("ALTER", "DEFAULT PRIVILEGES"):
        grant = parse_grant(statement)
        return LoggedCommand(_tag(verb, named), False, grant.affected if grant else (), grant=grant)
    names = leading_names(statement.tokens[passed + len(kind) :], many=verb in _LISTING)
    objects = () if named in _NAMELESS else names
    if named == "TABLE" and verb == "CREATE" and "AS" in words_outside_parentheses(statement.tokens):
        named = "TABLE AS"
    is_unseen = named in UNSEEN_OBJECTS or (verb == "ALTER" and named == "SYSTEM")
    return LoggedCommand(_tag(verb, named), is_unseen, objects, "CONCURRENTLY" in words)


def _tag(verb: str, kind: str) -> str:
    # For PostgreSQL, users and groups are roles.
    return f"{verb} {'ROLE' if kind in {'USER', 'GROUP'} else kind}"


def _object_kind(words: Sequence[str]) -> tuple[str, ...]:
    for kind in LONG_OBJECTS:
        if tuple(words[: len(kind)]) == kind:
            return kind
    return (words[0],) if words and words[0] in OBJECTS else ()


def _parse_grant(statement: Statement, words: Sequence[str]) -> LoggedCommand:
    verb = words[0]
    outer = words_outside_parentheses(statement.tokens)
    before = list(takewhile(lambda word: word not in {"TO", "FROM"}, outer))
    grant = parse_grant(statement)
    objects = grant.affected[:MOST_NAMES] if grant else ()
    if "ON" not in before:
        return LoggedCommand(f"{verb} ROLE", True, objects, grant=grant)
    kind = before[before.index("ON") + 1 :][:1]
    return LoggedCommand(verb, bool(kind) and kind[0] in UNSEEN_GRANTS, objects, grant=grant)


def _parse_comment(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    tag = "COMMENT" if words[0] == "COMMENT" else "SECURITY LABEL"
    if tag == "SECURITY LABEL" and list(words[1:2]) != ["LABEL"]:
        return None
    if "ON" not in words:
        return None
    position = words.index("ON") + 1
    kind = _object_kind(words[position:]) or tuple(words[position : position + 1])
    objects = leading_names(statement.tokens[position + len(kind) :])
    return LoggedCommand(tag, " ".join(kind) in UNSEEN_COMMENTS, objects)


def _parse_truncate(statement: Statement, words: Sequence[str]) -> LoggedCommand:
    del words
    return LoggedCommand("TRUNCATE TABLE", True, leading_names(statement.tokens[1:], many=True))


def _parse_cluster(statement: Statement, words: Sequence[str]) -> LoggedCommand:
    del words
    return LoggedCommand("CLUSTER", True, leading_names(statement.tokens[1:]))


def _parse_vacuum(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    if words[1:2] == ["FULL"]:
        return LoggedCommand("VACUUM", True, leading_names(statement.tokens[2:]))
    return LoggedCommand("VACUUM", True) if _has_full_option(statement.tokens) else None


def _has_full_option(words: Sequence[Token]) -> bool:
    """Return whether FULL is set, as in VACUUM (ANALYZE, FULL true), but not in VACUUM (FULL off)."""
    if [token.text for token in words[1:2]] != ["("]:
        return False
    options = [token.text.upper() for token in takewhile(lambda token: token.text != ")", words[2:])]
    return "FULL" in options and not _FALSE.intersection(options[options.index("FULL") + 1 :][:1])


def _parse_row_change(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    """Parse INSERT, UPDATE, DELETE and MERGE; None unless they change dbtrack's own tables."""
    named = list(statement.tokens[1:_LEADING_TOKENS])
    while named and named[0].word in _BEFORE_TABLE:
        del named[0]
    command = LoggedCommand(words[0], False, leading_names(named))
    return command if command.targets_record else None


def _parse_reindex(statement: Statement, words: Sequence[str]) -> LoggedCommand:
    del statement
    return LoggedCommand("REINDEX", False, is_concurrent="CONCURRENTLY" in words)


def _parse_reassign(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    del statement
    return LoggedCommand("REASSIGN OWNED", True) if words[1:2] == ["OWNED"] else None


def _parse_refresh(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    if list(words[1:3]) != ["MATERIALIZED", "VIEW"]:
        return None
    return LoggedCommand("REFRESH MATERIALIZED VIEW", False, leading_names(statement.tokens[3:]))


def _parse_import(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    del statement
    return (
        LoggedCommand("IMPORT FOREIGN SCHEMA", False) if list(words[1:3]) == ["FOREIGN", "SCHEMA"] else None
    )


def _parse_select_into(statement: Statement, words: Sequence[str]) -> LoggedCommand | None:
    """Parse SELECT ... INTO, also after WITH, which creates a table; None for other queries."""
    del words
    outer = list(words_outside_parentheses(statement.tokens))
    verb = next((word for word in outer if word in _QUERY_VERBS), "")
    if verb != "SELECT" or "INTO" not in outer:
        return None
    return LoggedCommand("SELECT INTO", False, leading_names(_after_into(statement.tokens)))


def _after_into(tokens: Sequence[Token]) -> Sequence[Token]:
    for number, (token, depth) in enumerate(with_depths(tokens)):
        if not depth and token.word == "INTO":
            return list(dropwhile(lambda after: after.word in _BEFORE_NEW_TABLE, tokens[number + 1 :]))
    return ()


_PARSERS: Mapping[str, Callable[[Statement, Sequence[str]], LoggedCommand | None]] = {
    "CREATE": _parse_definition,
    "ALTER": _parse_definition,
    "DROP": _parse_definition,
    "GRANT": _parse_grant,
    "REVOKE": _parse_grant,
    "COMMENT": _parse_comment,
    "SECURITY": _parse_comment,
    "INSERT": _parse_row_change,
    "UPDATE": _parse_row_change,
    "DELETE": _parse_row_change,
    "MERGE": _parse_row_change,
    "TRUNCATE": _parse_truncate,
    "CLUSTER": _parse_cluster,
    "VACUUM": _parse_vacuum,
    "REINDEX": _parse_reindex,
    "REASSIGN": _parse_reassign,
    "REFRESH": _parse_refresh,
    "IMPORT": _parse_import,
    "SELECT": _parse_select_into,
    "WITH": _parse_select_into,
}
