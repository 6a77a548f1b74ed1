"""Format numbers, durations, sizes, times and text for people."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from decimal import Decimal

# C0, DEL and C1 control a terminal; bidirectional controls and line separators make text look like something
# else; lone surrogates cannot be encoded.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What JSON does not escape, although a terminal may interpret it.
_JSON_LEAVES = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# In GitHub's Markdown, an underscore inside a word is plain text: order_items needs no backslash.
_MARKDOWN_ACTIVE = re.compile(r"[\\`*\[<>|~&]|(?<!\w)_|_(?!\w)")


def visible(text: str, *, keep_newlines: bool = False) -> str:
    r"""Return the text with each control character as an escape (``\x1b``, ``\n``, ``\u202e``)."""
    if keep_newlines:
        return "\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n"))
    return CONTROLS.sub(_escape, text)


def visible_json(document: str) -> str:
    """Return serialized JSON with the control characters that JSON does not escape as JSON escapes."""
    return _JSON_LEAVES.sub(lambda match: f"\\u{ord(match.group()):04x}", document)


def visible_markdown(text: str) -> str:
    """Return the text as one cell of a Markdown table, with all markup escaped."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "<br>".join(_MARKDOWN_ACTIVE.sub(r"\\\g<0>", visible(line)) for line in lines)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


Number = int | float | Decimal

_SECOND_MS = 1000
_MINUTE_MS = 60 * _SECOND_MS
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
_BYTES_PER_STEP = 1024


def number(value: Number, *, decimals: int = 2) -> str:
    """Format a number with thousands separators and without trailing zeros: ``12,345.5``."""
    text = f"{Decimal(str(value)):,.{decimals}f}" if not isinstance(value, int) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: `1 change`, `1,284 changes`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percentage(value: Number) -> str:
    """Format a percentage: ``99.98 %``.

    Values between 99 and 100 are limited to 99.99, so that one failure in a million is never shown as 100 %.
    """
    exact = Decimal(str(value))
    if 99 < exact < 100:
        exact = min(exact, Decimal("99.99"))
    return f"{number(exact)} %"


def duration(milliseconds: Number) -> str:
    """Format a duration in suitable units: ``0.2 ms``, ``840 ms``, ``3m 12s``, ``2d 4h``.

    Args:
        milliseconds: may have a fraction. An integer 0 means less than one.
    """
    if milliseconds < 0:
        return f"-{duration(-milliseconds)}"
    if milliseconds == 0 and isinstance(milliseconds, int):
        return "<1 ms"
    if milliseconds < _SECOND_MS:
        return f"{number(milliseconds, decimals=1 if milliseconds >= 0.1 else 3)} ms"
    if milliseconds < _MINUTE_MS:
        return f"{number(Decimal(str(milliseconds)) / _SECOND_MS, decimals=1)} s"
    return _long_duration(int(milliseconds))


def _long_duration(milliseconds: int) -> str:
    days, rest = divmod(milliseconds, _DAY_MS)
    hours, rest = divmod(rest, _HOUR_MS)
    minutes, rest = divmod(rest, _MINUTE_MS)
    if days:
        return f"{days}d {hours}h"
    if hours:
        return f"{hours}h {minutes:02d}m"
    return f"{minutes}m {rest // _SECOND_MS:02d}s"


def size(byte_count: Number) -> str:
    """Format a size in PostgreSQL's units, each 1024 times the previous one: ``640 kB``."""
    amount = Decimal(str(byte_count))
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(amount) < _BYTES_PER_STEP:
            return f"{number(amount, decimals=1)} {unit}"
        amount /= _BYTES_PER_STEP
    return f"{number(amount, decimals=1)} TB"


def moment(value: datetime, zone: tzinfo | None) -> str:
    """Format a time to the second in a time zone, with the offset as in psql: ``2026-01-15 14:30:25+01``.

    Args:
        value: with any time zone.
        zone: None for the local zone of the machine.
    """
    local = value.astimezone(zone)
    offset = local.strftime("%z")
    hours, minutes = offset[:3], offset[3:5]
    return f"{local:%Y-%m-%d %H:%M:%S}{hours}{'' if minutes == '00' else ':' + minutes}"


def measure(value: Number, unit: str | None) -> str:
    """Format a number in the unit of its row; an unknown unit follows the number as a word."""
    match unit:
        case "ms":
            return duration(value)
        case "seconds":
            return duration(value * 1000)
        case "percent":
            return percentage(value)
        case "bytes":
            return size(value)
        case "count" | None | "":
            return number(value)
        case _:
            return f"{number(value)} {unit}"
