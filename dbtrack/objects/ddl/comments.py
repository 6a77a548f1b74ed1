"""COMMENT ON objects and their parts."""

from __future__ import annotations

from collections.abc import Iterator

from dbtrack.objects.ddl.quoting import literal, name
from dbtrack.objects.ddl.statement import Place, Statement
from dbtrack.objects.model import Body

_WORDS = {
    "composite type": "TYPE",
    "statistics object": "STATISTICS",
}
_ON_RELATION = {"constraint": "CONSTRAINT", "trigger": "TRIGGER", "policy": "POLICY", "rule": "RULE"}


def comment_statements(
    object_type: str, identity: str, kind: str, before: Body | None, after: Body | None
) -> Iterator[Statement]:
    """Yield the statement that gives an object or a part of it its comment.

    Args:
        kind: of the part; relation or definition for the object itself.
        before: None if it was not there.
    """
    old = (before or {}).get("comment")
    if after is None or old == after.get("comment"):
        return
    target = _target(object_type, identity, kind, after)
    text = after.get("comment")
    yield Statement(Place.COMMENT, f"COMMENT ON {target} IS {'NULL' if text is None else literal(text)}")


def part_comment(
    object_type: str, identity: str, part: str, before: Body | None, after: Body | None
) -> Iterator[Statement]:
    """Yield the statement that gives a part of a relation its comment, or takes it.

    Args:
        part: `comment column 3`, `comment relation`.
        before, after: name of the part and comment; None without a comment.
    """
    body = after or before
    if body is not None:
        target = _target(object_type, identity, part.split(" ")[1], body)
        text = "NULL" if after is None else literal(after["comment"])
        yield Statement(Place.COMMENT, f"COMMENT ON {target} IS {text}")


def _target(object_type: str, identity: str, kind: str, body: Body) -> str:
    if kind == "column":
        return f"COLUMN {identity}.{name(body['name'])}"
    if kind in _ON_RELATION:
        return f"{_ON_RELATION[kind]} {name(body['name'])} ON {identity}"
    if kind == "index":
        return f"INDEX {name(*_schema(identity), body['name'])}"
    if object_type == "transform":
        return f"TRANSFORM {transform_words(identity)}"
    return f"{_WORDS.get(object_type, object_type.upper())} {identity}"


def transform_words(identity: str) -> str:
    """Return how statements name a transform.

    Args:
        identity: `for TYPE language NAME`; some versions write `on language`.
    """
    type_name, _, language = identity.removeprefix("for ").rpartition(" language ")
    return f"FOR {type_name.removesuffix(' on')} LANGUAGE {name(language)}"


def _schema(identity: str) -> list[str]:
    """Return the schema of a relation, which that of its indexes is."""
    quoted = identity.startswith('"')
    head = identity[1:].split('".', 1)[0].replace('""', '"') if quoted else identity.split(".", 1)[0]
    return [head]
