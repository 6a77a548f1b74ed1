"""Which objects the statements of a script may mean, by their words alone, and when words cannot tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.predict.script import Statement
from dbtrack.redaction.sql_tokens import Kind, Token, tokens

_CONTROL = frozenset({
    "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "SET", "RESET",
})  # fmt: skip
_OF_RELATIONS = frozenset(
    {"TABLE", "INDEX", "VIEW", "SEQUENCE", "MATERIALIZED", "TRIGGER", "POLICY", "STATISTICS"}
)
_OF_TYPES = frozenset({"TYPE", "DOMAIN"})
_CREATED = _OF_RELATIONS | _OF_TYPES | {"UNIQUE", "UNLOGGED", "TEMP", "TEMPORARY", "CONSTRAINT", "SCHEMA"}
_BY_NAME = frozenset({"COMMENT", "TRUNCATE", "LOCK", "REINDEX", "REFRESH", "ANALYZE", "VACUUM", "CLUSTER",
                      "GRANT", "REVOKE"})  # fmt: skip
_ROWS = frozenset({"INSERT", "UPDATE", "DELETE"})
_OF_THE_SERVER = frozenset({"ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SYSTEM"})
# What finds objects by a text that is made while it runs.
_DYNAMIC = re.compile(
    r"\b(?:execute|reg(?:class|type|proc|procedure|oper|operator|namespace)|to_reg\w+|\w+_to_xml\w*|ts_stat)\b",
    re.IGNORECASE,
)
# These name what they mean: a literal is read.
_NAMED = re.compile(
    r"'\s*::\s*(?:pg_catalog\s*\.\s*)?regclass\b|\bexecute\s+(?:function|procedure)\b", re.IGNORECASE
)
_LONGEST_NAME = 63


@dataclass(frozen=True)
class Words:
    """What a script may mean.

    Args:
        names: every word, quoted name and word in a literal, as the catalogs would have it.
        altered: those of the statements that change or drop a type, on which tables depend.
        has_rows: a statement changes rows, so that triggers run.
    """

    names: frozenset[str]
    altered: frozenset[str]
    has_rows: bool


def words_of(statements: Sequence[Statement]) -> Words | str:
    """Return what the statements may mean; or why that cannot be said, in words that follow "because"."""
    names: set[str] = set()
    altered: set[str] = set()
    for statement in statements:
        if reason := _not_understood(statement):
            return f"line {statement.line} {reason}"
        found = names_in(statement.tokens)
        names |= found
        if statement.words[0] in {"ALTER", "DROP"} and statement.words[1] in _OF_TYPES:
            altered |= found
    has_rows = any(statement.words[0] in _ROWS | {"TRUNCATE"} for statement in statements)
    return Words(frozenset(names), frozenset(altered), has_rows=has_rows)


def is_control(statement: Statement) -> bool:
    """Return whether a statement needs no object: it begins or ends something, or concerns the server."""
    words = statement.words
    if words[0] in {"CREATE", "ALTER", "DROP"}:
        return words[1:2] != () and words[1] in _OF_THE_SERVER
    return words[0] in _CONTROL or (words[0] in {"GRANT", "REVOKE"} and "ON" not in words)


def is_dynamic(text: str) -> bool:
    """Return whether code may find objects by a text that is made while it runs."""
    return bool(_DYNAMIC.search(_NAMED.sub("'", text)))


def names_in(found: Sequence[Token]) -> set[str]:
    """Return what tokens may name: each word in lower case and as it is, and each word in a literal."""
    names: set[str] = set()
    for token in found:
        if token.kind is Kind.WORD:
            names |= {token.text, token.text.lower()}
        elif token.kind is Kind.NAME:
            names.add(token.inside.replace('""', '"'))
        elif token.kind is Kind.LITERAL and token.inside:
            names |= names_in(list(tokens(token.inside.replace("''", "'"))))
    return {_cut(name) for name in names}


def _cut(name: str) -> str:
    """Return a name as long as PostgreSQL keeps it, and as pg_dump writes it in the heading of an object."""
    return re.sub(r"[\r\n]", " ", name).encode()[:_LONGEST_NAME].decode(errors="ignore")


def _not_understood(statement: Statement) -> str | None:
    words = statement.words
    if is_control(statement):
        return None
    verb, *rest = words[:1] + words[3:] if words[1:3] == ("OR", "REPLACE") else words
    what = rest[0] if rest else ""
    if not _is_known(verb, what):
        return f"is {' '.join(filter(None, (verb, what)))}"
    if verb == "TRUNCATE" and "CASCADE" in words:
        return "truncates whatever refers to a table"
    if _names_all(words) or (verb == "REINDEX" and {"SCHEMA", "DATABASE", "SYSTEM"} & set(words)):
        return "is for all objects of a schema"
    if any(token.kind is Kind.NAME and token.text[0] in "uU" for token in statement.tokens):
        return "has names in Unicode escapes"
    return "finds objects by a text" if is_dynamic(statement.text) else None


def _is_known(verb: str, what: str) -> bool:
    if verb in {"ALTER", "DROP"}:
        return what in _OF_RELATIONS | _OF_TYPES
    if verb == "CREATE":
        return what in _CREATED
    return verb in _BY_NAME | _ROWS


def _names_all(words: Sequence[str]) -> bool:
    """Return whether ALL … IN is in a statement: ON ALL TABLES IN SCHEMA, ALL IN TABLESPACE."""
    return any(word == "ALL" and "IN" in words[number + 1 : number + 3] for number, word in enumerate(words))
