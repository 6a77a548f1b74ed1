"""The file of a fleet: where it is, and how an entry is added and removed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbtrack import files
from dbtrack.config.configuration_file import configuration_path
from dbtrack.errors import UsageError
from dbtrack.fleet.entries import Entry, check_name, entry_of, parse_entries

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[")


def fleet_path(environ: Mapping[str, str], given: Path | None = None) -> Path:
    """Return what was given, else `$DBTRACK_FLEET`, else `fleet.toml` beside the configuration file."""
    if given is not None:
        return given
    chosen = environ.get("DBTRACK_FLEET")
    return Path(chosen).expanduser() if chosen else configuration_path(environ).with_name("fleet.toml")


def read_fleet(path: Path) -> list[Entry] | None:
    """Return the entries of a file; None if there is none.

    Raises:
        UsageError: it cannot be read, or is invalid.
    """
    text = _read(path)
    return None if text is None else parse_entries(path, text)


def add_entry(path: Path, name: str, table: Mapping[str, Any]) -> None:
    """Add an entry to the end of the file, which is created if there is none; the rest stays as it is.

    Raises:
        UsageError: the file or the new entry is invalid, or the file already has a member of that name.
    """
    text = _toml(path) or ""
    check_name(name, "fleet add")
    entry = entry_of(name, table, f"member {name}")
    if entry.environment is None:
        entry.place()  # parses the connection string
    if any(entry.name == name for entry in parse_entries(path, text)):
        raise UsageError(f"{path} already has a member {name}", hint=f"run: dbtrack fleet remove {name}")
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    _write(path, f"{text}{gap}{_section(name, table)}", _members(text) | {name: dict(table)})


def remove_entry(path: Path, name: str) -> None:
    """Remove an entry from the file; comments and all other entries stay as they are.

    Raises:
        UsageError: the file has no such entry, or is written in a way that only an editor can change.
    """
    text = _toml(path)
    entries = [] if text is None else parse_entries(path, text)
    if text is None or all(entry.name != name for entry in entries):
        existing = ", ".join(entry.name for entry in entries) or "none"
        raise UsageError(f"{path} has no member {name}", hint=f"it has: {existing}")
    kept: list[str] = []
    is_removed = False
    for line in text.splitlines(keepends=True):
        if _HEADER.match(line):
            is_removed = _names_entry(line, name)
        if not is_removed:
            kept.append(line)
    _write(path, "".join(kept), {key: value for key, value in _members(text).items() if key != name})


def _toml(path: Path) -> str | None:
    if path.suffix.lower() != ".toml":
        raise UsageError(f"{path} is not TOML", hint="edit this file yourself, or give --fleet FILE.toml")
    return _read(path)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8") from error


def _names_entry(header: str, name: str) -> bool:
    """Return whether the line begins the table of an entry, or a table inside it."""
    try:
        found = tomllib.loads(header)
    except tomllib.TOMLDecodeError:
        return False
    members = found.get("members")
    return isinstance(members, dict) and name in members


def _section(name: str, table: Mapping[str, Any]) -> str:
    lines = [f"[members.{_key(name)}]"]
    for key, value in table.items():
        if isinstance(value, Mapping):
            inner = ", ".join(f"{_key(each)} = {_value(word)}" for each, word in value.items())
            lines.append(f"{key} = {{{inner}}}")
        else:
            lines.append(f"{key} = {_value(value)}")
    return "".join(f"{line}\n" for line in lines)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    # A string of JSON is one of TOML, but for one control character that JSON does not escape.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _members(text: str) -> dict[str, Any]:
    members = tomllib.loads(text).get("members", {})
    return dict(members) if isinstance(members, dict) else {}


def _write(path: Path, text: str, expected: Mapping[str, Any]) -> None:
    """Replace the file if the new text says what is expected, so that an unusual layout is never damaged."""
    try:
        is_expected = _members(text) == expected
    except tomllib.TOMLDecodeError:
        is_expected = False
    if not is_expected:
        raise UsageError(
            f"{path} is written in a way that dbtrack cannot change", hint="edit the file yourself"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with files.naming(path), files.replacing(path, mode=files.mode_for(path)) as stream:
        stream.write(text.encode())
