"""The table [digest] of the configuration file: where `dbtrack maintain` sends digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dbtrack.errors import UsageError
from dbtrack.periods import seconds_of

PLACE_KEYS = ("url", "retain", "no_lock", "headers", "allow_private", "allow_plain")
DIGEST_KEYS = ("to", "every", "key", "key_command", "unsigned", *PLACE_KEYS[1:])
_SWITCHES = {"no_lock", "allow_private", "allow_plain", "unsigned"}


@dataclass(frozen=True)
class DigestPlace:
    """A destination, as the file has it.

    Args:
        retain: as 6y; None where it has none.
        headers: the path of a file with headers.
    """

    url: str
    retain: str | None = None
    no_lock: bool = False
    headers: str | None = None
    allow_private: bool = False
    allow_plain: bool = False


@dataclass(frozen=True)
class DigestSettings:
    """Where digests go, how often, and with which key they are signed.

    Args:
        every: the least time between two digests for a destination; zero for one at each new block.
        key: the path of the private key.
    """

    places: tuple[DigestPlace, ...] = ()
    every: timedelta = timedelta()
    key: str | None = None
    key_command: str | None = None
    unsigned: bool = False


def read_digest_settings(table: Mapping[str, Any], place: str) -> DigestSettings:
    """Return the settings in a table.

    Raises:
        UsageError: a value is of the wrong kind.
    """
    common = {name: _value(table, name, place) for name in PLACE_KEYS[1:] if name in table}
    listed = table.get("to", [])
    entries = listed if isinstance(listed, list) else [listed]
    return DigestSettings(
        tuple(_place(entry, common, f"{place}.to") for entry in entries),
        _period(table, place),
        _value(table, "key", place),
        _value(table, "key_command", place),
        bool(_value(table, "unsigned", place)),
    )


def _place(entry: object, common: Mapping[str, Any], place: str) -> DigestPlace:
    own = {"url": entry} if isinstance(entry, str) else entry
    if not isinstance(own, dict) or not isinstance(own.get("url"), str):
        raise UsageError(
            f"{place} lists URLs, or tables with a url", hint='write to = ["s3://bucket/prefix"]'
        )
    unknown = sorted(set(own) - set(PLACE_KEYS))
    if unknown:
        raise UsageError(f"{place}: unknown key {unknown[0]}", hint=f"it has: {', '.join(PLACE_KEYS)}")
    return DigestPlace(**{**common, **{name: _value(own, name, place) for name in own}})


def _value(table: Mapping[str, Any], name: str, place: str) -> Any:
    value = table.get(name)
    if name not in table:
        return None
    if not isinstance(value, bool if name in _SWITCHES else str):
        raise UsageError(f"{place}: {name} must be {'true or false' if name in _SWITCHES else 'a string'}")
    return value


def _period(table: Mapping[str, Any], place: str) -> timedelta:
    text = _value(table, "every", place)
    if text is None or text == "block":
        return timedelta()
    seconds = seconds_of(text, "mhdw")
    if seconds is None:
        raise UsageError(f"{place}: every is not a period: {text!a}", hint="write 1h, 1d, or block")
    return timedelta(seconds=seconds)
