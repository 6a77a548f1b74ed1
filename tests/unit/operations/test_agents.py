"""The agent that the environment names."""

from __future__ import annotations

import pytest

from dbtrack.operations.agents import agent_metadata


@pytest.mark.parametrize(
    ("environ", "agent"),
    [
        ({}, None),
        ({"CLAUDECODE": "1"}, "claude-code"),
        ({"CODEX_SANDBOX": "seatbelt"}, "codex"),
        ({"CLAUDECODE": ""}, None),
        ({"AI_AGENT": "devin@1", "CLAUDECODE": "1"}, "devin@1"),
        ({"AI_AGENT": "true", "GEMINI_CLI": "1"}, "gemini-cli"),
        ({"AI_AGENT": "1"}, "unnamed"),
        ({"AI_AGENT": "0"}, None),
        ({"AI_AGENT": "x" * 500}, "x" * 100),
    ],
)
def test_agent_of_an_environment(environ: dict[str, str], agent: str | None) -> None:
    assert agent_metadata(environ) == ({"agent": agent} if agent else {})
