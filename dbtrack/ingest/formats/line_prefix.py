"""Parse the beginning of an entry by log_line_prefix, in all the ways in which it can be read.

A user can choose a name that looks like the rest of a prefix and an entry. Two patterns, one with the
shortest and one with the longest names, find two readings of such a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbtrack.errors import UsageError
from dbtrack.redaction.server_message_words import SEVERITIES_AND_PARTS

_DAY_AND_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_ZONE = r" (?:[A-Za-z_/]+(?:[+-]\d{1,4})?|[+-][\d:]+)"
_SECONDS = _DAY_AND_TIME + _ZONE
# The server truncates names to 63 bytes, and replaces non-ASCII characters in an application's name.
_NAME = r"[^\n]{1,63}"
_APPLICATION = r"(?:\\x[0-9a-f]{2}|(?!\\x[0-9a-f]{2})[ -~]){1,63}"
_HOST = r"(?:[0-9A-Fa-f:.]+(?:%\w{1,16})?|[\w.-]{1,255})"
_CLIENT = rf"(?:\[local\]|{_HOST})"
_CLIENT_PORT = rf"(?:\[local\]|{_HOST}\(\d+\))"
# Each escape with the name of its field, None to ignore it, and the pattern of its values.
_ESCAPES: dict[str, tuple[str | None, str]] = {
    "b": (None, r"(?:[A-Za-z][\w ./-]{1,62}|)"),
    "p": ("pid", r"\d+"),
    "P": (None, r"\d*"),
    "t": ("seconds", _SECONDS),
    "m": ("milliseconds", rf"{_DAY_AND_TIME}\.\d{{3}}{_ZONE}"),
    "n": ("epoch", r"\d+\.\d{3}"),
    "Q": (None, r"-?\d+"),
    "i": (None, r"(?:[A-Z][A-Z ]{1,40}|[a-z][a-z ()]{1,40}|)"),
    "e": ("sqlstate", r"[0-9A-Z]{5}"),
    "c": ("session_id", r"[0-9a-f]+\.[0-9a-f]+"),
    "l": ("line_number", r"\d+"),
    "s": (None, _SECONDS),
    "v": (None, r"(?:\d+/\d+)?"),
    "x": ("transaction_id", r"\d+"),
}
# The escapes that only client sessions have; for background processes they are empty.
_SESSION_ESCAPES: dict[str, tuple[str | None, str]] = {
    "a": ("application", _APPLICATION),
    "u": ("user", _NAME),
    "d": ("database", _NAME),
    "r": ("client_port", _CLIENT_PORT),
    "h": ("client", _CLIENT),
    "L": (None, _CLIENT),
}
_NAMES_WITH_LINE_ENDS = frozenset("ud")
_TIMES = ("milliseconds", "epoch", "seconds")
_ESCAPE = re.compile(r"%(?P<padding>-?\d*)(?P<letter>.)", re.DOTALL)
_KNOWN = "|".join(sorted(map(re.escape, SEVERITIES_AND_PARTS), key=len, reverse=True))
# French has a space before the colon. Korean has no spaces after the word for QUERY.
_SEVERITY = rf"(?P<severity>(?:{_KNOWN})\s?):"
_AFTER_SEVERITY = r"(?:  |(?<=쿼리:)|(?<=APPEL :) )"
_TEXT = r"(?:(?P<verbose_state>[0-9A-Z]{5}): )?(?P<text>.*)"
# Some log collectors reduce several spaces to one, and editors remove those at the end of a line.
_AFTER_SEVERITY_TRIMMED = r"(?: |\n\t|\r?\n?\Z)"
_UNKNOWN_WORD = r"(?P<severity>[^\W\d_][\w' ]{0,30}?\s?):  "
_ANY_WORD = re.compile(r"[^\W\d_]['’ \w]{0,30}:")
_ANY_SEVERITY = re.compile(rf"(?:{_KNOWN})\s?:  ")
_QUANTIFIER = re.compile(r"(?<=[\]\w)])(\{\d*,\d*\}|[+*?])(?!\?)")
_MOST_HEAD_CHARACTERS = 1200
_OTHER = "other_"
# Whether to prefer short names, and a short user name: the two opposites first, then the mixtures.
_PREFERENCES = ((True, True), (False, False), (True, False), (False, True))
_OPPOSITE = 2


@dataclass(frozen=True)
class Reading:
    """One way to read the beginning of an entry.

    Args:
        fields: the values of the prefix, `severity` and `text`.
        is_known: whether the severity is a word that PostgreSQL writes.
    """

    fields: Mapping[str, str | None]
    is_known: bool = True

    @property
    def entry(self) -> tuple[str | None, str | None]:
        """The severity and the text."""
        return self.fields["severity"], self.fields["text"]


class LinePrefix:
    """Parses the beginnings of entries.

    Args:
        prefix: the server's log_line_prefix.

    Raises:
        UsageError: it contains none of %m, %t and %n, so entries have no time.
    """

    def __init__(self, prefix: str) -> None:
        self._pieces = _pieces(prefix)
        letters = {letter for kind, letter, _ in self._pieces if kind == "escape"}
        if not {_name_of(letter) for letter in letters}.intersection(_TIMES):
            raise UsageError(
                f"no time can be read: log_line_prefix '{prefix}' has none of %m, %t and %n",
                hint="dbtrack cannot determine the time of these entries; use csvlog or jsonlog, or add %m",
            )
        self._padded = frozenset(_name_of(value) for _, value, is_padded in self._pieces if is_padded)
        # Anyone can choose these names, line ends included, even without being able to log in.
        self.is_forgeable = bool(letters & _NAMES_WITH_LINE_ENDS)
        self._patterns = [self._compile(_AFTER_SEVERITY, *preference) for preference in _PREFERENCES]
        self._trimmed = [self._compile(_AFTER_SEVERITY_TRIMMED, *preference) for preference in _PREFERENCES]
        self._unknown = re.compile(
            f"{self._head(lazy=True, lazy_user=True)}{_UNKNOWN_WORD}{_TEXT}", re.DOTALL
        )
        self._fixed = re.compile(self._fixed_part())

    def readings(self, text: str) -> list[Reading]:
        """Return the ways to read a line: none, one, or several, among them the two that differ most."""
        if not _ANY_WORD.search(text[:_MOST_HEAD_CHARACTERS]):
            return []
        found = self._found(text, self._patterns) or self._found(text, self._trimmed)
        if found:
            return found
        match = self._unknown.match(text)
        return [Reading(match.groupdict(), is_known=False)] if match else []

    def is_torn(self, line: str) -> bool:
        """Return whether a line is not an entry, but may be part of one that a line end in a name split."""
        head = line[:_MOST_HEAD_CHARACTERS]
        if not _ANY_WORD.search(head):
            return bool(self._fixed.match(head))
        if self._patterns[0].match(head) or self._trimmed[0].match(head):
            return False
        return bool(self._fixed.match(head) or _ANY_SEVERITY.search(head))

    def _found(self, text: str, patterns: Sequence[re.Pattern[str]]) -> list[Reading]:
        """Return the readings of the patterns; if the first two agree, there is no other."""
        readings: list[Reading] = []
        for number, pattern in enumerate(patterns):
            match = pattern.match(text)
            if match is None or (number == _OPPOSITE and len(readings) == 1):
                break
            reading = Reading(self._merged(match.groupdict()))
            if reading not in readings:
                readings.append(reading)
        return readings

    def _merged(self, groups: Mapping[str, str | None]) -> Mapping[str, str | None]:
        """Return the values of the alternative that matched, without padding."""
        merged: dict[str, str | None] = {}
        for name, value in groups.items():
            field = name.removeprefix(_OTHER)
            text = value.strip(" ") if value and field in self._padded else value
            merged[field] = text if text is not None else merged.get(field)
        return merged

    def _compile(self, after_severity: str, lazy: bool, lazy_user: bool) -> re.Pattern[str]:
        head = self._head(lazy=lazy, lazy_user=lazy_user)
        return re.compile(f"{head}{_SEVERITY}{after_severity}{_TEXT}", re.DOTALL)

    def _head(self, *, lazy: bool, lazy_user: bool) -> str:
        """Return the pattern of the prefix, for a session or for a background process."""
        session = _Pattern(self._pieces, of_session=True, lazy=lazy, lazy_user=lazy_user)
        other = _Pattern(self._pieces, of_session=False, lazy=lazy, lazy_user=lazy_user)
        if session.text == other.text:
            return session.text
        both = (session.text, other.text) if lazy else (other.text, session.text)
        # A pattern cannot have two groups of the same name.
        return f"(?:{both[0]}|{_renamed(both[1])})"

    def _fixed_part(self) -> str:
        """Return the pattern of the prefix before the first value that a user can choose."""
        names = [
            n
            for n, (kind, letter, _) in enumerate(self._pieces)
            if letter in _SESSION_ESCAPES and kind == "escape"
        ]
        fixed = self._pieces[: names[0]] if names else self._pieces
        return _Pattern(fixed, of_session=True, lazy=False, lazy_user=False).text


class _Pattern:
    """Builds a regular expression for the pieces of a prefix."""

    def __init__(
        self, pieces: list[tuple[str, str, bool]], *, of_session: bool, lazy: bool, lazy_user: bool
    ) -> None:
        self._names: set[str] = set()
        self._of_session = of_session
        self._lazy, self._lazy_user = lazy, lazy_user
        parts: list[str] = []
        for kind, value, is_padded in pieces:
            if kind == "stop":
                if not of_session:
                    break
            elif kind == "literal":
                parts.append(re.escape(value))
            else:
                parts.append(self._escape(value, is_padded=is_padded))
        self.text = "".join(parts)

    def _escape(self, letter: str, *, is_padded: bool) -> str:
        if letter in _SESSION_ESCAPES:
            name, pattern = _SESSION_ESCAPES[letter]
            value = self._value(name, pattern if self._of_session else "")
        else:
            value = self._value(*_ESCAPES[letter])
        return f" *{value} *" if is_padded else value

    def _value(self, name: str | None, pattern: str) -> str:
        if self._lazy_user if name == "user" else self._lazy:
            pattern = _QUANTIFIER.sub(r"\1?", pattern)
        if name is None or name in self._names:
            return f"(?:{pattern})"
        self._names.add(name)
        return f"(?P<{name}>{pattern})"


def _pieces(prefix: str) -> list[tuple[str, str, bool]]:
    """Return the prefix as (kind, value, is_padded); kind is literal, escape, or stop for %q."""
    pieces: list[tuple[str, str, bool]] = []
    end = 0
    for match in _ESCAPE.finditer(prefix):
        letter = match["letter"]
        pieces.append(("literal", prefix[end : match.start()] + ("%" if letter == "%" else ""), False))
        end = match.end()
        if letter == "q":
            pieces.append(("stop", "", False))
        elif letter in _ESCAPES or letter in _SESSION_ESCAPES:
            pieces.append(("escape", letter, bool(match["padding"])))
    pieces.append(("literal", prefix[end:], False))
    return pieces


def _renamed(pattern: str) -> str:
    return pattern.replace("(?P<", f"(?P<{_OTHER}")


def _name_of(letter: str) -> str | None:
    return (_ESCAPES.get(letter) or _SESSION_ESCAPES.get(letter) or (None, ""))[0]
