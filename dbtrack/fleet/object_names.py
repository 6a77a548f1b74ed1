"""The names of objects as people write them, and as the catalogs do."""

from __future__ import annotations

import re
from collections.abc import Callable

_PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
_PG_CATALOG = re.compile(r"\bpg_catalog\.|\s+")


def name_matcher(wanted: str) -> Callable[[str], bool]:
    """Return a function that tells whether an identity is an object of the name that is wanted.

    Args:
        wanted: `orders`, `shop.orders`, `"Order Items"`, `shop.total(date)`. Without a schema it matches in
            each one, and without the types of its arguments each function of that name.
    """
    parts, arguments = _read(wanted, folds=True)

    def matches(identity: str) -> bool:
        found, found_arguments = _read(identity, folds=False)
        if arguments is not None and arguments != found_arguments:
            return False
        return found == parts if len(parts) > 1 else found[-1:] == parts

    return matches


def _read(text: str, *, folds: bool) -> tuple[list[str], str | None]:
    """Return the parts of a name, and the arguments of a function without spaces; None without brackets."""
    before = re.match(r'(?:"(?:[^"]|"")*"|[^"(])*', text)
    name = before[0] if before else ""
    rest = text[len(name) :]
    arguments = _PG_CATALOG.sub("", rest).strip("()") if rest.startswith("(") else None
    parts = [
        match[1].replace('""', '"') if match[1] is not None else _plain(match[2], folds=folds)
        for match in _PART.finditer(name.strip())
    ]
    return parts, arguments


def _plain(text: str, *, folds: bool) -> str:
    return text.strip().lower() if folds else text
