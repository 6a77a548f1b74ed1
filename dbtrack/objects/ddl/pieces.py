"""Statements about constraints, indexes, triggers, policies and rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from dbtrack.objects.ddl.quoting import name, role
from dbtrack.objects.ddl.statement import Place, Safety, Statement
from dbtrack.objects.model import Body, PartDifference

_ENABLE = {
    "O": "ENABLE TRIGGER",
    "D": "DISABLE TRIGGER",
    "A": "ENABLE ALWAYS TRIGGER",
    "R": "ENABLE REPLICA TRIGGER",
}
_COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
_NOT_VALID = re.compile(r"\s+NOT VALID$")
_INDEX_NAME = re.compile(r'(?<=INDEX )(?:"(?:[^"]|"")*"|\S+)(?= ON )')
_TRIGGER_NAME = re.compile(r'(?<=TRIGGER )(?:"(?:[^"]|"")*"|\S+)')


def piece_statements(relation: str, difference: PartDifference) -> Iterator[Statement]:
    """Yield the statements that turn a constraint, index, trigger, policy or rule into what it became."""
    write = _WRITERS.get(difference.kind)
    if write is not None and difference.before != difference.after:
        yield from write(relation, difference.name, difference.before, difference.after)


def is_not_null(body: Body) -> bool:
    """Return whether a constraint only says NOT NULL, which its column says, too."""
    return body.get("type") == "n"


def _without(body: Body, *keys: str) -> dict[str, object]:
    return {key: value for key, value in body.items() if key not in keys}


def _constraint(table: str, old_name: str, before: Body | None, after: Body | None) -> Iterator[Statement]:
    if any(
        body is not None and (is_not_null(body) or body.get("is_local") is False) for body in (before, after)
    ):
        return
    if before is not None and after is not None:
        if _without(before, "name", "comment") == _without(after, "name", "comment"):
            if before["name"] != after["name"]:
                names = f"{name(before['name'])} TO {name(after['name'])}"
                yield Statement(Place.RENAME_PART, f"ALTER TABLE {table} RENAME CONSTRAINT {names}")
            return
        if _is_validated_now(before, after):
            yield _validation(table, after["name"])
            return
    if before is not None:
        is_key = before.get("type") == "f"
        yield Statement(
            Place.DROP_FOREIGN_KEY if is_key else Place.DROP_CONSTRAINT,
            f"ALTER TABLE {table} DROP CONSTRAINT {name(before.get('name') or old_name)}",
        )
    if after is not None:
        yield from new_constraint(table, after)


_VALIDATION = ("definition", "validated", "comment")


def _is_validated_now(before: Body, after: Body) -> bool:
    same = _without(before, *_VALIDATION) == _without(after, *_VALIDATION)
    bare = _NOT_VALID.sub("", before["definition"])
    return (
        same and bare == after["definition"] and bool(after.get("validated")) and not before.get("validated")
    )


def _validation(table: str, constraint: str) -> Statement:
    return Statement(
        Place.VALIDATE,
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name(constraint)}",
        note="reads the whole table, and fails if a row violates it",
    )


def new_constraint(table: str, body: Body, *, is_new_table: bool = False) -> Iterator[Statement]:
    """Yield the statements that add a constraint; a table with rows is not scanned under the strong lock."""
    if is_not_null(body) or body.get("is_local") is False:
        return
    add = f"ALTER TABLE {table} ADD CONSTRAINT {name(body['name'])} {body['definition']}"
    place = Place.FOREIGN_KEY if body.get("type") == "f" else Place.CONSTRAINT
    can_wait = body.get("type") in {"f", "c"} and body.get("validated", True) and not is_new_table
    if can_wait and "NOT ENFORCED" not in body["definition"]:
        yield Statement(place, f"{add} NOT VALID")
        yield _validation(table, body["name"])
    else:
        yield Statement(place, add)


def _index(table: str, old_name: str, before: Body | None, after: Body | None) -> Iterator[Statement]:
    schema = _schema_of_index(before or after or {})
    if before is not None and after is not None:
        same = _INDEX_NAME.sub("", before["definition"]) == _INDEX_NAME.sub("", after["definition"])
        if same:
            if before["name"] != after["name"]:
                old = f"{schema}{name(before['name'])}"
                yield Statement(Place.RENAME_PART, f"ALTER INDEX {old} RENAME TO {name(after['name'])}")
            yield from index_flags(table, before, after)
            return
    if before is not None:
        yield Statement(Place.DROP_INDEX, f"DROP INDEX {schema}{name(before.get('name') or old_name)}")
    if after is not None:
        yield from new_index(after)
        yield from index_flags(table, None, after)


def index_flags(table: str, before: Body | None, after: Body) -> Iterator[Statement]:
    """Yield what makes an index the replica identity, or that by which the table is clustered."""
    old = before or {}
    if after.get("replica_identity") and not old.get("replica_identity"):
        text = f"ALTER TABLE {table} REPLICA IDENTITY USING INDEX {name(after['name'])}"
        yield Statement(Place.TABLE_CHANGE, text)
    if bool(after.get("clustered")) != bool(old.get("clustered")):
        action = f"CLUSTER ON {name(after['name'])}" if after.get("clustered") else "SET WITHOUT CLUSTER"
        yield Statement(Place.TABLE_CHANGE, f"ALTER TABLE {table} {action}")


def constraint_with_index(table: str, part: PartDifference, index: str) -> Iterator[Statement]:
    """Yield the statement that makes a constraint of an index that was there, which then has its name."""
    if part.after is not None:
        kind = "PRIMARY KEY" if part.after.get("type") == "p" else "UNIQUE"
        add = (
            f"ALTER TABLE {table} ADD CONSTRAINT {name(part.after['name'])} {kind} USING INDEX {name(index)}"
        )
        yield Statement(Place.CONSTRAINT, add)


def new_index(body: Body) -> Iterator[Statement]:
    """Yield the statement that creates an index; on a partitioned table with those of its partitions."""
    text = body["definition"].replace(" ON ONLY ", " ON ", 1)
    note = None if body.get("valid", True) else "it was INVALID: its creation had failed"
    place = Place.PARENT_INDEX if text != body["definition"] else Place.INDEX
    yield Statement(place, text, Safety.SAFE if note is None else Safety.MARKED, note)


def _schema_of_index(body: Body) -> str:
    """Return the schema of an index, with a dot: that of its table."""
    match = re.search(r' ON (?:ONLY )?((?:"(?:[^"]|"")*"|[^\s."(]+)\.)', str(body.get("definition", "")))
    return match[1] if match else ""


def _trigger(table: str, old_name: str, before: Body | None, after: Body | None) -> Iterator[Statement]:
    if before is not None and after is not None:
        bare = [_TRIGGER_NAME.sub("", body["definition"], 1) for body in (before, after)]
        if bare[0] == bare[1]:
            if before["name"] != after["name"]:
                names = f"{name(before['name'])} ON {table} RENAME TO {name(after['name'])}"
                yield Statement(Place.RENAME_PART, f"ALTER TRIGGER {names}")
            if before.get("enabled") != after.get("enabled"):
                yield _enabling(table, after)
            return
    if before is not None:
        old = name(before.get("name") or old_name)
        yield Statement(Place.DROP_TRIGGER, f"DROP TRIGGER {old} ON {table}")
    if after is not None:
        yield from new_trigger(table, after)


def new_trigger(table: str, body: Body) -> Iterator[Statement]:
    """Yield the statements that create a trigger, and disable it if it was."""
    yield Statement(Place.TRIGGER, body["definition"])
    if body.get("enabled", "O") != "O":
        yield _enabling(table, body)


def _enabling(table: str, body: Body) -> Statement:
    return Statement(Place.TRIGGER, f"ALTER TABLE {table} {_ENABLE[body['enabled']]} {name(body['name'])}")


def _policy(table: str, old_name: str, before: Body | None, after: Body | None) -> Iterator[Statement]:
    if (
        before is not None
        and after is not None
        and _without(before, "name", "comment") == _without(after, "name", "comment")
    ):
        if before["name"] != after["name"]:
            names = f"{name(before['name'])} ON {table} RENAME TO {name(after['name'])}"
            yield Statement(Place.RENAME_PART, f"ALTER POLICY {names}")
        return
    if before is not None:
        old = name(before.get("name") or old_name)
        yield Statement(Place.DROP_POLICY, f"DROP POLICY {old} ON {table}")
    if after is not None:
        yield from new_policy(table, after)


def new_policy(table: str, body: Body) -> Iterator[Statement]:
    """Yield the statement that creates a policy."""
    words = [f"CREATE POLICY {name(body['name'])} ON {table}"]
    if body.get("permissive") is False:
        words.append("AS RESTRICTIVE")
    words.append(f"FOR {_COMMANDS[body.get('command') or '*']}")
    words.append("TO " + ", ".join(_policy_role(each) for each in body.get("roles") or ["public"]))
    if body.get("using") is not None:
        words.append(f"USING ({body['using']})")
    if body.get("check") is not None:
        words.append(f"WITH CHECK ({body['check']})")
    yield Statement(Place.POLICY, " ".join(words))


def _policy_role(text: str) -> str:
    if text in {"public", "-"}:
        return "PUBLIC"
    return text if text.startswith('"') else role(text)


def _rule(relation: str, old_name: str, before: Body | None, after: Body | None) -> Iterator[Statement]:
    if before is not None:
        old = name(before.get("name") or old_name)
        yield Statement(Place.DROP_RULE, f"DROP RULE {old} ON {relation}")
    if after is not None:
        yield Statement(Place.RULE, after["definition"].rstrip().rstrip(";"))


_WRITERS: Mapping[str, Callable[[str, str, Body | None, Body | None], Iterator[Statement]]] = {
    "constraint": _constraint,
    "index": _index,
    "trigger": _trigger,
    "policy": _policy,
    "rule": _rule,
}
