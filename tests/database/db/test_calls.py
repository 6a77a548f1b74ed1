"""Python calls the functions of dbtrack's schema by name, with named arguments, and needs no file of SQL for it."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

import dbtrack
from dbtrack.db import Database, Jsonb
from dbtrack.db.statement_text import function_call
from dbtrack.errors import NotInstalledError, QueryError, UsageError

_PACKAGE = Path(dbtrack.__file__).parent
_METHODS = {"call", "call_value"}


def calls() -> dict[tuple[str, frozenset[str]], str]:
    """Return each function that Python calls with the names of its arguments, and where it is called."""
    found = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _METHODS
                and node.args
                and isinstance(node.args[0], ast.Constant)
                # The names of what a dictionary brings are not in the text.
                and all(keyword.arg is not None for keyword in node.keywords)
            ):
                names = frozenset(str(keyword.arg) for keyword in node.keywords)
                found[str(node.args[0].value), names] = f"{path.relative_to(_PACKAGE)}:{node.lineno}"
    return found


@pytest.mark.every_server
def test_each_call_fits_a_function(installed: Database) -> None:
    functions = {
        name: (set(arguments), set(arguments[: len(arguments) - defaults]))
        for name, arguments, defaults in installed.rows(
            "SELECT p.proname, coalesce(p.proargnames[:p.pronargs], '{}'), p.pronargdefaults FROM pg_proc AS p"
            " WHERE p.pronamespace = 'script_tracking'::regnamespace"
        )
    }
    found = calls()
    assert len(found) > 30
    for (name, names), place in found.items():
        assert name in functions, f"{place}: there is no function {name}"
        known, needed = functions[name]
        assert needed <= names <= known, f"{place}: {name} takes {sorted(known)}"


def test_a_call_quotes_names_and_binds_values() -> None:
    query = function_call('a"b', ("c", "d"))
    assert query == 'SELECT * FROM "script_tracking"."a""b"("c" => %(c)s, "d" => %(d)s)'
    assert function_call("maintain", ()) == 'SELECT * FROM "script_tracking"."maintain"()'


@pytest.mark.every_server
def test_values_of_each_type_arrive(installed: Database) -> None:
    installed.run_script(
        """CREATE FUNCTION script_tracking.echo(a bytea, b bool, c bigint, d text[], e bytea[], f jsonb, g varchar,
            h timestamptz, i name, j uuid DEFAULT NULL) RETURNS text LANGUAGE sql
            AS 'SELECT concat_ws('';'', a, b, c, d, e, f, g, extract(epoch FROM h)::int, i, j IS NULL)'"""
    )
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert installed.call_value(
        "echo",
        a=b"\x01",
        b=True,
        c=7,
        d=["x", "%s"],
        e=[b"\x02"],
        f=Jsonb({"k": 1}),
        g="it's",
        h=moment,
        i="n",
        j=None,
    ) == (r'\x01;t;7;{x,%s};{"\\x02"};{"k": 1};it' + f"'s;{int(moment.timestamp())};n;t")
    names = ("a", "b", "c", "d", "e", "f", "g", "h", "i")
    assert installed.call_value("echo", **dict.fromkeys(names)) == "t"
    assert str(installed.call_value("echo", **dict.fromkeys(names) | {"d": [], "e": []})) == "{};{};t"


def test_a_call_returns_rows_a_value_or_nothing(installed: Database) -> None:
    assert installed.call_value("set_setting", setting_name="retention.days", setting_value="30") == "30"
    assert installed.call("rebuild_rollups") == [(None,)]
    [(outcome, _, _)] = installed.call("advance_rollups", p_most_rows=10)
    assert outcome in {"done", "more"}
    assert {task for task, _, _ in installed.call("maintain")} >= {"partitions"}
    assert installed.call("list_tenant_keys") == []
    assert installed.call_value("list_tenant_keys") is None


def test_an_error_of_a_call_is_translated(installed: Database) -> None:
    with pytest.raises(UsageError, match="there is no setting"):
        installed.call_value("set_setting", setting_name="nothing", setting_value="1")
    with pytest.raises(NotInstalledError):
        installed.call("no_such_function", argument=1)


@pytest.mark.every_server
@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_value_out_of_range_does_not_say_that_dbtrack_is_missing(
    installed: Database, in_transaction: bool
) -> None:
    with (
        pytest.raises(
            QueryError, match=r"out of range.*: retention_cutoff\(p_retention_days => bigint\)"
        ) as caught,
        installed.transaction() if in_transaction else nullcontext(),
    ):
        installed.call_value("retention_cutoff", p_retention_days=99999999999)
    assert caught.value.sqlstate == "42883"
    assert not installed.is_in_transaction


def test_a_missing_parameter_is_an_older_installation(installed: Database) -> None:
    with pytest.raises(NotInstalledError):
        installed.call_value("retention_cutoff", p_retention_days=1, p_new=2)
    with pytest.raises(NotInstalledError):
        installed.call_value("retention_cutoff", p_new=2)
    with pytest.raises(NotInstalledError):
        installed.value("SELECT script_tracking.retention_cutoff(1, 2)")
