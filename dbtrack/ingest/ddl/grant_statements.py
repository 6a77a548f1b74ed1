"""Parse GRANT and REVOKE: objects, grantees and privileges, as far as the statement names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack.ingest.ddl.names import quoted_name, with_depths
from dbtrack.ingest.ddl.split_statements import Statement
from dbtrack.redaction.sql_tokens import Token

_MOST_ENTRIES = 1000
_GRANTEE_WORDS = frozenset({"PUBLIC", "CURRENT_ROLE", "CURRENT_USER", "SESSION_USER"})
_AFTER_GRANTEES = frozenset({"WITH", "GRANTED", "CASCADE", "RESTRICT"})
# Longer keywords first.
_KINDS: dict[tuple[str, ...], str] = {
    ("FOREIGN", "DATA", "WRAPPER"): "foreign-data wrapper",
    ("FOREIGN", "SERVER"): "server",
    ("LARGE", "OBJECT"): "large object",
    ("DATABASE",): "database",
    ("TABLESPACE",): "tablespace",
    ("PARAMETER",): "parameter ACL",
    ("SCHEMA",): "schema",
    ("LANGUAGE",): "language",
    ("TYPE",): "type",
    ("DOMAIN",): "type",
    ("FUNCTION",): "function",
    ("PROCEDURE",): "procedure",
    ("ROUTINE",): "routine",
    ("SEQUENCE",): "sequence",
    ("TABLE",): "table",
}


@dataclass(frozen=True)
class GrantStatement:
    """A GRANT, a REVOKE or an ALTER DEFAULT PRIVILEGES.

    Args:
        object_type: as PostgreSQL names it; the statement does not tell a view or sequence from a table.
        grantees: roles, PUBLIC, CURRENT_USER, CURRENT_ROLE or SESSION_USER.
        privileges: for example CONNECT, MEMBERSHIP, ADMIN OPTION, SELECT (a).
    """

    object_type: str
    objects: tuple[str, ...]
    grantees: tuple[str, ...]
    privileges: tuple[str, ...]

    @property
    def is_membership(self) -> bool:
        """Whether roles are granted, which changes the grantees."""
        return self.object_type == "role"

    @property
    def affected(self) -> tuple[str, ...]:
        """The objects of the statement; for role membership also the grantees."""
        more = [name for name in self.grantees if name not in _GRANTEE_WORDS] if self.is_membership else []
        return tuple(dict.fromkeys([*self.objects, *more]))

    def entries(self) -> list[dict[str, Any]]:
        """Return one entry for each object and grantee, as docs/capture.md describes; at most 1000."""
        pairs = [(name, grantee) for name in self.objects for grantee in self.grantees]
        return [
            {
                "object": name,
                "object_type": self.object_type,
                "grantee": grantee,
                "named": list(self.privileges),
            }
            for name, grantee in pairs[:_MOST_ENTRIES]
        ]


def parse_grant(statement: Statement) -> GrantStatement | None:
    """Parse a GRANT, a REVOKE or an ALTER DEFAULT PRIVILEGES; return None if it is incomplete."""
    tokens = list(statement.tokens)
    scope: list[Token] = []
    if tokens[0].word == "ALTER":
        verb = _position_outside_parentheses(tokens, {"GRANT", "REVOKE"})
        scope, tokens = tokens[3:verb], tokens[verb:]
    on = _position_outside_parentheses(tokens, {"ON"})
    granted = _position_outside_parentheses(tokens, {"TO", "FROM"}, max(on, 0))
    if granted < 0:
        return None
    end = _position_outside_parentheses(tokens, _AFTER_GRANTEES, granted)
    rest = tokens[end:] if end > 0 else []
    grantees = tuple(
        _grantee(part) for part in _comma_separated(tokens[granted + 1 : end if end > 0 else None])
    )
    if not 0 < on < granted:
        return _membership(tokens[1:granted], grantees, rest)
    privileges = _privileges(tokens[1:on], rest)
    named = tokens[on + 1 : granted]
    if scope or statement.tokens[0].word == "ALTER":
        name = " ".join([*map(quoted_name, scope), "on", *map(quoted_name, named)])
        return GrantStatement("default acl", (name,), grantees, privileges)
    kind, objects = _objects(named)
    return GrantStatement(kind, objects, grantees, privileges)


def _membership(tokens: Sequence[Token], grantees: tuple[str, ...], rest: Sequence[Token]) -> GrantStatement:
    words = [token.word for token in tokens]
    if words[1:3] == ["OPTION", "FOR"]:
        return GrantStatement("role", _names(tokens[3:]), grantees, (f"{words[0]} OPTION",))
    options = [_text(part) for part in _comma_separated(rest[1:])] if rest and rest[0].word == "WITH" else []
    option_names = [option.partition(" GRANTED ")[0] for option in options]
    return GrantStatement("role", _names(tokens), grantees, ("MEMBERSHIP", *option_names))


def _privileges(tokens: Sequence[Token], rest: Sequence[Token]) -> tuple[str, ...]:
    words = [token.word for token in tokens[:3]]
    if words == ["GRANT", "OPTION", "FOR"]:
        return tuple(f"GRANT OPTION FOR {_text(part)}" for part in _comma_separated(tokens[3:]))
    named = tuple("ALL" if part[0].word == "ALL" else _text(part) for part in _comma_separated(tokens))
    return (*named, "GRANT OPTION") if [token.word for token in rest[:2]] == ["WITH", "GRANT"] else named


def _objects(tokens: Sequence[Token]) -> tuple[str, tuple[str, ...]]:
    words = tuple(token.word for token in tokens)
    if words[:1] == ("ALL",) and words[2:4] == ("IN", "SCHEMA"):
        return "schema", _names(tokens[4:])
    for kind, called in _KINDS.items():
        if words[: len(kind)] == kind:
            return called, _names(tokens[len(kind) :])
    return "table", _names(tokens)


def _names(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_name(part) for part in _comma_separated(tokens)))


def _grantee(part: Sequence[Token]) -> str:
    if part[0].word in _GRANTEE_WORDS:
        return part[0].word
    return _name(part[1:] if part[0].word == "GROUP" and len(part) > 1 else part)


def _name(part: Sequence[Token]) -> str:
    """Return a name as PostgreSQL writes it; it may be qualified or have argument types."""
    text = ""
    for token in part:
        follows = text and token.text not in ".,)" and text[-1] not in ".("
        text += (" " if follows and token.text != "(" else "") + quoted_name(token)
    return text


def _text(part: Sequence[Token]) -> str:
    """Return a privilege or an option in upper case; its columns keep their case."""
    text = ""
    for token in part:
        follows = text and token.text not in ".,)" and text[-1] != "("
        text += (" " if follows else "") + (quoted_name(token) if "(" in text else token.word or token.text)
    return text


def _comma_separated(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Return the parts between commas outside parentheses."""
    part: list[Token] = []
    for token, depth in with_depths(tokens):
        if token.text == "," and not depth:
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _position_outside_parentheses(
    tokens: Sequence[Token], words: frozenset[str] | set[str], start: int = 0
) -> int:
    """Return where the first of these words is outside parentheses, from `start` on; -1 if nowhere."""
    positions = (
        n for n, (token, depth) in enumerate(with_depths(tokens)) if not depth and token.word in words
    )
    return next((position for position in positions if position >= start), -1)
