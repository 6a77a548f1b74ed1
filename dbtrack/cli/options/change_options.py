"""The options on the purpose of a change, which are recorded in its metadata and can be searched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.parse_values import parse_metadata
from dbtrack.errors import UsageError
from dbtrack.terminal import messages


@dataclass(frozen=True)
class ChangeArguments:
    """The purpose of a change, who approved it, where it is deployed and which commit it comes from."""

    meta: Annotated[
        list[str] | None,
        typer.Option("--meta", metavar="KEY=VALUE", help="Additional metadata; may be repeated."),
    ] = None
    ticket: Annotated[
        str | None,
        typer.Option(
            "--ticket", metavar="TEXT", help="The ticket of the change; search with 'history --ticket'."
        ),
    ] = None
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="The reason for the change.")
    ] = None
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            metavar="TEXT",
            help="The target of the change, e.g. staging; search with 'history --environment'.",
        ),
    ] = None
    approved_by: Annotated[
        str | None, typer.Option("--approved-by", metavar="TEXT", help="Who approved the change.")
    ] = None
    agent: Annotated[
        str | None,
        typer.Option(
            "--agent",
            metavar="NAME",
            help="The coding agent that makes the change, e.g. claude-code. Default: what the environment "
            "variables of known agents say.",
        ),
    ] = None
    git: Annotated[
        bool,
        typer.Option(
            "--git",
            help="Record commit and branch. Without a CI system, git in the working directory "
            "provides them; in CI they are recorded by default.",
        ),
    ] = False
    no_git: Annotated[
        bool, typer.Option("--no-git", help="Do not record commit and branch, not even in CI.")
    ] = False

    def metadata(self) -> dict[str, object]:
        """Return the options as metadata, without empty ones, as an unset variable of a script gives.

        Raises:
            UsageError: options that contradict each other, or a malformed --meta.
        """
        from dbtrack.operations.agents import agent_metadata
        from dbtrack.operations.ci_systems import ci_metadata
        from dbtrack.operations.traceparent import trace_metadata

        given = parse_metadata(self.meta or ())
        named = {
            "ticket": self.ticket,
            "reason": self.reason,
            "environment": self.environment,
            "approved_by": self.approved_by,
            "agent": self.agent,
        }
        options: dict[str, object] = {key: text for key, text in named.items() if text}
        for key in options.keys() & given.keys():
            raise UsageError(f"--meta {key}=… and --{key.replace('_', '-')} contradict each other")
        found = {
            **ci_metadata(os.environ),
            **agent_metadata(os.environ),
            **trace_metadata(os.environ),
            **self._revision(),
        }
        return {**found, **given, **options}

    def _revision(self) -> dict[str, object]:
        from dbtrack.operations.git_revision import find_revision

        if self.git and self.no_git:
            raise UsageError("--git and --no-git contradict each other")
        if self.no_git:
            return {}
        found = find_revision(os.environ, working_directory=Path.cwd() if self.git else None)
        if found is None and self.git:
            messages.warn("no commit to record: this is not a git checkout, or git is not installed")
        return found.as_metadata() if found else {}
