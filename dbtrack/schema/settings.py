"""The settings of a database."""

from __future__ import annotations

from typing import NamedTuple

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database
from dbtrack.errors import UsageError

SETTING_COLUMNS = (
    Column("setting_name", Kind.IDENTIFIER, "Setting"),
    Column("setting_value", Kind.TEXT, "Value"),
    Column("default_value", Kind.TEXT, "Default"),
    Column("allowed", Kind.TEXT, "Allowed"),
    Column("description", Kind.TEXT, "What it does"),
)


class Setting(NamedTuple):
    """One setting, in the columns of `SETTING_COLUMNS`.

    Args:
        allowed: the values it can have, in words.
    """

    name: str
    value: str
    default: str
    allowed: str
    description: str


def list_settings(database: Database, name: str | None = None) -> list[Setting]:
    """Return all settings, or the one named.

    Raises:
        UsageError: there is no such setting.
    """
    rows = database.rows(sql_files.query("installation/list_settings"), {"name": name})
    if name is not None and not rows:
        plain, equals, value = name.partition("=")
        hint = (
            f"write: dbtrack settings {plain} {value or '--reset'}"
            if equals
            else "list them with: dbtrack settings"
        )
        raise UsageError(f'there is no setting "{name}"', hint=hint)
    return [Setting(*row) for row in rows]


def conflicts_of(database: Database, name: str) -> list[str]:
    """Return where rules of retention contradict each other, in sentences, if the setting is one of them."""
    if not name.startswith(("retention.", "evidence.in_force")):
        return []
    found = database.call("retention_conflicts")
    return [f"{message}; run: {remedy}" if remedy else message for _rule, _refused, message, remedy in found]


def set_setting(database: Database, name: str, value: str) -> str:
    """Change a setting for everyone, and return the value now in force.

    Raises:
        UsageError: there is no such setting, or the value is not allowed.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    return str(database.call_value("set_setting", setting_name=name, setting_value=value))


def reset_setting(database: Database, name: str) -> str:
    """Give a setting its default again, and return the default."""
    return str(database.call_value("set_setting", setting_name=name, setting_value=None))
