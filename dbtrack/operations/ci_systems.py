"""What CI systems tell a job: the run, who started it, commit, branch and pull request.

The variables are those of each system's own reference; docs/tracking.md lists them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from dbtrack.operations.pull_request import pull_request_of

_URL = re.compile(r"https?://\S{1,2000}")
_LONGEST_ACTOR = 255
_GITHUB = "GITHUB_ACTIONS"
_GITLAB = "GITLAB_CI"
_GITHUB_PULL = re.compile(r"refs/pull/([1-9]\d{0,9})/")
_LARGEST_EVENT_BYTES = 25 * 1024 * 1024  # GitHub's own limit


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
        pull_requests: a pull request's URL or number, as templates of variables; the first that names one
            counts.
    """

    sign: str
    run_url: Template
    actors: tuple[str, ...]
    commit: str
    branches: tuple[str, ...]
    pull_requests: tuple[Template, ...] = ()


CI_SYSTEMS = (
    CiSystem(
        _GITHUB,
        run_url=Template("$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"),
        actors=("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
        commit="GITHUB_SHA",
        branches=("GITHUB_HEAD_REF", "GITHUB_REF_NAME"),
    ),
    CiSystem(
        _GITLAB,
        run_url=Template("$CI_JOB_URL"),
        actors=("GITLAB_USER_LOGIN",),
        commit="CI_COMMIT_SHA",
        branches=("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"),
        pull_requests=(
            Template("$CI_MERGE_REQUEST_PROJECT_URL/-/merge_requests/$CI_MERGE_REQUEST_IID"),
            Template("!$CI_MERGE_REQUEST_IID"),
        ),
    ),
    CiSystem(
        "BUILDKITE",
        run_url=Template("$BUILDKITE_BUILD_URL"),
        actors=("BUILDKITE_BUILD_CREATOR",),
        commit="BUILDKITE_COMMIT",
        branches=("BUILDKITE_BRANCH",),
        pull_requests=(Template("$BUILDKITE_PULL_REQUEST"),),  # a number, or false
    ),
    CiSystem(
        "JENKINS_URL",
        run_url=Template("$BUILD_URL"),
        actors=("BUILD_USER_ID", "CHANGE_AUTHOR"),
        commit="GIT_COMMIT",
        branches=("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"),
        pull_requests=(Template("$CHANGE_URL"), Template("$CHANGE_ID")),
    ),
    CiSystem(
        "TF_BUILD",
        run_url=Template(
            "${SYSTEM_COLLECTIONURI}${SYSTEM_TEAMPROJECTID}/_build/results?buildId=$BUILD_BUILDID"
        ),
        actors=("BUILD_REQUESTEDFOR",),
        commit="BUILD_SOURCEVERSION",
        branches=("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"),
        # The number is GitHub's; Azure Repos has only the id.
        pull_requests=(
            Template("$SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"),
            Template("$SYSTEM_PULLREQUEST_PULLREQUESTID"),
        ),
    ),
    CiSystem(
        "BITBUCKET_BUILD_NUMBER",
        run_url=Template("$BITBUCKET_GIT_HTTP_ORIGIN/pipelines/results/$BITBUCKET_BUILD_NUMBER"),
        actors=("BITBUCKET_STEP_TRIGGERER_UUID",),
        commit="BITBUCKET_COMMIT",
        branches=("BITBUCKET_BRANCH",),
        pull_requests=(
            Template("$BITBUCKET_GIT_HTTP_ORIGIN/pull-requests/$BITBUCKET_PR_ID"),
            Template("$BITBUCKET_PR_ID"),
        ),
    ),
    CiSystem(
        "CIRCLECI",
        run_url=Template("$CIRCLE_BUILD_URL"),
        actors=("CIRCLE_USERNAME",),
        commit="CIRCLE_SHA1",
        branches=("CIRCLE_BRANCH",),
        pull_requests=(Template("$CIRCLE_PULL_REQUEST"), Template("$CIRCLE_PR_NUMBER")),
    ),
)


def ci_system(environ: Mapping[str, str]) -> CiSystem | None:
    """Return the CI system that these variables belong to; None outside CI."""
    return next((system for system in CI_SYSTEMS if environ.get(system.sign)), None)


def ci_metadata(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the URL and actor of the run under the keys of docs/tracking.md; empty outside CI."""
    system = ci_system(environ)
    if system is None:
        return {}
    actors = [environ[name] for name in system.actors if environ.get(name)]
    actor = actors[0][:_LONGEST_ACTOR] if actors else None
    known = {"ci_run_url": _run_url(system, environ), "ci_actor": actor}
    return {key: value for key, value in known.items() if value}


def ci_claims(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the pull request of the run, and who approved it, as far as the pipeline says that."""
    system = ci_system(environ)
    if system is None:
        return {}
    event = _github_event(environ) if system.sign == _GITHUB else {}
    found = [_filled(template, environ) for template in system.pull_requests]
    known = {
        "pull_request": pull_request_of(*_github_pull_requests(environ, event), *found),
        "approved_by": _approved_by(environ, event, system),
    }
    return {key: value for key, value in known.items() if value}


def _github_pull_requests(environ: Mapping[str, str], event: Mapping[str, Any]) -> list[str | None]:
    in_ref = _GITHUB_PULL.match(environ.get("GITHUB_REF", ""))
    if environ.get(_GITHUB) and in_ref:
        repository = _filled(Template("$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"), environ)
        return [repository and f"{repository}/pull/{in_ref[1]}", in_ref[1]]
    return [_text(_mapping(event.get("pull_request")).get("html_url"))]


def _approved_by(environ: Mapping[str, str], event: Mapping[str, Any], system: CiSystem) -> str | None:
    """Return who approved: on GitHub whose review started the run; GitLab says only that it is approved."""
    review = _mapping(event.get("review"))
    if review.get("state") == "approved":
        return _text(_mapping(review.get("user")).get("login"))
    is_approved = system.sign == _GITLAB and environ.get("CI_MERGE_REQUEST_APPROVED") == "true"
    number = environ.get("CI_MERGE_REQUEST_IID", "")
    return f"GitLab (merge request !{number} is approved)" if is_approved and number.isdigit() else None


def _github_event(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the event that started a run of GitHub Actions; empty where it cannot be read."""
    path = Path(environ.get("GITHUB_EVENT_PATH") or "")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_EVENT_BYTES:
            return {}
        return _mapping(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value[:_LONGEST_ACTOR] if isinstance(value, str) and value else None


def _run_url(system: CiSystem, environ: Mapping[str, str]) -> str | None:
    url = _filled(system.run_url, environ)
    return url if url and _URL.fullmatch(url) else None


def _filled(template: Template, environ: Mapping[str, str]) -> str | None:
    """Return the template with its variables; None if one is not set or empty."""
    try:
        return template.substitute({name: value for name, value in environ.items() if value})
    except KeyError:
        return None
