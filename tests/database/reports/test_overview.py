"""The dashboard as a screen: what it counts, what needs somebody, and the exit code of --check."""

from __future__ import annotations

from datetime import UTC, timedelta

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.reports.overview import Check, read_overview
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.terminal import Terminal

OPERATIONS = """
SELECT script_tracking.complete_operation(script_tracking.track_operation('nightly', 'MAINTENANCE'), false,
    'ERROR:  disk full');
SELECT script_tracking.complete_operation(script_tracking.track_operation('V42', 'MIGRATION'), false, 'ERROR:  x');
SELECT script_tracking.complete_operation(script_tracking.track_operation('V42', 'MIGRATION'));
SELECT script_tracking.track_operation('load', 'REPORTING');
CREATE TABLE public.orders (id integer);
ALTER TABLE public.orders ADD COLUMN due_on date;
"""


def _as_login(server: Server, installed: Database, login: str) -> ConnectionTarget:
    return ConnectionTarget("test", conninfo=server.conninfo(installed.name, login))


def test_the_dashboard_counts_and_says_what_needs_somebody(
    server: Server, installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    words = ("dashboard", "-d", installed_conninfo)
    assert run_dbtrack(*words, "--check").returncode == 0, "an empty database needs nobody"
    for statement in OPERATIONS.strip().split(";\n"):
        installed.run_script(statement)
    overview = read_overview(installed, {}, UTC)
    assert overview.metrics["failed_operations_24h"] == 2
    assert overview.running == ["load"]
    assert (overview.days[-1].executions + overview.days[-2].executions, len(overview.days)) == (5, 8)
    assert [cause.name for cause in overview.causes] == ["nightly", "V42"]
    assert [cause.name for cause in overview.repaired] == ["V42"], "it succeeded later"
    assert [getattr(need, "name", "a check") for need in overview.needs] == ["nightly"]
    assert [(each.name, each.executions) for each in overview.objects] == [("public.orders", 2)]
    assert sum(person.executions for person in overview.people) == 6
    assert overview.slowest[0].started <= overview.read_at + timedelta(seconds=1)

    installed.call("add_tenant", tenant_bk="acme")
    of_nobody = read_overview(installed, {"tenant": "acme"}, UTC)
    assert (of_nobody.needs, of_nobody.objects, of_nobody.slowest, of_nobody.running) == ([], [], [], [])

    checked = run_dbtrack(*words, "--check", "--format", "json")
    assert (checked.returncode, checked.stderr) == (1, "")
    assert '"failed_operations_24h"' in checked.stdout, "the report itself stays as it is"
    assert run_dbtrack(*words, "--check", "--tenant", "acme").returncode == 0
    assert run_dbtrack(*words, "--check", "--watch", "2").returncode == 2
    assert run_dbtrack(*words, "--check", "--by-tenant").returncode == 2

    with Database.connect(
        _as_login(server, installed, role("watcher", member_of=("dbtrack_reader",)))
    ) as reader:
        blind = read_overview(reader, {}, UTC)
    assert [check.metric for check in blind.needs if isinstance(check, Check)] == ["no_tenant"]
    assert (blind.people, blind.log_read_at, blind.baseline_at) == ([], None, None)

    key = installed.value("SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution "
                          "WHERE script_name = 'ALTER TABLE'")  # fmt: skip
    script = f"""
        stty columns 100
        dbtrack dashboard; dbtrack show {key}; dbtrack health; dbtrack verify; echo code $?
        dbtrack show {key} | head -1
        """
    environment = clean_environment(
        {**server.environment(installed.name), "TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    )
    del environment["COLUMNS"]
    with Terminal(script, [], environment) as terminal:
        terminal.wait_for("show_execution:")
        seen = terminal.seen
    for words_on_screen in (
        "NEEDS YOU",
        "✘ ",
        "BUSIEST OBJECTS",
        "✔ ALTER TABLE public.orders",
        "ran     ALTER TABLE public.orders ADD COLUMN due_on date",
        "health 75 · ",
        "NOT PROVEN   0 of ",
    ):
        assert words_on_screen in seen, seen
    assert "\x1b[" not in seen
