"""Settings: documented, checked, and for administrators only."""

from __future__ import annotations

import re

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.schema import settings
from tests.support.paths import DOCS
from tests.support.servers.sandbox import RoleFactory

_DOCUMENT = DOCS / "settings.md"


def test_every_setting_is_documented_with_its_default(installed: Database) -> None:
    found = re.findall(r"^\| `([a-z_.]+)` \| `([^`]*)` \| ([^|]*) \|", _DOCUMENT.read_text(), re.MULTILINE)
    documented = {
        name: (default, re.sub(r"\]\([^)]*\)|[`\[]", "", allowed)) for name, default, allowed in found
    }
    actual = {
        setting.name: (setting.default, setting.allowed) for setting in settings.list_settings(installed)
    }
    assert actual == documented, (
        "each setting has a row in the first table of docs/settings.md, with its default and what it can be"
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("capture.enabled", "maybe", "one of: on, off"),
        ("retention.days", "0", "a whole number from 1 to 36500"),
        ("retention.days", "ten", "a whole number from 1 to 36500"),
        ("retention.days", "-5", "a whole number from 1 to 36500"),
        ("partitions.months_ahead", "999999999", "a whole number from 1 to 60"),
        ("capture.enabeld", "on", "list them with: dbtrack settings"),
    ],
)
def test_a_value_that_makes_no_sense_changes_nothing(
    installed: Database, name: str, value: str, message: str
) -> None:
    before = settings.list_settings(installed)
    with pytest.raises(UsageError) as caught:
        settings.set_setting(installed, name, value)
    assert caught.value.hint == message
    assert settings.list_settings(installed) == before


def test_who_changed_it_is_kept(installed: Database) -> None:
    settings.set_setting(installed, "retention.days", "30")
    row = installed.row(
        "SELECT setting_value, changed_by, changed_at <= now() FROM script_tracking.setting WHERE changed_by IS NOT NULL"
    )
    assert row == ("30", "postgres", True)
    assert settings.reset_setting(installed, "retention.days") == "365"


def test_settings_are_for_administrators(installed_conninfo: str, role: RoleFactory) -> None:
    with (
        psycopg.connect(
            installed_conninfo, user=role("operator", member_of=("dbtrack_operator",))
        ) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")


def test_capture_can_be_switched_off_and_on(installed: Database) -> None:
    count = "SELECT count(*) FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO'"
    settings.set_setting(installed, "capture.enabled", "off")
    installed.execute("CREATE TABLE unseen (id int)")
    assert installed.value(count) == 0
    settings.set_setting(installed, "capture.enabled", "on")
    installed.execute("CREATE TABLE seen (id int)")
    assert installed.value(count) == 1


def test_block_refuses_ddl_that_cannot_be_recorded(installed: Database) -> None:
    settings.set_setting(installed, "capture.on_error", "block")
    installed.execute("ALTER TABLE script_tracking.capture_failure ADD CONSTRAINT harmless CHECK (true)")
    installed.execute("SELECT script_tracking.set_setting('capture.on_error', 'warn')")
    installed.execute(
        "ALTER TABLE script_tracking.script_execution_s ADD CONSTRAINT full_disk CHECK (false) NOT VALID"
    )
    installed.execute("SELECT script_tracking.set_setting('capture.on_error', 'block')")
    with pytest.raises(
        Exception, match=r"could not record this CREATE TABLE, and capture\.on_error is block"
    ):
        installed.execute("CREATE TABLE refused (id int)")
    assert installed.value("SELECT to_regclass('public.refused')") is None


@pytest.mark.parametrize(("limit", "stored"), [("0", None), ("12", "CREATE TABLE... [cut: 39 characters]")])
def test_long_statements_are_cut(installed: Database, limit: str, stored: str | None) -> None:
    settings.set_setting(installed, "capture.statement_characters", limit)
    installed.execute("CREATE TABLE a_rather_long_name (a int)")
    found = installed.value(
        "SELECT sql_command FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO'"
    )
    assert found == stored


def test_many_objects_are_counted_and_the_first_kept(installed: Database) -> None:
    settings.set_setting(installed, "capture.objects", "2")
    installed.execute("CREATE TABLE parted (id serial PRIMARY KEY, name text UNIQUE)")
    row = installed.row(
        "SELECT cardinality(affected_objects), metadata ->> 'object_count' FROM script_tracking.current_execution"
        " WHERE script_type = 'DDL_AUTO'"
    )
    assert row == (2, "4")
