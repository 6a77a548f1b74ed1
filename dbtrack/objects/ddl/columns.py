"""Statements about columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbtrack.objects.ddl.quoting import literal, name
from dbtrack.objects.ddl.statement import Place, Safety, Statement
from dbtrack.objects.model import Body, PartDifference

_IDENTITY = {"a": "ALWAYS", "d": "BY DEFAULT"}
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}


def column_definition(body: Body) -> str:
    """Return a column as CREATE TABLE takes it."""
    words = [name(body["name"]), body["type"]]
    if body.get("collation"):
        words.append(f"COLLATE {body['collation']}")
    words += _generation(body)
    if body.get("not_null"):
        words.append("NOT NULL")
    return " ".join(words)


def _generation(body: Body) -> list[str]:
    if body.get("identity"):
        return [
            f"GENERATED {_IDENTITY[body['identity']]} AS IDENTITY{_sequence_options(body.get('sequence'))}"
        ]
    if body.get("generated"):
        kind = "STORED" if body["generated"] == "s" else "VIRTUAL"
        return [f"GENERATED ALWAYS AS ({body['default']}) {kind}"]
    return [f"DEFAULT {body['default']}"] if body.get("default") is not None else []


_LARGEST = frozenset({2**15 - 1, 2**31 - 1, 2**63 - 1})


def _sequence_options(sequence: Any) -> str:
    """Return the options of an identity's sequence, where they are not the usual ones."""
    if not isinstance(sequence, list) or len(sequence) != 6:
        return ""
    start, increment, minimum, maximum, cache, cycle = sequence
    told = {
        f"START WITH {start}": start != 1,
        f"INCREMENT BY {increment}": increment != 1,
        f"MINVALUE {minimum}": minimum != 1,
        f"MAXVALUE {maximum}": maximum not in _LARGEST,
        f"CACHE {cache}": cache != 1,
        "CYCLE": bool(cycle),
    }
    options = [option for option, is_told in told.items() if is_told]
    return f" ({' '.join(options)})" if options else ""


def _changed_options(old: Any, new: Any) -> str:
    """Return the options of an identity's sequence that changed, as ALTER COLUMN takes them."""
    words = ("START WITH {}", "INCREMENT BY {}", "MINVALUE {}", "MAXVALUE {}", "CACHE {}")
    changed = [
        f"SET {word.format(after)}"
        for word, before, after in zip(words, old[:5], new[:5], strict=True)
        if before != after
    ]
    if old[5] != new[5]:
        changed.append("SET CYCLE" if new[5] else "SET NO CYCLE")
    return " ".join(changed)


def column_extras(table: str, body: Body) -> Iterator[Statement]:
    """Yield what ADD COLUMN and CREATE TABLE cannot say about a new column."""
    alter = f"ALTER TABLE {table} ALTER COLUMN {name(body['name'])}"
    if body.get("statistics") is not None:
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET STATISTICS {body['statistics']}")
    if body.get("options"):
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET ({_options(body['options'])})")
    if body.get("compression"):
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET COMPRESSION {_COMPRESSION[body['compression']]}")


def column_statements(table: str, difference: PartDifference) -> Iterator[Statement]:
    """Yield the statements that turn a column of a table into what it became."""
    before, after = difference.before, difference.after
    if not _is_own(before) or not _is_own(after):
        return  # it follows its parent's
    if before is None and after is not None:
        yield Statement(Place.COLUMN, f"ALTER TABLE {table} ADD COLUMN {column_definition(after)}")
        yield from column_extras(table, after)
    elif after is None:
        column = name((before or {}).get("name") or difference.name)
        yield Statement(Place.DROP_COLUMN, f"ALTER TABLE {table} DROP COLUMN {column}", Safety.DROP)
    elif before is not None:
        yield from _changes(table, before, after)


def _is_own(body: Body | None) -> bool:
    """Return whether a column is the table's own; one that only its parents define follows them."""
    return body is None or body.get("is_local") is not False


def _changes(table: str, before: Body, after: Body) -> Iterator[Statement]:
    if before["name"] != after["name"]:
        names = f"{name(before['name'])} TO {name(after['name'])}"
        yield Statement(Place.RENAME_PART, f"ALTER TABLE {table} RENAME COLUMN {names}")
    alter = f"ALTER TABLE {table} ALTER COLUMN {name(after['name'])}"
    for change in (_type_change, _default_change, _null_change, _identity_change, _storage_change):
        yield from change(alter, before, after)


def _differs(before: Body, after: Body, key: str) -> bool:
    return (before.get(key) or None) != (after.get(key) or None)


def _type_change(alter: str, before: Body, after: Body) -> Iterator[Statement]:
    if not _differs(before, after, "type") and not _differs(before, after, "collation"):
        return
    collation = f" COLLATE {after['collation']}" if after.get("collation") else ""
    # A default of the old type may have no cast to the new one.
    with_default = before.get("default") is not None and not before.get("generated")
    if with_default:
        yield Statement(Place.COLUMN_CHANGE, f"{alter} DROP DEFAULT")
    using = "" if after.get("generated") else f" USING {name(after['name'])}::{after['type']}"
    yield Statement(
        Place.COLUMN_CHANGE,
        f"{alter} TYPE {after['type']}{collation}{using}",
        Safety.MARKED,
        "may rewrite the table, and fails if a value does not fit",
    )
    if with_default and after.get("default") == before.get("default"):
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET DEFAULT {after['default']}")


def _default_change(alter: str, before: Body, after: Body) -> Iterator[Statement]:
    if _differs(before, after, "generated"):
        if after.get("generated"):
            yield Statement(
                Place.COLUMN_CHANGE,
                f"{alter}: it became GENERATED ALWAYS AS ({after['default']})",
                Safety.WORDS,
                "an existing column cannot become a generated one",
            )
            return
        yield Statement(Place.COLUMN_CHANGE, f"{alter} DROP EXPRESSION", Safety.MARKED)
        if after.get("default") is not None:
            yield Statement(Place.COLUMN_CHANGE, f"{alter} SET DEFAULT {after['default']}")
    elif after.get("generated"):
        if before.get("default") != after.get("default"):
            yield Statement(
                Place.COLUMN_CHANGE,
                f"{alter} SET EXPRESSION AS ({after['default']})",
                Safety.MARKED,
                "rewrites the table; PostgreSQL 17 or later",
            )
    elif before.get("default") != after.get("default"):
        if after.get("default") is not None:
            yield Statement(Place.COLUMN_CHANGE, f"{alter} SET DEFAULT {after['default']}")
        else:
            table = alter.split(" ALTER COLUMN ", maxsplit=1)[0]
            drop = f"{table} ALTER COLUMN {name(before['name'])} DROP DEFAULT"
            yield Statement(Place.DROP_DEFAULT, drop)


def _null_change(alter: str, before: Body, after: Body) -> Iterator[Statement]:
    if bool(before.get("not_null")) == bool(after.get("not_null")):
        return
    if after.get("not_null"):
        yield Statement(
            Place.COLUMN_CHANGE,
            f"{alter} SET NOT NULL",
            note="reads the whole table, and fails if there is a null",
        )
    elif not before.get("identity") or after.get("identity"):
        yield Statement(Place.COLUMN_CHANGE, f"{alter} DROP NOT NULL")


def _identity_change(alter: str, before: Body, after: Body) -> Iterator[Statement]:
    old, new = before.get("identity") or "", after.get("identity") or ""
    if old and new:
        if old != new:
            yield Statement(Place.COLUMN_CHANGE, f"{alter} SET GENERATED {_IDENTITY[new]}")
        sequences = before.get("sequence"), after.get("sequence")
        if sequences[0] and sequences[1] and sequences[0] != sequences[1]:
            yield Statement(Place.COLUMN_CHANGE, f"{alter} {_changed_options(*sequences)}")
    elif not old and not new:
        return
    elif not old:
        options = _sequence_options(after.get("sequence"))
        yield Statement(
            Place.COLUMN_CHANGE,
            f"{alter} ADD GENERATED {_IDENTITY[new]} AS IDENTITY{options}",
            Safety.MARKED,
            "its sequence begins at its start, whatever values are there",
        )
    else:
        yield Statement(Place.COLUMN_CHANGE, f"{alter} DROP IDENTITY", Safety.MARKED, "drops its sequence")
        if not after.get("not_null"):
            yield Statement(Place.COLUMN_CHANGE, f"{alter} DROP NOT NULL")


def _storage_change(alter: str, before: Body, after: Body) -> Iterator[Statement]:
    same_type = not _differs(before, after, "type")
    if same_type and _differs(before, after, "storage") and after.get("storage") in _STORAGE:
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET STORAGE {_STORAGE[after['storage']]}")
    if _differs(before, after, "compression"):
        method = _COMPRESSION.get(after.get("compression") or "", "DEFAULT")
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET COMPRESSION {method}")
    if before.get("statistics") != after.get("statistics"):
        target = -1 if after.get("statistics") is None else after["statistics"]
        yield Statement(Place.COLUMN_CHANGE, f"{alter} SET STATISTICS {target}")
    yield from option_changes(Place.COLUMN_CHANGE, alter, before.get("options"), after.get("options"))


def option_changes(
    place: Place, alter: str, before: list[str] | None, after: list[str] | None
) -> Iterator[Statement]:
    """Yield SET and RESET of storage parameters."""
    old, new = _read_options(before), _read_options(after)
    gone = [key for key in old if key not in new]
    changed = [f"{key}={value}" for key, value in new.items() if old.get(key) != value]
    if gone:
        yield Statement(place, f"{alter} RESET ({', '.join(gone)})")
    if changed:
        yield Statement(place, f"{alter} SET ({_options(changed)})")


def _read_options(options: list[str] | None) -> dict[str, str]:
    return dict(option.split("=", 1) for option in options or [] if "=" in option)


def _options(options: list[str]) -> str:
    pairs = (option.split("=", 1) for option in options)
    return ", ".join(f"{key}={value if value.isalnum() else literal(value)}" for key, value in pairs)


def storage_parameters(options: list[str] | None) -> str:
    """Return ` WITH (…)` for a new relation, nothing without options."""
    return f" WITH ({_options(options)})" if options else ""
