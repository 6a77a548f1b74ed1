"""The filters that reports share: words with * and ?, comma lists, parts of the names of objects.

Each is bound as what sql/reports/history.sql and the others compare with, between ``-- <filters>`` and
``-- </filters>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from dbtrack.errors import UsageError
from dbtrack.reports.model import Parameter, ParameterKind, Report

FILTERED = frozenset(
    {
        ParameterKind.WORDS,
        ParameterKind.TYPES,
        ParameterKind.OBJECTS,
        ParameterKind.PHRASE,
        ParameterKind.FLAG,
    }
)
"""The kinds of parameters that `bound_filter` binds."""

_WILDCARDS = re.compile(r"(?<!\\)[*?]")
_ESCAPED = re.compile(r"\\(.)")


def bound_filter(parameter: Parameter, given: object) -> dict[str, object]:
    """Return the values of the SQL that a filter stands for; all None where it is not given.

    Raises:
        UsageError: a word of it is empty.
    """
    return _BOUND[parameter.kind](parameter.name, given)


def is_filtered(report: Report, values: Mapping[str, object]) -> bool:
    """Return whether any of the filters of a report is given."""
    bound = (bound_filter(parameter, None) for parameter in report.parameters if parameter.kind in FILTERED)
    return any(values.get(name) not in (None, False) for names in bound for name in names)


def split_words(given: object, name: str) -> list[str]:
    r"""Return the words of a comma list, or of several.

    A comma in parentheses or in quotes belongs to a word, as in ``public.f(integer, date)``; so does ``\,``.

    Raises:
        UsageError: a word is empty.
    """
    lists = (
        [given]
        if isinstance(given, str)
        else [str(one) for one in given]
        if isinstance(given, Iterable)
        else []
    )
    words = [word.strip() for one in lists for word in _split(one)]
    if not all(words):
        raise UsageError(f"--{name} has an empty word", hint="write one, or several with commas: alice,bob")
    return words


def like_pattern(word: str) -> str:
    r"""Return a word with * and ? as a pattern of LIKE; ``\*`` and ``\?`` are these characters."""
    parts = re.split(r"(\\.|[*?])", word)
    return "".join(_like_part(part) for part in parts)


def object_patterns(word: str) -> list[str]:
    """Return patterns of LIKE for the identities of an object and of what belongs to it.

    ``public.orders`` is also its columns (``public.orders.due_on``), the triggers, policies and constraints
    on it (``audit on public.orders``), and all functions of this name. ``orders`` is whatever is so named in
    any schema, columns too. With * or ? the word is the whole identity.
    """
    if _WILDCARDS.search(word):
        return [like_pattern(word)]
    texts = [like_pattern(identity) for identity in _identities(word)]
    own = [form for text in texts for form in (text, f"{text}.%", f"{text}(%", f"% on {text}")]
    if "." in re.sub(r'"[^"]*"|\(.*', "", word):
        return own
    others = ("%.{0}", "%.{0}.%", "%.{0}(%", "{0} on %", "% on %.{0}")
    return [*own, *(form.format(text) for text in texts for form in others)]


def _identities(word: str) -> list[str]:
    """Return the ways in which PostgreSQL may write it: f(integer, date) is f(integer,pg_catalog.date).

    It qualifies some types and others not: each of the first four is tried in both ways.
    """
    name, parenthesis, rest = word.partition("(")
    if not parenthesis:
        return [word]
    types = [each.strip() for each in rest.removesuffix(")").split(",")]
    ways = [
        (each, f"pg_catalog.{each}") if place < _VARIED_TYPES and each and "." not in each else (each,)
        for place, each in enumerate(types)
    ]
    return [f"{name}({','.join(chosen)})" for chosen in product(*ways)]


_VARIED_TYPES = 4


def _near(word: str) -> str:
    """Return a pattern for what all patterns of a word contain."""
    return f"%{like_pattern(word.partition('(')[0])}%"


def one_word(name: str, word: str | None) -> dict[str, object]:
    """Return the values of a filter of one word, in which a comma is a comma: as itself, or as a pattern."""
    if not word:
        return {name: None, f"{name}_like": None}
    if _WILDCARDS.search(word):
        return {name: None, f"{name}_like": like_pattern(word)}
    return {name: _ESCAPED.sub(r"\1", word), f"{name}_like": None}


def one_object(word: str | None) -> dict[str, object]:
    """Return the values of a filter of one object, in which a comma is a comma."""
    if not word:
        return {"object": None, "object_near": None}
    return {"object": object_patterns(word), "object_near": _near(word)}


def one_type(word: str | None) -> dict[str, object]:
    """Return the values of a filter of one type, in any case."""
    return {"type": _spellings(word) if word else None}


def _spellings(word: str) -> list[str]:
    # All ways to write it in one case: the index on the type finds them.
    return list(dict.fromkeys((word, word.upper(), word.lower())))


def _split(text: str) -> list[str]:
    words, depth, is_quoted, current, escaped = [], 0, False, "", False
    for character in text:
        if character == "," and not (depth or is_quoted or escaped):
            words.append(current)
            current = ""
            continue
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            depth = max(0, depth + (character == "(") - (character == ")"))
        escaped = character == "\\" and not escaped
        current += character
    return [*words, current]


def _like_part(part: str) -> str:
    if part in {"*", "?"}:
        return "%" if part == "*" else "_"
    return re.sub(r"([\\%_])", r"\\\1", _ESCAPED.sub(r"\1", part))


def _words(name: str, given: object) -> dict[str, object]:
    words = split_words(given, name) if given else []
    is_exact = not any(_WILDCARDS.search(word) for word in words)
    exact = [_ESCAPED.sub(r"\1", word) for word in words] if words and is_exact else None
    patterns = None if is_exact else [like_pattern(word) for word in words]
    return {name: exact, f"{name}_like": patterns}


def _types(name: str, given: object) -> dict[str, object]:
    words = split_words(given, name) if given else []
    return {name: [form for word in words for form in _spellings(word)] or None}


def _objects(name: str, given: object) -> dict[str, object]:
    words = split_words(given, name) if given else []
    return {
        name: [pattern for word in words for pattern in object_patterns(word)] or None,
        # What all patterns of a word contain.
        f"{name}_near": [_near(word) for word in words] or None,
    }


def _phrase(name: str, given: object) -> dict[str, object]:
    text = None if given is None else str(given)
    if text == "":
        raise UsageError(f"--{name} needs a text to look for")
    # As journalctl and less: lower case finds every case; of ASCII letters, as the collation C has it.
    is_folded = text is not None and text == text.lower()
    return {name: None if is_folded else text, f"{name}_folded": text if is_folded else None}


def _flag(name: str, given: object) -> dict[str, object]:
    return {name: bool(given)}


_BOUND: Mapping[ParameterKind, Callable[[str, object], dict[str, object]]] = {
    ParameterKind.WORDS: _words,
    ParameterKind.TYPES: _types,
    ParameterKind.OBJECTS: _objects,
    ParameterKind.PHRASE: _phrase,
    ParameterKind.FLAG: _flag,
}


def described(report: Report, arguments: Mapping[str, object]) -> Sequence[str]:
    """Return what was searched for, without the window, as the user gave it: ``user alice``, ``failed``."""
    found = []
    for parameter in report.parameters:
        given = arguments.get(parameter.name)
        if parameter.kind in _NOT_DESCRIBED or given in (None, False, [], ()):
            continue
        text = ",".join(map(str, given)) if isinstance(given, (list, tuple)) else str(given)
        found.append(parameter.name if given is True else f"{parameter.name} {text}")
    return found


_NOT_DESCRIBED = {
    ParameterKind.SINCE,
    ParameterKind.UNTIL,
    ParameterKind.DAYS,
    ParameterKind.HOURS,
    ParameterKind.LIMIT,
}
