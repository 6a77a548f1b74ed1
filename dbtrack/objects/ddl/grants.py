"""GRANT and REVOKE from what two access control lists say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbtrack.objects.ddl.quoting import name, role
from dbtrack.objects.ddl.statement import Place, Statement
from dbtrack.objects.model import Body
from dbtrack.objects.privileges import PrivilegeChange, compare, read_acl

_CLASSES = {
    "schema": "SCHEMA",
    "sequence": "SEQUENCE",
    "function": "FUNCTION",
    "procedure": "PROCEDURE",
    "aggregate": "FUNCTION",
    "type": "TYPE",
    "domain": "TYPE",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
    "language": "LANGUAGE",
    "server": "FOREIGN SERVER",
}


def grant_statements(
    object_type: str,
    identity: str,
    before: Body | None,
    after: Body,
    owner: str | None,
    column: str | None = None,
) -> Iterator[Statement]:
    """Yield what turns the privileges on an object, or on a column of it, into what they became.

    Args:
        before: None for a new object, which has its default privileges.
        owner: whose own privileges are left out.
        column: the column's name; None for the whole object.
    """
    kind = "column" if column else object_type
    old = read_acl(_acl(before), owner, kind)
    new = read_acl(_acl(after), owner, kind)
    target = f"{_CLASSES.get(object_type, 'TABLE')} {identity}"
    for change in compare(old, new):
        yield from _grants(change, target, column)


def _acl(body: Body | None) -> Any:
    return None if body is None else body.get("acl")


def _grants(change: PrivilegeChange, target: str, column: str | None) -> Iterator[Statement]:
    grantee = role(change.grantee)
    if change.lost:
        yield _statement(f"REVOKE {_words(change.lost, column)} ON {target} FROM {grantee}")
    if change.lost_grantable:
        words = _words(change.lost_grantable, column)
        yield _statement(f"REVOKE GRANT OPTION FOR {words} ON {target} FROM {grantee}")
    if change.gained:
        yield _statement(f"GRANT {_words(change.gained, column)} ON {target} TO {grantee}")
    if change.gained_grantable:
        words = _words(change.gained_grantable, column)
        yield _statement(f"GRANT {words} ON {target} TO {grantee} WITH GRANT OPTION")


def _words(privileges: tuple[str, ...], column: str | None) -> str:
    suffix = f" ({name(column)})" if column else ""
    return ", ".join(f"{privilege}{suffix}" for privilege in privileges)


def _statement(text: str) -> Statement:
    return Statement(Place.GRANT, text)
