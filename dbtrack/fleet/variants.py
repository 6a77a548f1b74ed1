"""Which definitions of an object exist in which members of a fleet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from dbtrack.columns import Column, Kind
from dbtrack.compare import Change, Side, are_loose, comparable
from dbtrack.db import Database, Row
from dbtrack.fleet.ask import Limits, Outcome, ask_each
from dbtrack.fleet.members import Member

VARIANT_COLUMNS = (
    Column("object_type", Kind.TEXT, "Kind", help="What kind of object it is."),
    Column("object_identity", Kind.IDENTIFIER, "Name", help="Its name."),
    Column("variant", Kind.COUNT, "Variant", help="1 is the definition that most members have."),
    Column("members", Kind.COUNT, "Members", help="How many members have it."),
    Column("names", Kind.LIST, "In", rank=1, help="Which members have it."),
    Column("digest", Kind.KEY, "Digest", rank=5, help="SHA-256 of the definition; null: no such object."),
    Column("nearest", Kind.COUNT, "Beside", rank=4, help="The variant that it is compared with."),
    Column("difference", Kind.TEXT, "Difference", help="What differs from that one."),
    Column(
        "changed_by", Kind.IDENTIFIER, "By", rank=3, help="Who changed the object last, in these members."
    ),
    Column("changed_at", Kind.TIME, "At", rank=2, help="When."),
    Column("operation", Kind.TEXT, "Operation", rank=4, help="In which operation."),
    Column("execution_key", Kind.KEY, "Execution", rank=6, help="The key of the execution."),
)
OBJECT_COLUMNS = (
    Column("object_type", Kind.TEXT, "Kind", help="What kind of object it is."),
    Column("object_identity", Kind.IDENTIFIER, "Name", help="Its name."),
    Column("variants", Kind.COUNT, "Variants", help="How many definitions of it there are."),
    Column("members", Kind.COUNT, "Most have", help="How many members have the most frequent one."),
    Column("others", Kind.LIST, "Others", rank=1, help="The members that have another one, or none."),
)
_LONGEST = 80
_FEW = 5000
# Objects of these kinds can have the name of a schema.
_UNSCHEMED = frozenset({"extension", "event trigger"})
Part = tuple[str, str]
Parts = Mapping[Part, str]


@dataclass(frozen=True)
class FoundObject:
    """One object in one member: the definitions of itself and of its parts, by kind and name."""

    object_type: str
    identity: str
    parts: Parts
    change: Change | None = None


@dataclass(frozen=True)
class Found:
    """What one member has.

    Args:
        major: the server's major version.
        objects: by their identity.
    """

    major: int
    objects: Mapping[str, FoundObject]


def ask_objects(
    members: Sequence[Member],
    matches: Callable[[str], bool] | None,
    schemas: Sequence[str] | None,
    limits: Limits,
    *,
    privileges: bool = False,
) -> Iterator[Outcome[Found]]:
    """Yield the objects whose identity matches, in each member, with who changed each last.

    Args:
        matches: tells whether an identity is meant; None for all objects.
        schemas: only objects of these schemas; None for all.
        privileges: owners and privileges too.
    """

    def work(member: Member, database: Database) -> Found:
        side = Side.of(member.name, database)
        with side.snapshot():
            objects = _objects(side.definitions(schemas, privileges=privileges), matches)
            if len(objects) <= _FEW:
                objects = _with_changes(side, objects)
            return Found(side.major, objects)

    return ask_each(members, work, limits)


def _objects(rows: Iterable[Row], matches: Callable[[str], bool] | None) -> dict[str, FoundObject]:
    parts: dict[str, dict[Part, str]] = {}
    types: dict[str, str] = {}
    for object_type, identity, part_of, definition in rows:
        whole = part_of or (f"{object_type} {identity}" if object_type in _UNSCHEMED else identity)
        # An index is part of its table, and can be asked for by its own name.
        for name in (whole, identity) if object_type == "index" and matches else (whole,):
            if matches is None or matches(identity if name == f"{object_type} {identity}" else name):
                parts.setdefault(name, {})[object_type, identity] = definition
        if part_of is None or object_type == "index":
            types.setdefault(identity, object_type)
            types[whole] = object_type if part_of is None else types.get(whole, "table")
    return {name: FoundObject(types.get(name, "table"), name, found) for name, found in parts.items()}


def _with_changes(side: Side, objects: Mapping[str, FoundObject]) -> dict[str, FoundObject]:
    names = {name for found in objects.values() for _, name in found.parts} | set(objects)
    changes = side.last_changes(sorted(names))
    return {
        name: FoundObject(found.object_type, name, found.parts, _latest(found, changes))
        for name, found in objects.items()
    }


def _latest(found: FoundObject, changes: Mapping[str, Change]) -> Change | None:
    own = [changes[name] for name in {found.identity, *(part[1] for part in found.parts)} if name in changes]
    return max(own, key=lambda change: change.changed_at, default=None)


@dataclass
class Variant:
    """One definition of an object, or that there is none.

    Args:
        parts: None where there is no such object.
        members: the names of the members that have it.
    """

    parts: Parts | None
    members: list[str] = field(default_factory=list)
    change: Change | None = None

    @property
    def digest(self) -> bytes | None:
        """SHA-256 of the definitions of the object and its parts."""
        return None if self.parts is None else digest_of(self.parts)

    def add(self, member: str, change: Change | None) -> None:
        """Note a member that has it."""
        self.members.append(member)
        if change and (self.change is None or change.changed_at > self.change.changed_at):
            self.change = change


def digest_of(parts: Parts) -> bytes:
    """Return the SHA-256 of the definitions of an object and its parts."""
    lines = sorted([*key, definition] for key, definition in parts.items())
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).digest()


def variants_of(found: Mapping[str, Found]) -> dict[tuple[str, str], list[Variant]]:
    """Return the variants of each object, by its kind and name; first the one that most members have.

    Args:
        found: what each member has, by its name.
    """
    is_loose = are_loose(each.major for each in found.values())
    kinds = {name: each.object_type for one in found.values() for name, each in one.objects.items()}
    result: dict[tuple[str, str], list[Variant]] = {}
    for name in sorted(kinds):
        by_digest: dict[bytes | None, Variant] = {}
        for member, one in found.items():
            each = one.objects.get(name)
            parts = None if each is None else _comparable(each.parts, is_loose=is_loose)
            variant = Variant(parts)
            by_digest.setdefault(variant.digest, variant).add(member, each.change if each else None)
        result[kinds[name], name] = sorted(by_digest.values(), key=_rank)
    return result


def _rank(variant: Variant) -> tuple[int, bool]:
    return -len(variant.members), variant.parts is None


def _comparable(parts: Parts, *, is_loose: bool) -> Parts:
    return {key: comparable(key[0], text) for key, text in parts.items()} if is_loose else parts


def variant_rows(key: tuple[str, str], variants: Sequence[Variant]) -> list[Row]:
    """Return the variants of one object in the columns of `VARIANT_COLUMNS`.

    Each is compared with the one before it that differs in the fewest parts.
    """
    rows: list[Row] = []
    for number, variant in enumerate(variants, 1):
        nearest, words = _nearest(variant, variants[: number - 1])
        change = variant.change
        told = (
            (change.login, change.changed_at, change.operation, change.execution_hk)
            if change
            else (None,) * 4
        )
        head = (*key, number, len(variant.members), variant.members, variant.digest)
        rows.append((*head, nearest, "\n".join(words) or None, *told))
    return rows


def _nearest(variant: Variant, others: Sequence[Variant]) -> tuple[int | None, list[str]]:
    if variant.parts is None:
        return None, ["no such object"]
    differences = [
        (difference_words(other.parts, variant.parts), number)
        for number, other in enumerate(others, 1)
        if other.parts is not None
    ]
    if not differences:
        # Where the others have none, what it consists of is all that differs.
        return None, difference_words({}, variant.parts) if others else []
    words, number = min(differences, key=lambda each: (len(each[0]), each[1]))
    return number, words


def difference_words(before: Parts, after: Parts) -> list[str]:
    """Return what differs between two definitions, one line a part."""
    lines: list[str] = []
    for kind, name in sorted({*before, *after}):
        old, new = before.get((kind, name)), after.get((kind, name))
        if old == new:
            continue
        words = f"{kind} {name}"
        if old is None:
            lines.append(f"+ {words} {_clip(new or '')}".rstrip())
        elif new is None:
            lines.append(f"- {words} {_clip(old)}".rstrip())
        else:
            lines.append(f"~ {words}: {' → '.join(_first_difference(old, new))}")
    return lines


def _first_difference(old: str, new: str) -> tuple[str, str]:
    pairs = zip_longest(old.splitlines(), new.splitlines(), fillvalue="")
    one, other = next((pair for pair in pairs if pair[0] != pair[1]), (old, new))
    return _clip(one), _clip(other)


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def object_row(key: tuple[str, str], variants: Sequence[Variant]) -> Row:
    """Return one object with several variants in the columns of `OBJECT_COLUMNS`."""
    first = variants[0]
    others = [name for variant in variants[1:] for name in variant.members]
    return (*key, len(variants), len(first.members), others)
