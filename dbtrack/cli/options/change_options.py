"""The options on the purpose of a change, which are recorded in its metadata and can be searched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.parse_values import parse_metadata
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

EMERGENCY_OPTION = "--emergency"
_OPTIONS = {"pull_request": "--pr"}


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
    pr: Annotated[
        str | None,
        typer.Option(
            "--pr",
            metavar="URL",
            help="The pull request of the change: its URL or number. Default: what CI and the commit say.",
        ),
    ] = None
    emergency: Annotated[
        str | None,
        typer.Option(
            EMERGENCY_OPTION,
            metavar="[REASON]",
            help="The change could not wait for the usual approval, and why. Write it after NAME, or with = "
            "and the reason.",
        ),
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
        options = self._options()
        for key in options.keys() & given.keys():
            raise UsageError(f"--meta {key}=… and {_option_of(key)} contradict each other")
        revision = self._revision()
        found = {
            **ci_metadata(os.environ),
            **agent_metadata(os.environ),
            **trace_metadata(os.environ),
            **revision,
        }
        said = self._said(revision, {*given, *options})
        return {**found, **said, **given, **options}

    def _options(self) -> dict[str, object]:
        """Return what was given with options of its own."""
        if self.emergency and self.reason and self.emergency != self.reason:
            raise UsageError(
                "--emergency and --reason give two reasons", hint="give the reason to one of them"
            )
        named = {
            "ticket": self.ticket,
            "reason": self.reason or self.emergency,
            "environment": self.environment,
            "approved_by": self.approved_by,
            "pull_request": _pull_request(self.pr),
            "agent": self.agent,
        }
        options: dict[str, object] = {key: text for key, text in named.items() if text}
        return options if self.emergency is None else {**options, "emergency": True}

    def _said(self, revision: dict[str, object], given: set[str]) -> dict[str, object]:
        """Return what the commit's trailers say, and what CI says, and where each was found."""
        from dbtrack.operations.ci_systems import ci_claims
        from dbtrack.operations.commit_trailers import commit_trailers

        if self.no_git:
            return {}
        commit = revision.get("git_commit")
        of_commit = commit_trailers(str(commit), Path.cwd()) if commit else {}
        of_ci = {key: value for key, value in ci_claims(os.environ).items() if key not in of_commit}
        said = {key: value for key, value in {**of_ci, **of_commit}.items() if key not in given}
        if not said:
            return {}
        return {**said, "found_in": {key: "commit" if key in of_commit else "ci" for key in said}}

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


def with_emergency_value(words: Sequence[str]) -> list[str]:
    """Return the words of a command line with an empty reason where --emergency stands alone.

    typer has no option whose value may be missing.
    """
    end = words.index("--") if "--" in words else len(words)
    changed = list(words)
    for place, word in enumerate(words[:end]):
        is_last = place + 1 >= end
        if word == EMERGENCY_OPTION and (is_last or words[place + 1].startswith("-")):
            changed[place] = f"{EMERGENCY_OPTION}="
    return changed


def _option_of(key: str) -> str:
    return _OPTIONS.get(key, f"--{key.replace('_', '-')}")


def _pull_request(text: str | None) -> str | None:
    from dbtrack.operations.pull_request import pull_request_of

    if not text or text == "false":  # the value of Buildkite's variable outside a pull request
        return None
    found = pull_request_of(text)
    if found is None:
        raise UsageError(f"--pr is not a pull request: {text}", hint="give its URL, or its number: --pr 12")
    return found
