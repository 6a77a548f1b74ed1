"""The dbt projects of docs/dbt load each version once, also what a long transaction wrote and committed late.

The packages that they name come from dbt's hub. Where that cannot be reached, the test takes macros of the same names
and parameters (support/dbt); DBTRACK_DBT_PACKAGES=FOLDER takes the real packages from FOLDER/automate_dv and
FOLDER/datavault4dbt.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.paths import DOCS, ROOT
from tests.support.required import required_program
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

pytestmark = [pytest.mark.matrix, pytest.mark.any_server, pytest.mark.timeout(600)]
_PACKAGES = Path(os.environ.get("DBTRACK_DBT_PACKAGES", ROOT / "tests/support/dbt"))
_BOUND = "SELECT pg_get_functiondef('script_tracking.complete_before()'::regprocedure)"
# The record, and the vault in the same columns: the versions, the executions, the links.
_RECORD = (
    """
    SELECT execution_key, hash_diff, load_date, record_source, to_jsonb(h)
        - '{execution_key,hash_diff,parent_key,load_date,record_source,valid_from,valid_to,is_current}'::text[]
    FROM dbtrack_mart.execution_history AS h ORDER BY version_number
    """,
    "SELECT execution_key, execution_bk, tenant, load_date, record_source FROM dbtrack_mart.execution_keys ORDER BY 1",
    "SELECT link_key, parent_key, child_key, link_type, load_date, record_source FROM dbtrack_mart.execution_links ORDER BY 1",
)
_VAULTS = {
    "automate_dv": (
        """
        SELECT encode(execution_hk, 'hex'), encode(execution_hashdiff, 'hex'), load_date, record_source, to_jsonb(s)
            - '{execution_hk,execution_hashdiff,load_date,record_source,complete_before}'::text[]
        FROM vault.sat_execution AS s ORDER BY version_number
        """,
        "SELECT encode(execution_hk, 'hex'), execution_bk, tenant, load_date, record_source FROM vault.hub_execution ORDER BY 1",
        """
        SELECT encode(execution_link_hk, 'hex'), encode(parent_execution_hk, 'hex'), encode(child_execution_hk, 'hex'),
            link_type, load_date, record_source
        FROM vault.link_execution ORDER BY 1
        """,
    ),
    "datavault4dbt": (
        """
        SELECT hk_execution_h, hd_execution_s, ldts, rsrc, to_jsonb(s)
            - '{hk_execution_h,hd_execution_s,ldts,rsrc,complete_before}'::text[]
        FROM vault.execution_s AS s ORDER BY version_number
        """,
        "SELECT hk_execution_h, execution_bk, tenant, ldts, rsrc FROM vault.execution_h ORDER BY 1",
        "SELECT hk_execution_l, hk_execution_parent, hk_execution_child, link_type, ldts, rsrc FROM vault.execution_l ORDER BY 1",
    ),
}
_SATELLITES = {"automate_dv": "vault.sat_execution", "datavault4dbt": "vault.execution_s"}


def _read(
    connection: psycopg.Connection[tuple[object, ...]], queries: tuple[str, ...]
) -> list[list[tuple[object, ...]]]:
    return [connection.execute(query.encode()).fetchall() for query in queries]


def _load(project: Path, conninfo: str, login: str) -> None:
    place = conninfo_to_dict(conninfo)
    variables = {
        "PGHOST": str(place["host"]), "PGPORT": str(place["port"]), "PGDATABASE": str(place["dbname"]), "PGUSER": login,
        "DBTRACK_VAULT_SCHEMA": "vault", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1",
    }  # fmt: skip
    for words in (
        (["deps"], ["run", "--fail-fast"])
        if not (project / "dbt_packages").exists()
        else (["run", "--fail-fast"],)
    ):
        done = subprocess.run(
            [required_program("dbt", "pip install dbt-core dbt-postgres, in another environment"), *words, "--project-dir", project, "--profiles-dir", project],
            check=False, capture_output=True, text=True, env=os.environ | variables, cwd=project,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", sorted(_VAULTS))
def test_each_version_is_loaded_once_however_late_it_appears(
    package: str, server: Server, installed_conninfo: str, role: RoleFactory, tmp_path: Path
) -> None:
    project = tmp_path / package
    shutil.copytree(DOCS / "dbt" / package, project)
    (project / "packages.yml").write_text(f"packages:\n  - local: {_PACKAGES / package}\n")
    login = role("loader", member_of=("dbtrack_admin",))
    with (
        psycopg.connect(installed_conninfo, autocommit=True) as connection,
        psycopg.connect(installed_conninfo) as slow,
    ):
        connection.execute(f"CREATE SCHEMA vault AUTHORIZATION {login}".encode())
        # Without the minute that it allows for a clock that is set back.
        definition = str((connection.execute(_BOUND.encode()).fetchone() or ("",))[0])
        assert "- '1 minute'" in definition
        connection.execute(definition.replace("- '1 minute'", "- '0 minutes'").encode())
        # What dbt itself creates is not to be recorded: it would be new at each load.
        connection.execute(f"SELECT script_tracking.set_setting('capture.ignore_roles', '{login}')".encode())
        connection.execute("SELECT script_tracking.set_setting('capture.ignore_schemas', 'vault')")
        connection.execute("CREATE TABLE early (id int)")
        slow.execute("CREATE TABLE late (id int)")
        connection.execute("CREATE TABLE soon (id int)")
        bounds = f"SELECT version_number, complete_before FROM {_SATELLITES[package]}".encode()
        _load(project, installed_conninfo, login)
        loaded = _read(connection, _VAULTS[package])
        recorded = _read(connection, _RECORD)
        first = connection.execute(bounds).fetchall()
        # What stands after the start of the slow transaction waits for it.
        assert 0 < len(first) < len(recorded[0])
        assert loaded[0] == recorded[0][: len(first)]
        assert set(loaded[1]) < set(recorded[1])
        slow.commit()
        key = connection.execute("SELECT script_tracking.track_operation('V42', 'MIGRATION')").fetchone()
        connection.execute("SELECT set_config('dbtrack.execution', encode(%s, 'hex'), false)", key)
        connection.execute("CREATE TABLE inside (id int)")
        connection.execute("SELECT set_config('dbtrack.execution', '', false)")
        _load(project, installed_conninfo, login)
        connection.execute("SELECT script_tracking.complete_operation(%s)", key)
        for _again in range(2):
            _load(project, installed_conninfo, login)
            assert _read(connection, _VAULTS[package]) == _read(connection, _RECORD)
        # A later load leaves what an earlier one loaded as it is.
        assert set(first) <= set(connection.execute(bounds).fetchall())
        assert len(_read(connection, _VAULTS[package])[2]) == 1
