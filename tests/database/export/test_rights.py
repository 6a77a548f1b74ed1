"""Row security decides what is exported, and an export is in the access record like any report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.command_line import run_dbtrack
from tests.support.exporting import exported, new_ids, state_of
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy, build_tenancy

pytestmark = pytest.mark.any_server


@pytest.fixture
def tenancy(installed_conninfo: str, role: RoleFactory) -> Iterator[Tenancy]:
    """Two tenants with a login each."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield build_tenancy(connection, role)


def as_login(tenancy: Tenancy, name: str) -> str:
    return make_conninfo(tenancy.conninfo, user=name)


def manual(found: list[dict[str, object]]) -> set[object]:
    return {row["script_name"] for row in found if row["script_type"] == "MANUAL"}


def accesses(tenancy: Tenancy, login: str) -> list[tuple[object, ...]]:
    query = (
        "SELECT report_name, accessed_tenant, is_granted FROM script_tracking.access_log"
        " WHERE db_session_user = %s ORDER BY accessed_at"
    )
    return list(tenancy.superuser.execute(query, (login,)))


def test_a_login_exports_its_own_tenant(tenancy: Tenancy, tmp_path: Path) -> None:
    acme, state = as_login(tenancy, tenancy.logins["acme"]), tmp_path / "state"
    assert manual(exported(acme)) == {"secret of acme"}
    assert {row["tenant"] for row in exported(acme)} == {"acme"}
    assert len(new_ids(acme, state)) == 1
    for tenant, login in tenancy.logins.items():
        with tenancy.connect(login) as connection:
            connection.execute("SELECT script_tracking.track_operation(%s)", (f"later of {tenant}",))
    assert manual(exported(acme, "--state", str(state))) == {"later of acme"}
    assert new_ids(acme, state) == []


@pytest.mark.parametrize(
    "words", [("executions",), ("history",), ("executions", "--otlp", "http://localhost:1")]
)
def test_a_second_tenant_is_refused(tenancy: Tenancy, words: tuple[str, ...]) -> None:
    tenants = ("--tenant", "acme", "--tenant", "globex")
    refused = run_dbtrack("export", *words, *tenants, "-d", tenancy.conninfo)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "dbtrack: --tenant can be given only once; run one export for each tenant\n"


def test_an_administrator_exports_all_or_one_tenant(
    tenancy: Tenancy, role: RoleFactory, tmp_path: Path
) -> None:
    admin = as_login(tenancy, role("admin", member_of=("dbtrack_admin",)))
    assert manual(exported(admin)) == {"secret of acme", "secret of globex", "secret of the platform"}
    assert manual(exported(admin, "--tenant", "acme")) == {"secret of acme"}
    state = tmp_path / "state"
    assert manual(exported(admin, "--tenant", "acme", "--state", str(state))) == {"secret of acme"}
    assert state_of(state)["place"]["login"].startswith("admin")
    with tenancy.connect(tenancy.logins["globex"]) as connection:
        connection.execute("SELECT script_tracking.track_operation('of globex')")
    assert exported(admin, "--tenant", "acme", "--state", str(state)) == []


def test_exports_are_in_the_access_record(tenancy: Tenancy, role: RoleFactory) -> None:
    login = role("admin", member_of=("dbtrack_admin",))
    exported(as_login(tenancy, login))
    exported(as_login(tenancy, login), "--tenant", "globex")
    run_dbtrack("export", "objects", "-d", as_login(tenancy, login))
    assert accesses(tenancy, login) == [
        ("export executions", None, True),
        ("export executions", "globex", True),
        ("export objects", None, True),
    ]


def test_a_refused_export_is_recorded_and_exports_nothing(tenancy: Tenancy, tmp_path: Path) -> None:
    login = tenancy.logins["acme"]
    state = tmp_path / "state"
    words = (
        "export",
        "executions",
        "--tenant",
        "globex",
        "--state",
        str(state),
        "-d",
        as_login(tenancy, login),
    )
    result = run_dbtrack(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert not state.exists()
    assert accesses(tenancy, login) == [("export executions", "globex", False)]


def test_a_login_without_a_role_is_told_which_it_needs(tenancy: Tenancy, role: RoleFactory) -> None:
    result = run_dbtrack("export", "executions", "-d", as_login(tenancy, role("nobody")))
    assert (result.returncode, result.stdout) == (1, "")
    assert "dbtrack_" in result.stderr
