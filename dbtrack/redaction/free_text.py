"""Redact free text that the client sends: command lines, messages, metadata.

Statements are redacted on the server. Here are the texts of programs, in which a password can be in an
option, a variable, a connection string or a quoted statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dbtrack.redaction.definition import (
    FORMS,
    LONGEST_TEXT,
    REDACTED,
    RULES,
    SECRET_KEY,
    SECRET_OPTION,
    STATEMENT_WORDS,
    Rule,
)

_CASE_COUNTS = re.DOTALL | re.ASCII
_ANY_CASE = _CASE_COUNTS | re.IGNORECASE

# One character of a LIKE pattern.
_LIKE = re.compile(r"\\.|.", re.DOTALL)

_STATEMENT_WORDS = re.compile(STATEMENT_WORDS, _ANY_CASE)
_FORMS = tuple(re.compile(expression, _CASE_COUNTS) for _, expression in FORMS)
_SECRET_KEY = re.compile(SECRET_KEY, _ANY_CASE)
_SECRET_OPTION = re.compile(SECRET_OPTION, _ANY_CASE)


@dataclass(frozen=True)
class _CompiledRule:
    """A compiled rule, with the cheap tests that precede it."""

    words: re.Pattern[str]
    marks: re.Pattern[str]
    expression: re.Pattern[str]
    replacement: str

    def __call__(self, text: str, lower: str) -> str:
        if self.words.search(lower) and self.marks.search(text):
            return self.expression.sub(self.replacement, text)
        return text


def _compiled(rule: Rule) -> _CompiledRule:
    return _CompiledRule(
        like_expression(rule.words),
        re.compile(f"[{re.escape(rule.marks)}]" if rule.marks else ""),
        re.compile(rule.expression, _ANY_CASE if rule.ignores_case else _CASE_COUNTS),
        rf"\g<1>{REDACTED}" if rule.before else REDACTED,
    )


def like_expression(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return an expression that matches where one of the LIKE patterns does."""
    return re.compile("|".join(_LIKE.sub(_like_part, pattern) for pattern in patterns), re.DOTALL)


def _like_part(match: re.Match[str]) -> str:
    return "." if match[0] == "_" else re.escape(match[0][-1])


_RULES = tuple(map(_compiled, RULES))


def redact(text: str) -> str:
    """Return the text with the values of passwords, tokens and the like replaced by ``***``.

    A secret that nothing marks as such is kept, for example a password alone on a line. A text that is too
    long to be searched is replaced whole.
    """
    if len(text) > LONGEST_TEXT:
        return f"[redacted: {len(text)} characters]"
    lower = text.lower()
    for rule in _RULES:
        text = rule(text, lower)
    return text


def carries_secret(text: str) -> bool:
    """Return whether a query string may contain a secret in any of its statements."""
    return any(expression.search(text) for expression in (_STATEMENT_WORDS, *_FORMS))


def is_secret_option(word: str) -> bool:
    """Return whether the word after this option is a secret: ``--password``, ``--db-token``."""
    return _SECRET_OPTION.fullmatch(word) is not None


def names_a_secret(key: str) -> bool:
    """Return whether the value of this key is a secret: ``db_password``, ``API-Key``."""
    return _SECRET_KEY.search(key) is not None
