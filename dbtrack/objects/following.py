"""Leave out what only follows from something else: texts with a new name, what parents pass on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dbtrack.objects.model import Body, ObjectDifference, PartDifference

# Their identity ends with the access method.
_OF_ACCESS_METHOD = ("operator class", "operator family")
Renames = Sequence[tuple[re.Pattern[str], str]]


def own_changes(found: Iterable[ObjectDifference]) -> list[ObjectDifference]:
    """Return the differences without what follows from others of them.

    A text that differs only by a new name of an object or a column is the same; a column or trigger that a
    parent passes on to its children is told of the parent alone; the sequence of a column is in the schema of
    its table, and cannot be moved alone.
    """
    known = list(found)
    renames = _renames(known)
    passed_on = {(each.new_identity, part.kind, _names(part)) for each in known for part in each.parts}
    kept = []
    for each in map(_moved_with_its_table, known):
        parts = [_with_new_names(part, each, renames) for part in each.parts]
        own = tuple(
            part for part in parts if part.before != part.after and not _is_inherited(part, each, passed_on)
        )
        if own:
            kept.append(replace(each, parts=own))
    return kept


def _moved_with_its_table(difference: ObjectDifference) -> ObjectDifference:
    main = difference.main
    if difference.object_type != "sequence" or main is None or main.before is None or main.after is None:
        return difference
    is_owned = any(
        part.kind == "definition"
        and (part.before or {}).get("owned_by")
        and (part.after or {}).get("owned_by")
        for part in difference.parts
    )
    if not is_owned or main.before["schema"] == main.after["schema"]:
        return difference
    moved = replace(main, before={**main.before, "schema": main.after["schema"]})
    return replace(
        difference,
        old_identity=_quoted(main.after["schema"], main.before["name"]),
        parts=tuple(moved if part is main else part for part in difference.parts),
    )


def renamed_schemas(found: Iterable[ObjectDifference]) -> dict[str, str]:
    """Return the schemas that got another name, by the old one."""
    schemas = (each.main for each in found if each.object_type == "schema")
    return {
        main.before["name"]: main.after["name"]
        for main in schemas
        if main is not None and main.before is not None and main.after is not None
    }


def _renames(found: Iterable[ObjectDifference]) -> Renames:
    pairs = []
    for each in found:
        old, new = each.old_identity, each.new_identity
        if old is not None and old != new:
            end = " USING " if each.object_type in _OF_ACCESS_METHOD else "("
            pairs.append((old.split(end)[0], new.split(end)[0]))
    # The longest first: a name may be the beginning of another one.
    return [(_word(old), new) for old, new in sorted(pairs, key=lambda pair: -len(pair[0]))]


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf'(?<![\w."]){re.escape(name)}(?![\w"])')


def _with_new_names(part: PartDifference, difference: ObjectDifference, renames: Renames) -> PartDifference:
    if part.before is None or part.after is None:
        return part
    columns = [] if part.kind == "column" else _column_renames(difference)
    return replace(part, before=_renamed_body(part.before, [*renames, *columns]))


def _column_renames(difference: ObjectDifference) -> Renames:
    return [
        (_word(_quoted(part.before["name"])), _quoted(part.after["name"]))
        for part in difference.parts
        if part.kind == "column"
        and part.before is not None
        and part.after is not None
        and part.before["name"] != part.after["name"]
    ]


def _quoted(*names: str) -> str:
    from dbtrack.objects.ddl.quoting import name as quoted

    return quoted(*names)


# A name itself changes by a renaming; what is text mentions others.
_NAMES = frozenset({"name", "schema", "owner", "acl", "comment", "labels"})


def _renamed_body(body: Body, renames: Renames) -> dict[str, Any]:
    return {key: value if key in _NAMES else _renamed(value, renames) for key, value in body.items()}


def _renamed(value: Any, renames: Renames) -> Any:
    if isinstance(value, str):
        for pattern, new in renames:
            value = pattern.sub(new.replace("\\", r"\\"), value)
        return value
    if isinstance(value, list):
        return [_renamed(each, renames) for each in value]
    if isinstance(value, Mapping):
        return {key: _renamed(each, renames) for key, each in value.items()}
    return value


def _names(part: PartDifference) -> tuple[Any, Any]:
    return (part.before or {}).get("name"), (part.after or {}).get("name")


def _is_inherited(
    part: PartDifference,
    difference: ObjectDifference,
    passed_on: set[tuple[str, str, tuple[Any, Any]]],
) -> bool:
    """Return whether a parent has the same change of a part of this name."""
    if part.kind not in {"column", "trigger"} or difference.is_created:
        return False
    if part.kind == "column" and not ((part.after or part.before or {}).get("inherited") or 0):
        return False
    return any((parent, part.kind, _names(part)) in passed_on for parent in difference.parents)
