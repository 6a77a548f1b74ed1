"""Statements about tables, views, sequences and composite types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbtrack.objects.ddl.columns import (
    column_definition,
    column_extras,
    column_statements,
    option_changes,
    storage_parameters,
)
from dbtrack.objects.ddl.comments import part_comment
from dbtrack.objects.ddl.grants import grant_statements
from dbtrack.objects.ddl.pieces import (
    constraint_with_index,
    index_flags,
    new_constraint,
    new_index,
    new_policy,
    new_trigger,
    piece_statements,
)
from dbtrack.objects.ddl.quoting import name
from dbtrack.objects.ddl.statement import Place, Safety, Statement
from dbtrack.objects.model import Body, ObjectDifference, ObjectState, Part, PartDifference

_WORDS = {
    "table": "TABLE",
    "foreign table": "FOREIGN TABLE",
    "view": "VIEW",
    "materialized view": "MATERIALIZED VIEW",
    "sequence": "SEQUENCE",
    "composite type": "TYPE",
}
_VIEWS = {"view", "materialized view"}
_DROP_PLACES = {
    "view": Place.DROP_VIEW,
    "materialized view": Place.DROP_VIEW,
    "composite type": Place.DROP_TYPE,
    "sequence": Place.DROP_TYPE,
}
_REPLICA_IDENTITY = {"d": "DEFAULT", "n": "NOTHING", "f": "FULL"}


def new_relation(state: ObjectState) -> Iterator[Statement]:
    """Yield the statements that create a relation with all its parts."""
    relations = state.of_kind("relation")
    if not relations:
        return
    body = relations[0].body
    if state.object_type in _VIEWS:
        yield _new_view(state, body)
    elif state.object_type == "sequence":
        yield from _new_sequence(state)
    elif state.object_type == "composite type":
        columns = ", ".join(f"{name(part.name)} {part.body['type']}" for part in state.of_kind("column"))
        yield Statement(Place.TYPE, f"CREATE TYPE {state.identity} AS ({columns})")
    else:
        yield from _new_table(state, body)
    if state.object_type == "foreign table":
        return
    yield from _new_parts(state)
    yield from _new_properties(state, body)


def _new_view(state: ObjectState, body: Body) -> Statement:
    query = view_query(state.parts)
    options = storage_parameters(body.get("options"))
    if query is None:
        return Statement(Place.VIEW, f"{state.identity}: its query is not recorded", Safety.WORDS)
    if state.object_type == "view":
        return Statement(Place.VIEW, f"CREATE OR REPLACE VIEW {state.identity}{options} AS\n{query}")
    return Statement(Place.VIEW, f"CREATE MATERIALIZED VIEW {state.identity}{options} AS\n{query}")


def view_query(parts: Sequence[Part] | Sequence[PartDifference]) -> str | None:
    """Return the query of a view, from its parts as they are or became; None if it is not among them."""
    for part in parts:
        body = part.body if isinstance(part, Part) else part.after
        if part.kind == "definition" and body is not None and body.get("definition"):
            return str(body["definition"]).strip().rstrip(";")
    return None


def _new_sequence(state: ObjectState) -> Iterator[Statement]:
    body = next((part.body for part in state.of_kind("definition")), {})
    yield Statement(Place.SEQUENCE, f"CREATE SEQUENCE {state.identity}{_sequence_options(body)}")
    if body.get("owned_by"):
        owner = f"ALTER SEQUENCE {state.identity} OWNED BY {body['owned_by']}"
        yield Statement(Place.SEQUENCE_OWNER, owner)


def _sequence_options(body: Body) -> str:
    """Return the options of a sequence as CREATE SEQUENCE takes them; nothing if they are not recorded."""
    if body.get("increment") is None:
        return ""
    words = (
        f" AS {body['type']} INCREMENT BY {body['increment']} MINVALUE {body['minimum']} "
        f"MAXVALUE {body['maximum']} START WITH {body['start']} CACHE {body['cache']}"
    )
    return f"{words} CYCLE" if body.get("cycle") else f"{words} NO CYCLE"


def _changed_sequence(difference: ObjectDifference) -> Iterator[Statement]:
    for part in difference.parts:
        if part.kind != "definition" or part.before is None or part.after is None:
            continue
        alter = f"ALTER SEQUENCE {difference.new_identity}"
        options = _sequence_options(part.after)
        if options != _sequence_options(part.before):
            yield Statement(Place.TABLE_CHANGE, f"{alter}{options}")
        if part.before.get("owned_by") != part.after.get("owned_by"):
            owner = part.after.get("owned_by") or "NONE"
            yield Statement(Place.SEQUENCE_OWNER, f"{alter} OWNED BY {owner}")


def _new_table(state: ObjectState, body: Body) -> Iterator[Statement]:
    parents = body.get("parents") or []
    is_partition = bool(body.get("bound"))
    own = [part for part in state.of_kind("column") if is_partition or part.body.get("is_local") is not False]
    lines = ",\n    ".join(column_definition(part.body) for part in own)
    columns = f" (\n    {lines}\n)" if lines else " ()"
    words = "UNLOGGED TABLE" if body.get("persistence") == "u" else _WORDS[state.object_type]
    key = f" PARTITION BY {body['key']}" if body.get("key") else ""
    heirs = f" INHERITS ({', '.join(parents)})" if parents and not is_partition else ""
    method = f" USING {name(body['access_method'])}" if body.get("access_method") else ""
    space = f" TABLESPACE {name(body['tablespace'])}" if body.get("tablespace") else ""
    options = storage_parameters(body.get("options"))
    text = f"CREATE {words} {state.identity}{columns}{heirs}{key}{method}{options}{space}"
    if state.object_type == "foreign table":
        yield Statement(Place.TABLE, text, Safety.WORDS, "not all of its options are recorded")
        return
    yield Statement(Place.TABLE, text)
    if is_partition and parents:
        attach = f"ALTER TABLE {parents[0]} ATTACH PARTITION {state.identity} {body['bound']}"
        yield Statement(Place.PARENT, attach)
    for part in own:
        yield from column_extras(state.identity, part.body)


def _new_parts(state: ObjectState) -> Iterator[Statement]:
    table = state.identity
    keys = {part.name for part in state.of_kind("constraint") if part.body.get("type") in {"p", "u", "x"}}
    for part in state.parts:
        if part.kind == "constraint" and state.object_type != "composite type":
            yield from new_constraint(table, part.body, is_new_table=True)
        elif part.kind == "index" and part.name not in keys:
            yield from new_index(part.body)
            yield from index_flags(table, None, part.body)
        elif part.kind == "trigger":
            yield from new_trigger(table, part.body)
        elif part.kind == "policy":
            yield from new_policy(table, part.body)
        elif part.kind == "rule":
            yield Statement(Place.RULE, part.body["definition"].rstrip().rstrip(";"))


def _new_properties(state: ObjectState, body: Body) -> Iterator[Statement]:
    word = _WORDS[state.object_type]
    blank: Body = {"owner": None, "acl": None}
    yield from _security(state.identity, blank, body)
    if state.object_type == "table" and body.get("replica_identity") in {"n", "f"}:
        kind = _REPLICA_IDENTITY[body["replica_identity"]]
        yield Statement(Place.TABLE_CHANGE, f"ALTER TABLE {state.identity} REPLICA IDENTITY {kind}")
    yield Statement(Place.OWNER, f"ALTER {word} {state.identity} OWNER TO {name(body['owner'])}")
    kind = "type" if state.object_type == "composite type" else state.object_type
    yield from grant_statements(kind, state.identity, None, body, body.get("owner"))
    for part in state.parts:
        if part.kind == "comment":
            yield from part_comment(state.object_type, state.identity, part.part, None, part.body)
        if part.kind == "column" and part.body.get("acl"):
            yield from grant_statements(
                state.object_type, state.identity, None, part.body, body.get("owner"), part.name
            )


def _security(table: str, before: Body, after: Body) -> Iterator[Statement]:
    for key, on, off in (
        ("row_security", "ENABLE", "DISABLE"),
        ("force_row_security", "FORCE", "NO FORCE"),
    ):
        if bool(before.get(key)) != bool(after.get(key)):
            words = on if after.get(key) else off
            yield Statement(Place.POLICY, f"ALTER TABLE {table} {words} ROW LEVEL SECURITY")


def changed_relation(difference: ObjectDifference) -> Iterator[Statement]:
    """Yield the statements that turn a relation into what it became."""
    if difference.object_type == "view":
        yield from _changed_view(difference)
    elif difference.object_type == "sequence":
        yield from _changed_sequence(difference)
    for part in difference.parts:
        if part.kind == "relation":
            yield from _changed_properties(difference, part)
        elif part.kind == "column":
            yield from _changed_column(difference, part)
        elif part.kind == "comment":
            identity = difference.new_identity
            yield from part_comment(difference.object_type, identity, part.part, part.before, part.after)
        else:
            yield from _changed_piece(difference, part)


def _changed_piece(difference: ObjectDifference, part: PartDifference) -> Iterator[Statement]:
    if used := _used_index(part, difference):
        yield from constraint_with_index(difference.new_identity, part, used)
    elif not _belongs_to_constraint(part, difference):
        yield from piece_statements(difference.new_identity, part)


def _changed_column(difference: ObjectDifference, part: PartDifference) -> Iterator[Statement]:
    identity = difference.new_identity
    if difference.object_type == "composite type":
        yield from _attribute(identity, part)
    elif difference.object_type in _VIEWS:
        yield from _view_column(difference, part)
    else:
        yield from column_statements(identity, part)
    if part.after is not None and (part.before or {}).get("acl") != part.after.get("acl"):
        yield from grant_statements(
            difference.object_type, identity, part.before, part.after, difference.owner, part.after["name"]
        )


def _view_column(difference: ObjectDifference, part: PartDifference) -> Iterator[Statement]:
    before, after = part.before, part.after
    if before is None or after is None:
        return
    alter = f"ALTER {_WORDS[difference.object_type]} {difference.new_identity}"
    if before["name"] != after["name"]:
        names = f"{name(before['name'])} TO {name(after['name'])}"
        yield Statement(Place.RENAME_PART, f"{alter} RENAME COLUMN {names}")
    if before.get("default") != after.get("default"):
        action = f"SET DEFAULT {after['default']}" if after.get("default") is not None else "DROP DEFAULT"
        yield Statement(Place.RULE, f"{alter} ALTER COLUMN {name(after['name'])} {action}")


def _attribute(identity: str, part: PartDifference) -> Iterator[Statement]:
    alter = f"ALTER TYPE {identity}"
    before, after = part.before, part.after
    if before is None and after is not None:
        yield Statement(Place.TYPE, f"{alter} ADD ATTRIBUTE {name(after['name'])} {after['type']}")
    elif after is None:
        yield Statement(Place.DROP_COLUMN, f"{alter} DROP ATTRIBUTE {name(part.name)}", Safety.DROP)
    elif before is not None:
        if before["name"] != after["name"]:
            names = f"{name(before['name'])} TO {name(after['name'])}"
            yield Statement(Place.RENAME_PART, f"{alter} RENAME ATTRIBUTE {names}")
        if before["type"] != after["type"]:
            yield Statement(
                Place.TYPE,
                f"{alter} ALTER ATTRIBUTE {name(after['name'])} TYPE {after['type']}",
                Safety.MARKED,
            )


def _belongs_to_constraint(part: PartDifference, difference: ObjectDifference) -> bool:
    """Return whether an index comes and goes with its constraint."""
    if part.kind != "index" or (
        part.before is not None and part.after is not None and not _is_used(part, difference)
    ):
        return False
    return any(other.name == part.name for other in _keys(difference))


def _is_used(part: PartDifference, difference: ObjectDifference) -> bool:
    return any(other.before is None and other.name == part.name for other in _keys(difference))


def _used_index(part: PartDifference, difference: ObjectDifference) -> str | None:
    """Return the old name of the index that a new constraint took over; None if it made its own."""
    if part.before is not None or not _is_key(part):
        return None
    for other in difference.parts:
        if (
            other.kind == "index"
            and other.before is not None
            and other.after is not None
            and other.name == part.name
        ):
            return str(other.before["name"])
    return None


def _keys(difference: ObjectDifference) -> Iterator[PartDifference]:
    return (part for part in difference.parts if _is_key(part))


def _is_key(part: PartDifference) -> bool:
    return part.kind == "constraint" and (part.after or part.before or {}).get("type") in {"p", "u", "x"}


def _changed_properties(difference: ObjectDifference, part: PartDifference) -> Iterator[Statement]:
    before, after, identity = part.before, part.after, difference.new_identity
    if before is None or after is None:
        return
    word = _WORDS[difference.object_type]
    yield from _renaming(difference, before, after, word)
    alter = f"ALTER {word} {identity}"
    if before.get("persistence") != after.get("persistence"):
        kind = "UNLOGGED" if after.get("persistence") == "u" else "LOGGED"
        yield Statement(Place.TABLE_CHANGE, f"{alter} SET {kind}", Safety.MARKED, "rewrites the table")
    yield from option_changes(Place.TABLE_CHANGE, alter, before.get("options"), after.get("options"))
    yield from _parents(identity, before, after)
    yield from _security(identity, before, after)
    if before.get("replica_identity") != after.get("replica_identity"):
        kind = _REPLICA_IDENTITY.get(after.get("replica_identity") or "d", "")
        if kind:
            yield Statement(Place.TABLE_CHANGE, f"{alter} REPLICA IDENTITY {kind}")
    yield from _moves(alter, before, after)
    if before.get("owner") != after.get("owner"):
        yield Statement(Place.OWNER, f"{alter} OWNER TO {name(after['owner'])}")
    if before.get("acl") != after.get("acl"):
        kind = "type" if difference.object_type == "composite type" else difference.object_type
        old = before if before.get("owner") == after.get("owner") or before.get("acl") else None
        yield from grant_statements(kind, identity, old, after, after.get("owner"))
    if before.get("key") != after.get("key"):
        yield Statement(
            Place.TABLE_CHANGE, f"{identity}: its partition key changed to {after.get('key')}", Safety.WORDS
        )


def _renaming(difference: ObjectDifference, before: Body, after: Body, word: str) -> Iterator[Statement]:
    current = difference.old_identity or difference.new_identity
    if before.get("schema") != after.get("schema"):
        move = f"ALTER {word} {current} SET SCHEMA {name(after['schema'])}"
        yield Statement(Place.RENAME, move, Safety.MARKED, "fails if the name is taken there")
        current = name(after["schema"], before["name"])
    if before.get("name") != after.get("name"):
        yield Statement(Place.RENAME, f"ALTER {word} {current} RENAME TO {name(after['name'])}")


def _parents(identity: str, before: Body, after: Body) -> Iterator[Statement]:
    old, new = before.get("parents") or [], after.get("parents") or []
    was, is_now = before.get("bound"), after.get("bound")
    if (old, was) == (new, is_now):
        return
    for parent in old:
        if parent not in new or was != is_now:
            text = f"DETACH PARTITION {identity}" if was else f"NO INHERIT {parent}"
            yield Statement(Place.TABLE_CHANGE, f"ALTER TABLE {parent if was else identity} {text}")
    for parent in new:
        if parent not in old or was != is_now:
            text = f"ATTACH PARTITION {identity} {is_now}" if is_now else f"INHERIT {parent}"
            yield Statement(Place.TABLE_CHANGE, f"ALTER TABLE {parent if is_now else identity} {text}")


def _moves(alter: str, before: Body, after: Body) -> Iterator[Statement]:
    if before.get("tablespace") != after.get("tablespace"):
        space = name(after["tablespace"]) if after.get("tablespace") else "pg_default"
        note = "copies the table; the database's own tablespace may be another than pg_default"
        yield Statement(Place.TABLE_CHANGE, f"{alter} SET TABLESPACE {space}", Safety.MARKED, note)
    if before.get("access_method") != after.get("access_method"):
        method = name(after["access_method"]) if after.get("access_method") else "heap"
        yield Statement(
            Place.TABLE_CHANGE, f"{alter} SET ACCESS METHOD {method}", Safety.MARKED, "rewrites the table"
        )


def _changed_view(difference: ObjectDifference) -> Iterator[Statement]:
    query = view_query(difference.parts)
    if query is None or not any(_is_other_query(part) for part in difference.parts):
        return
    identity = difference.new_identity
    if any(_breaks_view(part) for part in difference.parts):
        note = "it is created again: what depends on it, and its privileges, must be made again"
        yield Statement(Place.DROP_VIEW, f"DROP VIEW {difference.old_identity}", Safety.MARKED, note)
        yield Statement(Place.VIEW, f"CREATE VIEW {identity} AS\n{query}", Safety.MARKED)
    else:
        yield Statement(Place.VIEW, f"CREATE OR REPLACE VIEW {identity} AS\n{query}")


def _is_other_query(part: PartDifference) -> bool:
    if part.kind != "definition" or part.before is None or part.after is None:
        return False
    return bool(part.before.get("definition") != part.after.get("definition"))


def _breaks_view(part: PartDifference) -> bool:
    """Return whether CREATE OR REPLACE VIEW cannot do it: it only adds columns at the end."""
    if part.kind != "column":
        return False
    if part.before is None or part.after is None:
        return part.after is None
    return any(part.before.get(key) != part.after.get(key) for key in ("type", "collation"))


def dropped_relation(difference: ObjectDifference) -> Iterator[Statement]:
    """Yield the statement that drops a relation."""
    word = _WORDS[difference.object_type]
    identity = difference.old_identity or difference.new_identity
    # The sequence of a serial column goes with its table.
    clause = "IF EXISTS " if difference.object_type == "sequence" else ""
    place = _DROP_PLACES.get(difference.object_type, Place.DROP_TABLE)
    yield Statement(place, f"DROP {word} {clause}{identity}", Safety.DROP)
