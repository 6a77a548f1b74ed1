"""The run of a CI system and who began it, as the systems say it."""

from __future__ import annotations

import pytest

from dbtrack.operations.ci_systems import ci_metadata

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
        ({"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ann"}, None, "ann"),
        ({"BUILD_URL": "https://ci/job/a/7/", "GITHUB_ACTOR": "ann"}, None, None),
        ({"GITLAB_CI": "1", "CI_JOB_URL": "no url"}, None, None),
    ],
)  # fmt: skip
def test_ci_systems(environ: dict[str, str], url: str | None, actor: str | None) -> None:
    known = {"ci_run_url": url, "ci_actor": actor}
    assert ci_metadata(environ) == {key: value for key, value in known.items() if value}
