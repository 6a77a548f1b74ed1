"""Texts that a regular expression finds: for each of its branches and optional parts at least one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_CATEGORIES = {
    codes.CATEGORY_WORD: "a0_",
    codes.CATEGORY_SPACE: " \n",
    codes.CATEGORY_DIGIT: "0",
    codes.CATEGORY_NOT_SPACE: "x1",
}
_OTHERS = "x1- '\"\\$@;&"


def samples(expression: str, flags: int = re.DOTALL | re.ASCII) -> list[str]:
    """Return texts in which the expression finds something; what lookarounds forbid is left out."""
    compiled = re.compile(expression, flags)
    found = dict.fromkeys(_sequence(parser.parse(expression, flags)))
    return [text for text in found if compiled.search(f" {text} ")]


def _sequence(items: Iterable[Any]) -> Iterator[str]:
    """Vary one item at a time, the others in their first form."""
    choices = [list(_item(*item)) or [""] for item in items]
    first = [choice[0] for choice in choices]
    yield "".join(first)
    for position, choice in enumerate(choices):
        for other in choice[1:]:
            yield "".join([*first[:position], other, *first[position + 1 :]])


def _item(code: Any, argument: Any) -> Iterator[str]:
    if code in _FORMS:
        yield from _FORMS[code](argument)
    elif code is codes.ASSERT and argument[0] > 0:
        yield from _sequence(argument[1])


def _class(members: list[Any]) -> Iterator[str]:
    if members[0][0] is codes.NEGATE:
        excluded = set(_members(members[1:]))
        yield from (other for other in _OTHERS if other not in excluded)
    else:
        yield from _members(members)


def _members(members: list[Any]) -> Iterator[str]:
    for code, argument in members:
        if code is codes.LITERAL:
            yield chr(argument)
        elif code is codes.RANGE:
            yield chr(argument[0])
        elif code is codes.CATEGORY:
            yield from _CATEGORIES[argument]


def _repeat(least: int, most: int, items: Any) -> Iterator[str]:
    forms = list(_sequence(items))
    for form in forms[:20]:
        yield form * max(least, 1)
    if least == 0:
        yield ""
    if most > 1:
        yield forms[0] * max(least, 3)


_FORMS: dict[Any, Callable[[Any], Iterable[str]]] = {
    codes.LITERAL: chr,
    codes.NOT_LITERAL: lambda excluded: _OTHERS.replace(chr(excluded), ""),
    codes.ANY: lambda _: "x'",
    codes.IN: _class,
    codes.BRANCH: lambda branches: [form for branch in branches[1] for form in _sequence(branch)],
    codes.SUBPATTERN: lambda group: _sequence(group[3]),
    codes.MAX_REPEAT: lambda repeat: _repeat(*repeat),
}
