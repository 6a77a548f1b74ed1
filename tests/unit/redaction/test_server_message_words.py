"""PostgreSQL's words in other languages: what its own translations make of a log is understood.

golden/server_messages.json has them as minor releases of PostgreSQL 15 brought them: one entry for a language and a
release that changed it. `DBTRACK_UPDATE_GOLDEN=1` adds those of the PostgreSQL that is installed.
"""

from __future__ import annotations

import gettext
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from dbtrack.ingest.formats.entry import DamagedEntryError, LogEntry, known_name
from dbtrack.ingest.formats.log_time import LogClock
from dbtrack.ingest.formats.stderrlog import StderrLogReader
from dbtrack.ingest.log_executions import LoggedExecution, Scope, executions_in
from dbtrack.operations.error_cause import cause_of_output
from dbtrack.redaction.server_message_words import OTHER_SEVERITIES
from tests.support.paths import GOLDEN

_MESSAGES = GOLDEN / "server_messages.json"
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
    """Return English and the translations of each language and release."""
    kept: dict[str, dict[str, str]] = json.loads(_MESSAGES.read_text())
    if os.environ.get("DBTRACK_UPDATE_GOLDEN"):
        kept = _with_installed(kept)
        _MESSAGES.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True))
    return {"en": str} | {name: partial(_translation, texts) for name, texts in kept.items()}


def _with_installed(kept: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    messages = sorted({message for texts in kept.values() for message in texts})
    for path in sorted(Path("/usr/share/locale").glob("*/LC_MESSAGES/postgres-*.mo")):
        language, major = path.parents[1].name, path.stem.removeprefix("postgres-")
        with path.open("rb") as file:
            translate = gettext.GNUTranslations(file).gettext
        texts = {message: translate(message) for message in messages if translate(message) != message}
        if not any(
            texts == known_name for name, known_name in kept.items() if name.startswith(f"{language} ")
        ):
            kept[f"{language} {major} of {datetime.now(UTC).date()}"] = texts
    return kept


def _translation(texts: dict[str, str], message: str) -> str:
    return texts.get(message, message)


LANGUAGES = _languages()
each_language = pytest.mark.parametrize("language", LANGUAGES)


def executed(log: str) -> list[LoggedExecution]:
    found = list(StderrLogReader("%m [%p] ", LogClock()).entries(log.encode()))
    return [
        each for entry in found if isinstance(entry, LogEntry) for each in executions_in(entry, Scope(180000))
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
@pytest.mark.parametrize("template", ["duration: %s ms  parse %s: %s", "duration: %s ms  bind %s%s%s: %s"])
def test_what_was_only_prepared_is_passed_over(language: str, template: str) -> None:
    translated = LANGUAGES[language](template)
    for value in ["1.500", "<unnamed>", *([""] * (template.count("%s") - 3)), "DROP ROLE a"]:
        translated = translated.replace("%s", value, 1)
    assert executed(f"{_HEAD}{LANGUAGES[language]('LOG')}:  {translated}\n") == []


@each_language
def test_a_refusal_is_known_without_its_state(language: str) -> None:
    translate = LANGUAGES[language]
    message = translate("permission denied for table %s").replace("%s", "script_execution_s")
    statement = "UPDATE script_tracking.script_execution_s SET script_name = NULL"
    log = f"{_HEAD}{translate('ERROR')}:  {message}\n{_HEAD}{translate('STATEMENT:  ')}{statement}\n"
    [attempt] = executed(log)
    assert (attempt.script_type, attempt.tag) == ("SECURITY", "UPDATE")


@each_language
def test_a_name_that_is_not_known_yet_does_not_count(language: str) -> None:
    assert known_name(LANGUAGES[language]("[unknown]")) is None


def test_a_word_of_an_unknown_language_is_reported() -> None:
    [entry] = StderrLogReader("%m [%p] ", LogClock()).entries(
        f"{_HEAD}LOG:  verklaring: DROP ROLE a\n".encode()
    )
    assert isinstance(entry, LogEntry)
    with pytest.raises(DamagedEntryError, match="verklaring is not a word"):
        list(executions_in(entry, Scope(180000)))


@each_language
def test_other_severities_are_known(language: str) -> None:
    translate = LANGUAGES[language]
    assert {translate(word) for word in ("LOG", "INFO", "NOTICE", "WARNING", "DEBUG")} <= OTHER_SEVERITIES


@each_language
def test_a_clients_error_shows_its_cause_and_hint(language: str) -> None:
    translate = LANGUAGES[language]
    output = f"psql:a.sql:1: {translate('ERROR')}:  no table\n{translate('HINT:  ')}make one\n"
    assert cause_of_output(output) == {"cause": "no table", "hint": "make one"}
