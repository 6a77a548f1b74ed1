"""Format values by the kind of their column: for people, for programs and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import singledispatch
from math import isfinite
from typing import Any, Literal

from dbtrack.render import readable
from dbtrack.render.formats import Row
from dbtrack.render.screens.shortening import ago, short_duration, short_time
from dbtrack.reports.model import Column, Kind

NULL_MARK = "-"
SHORT_KEY_DIGITS = 12

Alignment = Literal["left", "right"]
JsonType = Literal["string", "integer", "number", "boolean", "array", "any"]


@dataclass(frozen=True)
class DisplayStyle:
    """How to format values for people.

    Args:
        zone: the time zone of times; None for the local zone of the machine.
        key_digits: show so many digits of a hash key, of which `dbtrack show` needs 8; None for all.
        list_items: how many items of a list to show before counting the rest; None for all.
        now: for a screen: show times and durations as short as they are clear at this moment; None in full.
        relative: with `now`: show how long ago a time is.
    """

    zone: tzinfo | None = None
    key_digits: int | None = None
    list_items: int | None = None
    now: datetime | None = None
    relative: bool = False


@dataclass(frozen=True)
class _Form:
    alignment: Alignment
    json_type: JsonType
    human_text: Callable[[Any, DisplayStyle, str | None], str]
    json: Callable[[Any], Any]


def alignment(kind: Kind) -> Alignment:
    """Return the alignment of a column's values."""
    return _FORMS[kind].alignment


def json_type(kind: Kind) -> JsonType:
    """Return the JSON type of a column's values, each of which may also be null."""
    return _FORMS[kind].json_type


def human_text(column: Column, value: Any, style: DisplayStyle, *, unit: str | None = None) -> str:
    """Format a value for people, without escaping control characters; a METRIC in the unit of its row."""
    return NULL_MARK if value is None else _FORMS[column.kind].human_text(value, style, unit)


def shown_columns(columns: Sequence[Column]) -> list[Column]:
    """Return the columns without those that only contain another column's unit."""
    units = {column.unit_column for column in columns}
    return [column for column in columns if column.name not in units]


def human_cells(columns: Sequence[Column], row: Row, style: DisplayStyle) -> list[str]:
    """Return the formatted text of each shown column, without escaping control characters."""
    return list(human_texts(columns, row, style).values())


def human_texts(columns: Sequence[Column], row: Row, style: DisplayStyle) -> dict[str, str]:
    """Return the formatted text of each shown column by its name, as `human_cells` does."""
    by_name = dict(zip((column.name for column in columns), row, strict=True))
    return {
        column.name: human_text(
            column,
            by_name[column.name],
            style,
            unit=by_name[column.unit_column] if column.unit_column else None,
        )
        for column in shown_columns(columns)
    }


def json_value(kind: Kind, value: Any) -> Any:
    """Return a value in the JSON type that `json_type` returns for its kind."""
    return None if value is None else _FORMS[kind].json(value)


@singledispatch
def machine_text(value: Any) -> str:
    """Format a value for programs: exact, and as PostgreSQL can read it.

    Times are ISO 8601 with an offset, numbers have no separators and no unit, a hash key is hex, a list is a
    PostgreSQL array literal, JSON is compact. NULL is the empty string.
    """
    return str(value)


@machine_text.register
def _(_value: None) -> str:
    return ""


@machine_text.register
def _(value: bool) -> str:
    return "true" if value else "false"


@machine_text.register
def _(value: Decimal) -> str:
    return f"{value:f}"


@machine_text.register
def _(value: date) -> str:
    return value.isoformat()


@machine_text.register(bytes)
@machine_text.register(bytearray)
@machine_text.register(memoryview)
def _(value: bytes) -> str:
    return bytes(value).hex()


@machine_text.register(list)
@machine_text.register(tuple)
def _(value: Sequence[Any]) -> str:
    return "{" + ",".join("NULL" if item is None else _array_element(str(item)) for item in value) + "}"


@machine_text.register(dict)
def _(value: Mapping[str, Any]) -> str:
    return compact_json(value)


def compact_json(value: Any) -> str:
    """Return a value as JSON on one line, in UTF-8 rather than escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def json_bytes(value: Any) -> bytes:
    """Return `compact_json` as bytes of UTF-8."""
    # JSON allows half of a surrogate pair and UTF-8 does not; JSON has an escape for it.
    return compact_json(value).encode("utf-8", "backslashreplace")


def _json_number(value: Any) -> Any:
    if not isfinite(value):
        return str(value)  # like PostgreSQL's to_json, as JSON has no NaN
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _json_list(value: Sequence[Any]) -> list[str | None]:
    return [None if item is None else str(item) for item in value]


def _unchanged(value: Any) -> Any:
    return value


def _human_list(items: Sequence[Any], limit: int | None) -> str:
    shown = [NULL_MARK if item is None else str(item) for item in items[:limit]]
    rest = len(items) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def _array_element(text: str) -> str:
    plain = text and not any(character in '{}",\\' or character.isspace() for character in text)
    if plain and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: Any, _style: DisplayStyle, _unit: str | None) -> str:
    return str(value)


def _key(value: Any, style: DisplayStyle, _unit: str | None) -> str:
    return machine_text(value)[: style.key_digits]


def _moment(value: Any, style: DisplayStyle, _unit: str | None) -> str:
    # The server's text for a time that Python cannot represent: infinity, a year before 1 or after 9999.
    if isinstance(value, str):
        return value
    if style.now is None:
        return readable.moment(value, style.zone)
    if style.relative:
        return ago(value, style.now)
    return short_time(value, style.now, style.zone, seconds=True)


def _duration(value: Any, style: DisplayStyle, _unit: str | None) -> str:
    return readable.duration(value) if style.now is None else short_duration(value)


def _metric(value: Any, style: DisplayStyle, unit: str | None) -> str:
    is_duration = unit == "ms" and style.now is not None
    return short_duration(value) if is_duration else readable.measure(value, unit)


_STRING = _Form("left", "string", _text, str)
_INTEGER = _Form("right", "integer", lambda value, *_: readable.number(value), int)

# A test checks that every kind is here.
_FORMS: Mapping[Kind, _Form] = {
    Kind.TEXT: _STRING,
    Kind.IDENTIFIER: _STRING,
    Kind.STATUS: _STRING,
    Kind.COUNT: _INTEGER,
    Kind.BYTES: replace(_INTEGER, human_text=lambda value, *_: readable.size(value)),
    Kind.NUMBER: _Form("right", "number", lambda value, *_: readable.number(value), _json_number),
    Kind.RATIO: _Form("right", "number", lambda value, *_: readable.percentage(value * 100), _json_number),
    Kind.DURATION_MS: _Form("right", "number", _duration, _json_number),
    Kind.METRIC: _Form("right", "number", _metric, _json_number),
    Kind.TIME: _Form("left", "string", _moment, machine_text),
    Kind.KEY: _Form("left", "string", _key, machine_text),
    Kind.LIST: _Form(
        "left", "array", lambda value, style, _: _human_list(value, style.list_items), _json_list
    ),
    Kind.JSON: _Form("left", "any", lambda value, *_: compact_json(value), _unchanged),
    Kind.BOOLEAN: _Form("left", "boolean", lambda value, *_: "yes" if value else "no", bool),
}
