"""The security rules of the installed schema, read off the catalog of a real installation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pglast import split

from dbtrack import sql_files
from dbtrack.db import Database

pytestmark = pytest.mark.every_server

# These run with the owner's rights: each is a door, and a new one is to be looked at twice.
SECURITY_DEFINER = {
    "add_alert",
    "advance_alert",
    "advance_anomalies",
    "alerts_evaluated_at",
    "begin_alert_evaluation",
    "end_alert_evaluation",
    "fail_alert",
    "note_capture_failures",
    "remove_alert",
    "silence_alert",
    "accept_vault_findings",
    "add_vault_source",
    "begin_push",
    "get_vault_findings",
    "get_vault_sources",
    "prepare_months",
    "receive_block",
    "receive_events",
    "receive_message",
    "get_vault_tenants",
    "receive_objects",
    "rewritten_versions",
    "set_vault_source",
    "receive_waits",
    "unsent_objects",
    "unsent_object_links",
    "unsent_waits",
    "remove_vault_source",
    "accept_fork",
    "arrive_execution",
    "arrive_wait",
    "arrive_link",
    "arrive_tenant",
    "arrive_version",
    "add_dead_letter",
    "add_tenant",
    "advance_rollup_days",
    "advance_rollups",
    "advance_search",
    "caller_may_administer",
    "caller_schemas",
    "caller_tenants",
    "cleanup_old_data",
    "cleanup_step",
    "clear_default_tenant",
    "clear_webhook_attempts",
    "close_abandoned",
    "complete_before",
    "complete_operation",
    "count_expired",
    "create_api_token",
    "create_tenant_key",
    "drop_tenant_key",
    "ensure_month",
    "ensure_partitions",
    "permit_cleanup",
    "erase_begin",
    "erase_end",
    "erase_places",
    "erase_step",
    "event_trigger_ddl_end",
    "event_trigger_ddl_start",
    "event_trigger_sql_drop",
    "event_trigger_table_rewrite",
    "get_own_executions",
    "get_rollup_holder",
    "auditor_end",
    "auditor_verifies",
    "claim_departure",
    "forget_destination",
    "get_digest_destinations",
    "get_digest_health",
    "record_departure",
    "refuse_late_auditor",
    "get_seal_health",
    "get_seal_lag",
    "get_tenant_members",
    "grant_tenant",
    "hold_archived",
    "import_migrations",
    "ingest_log_records",
    "keep_capture_setting",
    "keep_local",
    "maintain",
    "sweep_objects",
    "map_tenant_schema",
    "rebuild_rollups",
    "reconcile_catalog",
    "link_by_application_name",
    "list_api_tokens",
    "list_tenant_keys",
    "lock_tenant_source",
    "proven_tenant",
    "proven_token",
    "record_access",
    "record_administration",
    "record_cleanup",
    "record_refusal",
    "revoke_api_token",
    "start_once",
    "token_sees_all",
    "record_operations",
    "receive_outbox",
    "record_outbox",
    "record_restore",
    "record_spooled",
    "remove_dead_letter",
    "rename_tenant",
    "restore_archived",
    "revoke_tenant",
    "save_webhook_attempt",
    "seal_step",
    "search_backlog",
    "search_places",
    "set_setting",
    "set_tenant_active",
    "set_tenant_source",
    "settle_month",
    "sync_tenants",
    "track_operation",
    "acknowledge_events",
    "change_endpoint",
    "claim_events",
    "create_endpoint",
    "drop_endpoint",
    "get_endpoint_health",
    "get_endpoint_lag",
    "get_endpoints",
    "lease_endpoint",
    "lost_events",
    "note_timeline",
    "pause_endpoint",
    "record_notice",
    "release_endpoint",
    "resume_endpoint",
    "ingest_lock_waits",
    "record_waits",
    "resolve_cause",
    "resolve_execution",
    "wait_holders",
    "sign_review",
    "classify_object",
    "get_due_reviews",
    "add_auditor",
    "auditor_sees_all",
    "list_auditors",
    "note_auditor",
    "own_audit",
    "remove_auditor",
    "evidence_capture",
    "evidence_capture_gaps",
    "evidence_failed_verifications",
    "evidence_runs",
    "evidence_seals",
    "record_evidence",
    "record_examination",
    "get_suspension",
}
# These run SQL that is put together: each must build it from identifiers and literals that it quotes.
RUNS_BUILT_SQL = {
    "enter_auditor",
    "leave_auditor",
    "get_object_grants",  # runs none: it knows the privilege of this name
    "other_definition",  # runs none: it writes the statement of an event trigger
    "clear_month",
    "create_partition",
    "drop_months",
    "erase_places",  # of the names in personal_columns()
    "erase_rows",
    "ensure_defaults",
    "hide_statistics",
    "record_administration",
    "index_months",
    "settle_month",
    "read_migration_history",
}

_FUNCTIONS = """
SELECT p.oid::regprocedure::text
FROM pg_proc AS p
WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('script_tracking', 'auth')) AND ({})
ORDER BY 1
"""
_RELATIONS = """
SELECT c.oid::regclass::text
FROM pg_class AS c
WHERE c.relnamespace = 'script_tracking'::regnamespace AND ({})
ORDER BY 1
"""


def functions(installed: Database, condition: str) -> set[str]:
    return {row[0] for row in installed.rows(_FUNCTIONS.format(condition.replace("%", "%%")))}


def names(signatures: set[str]) -> set[str]:
    return {signature.split("(")[0].split(".")[-1] for signature in signatures}


def relations(installed: Database, condition: str) -> set[str]:
    return {row[0] for row in installed.rows(_RELATIONS.format(condition))}


def test_everything_belongs_to_one_role_that_can_do_nothing_else(installed: Database) -> None:
    owners = installed.rows(
        "SELECT DISTINCT o.rolname, o.rolsuper, o.rolbypassrls, o.rolcanlogin, o.rolcreaterole, o.rolcreatedb"
        " FROM (SELECT proowner AS id FROM pg_proc WHERE pronamespace = 'script_tracking'::regnamespace"
        " UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = 'script_tracking'::regnamespace"
        " UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'script_tracking') AS owned"
        " JOIN pg_roles AS o ON o.oid = owned.id"
    )
    assert owners == [("dbtrack_owner", False, False, False, False, False)]


def test_every_function_pins_search_path(installed: Database) -> None:
    pinned = "coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']"
    assert functions(installed, f"NOT {pinned}") == set()


def test_the_public_can_execute_nothing(installed: Database) -> None:
    assert functions(installed, "has_function_privilege('public', p.oid, 'EXECUTE')") == set()


def test_the_public_can_touch_nothing(installed: Database) -> None:
    touchable = (
        "c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('public', c.oid,"
        " 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
    )
    assert relations(installed, touchable) == set()
    sequences = (
        "CASE WHEN c.relkind = 'S' THEN"
        " has_sequence_privilege('public', c.oid, 'USAGE, SELECT, UPDATE') ELSE false END"
    )
    assert relations(installed, sequences) == set()
    assert not installed.value("SELECT has_schema_privilege('public', 'script_tracking', 'CREATE, USAGE')")


def test_only_listed_functions_run_with_the_owners_rights(installed: Database) -> None:
    assert names(functions(installed, "p.prosecdef")) == SECURITY_DEFINER


def test_only_listed_functions_run_built_sql(installed: Database) -> None:
    assert names(functions(installed, r"p.prosrc ~* '\mEXECUTE\M'")) == RUNS_BUILT_SQL


def test_event_trigger_functions_are_volatile_and_run_as_their_owner(installed: Database) -> None:
    event_trigger = "p.prorettype = 'event_trigger'::regtype"
    assert len(functions(installed, event_trigger)) == 4
    assert functions(installed, f"{event_trigger} AND (p.provolatile <> 'v' OR NOT p.prosecdef)") == set()


def test_event_triggers_fire_always_and_belong_to_the_installer(installed: Database) -> None:
    triggers = installed.rows(
        "SELECT evtname, evtenabled::text, evtowner::regrole::text, evtfoid::regproc::text"
        " FROM pg_event_trigger ORDER BY 1"
    )
    assert triggers == [
        ("et_ddl_command_end", "A", "postgres", "script_tracking.event_trigger_ddl_end"),
        ("et_ddl_command_start", "A", "postgres", "script_tracking.event_trigger_ddl_start"),
        ("et_sql_drop", "A", "postgres", "script_tracking.event_trigger_sql_drop"),
        ("et_table_rewrite", "A", "postgres", "script_tracking.event_trigger_table_rewrite"),
    ]


WITH_TENANT = (
    "c.relkind IN ('r', 'p') AND EXISTS (SELECT FROM pg_attribute AS a"
    " WHERE a.attrelid = c.oid AND a.attname = 'tenant_hk')"
)


def test_every_table_with_a_tenant_has_row_security(installed: Database) -> None:
    assert len(relations(installed, f"{WITH_TENANT} AND NOT c.relispartition")) > 6
    assert relations(installed, f"{WITH_TENANT} AND NOT c.relispartition AND NOT c.relrowsecurity") == set()
    # Logical replication stops at a table that is not partitioned where it is forced.
    forced = "c.relrowsecurity AND NOT c.relispartition AND c.relforcerowsecurity <> (c.relkind = 'p')"
    assert relations(installed, forced) == set()


def test_what_pushes_plans_away_does_not_have_them_compiled(installed: Database) -> None:
    # A plan with a disabled node type has a high cost, and is compiled: half a second for one row.
    away = "array_to_string(p.proconfig, ',') ~ '(^|,)(enable_[a-z]+=off|random_page_cost)'"
    assert len(functions(installed, away)) > 3
    assert functions(installed, f"{away} AND NOT p.proconfig @> '{{jit=off}}'") == set()
    # Nor is what reads many rows for a report, each time with a new plan.
    custom = "p.proconfig @> '{plan_cache_mode=force_custom_plan}' AND NOT p.proconfig @> '{jit=off}'"
    assert functions(installed, custom) == set()


def test_nobody_may_read_a_partition_past_its_table(installed: Database) -> None:
    # The policies of a partitioned table do not hold for who reads a partition of it by name.
    granted = "EXISTS (SELECT FROM aclexplode(c.relacl) AS g WHERE g.grantee <> c.relowner)"
    assert len(relations(installed, "c.relispartition")) > 3
    assert relations(installed, f"c.relispartition AND c.relkind = 'r' AND {granted}") == set()
    # And pg_read_all_data needs no grant: without a policy it reads nothing.
    assert relations(installed, "c.relispartition AND c.relkind = 'r' AND NOT c.relrowsecurity") == set()


def test_secrets_have_row_security_so_that_pg_read_all_data_reads_none(installed: Database) -> None:
    secret = "c.relname IN ('capture_secret', 'tenant_key', 'access_log')"
    assert len(relations(installed, f"{secret} AND c.relrowsecurity")) == 3
    named = "(c.relname ~ 'secret|key' AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity)"
    assert relations(installed, named) == set()


def test_row_security_comes_with_policies(installed: Database) -> None:
    bare = "c.relrowsecurity AND NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)"
    assert relations(installed, bare) == set()


def test_views_read_with_the_readers_rights(installed: Database) -> None:
    definer = "c.relkind = 'v' AND NOT coalesce(c.reloptions, '{}') @> ARRAY['security_invoker=true']"
    assert relations(installed, definer) == set()


def test_everything_a_user_sees_has_a_comment(installed: Database) -> None:
    assert functions(installed, "obj_description(p.oid, 'pg_proc') IS NULL") == set()
    table = "c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition"
    assert relations(installed, f"{table} AND obj_description(c.oid, 'pg_class') IS NULL") == set()


def test_every_column_has_a_comment(installed: Database) -> None:
    bare = installed.rows(
        "SELECT c.relname || '.' || a.attname FROM pg_class AS c"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind IN ('r', 'p', 'v')"
        " AND NOT c.relispartition AND col_description(c.oid, a.attnum) IS NULL ORDER BY 1"
    )
    assert bare == [], "add COMMENT ON COLUMN to the migration; in a released one, to comments.sql"


def test_every_routine_file_is_installed_and_nothing_else(installed: Database) -> None:
    files = {file.name for file in sql_files.sources("routines")}
    assert names(functions(installed, "true")) == files


def test_every_body_is_sound(installed: Database) -> None:
    # Install loads them unchecked, so that their order does not matter.
    definitions = installed.rows(
        "SELECT pg_get_functiondef(p.oid) FROM pg_proc AS p"
        " WHERE p.pronamespace = 'script_tracking'::regnamespace"
    )
    for (definition,) in definitions:
        installed.run_script(definition)


def test_no_function_is_overloaded(installed: Database) -> None:
    signatures = functions(installed, "true")
    assert len(signatures) == len(names(signatures))


def test_no_index_holds_an_identity_of_any_length(installed: Database) -> None:
    # A btree refuses entries over a third of a page: a long identity would then not be recorded.
    indexed = installed.rows(
        "SELECT DISTINCT a.attrelid::regclass::text || '.' || a.attname FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indrelid"
        " JOIN pg_class AS x ON x.oid = i.indexrelid"
        " JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
        " WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind = 'p'"
        " AND x.relam = (SELECT m.oid FROM pg_am AS m WHERE m.amname = 'btree')"
        " AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)"
    )
    assert indexed == []


def test_pgspot_finds_nothing_in_what_install_prints(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dbtrack", "install", "--sql", "--with", "auth"]
    script = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # One statement a file: pgspot stops at the first body that it cannot read, such as RETURN expression.
    paths: list[Path] = []
    for number, text in enumerate(split(script)):
        paths.append(tmp_path / f"{number}.sql")
        paths[-1].write_text(f"SET search_path = pg_catalog, pg_temp;\n{text};\n")
    assert len(paths) > 100
    # PS002, CREATE OR REPLACE in a schema of somebody else's: install refuses such a schema first of all.
    program = Path(sys.executable).with_name("pgspot")
    done = subprocess.run([program, "--ignore", "PS002", *paths], check=False, capture_output=True, text=True)
    assert "TOTAL:" in done.stdout
    assert re.findall(r"^PS\d+.*", done.stdout, re.MULTILINE) == []


def test_pgspot_would_find_something(tmp_path: Path) -> None:
    path = tmp_path / "bad.sql"
    path.write_text("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';")
    program = Path(sys.executable).with_name("pgspot")
    done = subprocess.run([program, path], check=False, capture_output=True, text=True)
    assert re.findall(r"^PS\d+.*", done.stdout, re.MULTILINE)
