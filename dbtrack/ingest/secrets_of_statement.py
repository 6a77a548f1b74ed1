"""Takes the secrets out of a statement and what the server said of it, before they leave this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbtrack.ingest.statements import Kind, Token, tokens
from dbtrack.tracking.redaction import REDACTED, redact

# As redact_statement on the server: what stands beside a password is often another.
_CARRIES_SECRET = re.compile(
    r"pass(word|wd|phrase|code|file)|pwd|secret|token|credential|bearer|oauth|jwt|dblink|pgp_|hmac|encrypt|(login|register)_user"
    r"|(api|access|private|encryption|account|shared|signing)[ _-]?key|identified\s+by"
    r"|user\s+mapping|create\s+server|alter\s+server|connection\s|crypt\s*\(|://[^/:\s]*:[^/\s]*@",
    re.IGNORECASE,
)
_NEAR = re.compile(r"(at or near )\"(?:.*)\"", re.DOTALL)
_SHORTEST_SECRET = 3


class Secrets:
    """What must not be stored of a client's string.

    Args:
        text: the whole string, all its statements.
    """

    def __init__(self, text: str) -> None:
        self._is_telling = _CARRIES_SECRET.search(text) is not None
        self._values = _values(text) if self._is_telling else ()

    def statement(self, text: str) -> str:
        """Return one statement of the string as it may be stored."""
        if not self._is_telling:
            return redact(text)
        if any(_may_not_end(token) for token in tokens(text)):
            return "[redacted: with standard_conforming_strings off, a literal may end elsewhere]"
        return redact(_without_literals(text))

    def message(self, text: str) -> str:
        """Return what the server said of the string, as it may be stored."""
        if self._is_telling:
            text = _NEAR.sub(rf'\1"{REDACTED}"', text)
            for value in self._values:
                text = text.replace(value, REDACTED)
        return redact(text)


def _may_not_end(token: Token) -> bool:
    # The log does not say what the session's standard_conforming_strings was.
    return token.kind is Kind.LITERAL and token.text.startswith("'") and "\\" in token.text


def _values(text: str) -> tuple[str, ...]:
    """Return what the literals hold, and what stands where a password should; the longest first."""
    found = {token.inside for token in _hidden(list(tokens(text)))}
    return tuple(sorted((value for value in found if len(value) >= _SHORTEST_SECRET), key=len, reverse=True))


def _hidden(words: Sequence[Token]) -> list[Token]:
    # PASSWORD x and PASSWORD "x" are mistakes that people make, with a real password.
    return [
        token
        for before, token in zip([None, *words], words, strict=False)
        if token.kind is Kind.LITERAL
        or (before and before.word == "PASSWORD" and token.kind is not Kind.SYMBOL and token.word != "NULL")
    ]


def _without_literals(text: str) -> str:
    """Return the tokens with `***` for each literal, and without the comments between them."""
    parts: list[str] = []
    end = 0
    words = list(tokens(text))
    hidden = {token.start for token in _hidden(words)}
    for token in words:
        gap = text[end : token.start]
        parts.append(gap if gap.isspace() or not gap else " ")
        parts.append(f"'{REDACTED}'" if token.start in hidden else token.text)
        end = token.end
    return "".join(parts)
