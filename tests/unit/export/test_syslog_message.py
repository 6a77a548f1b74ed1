"""Messages of RFC 5424: their head can be parsed, and they are never longer than a receiver takes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dbtrack.errors import UsageError
from dbtrack.export.request import ExportFormat
from dbtrack.export.syslog import SyslogServer
from dbtrack.export.syslog_message import MOST_BYTES, syslog_message
from dbtrack.export.text_formats import renderer
from tests.unit.export.test_ocsf import _FULL, _ROW, _SCHEMA, _SOURCES

# RFC 5424, section 6, as far as dbtrack uses it.
_MESSAGE = re.compile(
    rb"<(?P<priority>\d{1,3})>1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) (?P<host>[!-~]{1,255})"
    rb" (?P<application>[!-~]{1,48}) (?P<process>[!-~]{1,128}) (?P<kind>[!-~]{1,32})"
    rb' \[(?P<name>[^ =\]"]{1,32})(?P<parameters>(?: [^ =\]"]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] (?P<content>.*)',
    re.DOTALL,
)


def parsed(row: dict[str, Any], chosen: ExportFormat = ExportFormat.JSONL) -> dict[str, Any]:
    message = syslog_message(row, renderer(chosen, _SOURCES[0]))
    assert len(message) <= MOST_BYTES
    match = _MESSAGE.fullmatch(message)
    assert match, message
    return match.groupdict()


def test_a_message_has_a_head_and_json() -> None:
    found = parsed(_ROW)
    assert found["time"] == b"2026-01-15T14:30:25.223456Z"
    assert (found["application"], found["kind"]) == (b"dbtrack", b"COMPLETED")
    assert b' id="ab-1" type="DDL_AUTO" status="COMPLETED" user="alice" tenant="acme"' in found["parameters"]
    assert json.loads(found["content"]) == _ROW


def test_the_priority_is_audit_and_how_bad_it_is() -> None:
    statuses = ("COMPLETED", "RUNNING", "CANCELLED", "ABANDONED", "FAILED")
    found = [int(parsed(_ROW | {"execution_status": status})["priority"]) for status in statuses]
    assert [priority // 8 for priority in found] == [13] * 5
    assert [priority % 8 for priority in found] == [6, 6, 4, 4, 3]


def test_a_hostile_name_does_not_leave_its_parameter() -> None:
    hostile = 'x"] evil="1\\'
    found = parsed(_ROW | {"db_session_user": hostile, "tenant": "ü]\n"})
    assert rb'user="x\"\] evil=\"1\\"' in found["parameters"]
    assert json.loads(found["content"])["db_session_user"] == hostile


@pytest.mark.parametrize(
    "changes",
    [
        {"sql_command": "ü" * 100_000},
        {"affected_objects": [f"public.item_{number}" for number in range(5_000)]},
        {"metadata": {"a": {"deep": ["x" * 50_000, "y" * 20_000]}}},
    ],
)
def test_a_long_message_is_shortened_and_says_so(changes: dict[str, Any]) -> None:
    row = _ROW | _FULL | changes
    plain = json.loads(parsed(row)["content"])
    assert plain["truncated"] is True
    assert plain["id"] == "ab-1"
    event = json.loads(parsed(row, ExportFormat.OCSF)["content"])
    assert event["metadata"]["is_truncated"] is True
    assert list(Draft202012Validator(_SCHEMA).iter_errors(event)) == []
    assert b" flexString1=true" in parsed(row, ExportFormat.CEF)["content"]


@pytest.mark.parametrize(
    ("text", "is_plain", "host", "port"),
    [
        ("logs.example.com", False, "logs.example.com", 6514),
        ("logs.example.com", True, "logs.example.com", 514),
        ("10.0.0.1:99", False, "10.0.0.1", 99),
        ("[::1]:601", True, "::1", 601),
        ("[::1]", False, "::1", 6514),
    ],
)
def test_a_log_server_is_a_host_and_a_port(text: str, is_plain: bool, host: str, port: int) -> None:
    found = SyslogServer.parsed(text, is_plain=is_plain)
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize("text", ["", "a b", "::1", "host:", "host:0", "host:65536", "tls://host"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        SyslogServer.parsed(text)
