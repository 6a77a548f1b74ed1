"""Make names, keys, times and durations short enough for one line of a terminal, in terminal cells."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import accumulate
from typing import Any

from dbtrack.render.readable import Number

KEY_DIGITS = 8
ELLIPSIS = "…"
# Where a long word may be broken: after these, so that the parts of a name stay whole.
_PARTS = re.compile(r"\s+|[^\s_.,/]*[_.,/]+|[^\s_.,/]+")
_SECOND_MS, _MINUTE_MS, _HOUR_MS, _DAY_MS = 1000, 60_000, 3_600_000, 86_400_000
_MOMENTS_AGO = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes; its control characters have to be escaped before."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    width = wcswidth(text)
    return width if width >= 0 else len(text)


def short_key(key: Any) -> str:
    """Return the first 8 digits of a hash key, which `dbtrack show` accepts; a hyphen for None."""
    if key is None:
        return "-"
    return (key if isinstance(key, str) else bytes(key).hex())[:KEY_DIGITS]


def short_identity(identity: str) -> str:
    """Return an identity without the schema of PostgreSQL's own types: `public.recalc_totals(date)`."""
    return identity.replace("pg_catalog.", "")


def clip(text: str, width: int) -> str:
    """Return the text in at most so many cells, with an ellipsis in place of its end."""
    if cells(text) <= width:
        return text
    return _head(text, width - 1) + ELLIPSIS if width > 0 else ""


def clip_middle(text: str, width: int) -> str:
    """Return the text in at most so many cells, with an ellipsis in place of its middle.

    The end of a name tells more than its middle, so the end gets the odd cell.
    """
    if cells(text) <= width:
        return text
    if width <= 2:
        return clip(text, width)
    first = (width - 1) // 2
    return _head(text, first) + ELLIPSIS + _tail(text, width - 1 - first)


def fold(text: str, width: int) -> list[str]:
    """Return the lines of a text, each of at most so many cells; nothing is left out.

    Lines break at blanks, inside long words after `_`, `.`, `,` and `/`, and only then anywhere.
    """
    if cells(text) <= width:
        return [text]
    lines = [""]
    for part in (piece for word in _PARTS.findall(text) for piece in _pieces(word, width)):
        if cells(lines[-1].rstrip() + part) > width if part.isspace() else cells(lines[-1] + part) > width:
            lines.append("")
        if not part.isspace() or lines[-1]:
            lines[-1] += part
    return [line.rstrip() for line in lines]


def _pieces(word: str, width: int) -> list[str]:
    pieces = []
    while word and not word.isspace() and cells(word) > width:
        first = _head(word, width) or word[0]
        pieces.append(first)
        word = word[len(first) :]
    return [*pieces, word] if word else pieces


def _head(text: str, width: int) -> str:
    return text[: _fitting(text, width)]


def _tail(text: str, width: int) -> str:
    return text[len(text) - _fitting(text[::-1], width) :]


def _fitting(text: str, width: int) -> int:
    """Return how many characters from the beginning fit in a width."""
    if text.isascii():
        return min(len(text), max(width, 0))
    from wcwidth import wcwidth

    totals = accumulate(max(wcwidth(character), 0) for character in text)
    return sum(1 for total in totals if total <= width)


def short_duration(milliseconds: Number) -> str:
    """Format a duration for one line: `0.9 ms`, `181 ms`, `5.2 s`, `2 min 3 s`, `3 h 5 min`, `2 d 4 h`.

    Args:
        milliseconds: may have a fraction. An integer 0 means less than one.
    """
    if milliseconds < 0:
        return f"-{short_duration(-milliseconds)}"
    if milliseconds == 0 and isinstance(milliseconds, int):
        return "<1 ms"
    if milliseconds < _SECOND_MS - 0.5:
        is_long = milliseconds >= 9.95 or isinstance(milliseconds, int)
        # A tenth of a microsecond is shown as 0.1 ms rather than as nothing.
        exact = Decimal(str(milliseconds)) if is_long else max(Decimal(str(milliseconds)), Decimal("0.1"))
        return f"{exact:.{0 if is_long else 1}f} ms"
    if milliseconds < _MINUTE_MS - 50:
        return f"{Decimal(str(milliseconds)) / _SECOND_MS:.1f} s"
    return _two_units(round(milliseconds))


def _two_units(milliseconds: int) -> str:
    for length, unit, next_length, next_unit in (
        (_DAY_MS, "d", _HOUR_MS, "h"),
        (_HOUR_MS, "h", _MINUTE_MS, "min"),
        (_MINUTE_MS, "min", _SECOND_MS, "s"),
    ):
        if milliseconds >= length:
            return f"{milliseconds // length} {unit} {milliseconds % length // next_length} {next_unit}"
    return "1 min 0 s"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long before now a moment is: `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; or `now`."""
    seconds = int((now - moment).total_seconds())
    for length, unit in _MOMENTS_AGO:
        if abs(seconds) >= length:
            count = abs(seconds) // length
            return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"
    return "now"


def clock(moment: datetime | str, zone: tzinfo | None, *, seconds: bool = False) -> str:
    """Return the time of day: `06:28`, or `06:28:29`.

    Args:
        moment: a text is what the server wrote of a time that Python does not have, and stays.
        zone: None for the local zone of the machine.
    """
    if isinstance(moment, str):
        return moment
    return f"{moment.astimezone(zone):{'%H:%M:%S' if seconds else '%H:%M'}}"


def short_time(moment: datetime | str, now: datetime, zone: tzinfo | None, *, seconds: bool = False) -> str:
    """Return a time as short as it is clear: `06:28` today, `26 Nov 06:28` this year, else with the year."""
    if isinstance(moment, str):
        return moment
    local, today = moment.astimezone(zone), now.astimezone(zone)
    time = clock(local, zone, seconds=seconds)
    if local.date() == today.date():
        return time
    if local.year == today.year:
        return f"{local.day} {local:%b} {time}"
    return f"{local:%Y-%m-%d} {time}"


def day_words(day: date, today: date) -> str:
    """Return a day as a heading: `TODAY`, `YESTERDAY`, `THURSDAY 26 NOV`, `FRIDAY 27 NOV 2025`."""
    if day == today:
        return "TODAY"
    if day == today - timedelta(days=1):
        return "YESTERDAY"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%b}{year}".upper()


def zone_words(moment: datetime, zone: tzinfo | None) -> str:
    """Return what to call the zone of the times: `UTC`, `CET`, or an offset: `UTC+05`."""
    name = moment.astimezone(zone).tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-", ""} else name
