"""Every key that dbtrack writes into metadata is explained in docs/model.md."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dbtrack import sql_files
from tests.support.paths import DOCS, ROOT

_SECTION = "## The keys of metadata"
_EXPLAIN = f"explain these keys in docs/model.md, section {_SECTION.removeprefix('## ')!r}"
# What these build is not metadata: fingerprints of catalogs, places, answers of module auth, what one function hands
# to the next.
_OTHER_JSON = re.compile(
    r"catalog_.*|compare_catalog|rollup_place|seal_place|endpoint_position|note_timeline|administration_value"
    r"|capture_privileges_start|notify_alert|note_capture_failures|get_(execution|state|endpoint)_metrics"
    r"|auth_(outcome|refusal|record|store_.*)|logged_holders|record_waits|note_history|read_migration_history"
    r"|(object|other|extension)_definition|object_(parts|place)|relation_(parts|comments?)|get_object_log"
)
_PASSED_ON = {
    # Of a row of examination.
    "get_slot_metrics": {"slot", "kind"},
    "reconcile_catalog": {"outcome", "objects", "changes", "unattributed"},
    "record_spooled": {"metadata"},
    "outbox_record": {"metadata", "execution_timestamp"},
    # Of the old and new values of an administration.
    "suspend_capture": {
        "property",
        "value",
        "until",
        "event_triggers",
        "event",
        "function",
        "fires",
        "owner",
    },
    "resume_capture": {"property", "value", "since", "until"},
    # A part of a definition.
    "event_trigger_ddl_end": {"relation"},
    "capture_command": {"relation"},
}
_PYTHON = (
    "operations/ci_systems.py",
    "operations/error_cause.py",
    "operations/secret_metadata.py",
    "operations/git_revision.py",
    "wrapper/command_outcome.py",
    "wrapper/run_command.py",
)
_PYTHON_LINES = {
    "wrapper/tracked_command.py": "metadata",
    "ingest/log_executions.py": 'remarks = |place = |"(command_tag|database|client_host|log_session|log_line)"',
    "cli/options/change_options.py": "self\\.",
}


def documented() -> set[str]:
    section = (DOCS / "model.md").read_text(encoding="utf-8").partition(_SECTION)[2]
    return set(re.findall(r"`([a-z_]+)`", section))


def arguments(call: str) -> Iterator[str]:
    """Split the arguments of a call at its own commas."""
    depth, quoted, begin = 0, False, 0
    for place, letter in enumerate(call):
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter in "([") - (letter in ")]")
        if depth < 0 or (letter == "," and depth == 0 and not quoted):
            yield call[begin:place].strip()
            begin = place + 1
        if depth < 0:
            return


def built_keys(text: str) -> set[str]:
    code = re.sub(r"--[^\n]*", "", text)
    calls = (code[match.end() :] for match in re.finditer(r"jsonb_build_object\(", code))
    names = (argument for call in calls for argument in list(arguments(call))[::2])
    return {name.strip("'") for name in names if re.fullmatch(r"'[a-z_]+'", name)}


@pytest.mark.parametrize(
    "file",
    [
        file
        for file in (*sql_files.sources("routines"), *sql_files.sources("modules/auth/routines"))
        if "jsonb_build_object(" in file.text and not _OTHER_JSON.fullmatch(file.name)
    ],
    ids=lambda file: file.name,
)
def test_the_keys_that_sql_writes(file: sql_files.SqlFile) -> None:
    keys = built_keys(file.text) - _PASSED_ON.get(file.name, set())
    assert keys - documented() == set(), _EXPLAIN


def test_the_keys_that_python_writes() -> None:
    texts = [(ROOT / "dbtrack" / name).read_text(encoding="utf-8") for name in _PYTHON]
    for name, pattern in _PYTHON_LINES.items():
        lines = (ROOT / "dbtrack" / name).read_text(encoding="utf-8").splitlines()
        texts.append("\n".join(line for line in lines if re.search(pattern, line)))
    keys = set(re.findall(r'(?:metadata\["|^\s*"|\{"|, ")([a-z_]+)"(?:\]|:)', "\n".join(texts), re.MULTILINE))
    assert {"exit_code", "sqlstate", "git_commit", "ticket", "log_line", "spooled_because"} <= keys
    assert keys - documented() == set(), _EXPLAIN
