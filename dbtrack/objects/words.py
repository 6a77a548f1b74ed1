"""Say in words what changed in an object."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dbtrack.objects.model import Body, ObjectDifference, PartDifference
from dbtrack.objects.privileges import PrivilegeChange, compare, read_acl

ADDED, REMOVED, CHANGED = "+", "-", "~"

# The properties of a relation and of other objects, in the order in which they are told.
_PROPERTIES = {
    "owner": "owner",
    "persistence": "persistence",
    "row_security": "row security",
    "force_row_security": "forced row security",
    "options": "options",
    "replica_identity": "replica identity",
    "bound": "partition",
    "parents": "parents",
    "key": "partition key",
    "tablespace": "tablespace",
    "access_method": "access method",
    "sequence": "sequence",
    "labels": "labels",
    "base": "base type",
    "default": "default",
    "not_null": "not null",
    "checks": "checks",
    "version": "version",
    "comment": "comment",
    "type": "type",
    "start": "start",
    "increment": "increment",
    "minimum": "minimum",
    "maximum": "maximum",
    "cache": "cache",
    "cycle": "cycle",
    "owned_by": "owned by",
    "server": "server",
}
_STATES = {True: "on", False: "off"}
_CODES = {
    "persistence": {"p": "permanent", "u": "unlogged", "t": "temporary"},
    "replica_identity": {"d": "default", "n": "nothing", "f": "full", "i": "index"},
}


@dataclass(frozen=True)
class Words:
    """One change in words.

    Args:
        sign: added, removed, or changed.
        kind: of the part: column, grant; `object` for the whole.
        name: of the part.
        text: its definition, or what of it changed.
        lines: the difference of a long definition, line by line, each with its sign.
    """

    sign: str
    kind: str
    name: str
    text: str
    lines: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The change on a line with others: `+due_on date`."""
        if self.kind == "grant":
            return f"{self.name} {self.text}"
        sign = "" if self.sign == CHANGED else self.sign
        return (
            f"{sign}{self.name} {self.text}".strip() if self.sign != CHANGED else f"{self.name}: {self.text}"
        )


def object_words(difference: ObjectDifference) -> list[Words]:
    """Return what changed in an object."""
    if difference.is_dropped:
        return [Words(REMOVED, "object", difference.object_type, "dropped")]
    found: list[Words] = []
    if difference.is_created:
        found.append(Words(ADDED, "object", difference.object_type, "created"))
    main = difference.main
    owner = (main.after or main.before or {}).get("owner") if main else None
    for part in _told_parts(difference.parts):
        found += part_words(part, difference.object_type, owner or difference.owner)
    return sorted(found, key=_grants_last)


def _grants_last(words: Words) -> bool:
    return words.kind == "grant"


def _told_parts(parts: Iterable[PartDifference]) -> list[PartDifference]:
    """Return the parts without the indexes that come and go with constraints of their names."""
    found = list(parts)
    keys = {
        part.name
        for part in found
        if part.kind == "constraint" and (part.after or part.before or {}).get("type") in {"p", "u", "x"}
    }
    return [part for part in found if part.kind != "index" or part.name not in keys]


def part_words(part: PartDifference, object_type: str, owner: str | None = None) -> Iterator[Words]:
    """Yield what changed in one part, its privileges last.

    Args:
        owner: of the object, whose own privileges are left out.
    """
    before, after = part.before, part.after
    if part.kind == "object":
        yield Words(REMOVED, "object", object_type, "dropped")
        return
    if _is_noise(before) and _is_noise(after):
        return
    if part.kind in {"relation", "definition"}:
        yield from _whole_words(part, before, after)
    elif before is None:
        yield Words(ADDED, part.kind, part.name, part.new_text or "")
    elif after is None:
        yield Words(REMOVED, part.kind, str(before.get("name") or part.name), part.old_text or "")
    else:
        yield from _changed_words(part, before, after)
    yield from _privilege_words(part, object_type, owner)


def _is_noise(body: Body | None) -> bool:
    """Return whether a constraint only says NOT NULL, which its column says, too."""
    return body is None or body.get("type") == "n"


def _changed_words(part: PartDifference, before: Body, after: Body) -> Iterator[Words]:
    if before.get("name") != after.get("name"):
        yield Words(CHANGED, part.kind, str(after.get("name")), f"renamed from {before.get('name')}")
    if part.old_text != part.new_text:
        yield Words(CHANGED, part.kind, part.name, f"{part.old_text} → {part.new_text}")
    elif _without_acl(before) != _without_acl(after) and before.get("name") == after.get("name"):
        changed = sorted(key for key in after if key != "acl" and before.get(key) != after.get(key))
        told = ", ".join(f"{key} {_value(key, before)} → {_value(key, after)}" for key in changed)
        yield Words(CHANGED, part.kind, part.name, told)


def _without_acl(body: Body) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "acl"}


def _whole_words(part: PartDifference, before: Body | None, after: Body | None) -> Iterator[Words]:
    if before is None or after is None:
        if after is not None and after.get("definition"):
            yield _text_words(part, None, after["definition"])
        return
    for key in ("schema", "name"):
        # The query of a view has the name of the view, which its relation has, too.
        if before.get(key) != after.get(key) and "owner" in after:
            yield Words(CHANGED, part.kind, key, f"{before.get(key)} → {after.get(key)}")
    for key, word in _PROPERTIES.items():
        if (before.get(key) or None) != (after.get(key) or None):
            yield Words(CHANGED, part.kind, word, f"{_value(key, before)} → {_value(key, after)}")
    if before.get("definition") != after.get("definition"):
        yield _text_words(part, before.get("definition"), after.get("definition"))


def _value(key: str, body: Body) -> str:
    value = body.get(key)
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return _STATES[value]
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(map(str, value)) or "none"
    return _CODES.get(key, {}).get(str(value), str(value))


def _text_words(part: PartDifference, old: str | None, new: str | None) -> Words:
    """Return the change of a long text: how many lines, and which."""
    lines = tuple(line_changes(old or "", new or ""))
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    sign = ADDED if old is None else CHANGED
    what = "definition"
    counts = " ".join(
        word for word in (f"+{added}" if added else "", f"-{removed}" if removed else "") if word
    )
    plural = "line" if added + removed == 1 else "lines"
    return Words(sign, part.kind, what, f"{counts} {plural}", lines)


def line_changes(old: str, new: str, context: int = 2) -> Iterator[str]:
    """Yield the lines that differ, each with its sign, and some around them with a blank."""
    found = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=context)
    for line in found:
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _privilege_words(part: PartDifference, object_type: str, owner: str | None) -> Iterator[Words]:
    before, after = part.before, part.after
    if after is None or (before or {}).get("acl") == after.get("acl"):
        return
    kind = "column" if part.kind == "column" else _class_of(object_type)
    names = {owner, after.get("owner"), (before or {}).get("owner")}
    old = read_acl((before or {}).get("acl"), None, kind)
    new = read_acl(after.get("acl"), None, kind)
    for change in compare(old, new):
        if change.grantee not in names:
            grantee = f"{change.grantee} on {part.name}" if part.kind == "column" else change.grantee
            yield Words(
                ADDED if change.gained or change.gained_grantable else REMOVED,
                "grant",
                grantee,
                _told(change),
            )


def _class_of(object_type: str) -> str:
    return "type" if object_type in {"domain", "composite type"} else object_type


def _told(change: PrivilegeChange) -> str:
    words = [f"+{each}" for each in change.gained]
    words += [f"+{each} WITH GRANT OPTION" for each in change.gained_grantable]
    words += [f"-{each}" for each in change.lost]
    words += [f"-GRANT OPTION FOR {each}" for each in change.lost_grantable]
    return " ".join(words)


def part_differences(changes: Mapping[str, Mapping[str, Any]]) -> list[PartDifference]:
    """Return the changes of one version, as the report log has them."""
    found = [
        PartDifference(
            part,
            each["kind"],
            each["name"],
            each.get("before"),
            each.get("after"),
            each.get("old_text"),
            each.get("new_text"),
        )
        for part, each in changes.items()
    ]
    return sorted(found, key=lambda each: (_ORDER.get(each.kind, 9), len(each.part), each.part))


_ORDER = {
    kind: place
    for place, kind in enumerate(
        (
            "object",
            "relation",
            "definition",
            "column",
            "constraint",
            "index",
            "rule",
            "trigger",
            "policy",
            "comment",
        )
    )
}


def version_words(changes: Mapping[str, Mapping[str, Any]], object_type: str) -> list[Words]:
    """Return what one version changed; of an object that it created, that and its parts."""
    found = part_differences(changes)
    main = next((each for each in found if each.kind in {"relation", "definition"}), None)
    words: list[Words] = []
    if main is not None and main.before is None:
        words.append(Words(ADDED, "object", object_type, "created"))
    owner = (main.after or main.before or {}).get("owner") if main else None
    for each in _told_parts(found):
        words += part_words(each, object_type, owner)
    return sorted(words, key=_grants_last)


def summary(words: Iterable[Words]) -> str:
    """Return changes on one line; what was created with its parts is only that."""
    found = list(words)
    if found and found[0].kind == "object":
        first = found[0]
        columns = sum(each.kind == "column" for each in found)
        size = f" with {columns} column{'' if columns == 1 else 's'}" if columns else ""
        return f"{first.name} {first.text}{size}"
    return ", ".join(each.short for each in found)
