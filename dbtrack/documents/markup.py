"""Text, times and numbers as HTML: escaped, isolated from the text around, and bounded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from dbtrack.render import readable
from dbtrack.status import Status

_CONTROL = re.compile(f"({readable.CONTROLS.pattern}+)")
_BREAK = re.compile(r"(?<=[_.(;,/])(?=[^\s_.(;,/])")
_SHORT_KEY_DIGITS = 8
_ADDRESS_DIGITS = 16
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_NAME_CHARACTERS = 200

_GLYPHS = {
    Status.COMPLETED: ("ok", "✔", "Completed"),
    Status.FAILED: ("bad", "✘", "Failed"),
    Status.CANCELLED: ("warn", "▲", "Cancelled"),
    Status.ABANDONED: ("warn", "▲", "Abandoned"),
    Status.RUNNING: ("run", "●", "Running"),
}
_FINDINGS = {
    "OK": ("ok", "✔", "Good"),
    "WARNING": ("warn", "▲", "Warning"),
    "CRITICAL": ("bad", "✘", "Critical"),
}
_UNKNOWN = ("dim", "?", "Unknown")


@dataclass(frozen=True)
class Markups:
    """Writes values as HTML.

    Args:
        now: the server's time, from which relative times count.
        longest: how many characters of a name are shown; its middle is left out beyond that.
    """

    now: datetime
    longest: int = _NAME_CHARACTERS

    def name(self, value: object, longest: int | None = None) -> Markup:
        """Return a name that may break after `_`, `.`, `(`, and cannot reverse what stands beside it."""
        if value is None:
            return Markup("")
        text = clipped(str(value), min(longest or self.longest, self.longest))
        return Markup("<bdi>{}</bdi>").format(_with_breaks(text))

    def names(self, values: Sequence[str] | None, most: int, longest: int = 80) -> Markup:
        """Return the first of several names, and how many more there are."""
        listed = list(values or ())
        shown = Markup(", ").join(self.name(value, longest) for value in listed[:most])
        more = len(listed) - most
        return shown + Markup(' <span class="dim">+{}</span>').format(more) if more > 0 else shown

    def plain(self, value: object, longest: int = _NAME_CHARACTERS) -> str:
        """Return a name as one line of text without control characters, for a title or an attribute."""
        return readable.visible(clipped(str(value), longest))

    def exact(self, value: datetime | str | None) -> str:
        """Return a time to the second, in UTC."""
        return exact_time(value) if isinstance(value, datetime) else self.plain(value or "")

    def time(self, value: datetime | str | None) -> Markup:
        """Return a time that is shown relative to now, and exactly on hover, by choice, and in print."""
        if not isinstance(value, datetime):
            # Infinity, or a year that Python does not have.
            return self.name(value)
        exact = value.astimezone(UTC)
        return Markup(
            '<time class="t" datetime="{}"><span class="rel">{} ago</span><span class="abs">{}</span></time>'
        ).format(f"{exact:%Y-%m-%dT%H:%M:%SZ}", age(self.now - exact), self._short_time(exact))

    def ago(self, value: datetime | str | None) -> str:
        """Return how long ago a time was, as text that stays as it is."""
        return f"{age(self.now - value)} ago" if isinstance(value, datetime) else ""

    def elapsed(self, since: datetime) -> Markup:
        """Return for how long something has run."""
        exact = since.astimezone(UTC)
        return Markup(
            '<time class="t" datetime="{}" title="since {}"><span class="rel for">{}</span></time>'
        ).format(f"{exact:%Y-%m-%dT%H:%M:%SZ}", exact_time(exact), age(self.now - exact))

    def _short_time(self, exact: datetime) -> str:
        now = self.now.astimezone(UTC)
        if exact.date() == now.date():
            return f"{exact:%H:%M:%S}"
        return (
            f"{exact.day} {exact:%b %H:%M}" if exact.year == now.year else f"{exact.day} {exact:%b %Y %H:%M}"
        )


def statement(text: str | None, budget: int = 12_000) -> Markup:
    """Return a statement or message with its line breaks, control characters shown as escapes.

    Args:
        budget: bytes of HTML at most; the rest is left out and counted.
    """
    if not text:
        return Markup("")
    shown = text.replace("\r\n", "\n")
    html = _with_controls(shown)
    while len(html.encode()) > budget:
        shown = shown[: min(len(shown) - 1, len(shown) * budget // len(html.encode()))]
        html = _with_controls(shown)
    left_out = len(text) - len(shown)
    if left_out:
        return Markup('{}<span class="dim"> … {} more characters</span>').format(html, f"{left_out:,}")
    return html


def glyph(status: str) -> Markup:
    """Return the sign of an execution's status, with a word for those who cannot see it."""
    return _sign(*_GLYPHS.get(Status(status), _UNKNOWN) if status in [*Status] else _UNKNOWN)


def finding(status: str) -> Markup:
    """Return the sign of a health check's status."""
    return _sign(*_FINDINGS.get(status, _UNKNOWN))


def key(value: bytes | None) -> str:
    """Return the digits of a key that people see."""
    return "" if value is None else bytes(value).hex()[:_SHORT_KEY_DIGITS]


def address(value: bytes) -> str:
    """Return the digits of a key that are enough to address one execution."""
    return bytes(value).hex()[:_ADDRESS_DIGITS]


def count(value: float | Decimal | None) -> str:
    """Return a number with separators; a dash if there is none."""
    return "–" if value is None else readable.number(value)


def duration(milliseconds: float | Decimal | None) -> str:
    """Return a duration in suitable units; nothing if there is none."""
    return "" if milliseconds is None else readable.duration(milliseconds)


def percentage(value: float | Decimal | None) -> str:
    """Return a percentage; a dash if nothing has ended."""
    return "–" if value is None else readable.percentage(value)


def change(now: Any, before: Any) -> str:
    """Return by how much a number differs from the one before, such as `▲ 12 %`; nothing if it does not."""
    if now is None or not before or now == before:
        return ""
    percent = abs(float(now) - float(before)) * 100 / float(before)
    if percent < 1:
        return ""
    return f"{'▲' if now > before else '▼'} {percent:,.0f} %"


def age(passed: timedelta) -> str:
    """Return how long something took or is ago, in its largest unit: `12 s`, `4 min`, `9 h`, `3 d`."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    return f"{seconds // _HOUR} h" if seconds < _DAY else f"{seconds // _DAY} d"


def exact_time(value: datetime) -> str:
    """Return a time to the second in UTC, with its day of the week."""
    exact = value.astimezone(UTC)
    return f"{exact:%a} {exact.day} {exact:%b %Y %H:%M:%S} UTC"


def clipped(text: str, longest: int) -> str:
    """Return the text without its middle if it is longer than this."""
    if len(text) <= longest:
        return text
    tail = max(1, longest // 3)
    return f"{text[: max(1, longest - tail - 1)]}…{text[-tail:]}"


def _sign(style: str, sign: str, word: str) -> Markup:
    return Markup('<i class="{}" role="img" aria-label="{}">{}</i>').format(style, word, sign)


def _with_breaks(text: str) -> Markup:
    """Escape a name on one line; <wbr> lets it break where its parts end."""
    return Markup("").join(
        _control(piece) if position % 2 else Markup("<wbr>").join(_BREAK.split(piece))
        for position, piece in enumerate(_CONTROL.split(text))
    )


def _with_controls(text: str) -> Markup:
    return Markup("").join(
        _control_of_line(piece) if position % 2 else escape(piece)
        for position, piece in enumerate(_CONTROL.split(text))
    )


def _control(piece: str) -> Markup:
    return Markup('<span class="ctl">{}</span>').format(readable.visible(piece))


def _control_of_line(piece: str) -> Markup:
    """Return control characters as escapes, but line breaks and tabs as themselves."""
    return Markup("").join(
        escape(run) if not run.strip("\n\t") else _control(run)
        for run in re.split(r"([\n\t]+)", piece)
        if run
    )
