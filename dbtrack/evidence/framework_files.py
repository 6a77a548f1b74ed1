"""The frameworks that evidence is drawn for: those that dbtrack brings, and an organisation's own files."""

from __future__ import annotations

import difflib
import hashlib
import string
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from dbtrack import files
from dbtrack.errors import UsageError
from dbtrack.evidence.model import Control, Framework
from dbtrack.evidence.retention import asked_days

_BROUGHT = Path(__file__).parent / "frameworks"
_MOST_BYTES = 4 << 20
_KEYS = {
    "name",
    "title",
    "edition",
    "version",
    "source",
    "checked",
    "checked_against",
    "retention",
    "control",
}
_ABOUT = ("limit", "checked_against")
_CONTROL_KEYS = {"paragraph", "title", "text", "quoted", "measures", "wording", "sql", *_ABOUT}


def framework_files(own: Path | None) -> dict[str, Path]:
    """Return the file of each framework by its name; an organisation's own precede those of dbtrack.

    Args:
        own: the directory of own files; None without one.

    Raises:
        UsageError: the directory cannot be read.
    """
    found = {path.stem: path for path in sorted(_BROUGHT.glob("*.toml"))}
    if own is not None:
        if not own.is_dir():
            raise UsageError(
                f"{own} is not a directory", hint="evidence.frameworks of the configuration file names it"
            )
        found.update({path.stem: path for path in sorted(own.glob("*.toml"))})
    return found


def find_framework(name: str, own: Path | None, measures: Collection[str]) -> Framework:
    """Return the framework with this name, or that of a file.

    Args:
        name: a name, or the path of a file: with a directory, or ending with .toml.
        own: the directory of own files; None without one.
        measures: the names of the measures that a control may ask for.

    Raises:
        UsageError: there is none, or its file is not a framework.
    """
    if "/" in name or name.endswith(".toml"):
        return read_framework(Path(name).expanduser(), measures)
    known = framework_files(own)
    if name.lower() not in known:
        near = difflib.get_close_matches(name.lower(), known, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
        raise UsageError(f"there is no framework {name}", hint=hint)
    return read_framework(known[name.lower()], measures)


def read_framework(path: Path, measures: Collection[str]) -> Framework:
    """Read a framework's file.

    Raises:
        UsageError: it cannot be read, or is not a framework; the message names the file and the control.
    """
    try:
        data = files.read_regular(path, most_bytes=_MOST_BYTES)
        content = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} is not TOML in UTF-8: {error}") from error
    _refuse_unknown(content, _KEYS, str(path))
    version = content.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise UsageError(f"{path}: version is not a whole number")
    listed = content.get("control")
    if not isinstance(listed, list) or not listed:
        raise UsageError(f"{path}: it has no [[control]]")
    where = str(path)
    return Framework(
        name=_text(content, "name", where),
        title=_text(content, "title", where),
        edition=_text(content, "edition", where),
        version=version,
        source=_text(content, "source", where),
        checked=_optional(content, "checked", where),
        checked_against=_optional(content, "checked_against", where),
        retention=_retention(content, where),
        controls=tuple(_controls(listed, where, measures)),
        file=path.name if path.parent == _BROUGHT else where,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _controls(listed: list[Any], file: str, measures: Collection[str]) -> Iterator[Control]:
    seen: set[str] = set()
    for number, each in enumerate(listed, 1):
        where = f"{file}: control {number}"
        if not isinstance(each, dict):
            raise UsageError(f"{where} is not a table")
        control = _control(each, where, measures)
        if control.paragraph in seen:
            raise UsageError(f"{where}: the paragraph {control.paragraph} is there twice")
        seen.add(control.paragraph)
        yield control


def _control(table: Mapping[str, Any], where: str, measures: Collection[str]) -> Control:
    _refuse_unknown(table, _CONTROL_KEYS, where)
    asked = table.get("measures", [])
    if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
        raise UsageError(f"{where}: measures is not a list of names")
    for name in asked:
        if name not in measures:
            raise UsageError(
                f"{where}: there is no measure {name}", hint=f"there are: {', '.join(sorted(measures))}"
            )
    sql = _optional(table, "sql", where)
    if bool(asked) == (sql is not None):
        raise UsageError(f"{where}: it needs either measures or sql")
    quoted = table.get("quoted", True)
    if not isinstance(quoted, bool):
        raise UsageError(f"{where}: quoted is neither true nor false")
    wording = _optional(table, "wording", where)
    _check_wording(wording, where)
    return Control(
        _text(table, "paragraph", where),
        _text(table, "title", where),
        _text(table, "text", where),
        quoted,
        tuple(asked),
        wording,
        sql,
        *(_optional(table, key, where) for key in _ABOUT),
    )


def _check_wording(wording: str | None, where: str) -> None:
    """Refuse a wording that does more than name values: format strings can reach into objects."""
    try:
        fields = [field for _, field, *_ in string.Formatter().parse(wording or "") if field is not None]
    except ValueError as error:
        raise UsageError(f"{where}: wording: {error}") from error
    for field in fields:
        if not field.isidentifier():
            raise UsageError(f"{where}: wording: {{{field}}} is not the name of a value")


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where}: {key} is missing or is not a text")
    return value.strip()


def _optional(table: Mapping[str, Any], key: str, where: str) -> str | None:
    return _text(table, key, where) if key in table else None


def _retention(content: Mapping[str, Any], where: str) -> str | None:
    retention = _optional(content, "retention", where)
    if retention is not None and asked_days(retention) is None:
        raise UsageError(
            f"{where}: retention does not begin with a length", hint="for example 6y, 12mon or 90d"
        )
    return retention


def _refuse_unknown(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise UsageError(f"{where}: {key} is not known", hint=f"there are: {', '.join(sorted(known))}")
