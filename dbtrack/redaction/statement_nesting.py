"""Know where a statement ends without a full parser."""

from __future__ import annotations

from dbtrack.redaction.sql_tokens import Token


class StatementNesting:
    """Whether a token is inside parentheses or BEGIN ATOMIC … END, where a semicolon ends nothing."""

    def __init__(self) -> None:
        self._brackets = 0
        self._blocks = 0
        self._previous = ""

    @property
    def is_outside(self) -> bool:
        """Whether a semicolon here ends the statement."""
        return self._brackets <= 0 and self._blocks <= 0

    def pass_over(self, token: Token) -> None:
        """Take note of the next token of the statement."""
        word = token.word
        if token.text in "()":
            self._brackets += 1 if token.text == "(" else -1
        elif (word == "ATOMIC" and self._previous == "BEGIN") or (word == "CASE" and self._blocks):
            self._blocks += 1
        elif word == "END" and self._blocks:
            self._blocks -= 1
        self._previous = word
