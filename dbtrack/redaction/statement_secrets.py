"""Redact a statement and the server's messages about it, before they leave this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from dbtrack.redaction.definition import BEFORE_SETTING_VALUE, REDACTED
from dbtrack.redaction.free_text import carries_secret, redact
from dbtrack.redaction.literal_values import NestedTooDeeplyError, values_of
from dbtrack.redaction.sql_tokens import Kind, Token, tokens

_BARE_SETTING = re.compile(rf"({BEFORE_SETTING_VALUE})([^\s;,'\"]+)", re.IGNORECASE | re.ASCII)
_QUOTED_WORD = re.compile(r'"([^"]{3,})"')
_WORD = re.compile(r"\w{3,}")
_NEAR = re.compile(r"(at or near )\"(?:.*)\"", re.DOTALL)
_SHORTEST_SECRET = 3
# Each value is searched in the whole message. The limit allows ten thousand values in 8 kB.
_MOST_COMPARED = 200_000_000
_UNSEARCHED = "[redacted: the statement has too much in it to be looked for here]"


class Secrets:
    """The secrets of a client's query string.

    Args:
        text: the whole query string, with all its statements.
        mode: the database's setting `redaction.mode`.
    """

    def __init__(self, text: str, mode: str = "secrets") -> None:
        self._is_disabled = mode == "none"
        self._has_secrets = mode == "all" or (mode != "none" and carries_secret(text))
        self._values: tuple[str, ...] | None = ()
        if self._has_secrets:
            try:
                self._values = _values(text)
            except NestedTooDeeplyError:
                self._values = None
        # Callers alternate between the whole string and each of its statements.
        self._redacted = lru_cache(maxsize=2)(_without_secrets)

    def statement(self, text: str) -> str:
        """Return one statement of the string, redacted."""
        if not self._has_secrets:
            return text if self._is_disabled else redact(text)
        return self._redacted(text)

    def message(self, text: str) -> str:
        """Return a message of the server about the string, redacted."""
        if self._has_secrets:
            if self._values is None or _comparisons(text, self._values) > _MOST_COMPARED:
                return _UNSEARCHED
            text = _NEAR.sub(rf'\1"{REDACTED}"', text)
            for value in self._values:
                text = text.replace(value, REDACTED)
            text = _QUOTED_WORD.sub(self._without_part, text)
        return text if self._is_disabled else redact(text)

    def _without_part(self, match: re.Match[str]) -> str:
        # The server quotes only the unknown word of a connection string.
        return f'"{REDACTED}"' if any(match[1] in value for value in self._values or ()) else match[0]


def _comparisons(text: str, values: Sequence[str]) -> int:
    """Return how many characters are compared, at most, to search for the values in the text."""
    return len(values) * len(text) + text.count('"') * sum(map(len, values))


def _without_secrets(text: str) -> str:
    if any(_has_uncertain_end(token) for token in tokens(text)):
        return "[redacted: with standard_conforming_strings off, a literal may end elsewhere]"
    return redact(_BARE_SETTING.sub(rf"\1{REDACTED}", _without_literals(text)))


def _has_uncertain_end(token: Token) -> bool:
    # The log does not show the session's standard_conforming_strings.
    return token.kind is Kind.LITERAL and token.text.startswith("'") and "\\" in token.text


def _values(text: str) -> tuple[str, ...]:
    """Return the values of literals, and the words in the place of a password; the longest first."""
    words = list(tokens(text))
    found = {value for token in _secret_tokens(words) for value in values_of(token)}
    found.update(match[2] for match in _BARE_SETTING.finditer(text))
    uncertain = [token.start for token in words if _has_uncertain_end(token)]
    if uncertain:
        found.update(_WORD.findall(text[uncertain[0] :]))
    return tuple(sorted((value for value in found if len(value) >= _SHORTEST_SECRET), key=len, reverse=True))


def _secret_tokens(words: Sequence[Token]) -> list[Token]:
    # Users write PASSWORD x and PASSWORD "x" by mistake, with a real password.
    return [
        token
        for before, token in zip([None, *words], words, strict=False)
        if token.kind is Kind.LITERAL
        or (before and before.word == "PASSWORD" and token.kind is not Kind.SYMBOL and token.word != "NULL")
    ]


def _without_literals(text: str) -> str:
    """Return the text with `***` for each literal, and without comments."""
    parts: list[str] = []
    end = 0
    words = list(tokens(text))
    hidden = {token.start for token in _secret_tokens(words)}
    for token in words:
        gap = text[end : token.start]
        parts.append(gap if gap.isspace() or not gap else " ")
        parts.append(f"'{REDACTED}'" if token.start in hidden else token.text)
        end = token.end
    return "".join(parts)
