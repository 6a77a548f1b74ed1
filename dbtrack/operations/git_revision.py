"""Find the commit and branch that a change comes from: in the variables of CI, else from git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbtrack.operations.ci_systems import CI_SYSTEMS, CiSystem

_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_LONGEST_BRANCH = 255
_GIT_SECONDS = 5
_DETACHED = "HEAD"
_HEADS = "refs/heads/"


@dataclass(frozen=True)
class Revision:
    """A commit and its branch; the branch is None where it is unknown: for a tag, a detached head."""

    commit: str
    branch: str | None

    def as_metadata(self) -> dict[str, object]:
        """Return both under the keys of docs/tracking.md."""
        known = {"git_commit": self.commit, "git_branch": self.branch}
        return {key: value for key, value in known.items() if value}


def find_revision(environ: Mapping[str, str], *, working_directory: Path | None) -> Revision | None:
    """Return the revision that is checked out here; None where it is unknown.

    Args:
        environ: the variables, in which a CI system names it.
        working_directory: where git is asked if they do not; None does not ask git.
    """
    for system in CI_SYSTEMS:
        if environ.get(system.sign) and (found := _from_variables(system, environ)):
            return found
    return None if working_directory is None else _from_git(working_directory)


def _from_variables(system: CiSystem, environ: Mapping[str, str]) -> Revision | None:
    commit = environ.get(system.commit, "")
    branches = [environ[name] for name in system.branches if environ.get(name)]
    if system.sign == "GITHUB_ACTIONS" and environ.get("GITHUB_REF_TYPE") == "tag":
        branches = []
    return _revision(commit, branches[0] if branches else "")


def ask_git(directory: Path, *words: str) -> str | None:
    """Return what git prints for these words; None where it fails, takes too long or is not installed."""
    try:
        done = subprocess.run(
            ["git", *words],  # noqa: S607
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def _from_git(working_directory: Path) -> Revision | None:
    printed = ask_git(working_directory, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")
    if printed is None:
        return None
    commit, _, branch = printed.strip().partition("\n")
    return _revision(commit, branch)


def _revision(commit: str, branch: str) -> Revision | None:
    if not _COMMIT.fullmatch(commit):
        return None  # Buildkite sets HEAD until its agent has resolved the commit
    known = branch.strip().removeprefix(_HEADS) if branch != _DETACHED else ""
    if known.startswith("refs/"):
        known = ""  # Azure Pipelines names a tag or a merge of a pull request so
    return Revision(commit.lower(), known[:_LONGEST_BRANCH] or None)
