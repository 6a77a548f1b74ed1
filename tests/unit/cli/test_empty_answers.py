"""What is said about a report without rows, and to a login without a tenant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dbtrack.cli.commands.report import explain
from dbtrack.reports import REPORTS, PreparedReport, Window

NOW = datetime(2026, 11, 27, 6, 40, tzinfo=UTC)
WINDOW = Window.of(datetime(2026, 11, 20, 6, 28, tzinfo=UTC), None, UTC, NOW)


def prepared(name: str = "history", *, sees_nothing: bool = False) -> PreparedReport:
    return PreparedReport(REPORTS[name], {}, WINDOW, sees_nothing)


def test_an_empty_answer_says_what_was_searched(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = {"user": ["alice"], "failed": True, "tenant": "acme", "limit": 3, "days": 7}
    explain(prepared(), arguments, 0, on_terminal=True)
    said = "dbtrack: nothing found: since Fri 20 Nov 06:28 UTC; user alice; failed; tenant acme\n"
    assert capsys.readouterr() == ("", said)
    explain(prepared(), arguments, 0, on_terminal=False)
    explain(prepared(), arguments, 1, on_terminal=True)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("name", "is_told"), [("history", True), ("health", True), ("own", False)])
def test_a_login_without_a_tenant_is_told_so(
    name: str, is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(prepared(name, sees_nothing=True), {}, 5, on_terminal=False)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("your login has no tenant" in shown.err) is is_told
