"""Put the statements of many objects into one script, in an order in which they can run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dbtrack.objects.ddl.others import changed_other, dropped_other, new_other
from dbtrack.objects.ddl.relations import changed_relation, dropped_relation, new_relation
from dbtrack.objects.ddl.statement import Place, Safety, Statement, hidden
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


def change(difference: ObjectDifference, owner: str | None = None) -> Iterator[Statement]:
    """Yield the statements that turn an object into what it became.

    Args:
        owner: of a relation of which another part changed; None if it is not known.
    """
    main = difference.main
    if difference.is_created:
        yield from creation(_new_state(difference))
        return
    if difference.is_dropped:
        is_relation = difference.object_type in RELATION_TYPES
        yield from dropped_relation(difference) if is_relation else dropped_other(difference)
        return
    if difference.object_type in RELATION_TYPES:
        found = changed_relation(difference, main.after.get("owner") if main and main.after else owner)
    elif main is not None and main.before is not None and main.after is not None:
        found = changed_other(difference, main.before, main.after)
    else:
        found = iter(())
    yield from map(hidden, found)


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

    A function whose arguments or result are of a type that the same script creates comes after it.
    """
    found = list(statements)
    new_tables = [match[1] for each in found if (match := _CREATED.match(each.text))]
    placed = [_placed(each, new_tables) for each in found]
    return sorted(placed, key=lambda each: (each.place, each.created_at is not None, each.created_at or 0))


_CREATED = re.compile(r"CREATE (?:UNLOGGED )?(?:TABLE|TYPE) (\S+)")
_DROPS = frozenset(
    {Place.DROP_VIEW, Place.DROP_ROUTINE, Place.DROP_TABLE, Place.DROP_TYPE, Place.DROP_SCHEMA}
)


def _placed(statement: Statement, new_tables: Sequence[str]) -> Statement:
    if statement.place is not Place.ROUTINE:
        return statement
    head = statement.text.split("\nAS ", 1)[0]
    if any(re.search(rf"(?<![\w.]){re.escape(table)}(?!\w)", head) for table in new_tables):
        return replace(statement, place=Place.LATE_ROUTINE)
    return statement


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


def without_identity_sequences(found: Iterable[ObjectDifference]) -> list[ObjectDifference]:
    """Return the differences without the sequences of identity columns, which come and go with them."""
    kept = list(found)
    owned = {
        f"{each.new_identity}_{(part.after or part.before or {}).get('name')}_seq"
        for each in kept
        for part in each.parts
        if part.kind == "column"
        and ((part.after or {}).get("identity") or (part.before or {}).get("identity"))
    }
    return [each for each in kept if each.object_type != "sequence" or each.new_identity not in owned]
