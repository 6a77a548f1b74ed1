"""The run of a CI system, who began it, and its pull request, as the systems say it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbtrack.operations.ci_systems import ci_claims, ci_metadata

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "42",
    "GITHUB_ACTOR": "ann",
}


@pytest.mark.parametrize(
    ("environ", "url", "actor"),
    [
        (GITHUB, "https://github.com/acme/shop/actions/runs/42", "ann"),
        ({**GITHUB, "GITHUB_TRIGGERING_ACTOR": "bob"}, "https://github.com/acme/shop/actions/runs/42", "bob"),
        ({"GITLAB_CI": "1", "CI_JOB_URL": "https://gl/a/-/jobs/7", "GITLAB_USER_LOGIN": "ann"}, "https://gl/a/-/jobs/7", "ann"),
        ({"BUILDKITE": "1", "BUILDKITE_BUILD_URL": "https://bk/a/7", "BUILDKITE_BUILD_CREATOR": "Ann"}, "https://bk/a/7", "Ann"),
        ({"JENKINS_URL": "https://ci", "BUILD_URL": "https://ci/job/a/7/"}, "https://ci/job/a/7/", None),
        (
            {
                "TF_BUILD": "True",
                "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
                "SYSTEM_TEAMPROJECTID": "6ce954b1",
                "BUILD_BUILDID": "7",
                "BUILD_REQUESTEDFOR": "Ann Lee",
            },
            "https://dev.azure.com/acme/6ce954b1/_build/results?buildId=7",
            "Ann Lee",
        ),
        (
            {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_GIT_HTTP_ORIGIN": "https://bitbucket.org/acme/shop"},
            "https://bitbucket.org/acme/shop/pipelines/results/7",
            None,
        ),
        ({"CIRCLECI": "true", "CIRCLE_BUILD_URL": "https://circleci.com/a/7", "CIRCLE_USERNAME": "ann"}, "https://circleci.com/a/7", "ann"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ann"}, None, "ann"),
        ({"BUILD_URL": "https://ci/job/a/7/", "GITHUB_ACTOR": "ann"}, None, None),
        ({"GITLAB_CI": "1", "CI_JOB_URL": "no url"}, None, None),
    ],
)  # fmt: skip
def test_ci_systems(environ: dict[str, str], url: str | None, actor: str | None) -> None:
    known = {"ci_run_url": url, "ci_actor": actor}
    assert ci_metadata(environ) == {key: value for key, value in known.items() if value}


@pytest.mark.parametrize(
    ("environ", "pull_request", "approved_by"),
    [
        ({**GITHUB, "GITHUB_REF": "refs/pull/12/merge"}, "https://github.com/acme/shop/pull/12", None),
        ({"GITHUB_ACTIONS": "1", "GITHUB_REF": "refs/pull/12/merge"}, "#12", None),
        ({**GITHUB, "GITHUB_REF": "refs/heads/pull/12"}, None, None),
        ({"GITLAB_CI": "1", "CI_MERGE_REQUEST_IID": "3"}, "!3", None),
        (
            {
                "GITLAB_CI": "1",
                "CI_MERGE_REQUEST_IID": "3",
                "CI_MERGE_REQUEST_PROJECT_URL": "https://gl/a",
                "CI_MERGE_REQUEST_APPROVED": "true",
            },
            "https://gl/a/-/merge_requests/3",
            "GitLab (merge request !3 is approved)",
        ),
        ({"GITLAB_CI": "1", "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_APPROVED": "false"}, "!3", None),
        ({"BUILDKITE": "1", "BUILDKITE_PULL_REQUEST": "3"}, "#3", None),
        ({"BUILDKITE": "1", "BUILDKITE_PULL_REQUEST": "false"}, None, None),
        ({"JENKINS_URL": "x", "CHANGE_ID": "3", "CHANGE_URL": "https://gh/a/pull/3"}, "https://gh/a/pull/3", None),
        ({"JENKINS_URL": "x", "CHANGE_ID": "3"}, "#3", None),
        ({"TF_BUILD": "True", "SYSTEM_PULLREQUEST_PULLREQUESTID": "512"}, "#512", None),
        (
            {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_PULLREQUESTID": "512", "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "3"},
            "#3",
            None,
        ),
        (
            {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_GIT_HTTP_ORIGIN": "https://bitbucket.org/a/s", "BITBUCKET_PR_ID": "3"},
            "https://bitbucket.org/a/s/pull-requests/3",
            None,
        ),
        ({"CIRCLECI": "true", "CIRCLE_PULL_REQUEST": "https://gh/a/pull/3"}, "https://gh/a/pull/3", None),
        ({"CIRCLECI": "true", "CIRCLE_PULL_REQUEST": "https://user:secret@gh/a/pull/3"}, None, None),
        ({"CHANGE_ID": "3"}, None, None),
    ],
)  # fmt: skip
def test_the_pull_request(environ: dict[str, str], pull_request: str | None, approved_by: str | None) -> None:
    known = {"pull_request": pull_request, "approved_by": approved_by}
    assert ci_claims(environ) == {key: value for key, value in known.items() if value}


@pytest.mark.parametrize(
    ("event", "claims"),
    [
        ({"pull_request": {"html_url": "https://gh/a/pull/3"}}, {"pull_request": "https://gh/a/pull/3"}),
        (
            {"pull_request": {"html_url": "https://gh/a/pull/3"}, "review": {"state": "approved", "user": {"login": "ines"}}},
            {"pull_request": "https://gh/a/pull/3", "approved_by": "ines"},
        ),
        ({"review": {"state": "commented", "user": {"login": "ines"}}}, {}),
        ({"review": {"state": "approved", "user": {"login": 7}}, "pull_request": "x"}, {}),
        ([], {}),
        ("no JSON", {}),
    ],
)  # fmt: skip
def test_the_event_of_github(event: object, claims: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event), encoding="utf-8")
    assert ci_claims({**GITHUB, "GITHUB_EVENT_PATH": str(path)}) == claims
    assert ci_claims({**GITHUB, "GITHUB_EVENT_PATH": str(tmp_path)}) == {}
