"""Text that is code is compared without regard to the database's language: in Turkish, lower('VIEW') is not 'view'."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dbtrack import sql_files

ROOT = sql_files.sql_root()
FILES = [path for path in sorted(ROOT.rglob("*.sql")) if path.parent.name != "migrations"]
# What people wrote: a name or a password in another case is found by the rules of its own language.
_HUMAN = (
    "erase_step",
    "erase_begin",
    "erase_end",
    "forget_person_of_anomalies",
    "auth_reason",
    "auth_shown_user",
    "auth_claims",
    "search_executions",
)
_CALL = re.compile(r"\b(lower|upper|initcap|regexp_\w+)\s*\(")
_OPERATOR = re.compile(r"!?~~?\*|\b(?:NOT\s+)?ILIKE\b", re.IGNORECASE)
# Both ends of a range are called so too.
_RANGE = re.compile(r"(?:\w+\.)?(?:v_)?(?:gap|span)")
_IGNORES_CASE = re.compile(r"'[a-z]*i[a-z]*'\s*$")
_COLLATION = re.compile(r'COLLATE (?:pg_catalog\.)?"C"')


def _arguments(text: str, start: int) -> str:
    depth = 1
    for position in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if not depth:
            return text[start:position]
    return text[start:]


def _faults(text: str) -> Iterator[str]:
    text = re.sub(r"--[^\n]*", "", text)
    # A variable that is declared with the collation needs it nowhere else.
    declared = re.findall(
        rf"^\s*(v_\w+)\s+(?:(?i:constant)\s+)?pg_catalog\.text\s+{_COLLATION.pattern}", text, re.MULTILINE
    )
    is_right = re.compile("|".join([_COLLATION.pattern, *(rf"\b{name}\b" for name in declared)]))
    for call in _CALL.finditer(text):
        arguments = _arguments(text, call.end())
        is_checked = not call[1].startswith("regexp_") or _IGNORES_CASE.search(arguments)
        if is_checked and not is_right.search(arguments) and not _RANGE.fullmatch(arguments):
            yield f"{call[1]}({arguments})"
    for operator in _OPERATOR.finditer(text):
        before, after = text[: operator.start()], text[operator.end() :]
        if not re.search(rf"(?:{is_right.pattern})\)?\s*$", before) and not re.match(
            rf"\s*'[^']*'\s+{_COLLATION.pattern}", after
        ):
            yield text[max(0, operator.start() - 40) : operator.end() + 20]


def test_no_language_decides_what_code_is() -> None:
    found = {
        str(path.relative_to(ROOT)): list(_faults(path.read_text(encoding="ascii")))
        for path in FILES
        if path.stem not in _HUMAN
    }
    assert len(found) > 400
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "fault",
    [
        "lower(a.x)",
        "x ~* 'view'",
        "x !~* 'view'",
        "x ILIKE 'v%'",
        "regexp_replace(a, 'b', 'c', 'gi')",
        "upper(btrim(a))",
    ],
)
def test_it_is_found(fault: str) -> None:
    assert list(_faults(f"SELECT {fault}"))


@pytest.mark.parametrize(
    "text",
    [
        'lower(a COLLATE "C")',
        'lower(a COLLATE pg_catalog."C")',
        "x COLLATE \"C\" ~* 'view'",
        "lower(v_gap)",
        "regexp_replace(a, 'i', 'c', 'g')",
    ],
)
def test_what_is_right_is_not_found(text: str) -> None:
    assert list(_faults(f"SELECT {text}")) == []
