"""log_line_prefix: from its escapes to what stands at the beginning of each entry."""

from __future__ import annotations

import re

from dbtrack.errors import UsageError

_DAY_AND_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_ZONE = r" (?:[A-Za-z_/]+|[+-][\d:]+)"
_SECONDS = _DAY_AND_TIME + _ZONE
_ANY = r".*?"
# Escape: the name under which it is kept, and what it can be.
_ESCAPES: dict[str, tuple[str | None, str]] = {
    "a": ("application", _ANY),
    "u": ("user", _ANY),
    "d": ("database", _ANY),
    "r": ("client_port", r"\S*?"),
    "h": ("client", r"\S*?"),
    "L": (None, r"\S*?"),
    "b": (None, _ANY),
    "p": ("pid", r"\d+"),
    "P": (None, r"\d*"),
    "t": ("seconds", _SECONDS),
    "m": ("milliseconds", rf"{_DAY_AND_TIME}\.\d{{3}}{_ZONE}"),
    "n": ("epoch", r"\d+\.\d{3}"),
    "Q": (None, r"-?\d+"),
    "i": (None, _ANY),
    "e": ("sqlstate", r"[0-9A-Z]{5}"),
    "c": ("session_id", r"[0-9a-f]+\.[0-9a-f]+"),
    "l": ("line_number", r"\d+"),
    "s": (None, _SECONDS),
    "v": (None, r"(?:\d+/\d+)?"),
    "x": ("transaction_id", r"\d+"),
}
_TIMES = ("milliseconds", "epoch", "seconds")
_ESCAPE = re.compile(r"%(?P<padding>-?\d*)(?P<letter>.)", re.DOTALL)
# Korean has no spaces behind the word for QUERY.
_SEVERITY = r"(?P<severity>[^\W\d_][^:\n]{0,30}):(?:  |(?<=쿼리:))"
_ENTRY = _SEVERITY + r"(?:(?P<verbose_state>[0-9A-Z]{5}): )?(?P<text>.*)"


def compile_prefix(prefix: str) -> re.Pattern[str]:
    """Return what matches the first line of an entry: the prefix's values, `severity` and `text`.

    Args:
        prefix: as the server's log_line_prefix.

    Raises:
        UsageError: without %m, %t or %n no entry has a time.
    """
    pattern = _Pattern()
    end = 0
    for match in _ESCAPE.finditer(prefix):
        pattern.literal(prefix[end : match.start()])
        pattern.escape(match["letter"], padded=bool(match["padding"]))
        end = match.end()
    pattern.literal(prefix[end:])
    if not any(name in pattern.names for name in _TIMES):
        raise UsageError(
            f"no time can be read: log_line_prefix '{prefix}' has none of %m, %t and %n",
            hint="dbtrack cannot date these entries; use csvlog or jsonlog, or add %m",
        )
    return re.compile(pattern.text(), re.DOTALL)


class _Pattern:
    """A regular expression as it grows."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._parts: list[str] = []
        self._optional_from: int | None = None

    def literal(self, text: str) -> None:
        self._parts.append(re.escape(text))

    def escape(self, letter: str, *, padded: bool) -> None:
        if letter == "%":
            self.literal("%")
        elif letter == "q" and self._optional_from is None:
            # Processes without a session write nothing of what follows.
            self._optional_from = len(self._parts)
        elif letter in _ESCAPES:
            value = self._value(*_ESCAPES[letter])
            self._parts.append(f" *{value} *" if padded else value)

    def text(self) -> str:
        if self._optional_from is None:
            return "".join(self._parts) + _ENTRY
        always = "".join(self._parts[: self._optional_from])
        return f"{always}(?:{''.join(self._parts[self._optional_from :])})?{_ENTRY}"

    def _value(self, name: str | None, pattern: str) -> str:
        if name is None or name in self.names:
            return f"(?:{pattern})"
        self.names.add(name)
        return f"(?P<{name}>{pattern})"
