"""What a coding agent tells the programs that it starts, in environment variables."""

from __future__ import annotations

from collections.abc import Mapping

AGENT_KEY = "agent"
# Proposed as the common variable: https://github.com/vercel/vercel/tree/main/packages/detect-agent
_NAMED = "AI_AGENT"
# By the variable that an agent's own documentation or code sets for its commands.
_BY_VARIABLE = {
    "CLAUDECODE": "claude-code",
    "CLAUDE_CODE": "claude-code",
    "CODEX_SANDBOX": "codex",
    "CODEX_THREAD_ID": "codex",
    "CODEX_CI": "codex",
    "CURSOR_AGENT": "cursor",
    "GEMINI_CLI": "gemini-cli",
    "OPENCODE": "opencode",
    "CLINE_ACTIVE": "cline",
    "AUGMENT_AGENT": "augment",
    "ANTIGRAVITY_AGENT": "antigravity",
}
_LONGEST_NAME = 100


def agent_metadata(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the name of the agent under the key of docs/tracking.md; empty where no variable names one."""
    named = environ.get(_NAMED, "").strip()
    known = (name for variable, name in _BY_VARIABLE.items() if environ.get(variable))
    agent = named if named and named not in {"0", "1", "false", "true"} else next(known, None)
    if agent is None and named not in {"", "0", "false"}:
        agent = "unnamed"
    return {AGENT_KEY: agent[:_LONGEST_NAME]} if agent else {}
