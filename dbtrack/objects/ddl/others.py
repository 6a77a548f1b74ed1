"""Statements about functions, types, schemas and extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtrack.objects.ddl.comments import comment_statements, transform_words
from dbtrack.objects.ddl.grants import grant_statements
from dbtrack.objects.ddl.quoting import literal, name
from dbtrack.objects.ddl.statement import Place, Safety, Statement
from dbtrack.objects.model import Body, ObjectDifference
from dbtrack.redaction.definition import REDACTED

_ROUTINES = {"function": "FUNCTION", "procedure": "PROCEDURE", "aggregate": "AGGREGATE"}
# What is replaced if its definition changed, and where its statement stands in a script.
_REPLACED = {
    "collation": Place.TYPE,
    "language": Place.TYPE,
    "access method": Place.TYPE,
    "text search parser": Place.TYPE,
    "text search template": Place.TYPE,
    "text search dictionary": Place.TYPE,
    "operator": Place.OPERATOR,
    "operator family": Place.OPERATOR_FAMILY,
    "operator class": Place.OPERATOR_CLASS,
    "text search configuration": Place.INDEX,
    "cast": Place.INDEX,
    "transform": Place.INDEX,
    "conversion": Place.INDEX,
    "user mapping": Place.INDEX,
    "default acl": Place.INDEX,
    "publication": Place.TRIGGER,
    "subscription": Place.TRIGGER,
    "event trigger": Place.TRIGGER,
}
# Where the statement stands that drops it; types and what is like them where it is not said.
_DROPPED_AT = {
    **dict.fromkeys(_ROUTINES, Place.DROP_ROUTINE),
    "operator class": Place.DROP_OPERATOR_CLASS,
    "operator family": Place.DROP_OPERATOR_FAMILY,
    "operator": Place.DROP_OPERATOR,
    "schema": Place.DROP_SCHEMA,
}
# Those whose definition has no name of their own.
_NAMELESS = frozenset({"cast", "default acl", "transform", "user mapping"})
_DEFAULT_PRIVILEGE = re.compile(
    r"(?P<head>ALTER DEFAULT PRIVILEGES FOR ROLE (?P<role>.+?)(?P<schema> IN SCHEMA .+?)?) "
    r"(?P<action>GRANT|REVOKE) [A-Z, ]+ ON (?P<objects>[A-Z ]+) (?:TO|FROM) (?P<grantee>.+)"
)
# What everybody may do at first.
_OPEN = {"FUNCTIONS": "EXECUTE", "TYPES": "USAGE"}
_STATES = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS", "O": "ENABLE"}
_MEMBER = re.compile(r"(?:OPERATOR|FUNCTION) \d+ .+?(?=, (?:OPERATOR|FUNCTION) \d|$)")
# An operator's types follow its name, a function's precede it.
_MEMBER_TYPES = re.compile(r"(?P<kind>OPERATOR|FUNCTION) (?P<number>\d+) (?:[^(]*)\((?P<types>[^)]*)\)")
_RETURNS = re.compile(r"\n\s*RETURNS (.*)")


def new_other(object_type: str, identity: str, body: Body) -> Iterator[Statement]:
    """Yield the statements that create an object that is not a relation."""
    made = _creation(object_type, identity, body)
    yield made
    if made.safety is Safety.WORDS:
        return
    word = _word(object_type)
    owned = word in {"FUNCTION", "PROCEDURE", "AGGREGATE", "TYPE", "DOMAIN", "SCHEMA", "STATISTICS"}
    if object_type in _REPLACED:
        # Without its secret it is not created, and has no owner.
        yield from () if REDACTED in made.text else _finished(object_type, identity, None, body)
        return
    if owned and body.get("owner"):
        yield Statement(Place.OWNER, f"ALTER {word} {identity} OWNER TO {name(body['owner'])}")
    yield from grant_statements(_grant_class(object_type), identity, None, body, body.get("owner"))
    yield from comment_statements(object_type, identity, "definition", None, body)


def _grant_class(object_type: str) -> str:
    return "type" if object_type == "domain" else object_type


def _word(object_type: str) -> str:
    return {"statistics object": "STATISTICS"}.get(object_type, object_type.upper())


def _creation(object_type: str, identity: str, body: Body) -> Statement:
    if object_type in _ROUTINES:
        return _routine(identity, body)
    if object_type == "schema":
        return Statement(Place.SCHEMA, f"CREATE SCHEMA {identity}")
    if object_type in {"type", "domain"}:
        return _type(identity, body)
    if object_type == "extension":
        place = f" SCHEMA {name(body['schema'])}" if body.get("schema") else ""
        version = f" VERSION {literal(body['version'])}" if body.get("version") else ""
        return Statement(Place.EXTENSION, f"CREATE EXTENSION IF NOT EXISTS {identity}{place}{version}")
    return _defined(object_type, identity, body)


def _defined(object_type: str, identity: str, body: Body) -> Statement:
    """Return the statement that is recorded as the definition."""
    if object_type == "user mapping":
        return Statement(Place.INDEX, f"{body['definition']}: its options are not recorded", Safety.WORDS)
    if body.get("definition"):
        return Statement(_REPLACED.get(object_type, Place.INDEX), body["definition"])
    return Statement(Place.TYPE, f"{object_type} {identity}: its definition is not recorded", Safety.WORDS)


def _routine(identity: str, body: Body) -> Statement:
    if not body.get("definition"):
        return Statement(Place.ROUTINE, f"aggregate {identity} is not written as SQL", Safety.WORDS)
    return Statement(Place.ROUTINE, body["definition"].rstrip())


def _type(identity: str, body: Body) -> Statement:
    if body.get("labels"):
        labels = ", ".join(literal(label) for label in body["labels"])
        return Statement(Place.TYPE, f"CREATE TYPE {identity} AS ENUM ({labels})")
    if body.get("base"):
        words = [f"CREATE DOMAIN {identity} AS {body['base']}"]
        if body.get("collation"):
            words.append(f"COLLATE {body['collation']}")
        if body.get("default") is not None:
            words.append(f"DEFAULT {body['default']}")
        if body.get("not_null"):
            words.append("NOT NULL")
        words += [
            f"CONSTRAINT {name(check)} {definition}"
            for check, definition in (body.get("checks") or {}).items()
            if not definition.startswith("NOT NULL")
        ]
        return Statement(Place.TYPE, " ".join(words))
    if body.get("subtype"):
        return Statement(Place.TYPE, f"CREATE TYPE {identity} AS RANGE (SUBTYPE = {body['subtype']})")
    return Statement(Place.TYPE, f"type {identity}: its definition is not recorded", Safety.WORDS)


def changed_other(difference: ObjectDifference, before: Body, after: Body) -> Iterator[Statement]:
    """Yield the statements that turn an object that is not a relation into what it became."""
    object_type, identity = difference.object_type, difference.new_identity
    if object_type in _REPLACED:
        yield from _replaced(difference, before, after)
        return
    yield from _renaming(difference, before, after)
    if object_type in _ROUTINES:
        yield from _changed_routine(difference, before, after)
    elif object_type in {"type", "domain"}:
        yield from _changed_type(identity, before, after)
    elif object_type == "extension" and before.get("version") != after.get("version"):
        update = f"ALTER EXTENSION {identity} UPDATE TO {literal(str(after.get('version')))}"
        yield Statement(Place.EXTENSION, update, Safety.MARKED)
    if before.get("owner") != after.get("owner") and after.get("owner"):
        yield Statement(Place.OWNER, f"ALTER {_word(object_type)} {identity} OWNER TO {name(after['owner'])}")
    if before.get("acl") != after.get("acl"):
        yield from grant_statements(_grant_class(object_type), identity, before, after, after.get("owner"))
    yield from comment_statements(object_type, identity, "definition", before, after)


def _replaced(difference: ObjectDifference, before: Body, after: Body) -> Iterator[Statement]:
    object_type = difference.object_type
    # A cast has no name, and the definition of what is renamed has the new one.
    if object_type not in _NAMELESS:
        yield from _renaming(difference, before, after)
    old, new = before.get("definition"), after.get("definition")
    if object_type == "operator family" and new and old:
        yield from _changed_family(difference.new_identity, old, new)
    elif new and old != new and before.get("name") == after.get("name"):
        note = "it is dropped and made again: what depends on it must be, too"
        gone = _drop(object_type, difference.old_identity or difference.new_identity, old or "")
        text = f"{gone};\n{new}"
        yield Statement(_REPLACED[object_type], text, Safety.MARKED, note)
    yield from _finished(object_type, difference.new_identity, before, after)


def _changed_family(identity: str, old: str, new: str) -> Iterator[Statement]:
    """Yield what removes and adds members: to drop the family would drop its classes."""
    before, after = (_MEMBER.findall(text.partition(" ADD ")[2]) for text in (old, new))
    alter = f"ALTER OPERATOR FAMILY {identity}"
    for member in before:
        if member not in after and (match := _MEMBER_TYPES.match(member)):
            gone = f"{match['kind']} {match['number']} ({match['types']})"
            yield Statement(Place.OPERATOR_FAMILY, f"{alter} DROP {gone}", Safety.MARKED)
    come = [member for member in after if member not in before]
    if come:
        yield Statement(Place.OPERATOR_FAMILY, f"{alter} ADD {', '.join(come)}")


def _finished(object_type: str, identity: str, before: Body | None, after: Body) -> Iterator[Statement]:
    """Yield what the statement that creates it does not say: owner, state and comment."""
    word, old = object_type.upper(), before or {}
    owner = after.get("owner")
    if object_type == "language" and (before is None or old.get("acl") != after.get("acl")):
        yield from grant_statements(object_type, identity, before, after, owner)
    if owner and owner != old.get("owner") and object_type not in _NAMELESS:
        yield Statement(Place.OWNER, f"ALTER {word} {identity} OWNER TO {name(owner)}")
    state = after.get("enabled")
    if state and state != old.get("enabled", "O"):
        yield Statement(Place.OWNER, f"ALTER {word} {identity} {_STATES[state]}")
    yield from comment_statements(object_type, identity, "definition", before, after)


def _drop(object_type: str, identity: str, definition: str) -> str:
    """Return the statements that drop an object, or that make default privileges what they were at first."""
    if object_type == "default acl":
        return ";\n".join(_first_privileges(definition))
    if object_type == "user mapping":
        user, _, server = identity.partition(" on server ")
        return f"DROP USER MAPPING FOR {'PUBLIC' if user == 'public' else name(user)} SERVER {name(server)}"
    if object_type == "transform":
        return f"DROP TRANSFORM {transform_words(identity)}"
    # Statistics go with their table, which may have been dropped before.
    clause = "IF EXISTS " if object_type == "statistics object" else ""
    return f"DROP {_word(object_type)} {clause}{identity}"


def _first_privileges(definition: str) -> Iterator[str]:
    found = [match for match in map(_DEFAULT_PRIVILEGE.match, definition.split(";\n")) if match]
    for match in found:
        if match["action"] == "GRANT":
            grantee = match["grantee"].removesuffix(" WITH GRANT OPTION")
            yield f"{match['head']} REVOKE ALL ON {match['objects']} FROM {grantee}"
    if found and not found[0]["schema"]:
        head, objects = found[0]["head"], found[0]["objects"]
        yield f"{head} GRANT ALL ON {objects} TO {found[0]['role']}"
        if objects in _OPEN:
            yield f"{head} GRANT {_OPEN[objects]} ON {objects} TO PUBLIC"


def _renaming(difference: ObjectDifference, before: Body, after: Body) -> Iterator[Statement]:
    word = _word(difference.object_type)
    current = difference.old_identity or difference.new_identity
    arguments = _after_name(difference.object_type, current)
    if after.get("schema") and before.get("schema") != after.get("schema"):
        move = f"ALTER {word} {current} SET SCHEMA {name(after['schema'])}"
        yield Statement(Place.RENAME, move, Safety.MARKED, "fails if the name is taken there")
        current = name(after["schema"], before["name"]) + arguments
    if before.get("name") != after.get("name"):
        yield Statement(Place.RENAME, f"ALTER {word} {current} RENAME TO {name(after['name'])}")


def _after_name(object_type: str, identity: str) -> str:
    """Return what follows the name in an identity: arguments, or the access method."""
    if object_type in _ROUTINES:
        return identity[identity.index("(") :] if "(" in identity else ""
    if object_type in {"operator class", "operator family"}:
        return "".join(identity.rpartition(" USING ")[1:])
    return ""


def _changed_routine(difference: ObjectDifference, before: Body, after: Body) -> Iterator[Statement]:
    old, new = before.get("definition"), after.get("definition")
    if old == new or not new:
        return
    if _returns(old) != _returns(new):
        note = "another result type: what depends on it, and its privileges, must be made again"
        word = _ROUTINES[difference.object_type]
        yield Statement(Place.DROP_ROUTINE, f"DROP {word} {difference.old_identity}", Safety.MARKED, note)
    yield Statement(Place.ROUTINE, new.rstrip())


def _returns(definition: str | None) -> str:
    match = _RETURNS.search(definition or "")
    return match[1] if match else ""


def _changed_type(identity: str, before: Body, after: Body) -> Iterator[Statement]:
    if before.get("labels") or after.get("labels"):
        yield from _changed_labels(identity, before.get("labels") or [], after.get("labels") or [])
        return
    alter = f"ALTER DOMAIN {identity}"
    if before.get("base") != after.get("base"):
        yield Statement(Place.TYPE, f"{identity}: its base type changed to {after.get('base')}", Safety.WORDS)
    if before.get("default") != after.get("default"):
        action = f"SET DEFAULT {after['default']}" if after.get("default") is not None else "DROP DEFAULT"
        yield Statement(Place.TYPE, f"{alter} {action}")
    if bool(before.get("not_null")) != bool(after.get("not_null")):
        yield Statement(Place.TYPE, f"{alter} {'SET' if after.get('not_null') else 'DROP'} NOT NULL")
    old, new = before.get("checks") or {}, after.get("checks") or {}
    for check in [
        check for check in old if old[check] != new.get(check) and not old[check].startswith("NOT NULL")
    ]:
        yield Statement(Place.DROP_CONSTRAINT, f"{alter} DROP CONSTRAINT {name(check)}")
    for check in [
        check for check in new if new[check] != old.get(check) and not new[check].startswith("NOT NULL")
    ]:
        yield Statement(Place.TYPE, f"{alter} ADD CONSTRAINT {name(check)} {new[check]}")


def _changed_labels(identity: str, old: list[str], new: list[str]) -> Iterator[Statement]:
    """Yield what turns the labels of an enum into the new ones: these are only ever added and renamed."""
    alter = f"ALTER TYPE {identity}"
    renamed: dict[str, str] = {}
    for gone, come in _segments(old, new):
        if len(gone) > len(come):
            words = f"{identity}: PostgreSQL removes no label of an enum: {', '.join(gone)}"
            yield Statement(Place.TYPE, words, Safety.WORDS)
            return
        note = None if len(gone) == len(come) else "which label was renamed, and which added, is not recorded"
        for before, after in zip(gone, come, strict=False):
            renamed[after] = before
            text = f"{alter} RENAME VALUE {literal(before)} TO {literal(after)}"
            yield Statement(Place.TYPE, text, Safety.SAFE if note is None else Safety.MARKED, note)
    for place, label in enumerate(new):
        if label not in old and label not in renamed:
            side = f" AFTER {literal(new[place - 1])}" if place else _before_next(new)
            yield Statement(Place.TYPE, f"{alter} ADD VALUE {literal(label)}{side}")


def _before_next(labels: list[str]) -> str:
    return f" BEFORE {literal(labels[1])}" if len(labels) > 1 else ""


def _segments(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield what is gone and what came between two labels that stayed, where something is gone."""
    kept = [*[label for label in old if label in new], None]
    left, right = list(old), list(new)
    for label in kept:
        cuts = [
            side.index(label) if label is not None and label in side else len(side) for side in (left, right)
        ]
        gone, come = left[: cuts[0]], right[: cuts[1]]
        if gone:
            yield gone, come
        left, right = left[cuts[0] + 1 :], right[cuts[1] + 1 :]


def dropped_other(difference: ObjectDifference) -> Iterator[Statement]:
    """Yield the statement that drops an object that is not a relation."""
    identity = difference.old_identity or difference.new_identity
    place = _DROPPED_AT.get(difference.object_type, Place.DROP_TYPE)
    main = difference.main
    definition = str((main.before or {}).get("definition") or "") if main is not None else ""
    text = _drop(difference.object_type, identity, definition)
    yield Statement(place, text, Safety.DROP, definition=definition)
