"""What administrators do to dbtrack is recorded, and what was true when can be asked."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.schema import settings
from dbtrack.tenants import platform_source, tenant_keys, tenants
from tests.support.command_line import rows, run_dbtrack
from tests.support.servers.sandbox import RoleFactory

_CHANGES = """
SELECT script_name, metadata #> '{administration,old}', metadata #> '{administration,new}', db_session_user
FROM script_tracking.current_execution WHERE record_source LIKE 'administration@%%' ORDER BY version_number
"""


def changes(database: Database) -> list[tuple[str, Any, Any]]:
    return [row[:3] for row in database.rows(_CHANGES)]


@pytest.mark.every_server
def test_each_change_is_an_execution_with_what_was_before_and_after(
    installed: Database, role: RoleFactory
) -> None:
    alice = role("alice")
    installed.execute("CREATE SCHEMA shop")
    tenants.add_tenant(installed, "acme")
    tenants.add_tenant(installed, "globex")
    tenants.grant_tenant(installed, alice, "acme")
    tenants.grant_tenant(installed, alice, "acme")  # changes nothing
    tenants.grant_tenant(installed, alice, "acme", is_default=True)
    tenants.map_schema(installed, "shop", "acme")
    tenants.map_schema(installed, "shop", "globex")
    tenants.rename_tenant(installed, "acme", "Acme Ltd")
    tenants.set_active(installed, "acme", is_active=False)
    tenants.clear_default(installed, alice)
    tenants.revoke_tenant(installed, alice, "acme")
    tenants.unmap_schema(installed, "shop")
    settings.set_setting(installed, "retention.days", "30")
    settings.set_setting(installed, "retention.days", "30")  # changes nothing
    acme = {"tenant": "acme", "name": "acme", "is_active": True}
    granted = {"role": alice, "tenant": "acme", "is_default": False}
    limited = {**acme, "name": "Acme Ltd"}
    assert changes(installed) == [
        ("dbtrack tenant add", None, acme),
        ("dbtrack tenant add", None, {"tenant": "globex", "name": "globex", "is_active": True}),
        ("dbtrack tenant grant", None, granted),
        ("dbtrack tenant default", granted, {**granted, "is_default": True}),
        ("dbtrack tenant map-schema", None, {"schema": "shop", "tenant": "acme"}),
        (
            "dbtrack tenant map-schema",
            {"schema": "shop", "tenant": "acme"},
            {"schema": "shop", "tenant": "globex"},
        ),
        ("dbtrack tenant rename", acme, limited),
        ("dbtrack tenant disable", limited, {**limited, "is_active": False}),
        ("dbtrack tenant undefault", {**granted, "is_default": True}, granted),
        ("dbtrack tenant revoke", granted, None),
        ("dbtrack tenant unmap-schema", {"schema": "shop", "tenant": "globex"}, None),
        (
            "dbtrack settings",
            {"setting": "retention.days", "value": "365"},
            {"setting": "retention.days", "value": "30"},
        ),
    ]


def test_keys_are_recorded_without_their_secret(installed: Database) -> None:
    tenants.add_tenant(installed, "acme")
    secrets = [
        tenant_keys.create_key(installed, "billing", tenants=["acme"]).split(".")[2],
        tenant_keys.rotate_key(installed, "billing", overlap_hours=0).split(".")[2],
    ]
    tenant_keys.drop_key(installed, "billing")
    names = [name for name, *_ in changes(installed)]
    assert names[1:] == [
        "dbtrack tenant key create",
        "dbtrack tenant key rotate",
        "dbtrack tenant key rotate",
        "dbtrack tenant key drop",
        "dbtrack tenant key drop",
    ]
    everything = json.dumps(installed.rows("SELECT to_jsonb(c) FROM script_tracking.current_execution AS c"))
    assert "billing" in everything
    assert not [secret for secret in secrets if secret in everything]
    assert "pad" not in everything


@pytest.mark.every_server
def test_what_a_superuser_changes_by_hand_is_seen_too(installed: Database) -> None:
    installed.execute(
        "UPDATE script_tracking.setting SET setting_value = 'off' WHERE setting_name = 'capture.enabled'"
    )
    installed.execute("DELETE FROM script_tracking.setting WHERE setting_name = 'retention.days'")
    installed.execute("TRUNCATE script_tracking.tenant_key")
    assert changes(installed) == [
        (
            "dbtrack settings",
            {"setting": "capture.enabled", "value": "on"},
            {"setting": "capture.enabled", "value": "off"},
        ),
        ("dbtrack settings", {"setting": "retention.days", "value": "365"}, None),
    ]


def test_a_truncated_table_is_recorded_row_by_row(installed: Database, role: RoleFactory) -> None:
    tenants.add_tenant(installed, "acme")
    alice = role("alice")
    tenants.grant_tenant(installed, alice, "acme")
    installed.execute("TRUNCATE script_tracking.tenant_role_l")
    assert changes(installed)[-1][0] == "dbtrack tenant revoke"
    history = "SELECT role_name, valid_to IS NOT NULL FROM script_tracking.tenant_role_history"
    assert installed.rows(history) == [(alice, True)]


def test_what_is_rolled_back_is_not_recorded(installed: Database) -> None:
    with installed.raw.transaction(force_rollback=True):
        settings.set_setting(installed, "capture.enabled", "off")
        assert len(changes(installed)) == 1
    assert changes(installed) == []


def test_what_was_true_when(installed: Database, role: RoleFactory) -> None:
    alice = role("alice")
    moments = []

    def now() -> None:
        moments.append(installed.value("SELECT clock_timestamp()"))

    tenants.add_tenant(installed, "acme")
    tenants.add_tenant(installed, "globex")
    now()
    tenants.grant_tenant(installed, alice, "acme", is_default=True)
    tenants.grant_tenant(installed, alice, "globex")
    settings.set_setting(installed, "capture.enabled", "off")
    now()
    tenants.revoke_tenant(installed, alice, "acme")
    settings.set_setting(installed, "capture.enabled", "on")
    now()
    granted = (
        "SELECT array_agg(tenant_bk::text ORDER BY tenant_bk) FROM script_tracking.tenant_role_history"
        " WHERE role_name = %(role)s AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)"
    )
    captured = (
        "SELECT setting_value FROM script_tracking.setting_history WHERE setting_name = 'capture.enabled'"
        " AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)"
    )
    assert [installed.value(granted, {"role": alice, "at": at}) for at in moments] == [
        None,
        ["acme", "globex"],
        ["globex"],
    ]
    assert [installed.value(captured, {"at": at}) for at in moments] == ["on", "off", "on"]


def test_the_history_is_for_administrators(installed: Database, role: RoleFactory) -> None:
    tenants.add_tenant(installed, "acme")
    login = role("acme", member_of=("dbtrack_operator",))
    tenants.grant_tenant(installed, login, "acme", is_default=True)
    with psycopg.connect(installed.raw.info.dsn, user=login, autocommit=True) as connection:
        for view in ("tenant_role_history", "tenant_schema_history", "setting_history"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM script_tracking.{view}")
        assert connection.execute(
            "SELECT count(*) FROM script_tracking.current_execution WHERE script_name LIKE 'dbtrack %'"
        ).fetchone() == (0,)


def test_a_record_that_is_broken_does_not_keep_capture_from_being_switched_off(installed: Database) -> None:
    installed.execute(
        "ALTER TABLE script_tracking.script_execution_s ADD CONSTRAINT full_disk CHECK (false) NOT VALID"
    )
    # An ALTER TABLE that is recorded nowhere counts, too.
    failures = "SELECT last_value + is_called::int - 1 FROM script_tracking.capture_failure_seq"
    before = installed.value(failures)
    settings.set_setting(installed, "capture.enabled", "off")
    assert (
        installed.value(
            "SELECT setting_value FROM script_tracking.setting_history"
            " WHERE setting_name = 'capture.enabled' AND valid_to IS NULL"
        )
        == "off"
    )
    assert installed.value(failures) == before + 1
    assert any("could not record this change" in str(notice) for notice in installed.notices)


def test_a_short_lock_timeout_loses_no_change(installed: Database) -> None:
    with psycopg.connect(installed.raw.info.dsn) as holder:
        holder.execute("LOCK TABLE script_tracking.script_execution_h IN SHARE MODE")
        with psycopg.connect(installed.raw.info.dsn, autocommit=True) as boss:
            boss.execute("SET lock_timeout = '1ms'")
            boss.execute("SET statement_timeout = '200ms'")
            # It waits, and is cancelled as a whole.
            with pytest.raises(psycopg.errors.QueryCanceled):
                boss.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    assert changes(installed) == []
    assert installed.value("SELECT script_tracking.current_setting_value('capture.enabled')") == "on"


def test_the_source_of_the_tenants_is_recorded(installed: Database) -> None:
    platform_source.choose_source(installed, "own")
    assert changes(installed)[-1] == (
        "dbtrack tenant source",
        None,
        {"property": "tenant.source", "value": "own"},
    )


def test_an_upgrade_is_recorded_and_an_install_again_is_not(installed: Database) -> None:
    schema.install(installed)
    assert changes(installed) == []
    installed.execute(
        "UPDATE script_tracking.installation SET property_value = '0.0.1' WHERE property_name = 'dbtrack.version'"
    )
    schema.install(installed)
    name, old, new = changes(installed)[-1]
    assert (name, old["value"], new["property"]) == ("dbtrack install", "0.0.1", "dbtrack.version")


def test_the_report_says_who_changed_what(installed: Database, role: RoleFactory) -> None:
    boss = role("boss", member_of=("dbtrack_admin",))
    environment = {"DBTRACK_DSN": installed.raw.info.dsn}
    with psycopg.connect(installed.raw.info.dsn, user=boss, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
        # An operation that claims to be a change is left out: another writer recorded it.
        connection.execute(
            "SELECT script_tracking.track_operation('settings', 'MAINTENANCE', metadata =>"
            """ '{"administration": {"old": null, "new": {"setting": "capture.enabled"}}}')"""
        )
    found = rows(run_dbtrack("administration", "--format", "jsonl", "-U", boss, environment=environment))
    assert [(row["db_session_user"], row["script_name"], row["subject"]) for row in found] == [
        (boss, "dbtrack settings", "capture.enabled")
    ]
    assert (found[0]["old_value"]["value"], found[0]["new_value"]["value"]) == ("on", "off")
