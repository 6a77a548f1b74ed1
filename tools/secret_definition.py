"""Writes the definition of a secret into SQL, between ``-- <secrets:…>`` and ``-- </secrets>``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dbtrack.redaction import definition

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^( *)-- <secrets:(\w+)(?: ([^\n]+))?>\n.*?^ *-- </secrets>\n", re.MULTILINE | re.DOTALL)
_BOUND = re.compile(r"\{([01]),\d\d+\}")
# Of a longer string each word costs more than the expression does.
_LONG = 10_000
_WIDTH = 96
_PART = re.compile(rf".{{1,{_WIDTH}}}(?=[|])|.{{1,{_WIDTH}}}", re.DOTALL)


def renewed_sql() -> dict[Path, str]:
    """Return each file that has such a block, relative to the repository, with the text it should have."""
    files = {path: path.read_text(encoding="ascii") for path in sorted((ROOT / "sql").rglob("*.sql"))}
    return {path.relative_to(ROOT): renew(text) for path, text in files.items() if "-- <secrets:" in text}


def renew(text: str) -> str:
    """Return the text of a SQL file with its blocks as the definition has them."""
    return _BLOCK.sub(_block, text)


def postgres(expression: str) -> str:
    """Return the expression as PostgreSQL gets it: without bounds, of which each step would be a state."""
    return _BOUND.sub(lambda match: "*" if match[1] == "0" else "+", expression)


def _block(match: re.Match[str]) -> str:
    indent, name, value = match.groups()
    lines = [f"{indent}{line}" for line in _BLOCKS[name](value or "")]
    return "\n".join([match[0].partition("\n")[0], *lines, f"{indent}-- </secrets>", ""])


def _literal(expression: str) -> list[str]:
    """Return the expression as literals in dollars, one a line, broken between alternatives if possible."""
    parts = _PART.findall(expression)
    return [f"{'|| ' if number else ''}$re${part}$re$" for number, part in enumerate(parts)]


def _matches(value: str, operator: str, expression: str) -> list[str]:
    literals = _literal(postgres(expression))
    lines = [f'{value} COLLATE "C" {operator} (', *_indented(literals)]
    return [*lines[:-1], lines[-1] + ")"]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _statement() -> list[str]:
    lines = _matches("p_string", "~*", definition.STATEMENT_WORDS)
    for words, expression in definition.FORMS:
        lines += [f"OR ((length(p_string) > {_LONG:d} OR", *_indented(_any_like("v_lower", words)), ")"]
        lines += _indented(_matches("AND p_string", "~", expression))
        lines[-1] += ")"
    return lines


def _rules() -> list[str]:
    return [line for rule in definition.RULES for line in _rule(rule)]


def _rule(rule: definition.Rule) -> list[str]:
    *most, last = _literal(postgres(rule.expression))
    flags = "gi" if rule.ignores_case else "g"
    kept = r"\1" if rule.before else ""
    marks = [f"AND {_any_like('v_lower', rule.marks)[0]}"] if rule.marks else []
    condition = [*_any_like("v_lower", rule.words), *marks]
    return [
        f"IF {condition[0]}",
        *_indented(condition[1:]),
        "THEN",
        '    v_message := regexp_replace(v_message COLLATE "C",',
        *(f"        {line}" for line in most),
        f"        {last}, '{kept}{definition.REDACTED}', '{flags}');",
        "END IF;",
    ]


def _any_like(value: str, patterns: Iterable[str]) -> list[str]:
    """Return a comparison without a backslash in quotes: what it means there is the session's to say."""
    words = [f"$l$%{word}%$l$" if set(word) & set("\\'") else f"'%{word}%'" for word in patterns]
    # A blank inside a pattern must not become a line end.
    joined = ", ".join(word.replace(" ", "\0") for word in words)
    wrapped = textwrap.wrap(joined, _WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = [line.replace("\0", " ") for line in wrapped]
    if len(lines) == 1 and len(value) + len(lines[0]) <= _WIDTH:
        return [f"{value} LIKE ANY (ARRAY[{lines[0]}]::pg_catalog._text)"]
    return [f"{value} LIKE ANY (ARRAY[", *_indented(lines[:-1]), f"    {lines[-1]}]::pg_catalog._text)"]


def _name_look(value: str) -> list[str]:
    """Return the look at a name; a dash between blanks begins no option."""
    return [
        "(",
        *_indented(_any_like(value, definition.NAME_LOOK)),
        f"    OR ({value} LIKE ANY (ARRAY['-%', '%--%'])",
        f"        OR replace({value}, ' - ', ' ') LIKE '% -%')",
        *_indented(_indented(_any_like(f"AND {value}", definition.NAME_LOOK_BESIDE_DASH))),
        ")",
    ]


_BLOCKS: Mapping[str, Callable[[str], list[str]]] = {
    "statement": lambda _: _statement(),
    "rules": lambda _: _rules(),
    "key": lambda _: _matches("o.key", "~*", definition.SECRET_KEY),
    "setting": lambda _: [
        "c_telling_setting constant pg_catalog.text :=",
        *_indented(_literal(postgres(f"({definition.BEFORE_SETTING_VALUE})[^\\s;,'\"]+"))),
        "    ;",
    ],
    "statement_look": lambda value: _any_like(value, definition.STATEMENT_LOOK),
    "name_look": _name_look,
    "text_look": lambda value: _any_like(value, definition.TEXT_LOOK),
}
