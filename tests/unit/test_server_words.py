"""PostgreSQL's words in other languages: what an installed server's own translations make of a log is understood."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtrack.ingest.entry import LogEntry
from dbtrack.ingest.log_time import LogClock
from dbtrack.ingest.selection import LoggedExecution, executions
from dbtrack.ingest.stderrlog import StderrLogReader
from dbtrack.tracking.cause import cause_of_output
from dbtrack.tracking.server_words import OTHER_SEVERITIES

Translate = Callable[[str], str]
_HEAD = "2026-01-15 14:30:25.123 UTC [7] "
_FAILING = "CREATE TABLE t (id nosuch)"
_LABELS = (
    "DETAIL:  ",
    "HINT:  ",
    "QUERY:  ",
    "CONTEXT:  ",
    "LOCATION:  %s:%d\n",
    "BACKTRACE:  ",
    "STATEMENT:  ",
)


def _languages() -> dict[str, Translate]:
    """Return English, and what PostgreSQL's translations on this machine have."""
    found: dict[str, Translate] = {"en": str}
    for path in sorted(Path("/usr/share/locale").glob("*/LC_MESSAGES/postgres-*.mo")):
        with path.open("rb") as file:
            found[path.parents[1].name] = gettext.GNUTranslations(file).gettext
    return found


LANGUAGES = _languages()
each_language = pytest.mark.parametrize("language", LANGUAGES)


def executed(log: str) -> list[LoggedExecution]:
    found = list(StderrLogReader("%m [%p] ", LogClock()).entries(log.encode()))
    return [
        each
        for entry in found
        if isinstance(entry, LogEntry)
        for each in executions(entry, server_version=180000)
    ]


@each_language
def test_a_failure_is_read_with_all_its_parts(language: str) -> None:
    translate = LANGUAGES[language]
    severity = translate("ERROR")
    parts = "".join(
        f"{_HEAD}{translate(label).replace('%s:%d', 'here')}".rstrip("\n") + f"{_FAILING}\n"
        for label in _LABELS
    )
    position = translate(" at character %d").replace("%d", "20")
    [failed] = executed(f"{_HEAD}{severity}:  no type{position}\n{parts}")
    assert (failed.tag, failed.status, failed.error_message) == ("CREATE TABLE", "FAILED", "no type")
    assert failed.metadata["detail"] == failed.metadata["hint"] == failed.metadata["context"] == _FAILING


@each_language
@pytest.mark.parametrize("severity", ["FATAL", "PANIC"])
def test_worse_failures_are_known(language: str, severity: str) -> None:
    translate = LANGUAGES[language]
    [failed] = executed(
        f"{_HEAD}{translate(severity)}:  ended\n{_HEAD}{translate('STATEMENT:  ')}DROP TABLE t\n"
    )
    assert failed.status == "FAILED"


@each_language
def test_the_error_is_located_in_its_statement(language: str) -> None:
    translate = LANGUAGES[language]
    position = translate(" at character %d").replace("%d", "30")
    statement = f"{translate('STATEMENT:  ')}DROP TABLE a; DROP TABLE b; DROP TABLE c"
    [failed] = executed(f"{_HEAD}{translate('ERROR')}:  no{position}\n{_HEAD}{statement}\n")
    assert failed.statement == "DROP TABLE c"


@each_language
def test_a_failure_in_a_function_shows_the_inner_statement(language: str) -> None:
    translate = LANGUAGES[language]
    context = translate("CONTEXT:  ") + translate('SQL statement "%s"').replace("%s", _FAILING)
    log = (
        f"{_HEAD}{translate('ERROR')}:  no\n{_HEAD}{context}\n{_HEAD}{translate('STATEMENT:  ')}SELECT f()\n"
    )
    [failed] = executed(log)
    assert failed.statement == _FAILING


@each_language
@pytest.mark.parametrize(
    ("template", "duration_us"),
    [
        ("statement: %s", None),
        ("execute <unnamed>: %s", None),
        ("duration: %s ms  statement: %s", 1500),
        ("duration: %s ms  %s %s%s%s: %s", 1500),
    ],
)
def test_what_ran_is_read(language: str, template: str, duration_us: int | None) -> None:
    translate = LANGUAGES[language]
    values = ["1.500"] * (duration_us is not None)
    values += [translate("execute"), "<unnamed>", "", ""] * template.count("%s%s%s") + ["DROP ROLE a"]
    translated = translate(template)
    if template.startswith("execute"):
        translated = translated.replace("execute", translate("execute"))
    for value in values:
        translated = translated.replace("%s", value, 1)
    [ran] = executed(f"{_HEAD}{translate('LOG')}:  {translated}\n")
    assert (ran.tag, ran.status, ran.duration_us) == ("DROP ROLE", "COMPLETED", duration_us)


@each_language
def test_other_severities_are_known(language: str) -> None:
    translate = LANGUAGES[language]
    assert {translate(word) for word in ("LOG", "INFO", "NOTICE", "WARNING", "DEBUG")} <= OTHER_SEVERITIES


@each_language
def test_a_clients_error_shows_its_cause_and_hint(language: str) -> None:
    translate = LANGUAGES[language]
    output = f"psql:a.sql:1: {translate('ERROR')}:  no table\n{translate('HINT:  ')}make one\n"
    assert cause_of_output(output) == {"cause": "no table", "hint": "make one"}
