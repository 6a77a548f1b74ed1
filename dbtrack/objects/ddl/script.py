"""Put the statements of many objects into one script, in an order in which they can run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dbtrack.objects.ddl.others import changed_other, dropped_other, new_other
from dbtrack.objects.ddl.relations import changed_relation, dropped_relation, new_relation
from dbtrack.objects.ddl.statement import Place, Safety, Statement, hidden
from dbtrack.objects.following import renamed_schemas
from dbtrack.objects.model import RELATION_TYPES, ObjectDifference, ObjectState, Part

HEADER = "SET check_function_bodies = off;\nSET search_path = pg_catalog;\n"


def creation(state: ObjectState) -> Iterator[Statement]:
    """Yield the statements that create an object as it stood."""
    if state.object_type in RELATION_TYPES:
        found = new_relation(state)
    else:
        bodies = [part.body for part in state.parts if part.kind == "definition"]
        found = new_other(state.object_type, state.identity, bodies[0]) if bodies else iter(())
    yield from (hidden(replace(each, created_at=state.created_at)) for each in found)


def script_of(found: Sequence[ObjectDifference]) -> Iterator[Statement]:
    """Yield the statements of all differences, in no order."""
    schemas = renamed_schemas(found)
    for each in found:
        for statement in change(each):
            # What is in a schema moves with it.
            if not (schemas and _moves_with(statement, each, schemas)):
                yield statement


def _moves_with(statement: Statement, difference: ObjectDifference, schemas: Mapping[str, str]) -> bool:
    main = difference.main
    return (
        statement.place is Place.RENAME
        and " SET SCHEMA " in statement.text
        and main is not None
        and main.before is not None
        and main.after is not None
        and schemas.get(main.before.get("schema", "")) == main.after.get("schema")
    )


def change(difference: ObjectDifference) -> Iterator[Statement]:
    """Yield the statements that turn an object into what it became."""
    main = difference.main
    if difference.is_created:
        yield from creation(_new_state(difference))
        return
    if difference.is_dropped:
        is_relation = difference.object_type in RELATION_TYPES
        dropped = dropped_relation(difference) if is_relation else dropped_other(difference)
        yield from (replace(each, created_at=difference.created_at) for each in dropped)
        return
    if difference.object_type in RELATION_TYPES:
        found = _under_old_name(difference, changed_relation(difference))
    elif main is not None and main.before is not None and main.after is not None:
        found = changed_other(difference, main.before, main.after)
    else:
        found = iter(())
    yield from map(hidden, found)


def _under_old_name(difference: ObjectDifference, statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements; those that come before the renamings with the name that the table has then."""
    new, old = f"ALTER TABLE {difference.new_identity} ", f"ALTER TABLE {difference.old_identity} "
    for each in statements:
        is_early = each.place < Place.RENAME and each.text.startswith(new)
        yield replace(each, text=old + each.text.removeprefix(new)) if is_early else each


def _new_state(difference: ObjectDifference) -> ObjectState:
    parts = tuple(
        Part(part.part, part.kind, part.name, part.after)
        for part in difference.parts
        if part.after is not None
    )
    times = [part.changed_at for part in difference.parts if part.changed_at is not None]
    return ObjectState(
        difference.key, difference.object_type, difference.new_identity, parts, min(times, default=None)
    )


def in_order(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements in the order in which they can run.

    A function whose arguments or result are of a type that the same script creates comes after it; one that
    mentions a table that is dropped is dropped before.
    """
    found = list(statements)
    made = [match[1] for each in found if (match := _CREATED.match(each.text))]
    dropped = [match[1] for each in found if (match := _DROPPED.match(each.text))]
    return sorted((_placed(each, made, dropped) for each in found), key=_order)


def _order(statement: Statement) -> tuple[int, float]:
    created = statement.created_at.timestamp() if statement.created_at is not None else 0.0
    return statement.place, -created if statement.place in _DROPS else created


_CREATED = re.compile(r"CREATE (?:UNLOGGED )?(?:TABLE|TYPE) (\S+)")
_DROPPED = re.compile(r"DROP (?:TABLE|VIEW|MATERIALIZED VIEW) (\S+)")
_DROPS = frozenset(
    {
        Place.DROP_VIEW,
        Place.DROP_USING_ROUTINE,
        Place.DROP_TABLE,
        Place.DROP_OPERATOR,
        Place.DROP_ROUTINE,
        Place.DROP_TYPE,
        Place.DROP_SCHEMA,
    }
)


def _placed(statement: Statement, made: Sequence[str], dropped: Sequence[str]) -> Statement:
    if statement.place is Place.ROUTINE and _mentions(statement.text.split("\nAS ", 1)[0], made):
        return replace(statement, place=Place.LATE_ROUTINE)
    if statement.place is Place.DROP_ROUTINE and _mentions(statement.definition, dropped):
        return replace(statement, place=Place.DROP_USING_ROUTINE)
    return statement


def _mentions(text: str, names: Sequence[str]) -> bool:
    return any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) for name in names)


def written(statement: Statement, *, with_drops: bool) -> str:
    """Return one statement as it stands in a script: with its note, and as a comment if it is not to be run.

    Args:
        with_drops: whether what loses data is to be run, too.
    """
    note = f"-- {statement.note}\n" if statement.note else ""
    if statement.safety is Safety.WORDS:
        return f"{note}{_commented('not written as SQL: ' + statement.text)}\n"
    if statement.safety is Safety.DROP and not with_drops:
        return f"{_commented(statement.text + ';')}\n"
    return f"{note}{statement.text};\n"


def _commented(text: str) -> str:
    return "\n".join(f"-- {line}" for line in text.split("\n"))
