"""A person who is erased at a source, and by that in a vault whose owner has allowed it."""

from __future__ import annotations

import pytest

from tests.support.command_line import done, run_dbtrack
from tests.support.vaulted import OBJECTS, VERSIONS, WAITS, Source, Vault

pytestmark = pytest.mark.any_server

_VALUES = """
SELECT jsonb_agg(jsonb_build_array(s.version_number, s.hash_diff, s.db_session_user, s.client_ip, s.affected_objects, s.sql_command,
    s.error_message, s.metadata) ORDER BY s.version_number)
FROM script_tracking.script_execution_s AS s
"""
_OWN = " JOIN script_tracking.vault_tenant AS t USING (tenant_hk) WHERE t.source_name = '{}'"


def values(vault: Vault, name: str) -> object:
    return vault.value(_VALUES + _OWN.format(name))


def erase(conninfo: str, subject: str) -> None:
    erased = run_dbtrack("erase", "--subject", subject, "--reason", "request 4711", "--yes", "-d", conninfo)
    assert erased.returncode == 0, erased


def recorded(vault: Vault, name: str, person: str) -> Source:
    """Return a source whose record names a person in every way, which the vault has sealed."""
    source = vault.source(name)
    source.sql(
        f"CREATE ROLE {person} LOGIN",
        f"CREATE TABLE {person} (id int)",
        f"CREATE TABLE kept (id int); COMMENT ON TABLE kept IS 'of {person}'",
        f"GRANT SELECT ON kept TO {person}",
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('nightly'), false, "
        f"'{person} was not allowed')",
        f"ALTER TABLE kept OWNER TO {person}",
        f"ALTER TABLE kept OWNER TO postgres; REVOKE ALL ON kept FROM {person}; DROP ROLE {person}",
    )
    source.wait("nightly")
    source.sql(f"UPDATE script_tracking.execution_wait_s SET statement = 'SET ROLE {person}'")
    source.seal()
    done(source.push())
    done(run_dbtrack("seal", "-d", vault.conninfo))
    return source


def test_it_is_done_in_the_vault_if_its_owner_allows_it(vault: Vault) -> None:
    person = f"carol{vault.sandbox.server.port}"
    source = recorded(vault, "followed", person)
    done(run_dbtrack("vault", "set", "followed", "--follow-erasures", "-d", vault.conninfo))
    assert person in str(values(vault, "followed")) + str(vault.objects("followed"))
    before = vault.sources()["followed"]
    erase(source.conninfo, person)
    done(source.push())
    # Exactly what the source has now, and nothing is left to do.
    assert values(vault, "followed") == source.database.value(_VALUES)
    assert vault.versions("followed") == source.database.value(VERSIONS)
    assert vault.objects("followed") == source.database.value(OBJECTS)
    assert vault.waits("followed") == source.database.value(WAITS)
    assert vault.findings("followed") == []
    assert vault.sources()["followed"]["current_status"] == "OK"
    shown = str(vault.rows("history", "--source", "followed")) + str(vault.objects("followed"))
    assert (person in shown, "[erased]" in shown) == (False, True)
    # The vault records that it erased, and its seals and those of the source are whole.
    ((reason,),) = vault.database.rows(
        "SELECT DISTINCT metadata ->> 'reason' FROM script_tracking.script_execution_s WHERE metadata ->> 'source' = "
        "'followed' AND script_name = 'dbtrack erase'"
    )
    assert reason == "the source followed erased a person"
    done(run_dbtrack("seal", "-d", vault.conninfo))
    verified = run_dbtrack("verify", "-d", vault.conninfo)
    assert (verified.returncode, "no findings" in verified.stderr) == (0, True), verified
    source.sql("CREATE TABLE after (id int)")
    source.seal()
    done(source.push())
    assert str(vault.sources()["followed"]["verified_before"]) > str(before["verified_before"])
    # Nothing else of a row can be changed this way.
    source.sql(
        "UPDATE script_tracking.script_execution_s SET sql_command = 'CREATE TABLE harmless ()', db_session_user = '[erased]' "
        "WHERE sql_command LIKE '%after%'",
        'UPDATE script_tracking.object_s SET definition = definition || \'{"column 9": "[erased]"}\', hash_diff = '
        "sha256(convert_to(jsonb_build_array(object_bk, object_type, object_identity, cause, to_jsonb(grantees), "
        "definition || '{\"column 9\": \"[erased]\"}')::text, 'UTF8')) WHERE object_identity = 'public.after'",
    )
    arrived = values(vault, "followed"), vault.objects("followed")
    done(run_dbtrack("endpoint", "resume", "vault", "--since", "1h", "-d", source.conninfo))
    assert source.push().returncode in (0, 3)
    assert {kind for kind, _ in vault.findings("followed")} == {"rewritten"}
    assert (values(vault, "followed"), vault.objects("followed")) == arrived
    # Who adds the source again has not allowed it.
    assert "its erasures are followed" in str(vault.sources()["followed"]["details"])
    done(run_dbtrack("vault", "remove", "followed", "-d", vault.conninfo))
    done(run_dbtrack("vault", "add", "followed", "-d", vault.conninfo))
    assert "followed" not in str(vault.sources()["followed"]["details"])


def test_otherwise_the_vault_is_told_and_keeps_what_it_has(vault: Vault) -> None:
    person = f"dave{vault.sandbox.server.port}"
    source = recorded(vault, "told", person)
    arrived = vault.objects("told"), vault.waits("told")
    erase(source.conninfo, person)
    done(source.push())
    ((kind, _),) = vault.findings("told")
    assert kind == "erasure"
    assert person in str(values(vault, "told"))
    assert (vault.objects("told"), vault.waits("told")) == arrived


@pytest.mark.parametrize(
    ("old", "new", "is_erased"),
    [
        (
            '{"column 1": ["a", "int"], "owner": "bob"}',
            '{"column 1": ["a", "int"], "owner": "[erased]"}',
            True,
        ),
        ('{"text": "of bob"}', '{"text": "[redacted: erased]"}', True),
        ('["bob=arwdDxt/carol"]', '["\\"[erased]\\"=arwdDxt/carol"]', True),
        ('{"bob": "r"}', '{"[erased]": "r"}', True),
        ('["bob=r/carol"]', '["\\"[erased]\\"=rw/carol"]', False),
        ('["bob=r/carol"]', '["dave=r/carol"]', False),
        ('{"column 1": ["a", "int"]}', '{"column 1": ["a", "text"]}', False),
        ('{"column 1": ["a", "int"]}', "{}", False),
        ('{"column 1": ["a", "int"]}', '{"column 1": ["a", "int"], "column 2": "[erased]"}', False),
        ('{"bob": "r"}', '{"[erased]": {"anything": "else"}}', False),
        ('{"column 1": ["a"], "column 2": ["b"]}', '{"[erased]": ["a"]}', False),
        ('{"comment relation": ["a"], "relation": ["a"]}', '{"[erased]": ["a"], "relation": ["a"]}', False),
        ('["a", "b"]', '["[erased]"]', False),
        ('{"length": 3}', '{"length": "[erased]"}', False),
    ],
)
def test_what_an_erasure_leaves(vault: Vault, old: str, new: str, is_erased: bool) -> None:
    found = vault.database.rows(
        "SELECT script_tracking.is_erased_json(%(old)s::jsonb, %(new)s::jsonb)", {"old": old, "new": new}
    )
    assert found == [(is_erased,)]
