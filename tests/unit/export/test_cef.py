"""Events in the Common Event Format can be taken apart again, whatever is in them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dbtrack.export.cef import cef_event
from tests.unit.export.test_ocsf import _FULL, _ROW, _SOURCES

_HEAD = re.compile(r"CEF:0((?:\|(?:[^|\\\n]|\\[\\|])*){6})\|(?P<extension>[^\n]*)")
# A value ends where the next key begins, which has an equals sign that is not escaped.
_FIELD = re.compile(r"(?P<key>\w+)=(?P<value>(?:[^=\\]|\\[=\\nr])*?)(?= \w+=|$)")


def parsed(**changes: Any) -> tuple[list[str], dict[str, str]]:
    match = _HEAD.fullmatch(cef_event(_ROW | changes, _SOURCES[0]))
    assert match
    head = re.split(r"(?<!\\)\|", match[1])[1:]
    return head, {field["key"]: field["value"] for field in _FIELD.finditer(match["extension"])}


def test_an_event_has_head_and_extension() -> None:
    head, fields = parsed()
    assert (head[0], head[3:]) == ("dbtrack", ["DDL_AUTO", "CREATE TABLE", "3"])
    assert fields["rt"] == "1768487425223"
    assert (fields["suser"], fields["src"], fields["outcome"]) == ("alice", "10.0.0.1", "success")
    assert (fields["cs2Label"], fields["cs2"]) == ("tenant", "acme")
    assert (fields["dhost"], fields["dpt"], fields["externalId"]) == ("db.example.com", "5432", "ab-1")
    assert "cs4" not in fields
    assert parsed(**_FULL)[1]["cs4"] == _FULL["sql_command"]


def test_hostile_text_stays_in_its_field() -> None:
    hostile = "a|b\\c=d suser=root\nCEF:0|x"
    head, fields = parsed(script_name=hostile, application_name=hostile, sql_command=hostile)
    assert head[4] == "a\\|b\\\\c=d suser=root CEF:0\\|x"
    assert fields["suser"] == "alice"
    assert fields["requestClientApplication"] == fields["cs4"] == "a|b\\\\c\\=d suser\\=root\\nCEF:0|x"


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "3"),
        ({"execution_status": "CANCELLED"}, "5"),
        ({"execution_status": "FAILED"}, "7"),
        ({"script_type": "UNATTRIBUTED"}, "9"),
    ],
)
def test_what_somebody_must_see_is_more_severe(changes: dict[str, Any], severity: str) -> None:
    assert parsed(**changes)[0][5] == severity
