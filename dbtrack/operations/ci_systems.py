"""What CI systems tell a job in its environment variables: the run, who started it, commit and branch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

_URL = re.compile(r"https?://\S{1,2000}")
_LONGEST_ACTOR = 255


@dataclass(frozen=True)
class CiSystem:
    """The variables of a CI system.

    Args:
        sign: a variable that is set wherever the system runs.
        run_url: the URL of the run, as a template of variables.
        actors: variables that name who started the run; the first that is set counts.
        commit: the variable of the commit.
        branches: variables of the branch, the first that is set counts: a pull request's own branch, not the
            one that it is merged into.
    """

    sign: str
    run_url: Template
    actors: tuple[str, ...]
    commit: str
    branches: tuple[str, ...]


CI_SYSTEMS = (
    CiSystem(
        "GITHUB_ACTIONS",
        run_url=Template("$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"),
        actors=("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
        commit="GITHUB_SHA",
        branches=("GITHUB_HEAD_REF", "GITHUB_REF_NAME"),
    ),
    CiSystem(
        "GITLAB_CI",
        run_url=Template("$CI_JOB_URL"),
        actors=("GITLAB_USER_LOGIN",),
        commit="CI_COMMIT_SHA",
        branches=("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"),
    ),
    CiSystem(
        "BUILDKITE",
        run_url=Template("$BUILDKITE_BUILD_URL"),
        actors=("BUILDKITE_BUILD_CREATOR",),
        commit="BUILDKITE_COMMIT",
        branches=("BUILDKITE_BRANCH",),
    ),
    CiSystem(
        "JENKINS_URL",
        run_url=Template("$BUILD_URL"),
        actors=("BUILD_USER_ID", "CHANGE_AUTHOR"),
        commit="GIT_COMMIT",
        branches=("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"),
    ),
)


def ci_metadata(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the URL and actor of the run under the keys of docs/tracking.md; empty outside CI."""
    system = next((system for system in CI_SYSTEMS if environ.get(system.sign)), None)
    if system is None:
        return {}
    actors = [environ[name] for name in system.actors if environ.get(name)]
    actor = actors[0][:_LONGEST_ACTOR] if actors else None
    known = {"ci_run_url": _run_url(system, environ), "ci_actor": actor}
    return {key: value for key, value in known.items() if value}


def _run_url(system: CiSystem, environ: Mapping[str, str]) -> str | None:
    try:
        url = system.run_url.substitute(environ)
    except KeyError:
        return None
    return url if _URL.fullmatch(url) else None
