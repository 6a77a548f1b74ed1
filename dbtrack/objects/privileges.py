"""Read access control lists as PostgreSQL writes them, and compare them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PUBLIC = "PUBLIC"

_ITEM = re.compile(r'("(?:[^"]|"")*"|[^="]*)=([a-zA-Z*]*)/(.*)', re.DOTALL)
_WORDS = {
    "a": "INSERT",
    "r": "SELECT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "X": "EXECUTE",
    "U": "USAGE",
    "C": "CREATE",
    "T": "TEMPORARY",
    "c": "CONNECT",
    "s": "SET",
    "A": "ALTER SYSTEM",
    "m": "MAINTAIN",
}
# What PostgreSQL gives to everybody where there is no list.
_PUBLIC_DEFAULTS = {
    "function": {"EXECUTE"},
    "procedure": {"EXECUTE"},
    "aggregate": {"EXECUTE"},
    "type": {"USAGE"},
    "language": {"USAGE"},
}

Held = Mapping[str, Mapping[str, bool]]
"""For each grantee its privileges, each with whether it may grant it."""


@dataclass(frozen=True)
class PrivilegeChange:
    """What one grantee gained and lost."""

    grantee: str
    gained: tuple[str, ...]
    gained_grantable: tuple[str, ...]
    lost: tuple[str, ...]
    lost_grantable: tuple[str, ...]


def read_acl(items: Iterable[str] | None, owner: str | None, object_type: str) -> Held:
    """Return who holds what, without what owners have by themselves.

    Args:
        items: as PostgreSQL writes them, `bob=r*w/alice`; None where the object has its default privileges.
        owner: whose privileges are left out.
        object_type: decides what everybody has by default.
    """
    if items is None:
        default = _PUBLIC_DEFAULTS.get(object_type, set())
        return {PUBLIC: dict.fromkeys(sorted(default), False)} if default else {}
    held: dict[str, dict[str, bool]] = {}
    for item in items:
        match = _ITEM.fullmatch(item)
        if match is None:
            continue
        grantee = _role(match[1]) or PUBLIC
        if grantee != owner:
            for letter, star in re.findall(r"([a-zA-Z])(\*?)", match[2]):
                privileges = held.setdefault(grantee, {})
                word = _WORDS.get(letter, letter)
                privileges[word] = privileges.get(word, False) or bool(star)
    return held


def compare(before: Held, after: Held) -> list[PrivilegeChange]:
    """Return what each grantee gained and lost, in the order of their names."""
    changes = []
    for grantee in sorted({*before, *after}):
        old, new = before.get(grantee, {}), after.get(grantee, {})
        change = PrivilegeChange(
            grantee,
            tuple(word for word in sorted(new) if word not in old and not new[word]),
            tuple(word for word in sorted(new) if new[word] and not old.get(word, False)),
            tuple(word for word in sorted(old) if word not in new),
            tuple(word for word in sorted(old) if old[word] and word in new and not new[word]),
        )
        if any((change.gained, change.gained_grantable, change.lost, change.lost_grantable)):
            changes.append(change)
    return changes


def _role(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word
