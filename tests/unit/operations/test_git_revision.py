"""Commit and branch, as CI systems and git say them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dbtrack.operations.git_revision import Revision, find_revision
from tests.support.command_line import clean_environment

SHA = "8f3c1b2a" * 5


@pytest.mark.parametrize(
    ("environ", "branch"),
    [
        ({"GITHUB_ACTIONS": "true", "GITHUB_SHA": SHA, "GITHUB_REF_NAME": "main"}, "main"),
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_SHA": SHA,
                "GITHUB_REF_NAME": "7/merge",
                "GITHUB_HEAD_REF": "fix",
            },
            "fix",
        ),
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_SHA": SHA,
                "GITHUB_REF_NAME": "v1.2",
                "GITHUB_REF_TYPE": "tag",
            },
            None,
        ),
        ({"GITLAB_CI": "true", "CI_COMMIT_SHA": SHA, "CI_COMMIT_BRANCH": "main"}, "main"),
        ({"GITLAB_CI": "true", "CI_COMMIT_SHA": SHA, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix"}, "fix"),
        ({"GITLAB_CI": "true", "CI_COMMIT_SHA": SHA, "CI_COMMIT_TAG": "v1"}, None),
        ({"BUILDKITE": "true", "BUILDKITE_COMMIT": SHA, "BUILDKITE_BRANCH": "main"}, "main"),
        (
            {"JENKINS_URL": "https://ci", "GIT_COMMIT": SHA.upper(), "GIT_BRANCH": "origin/main"},
            "origin/main",
        ),
        (
            {"JENKINS_URL": "https://ci", "GIT_COMMIT": SHA, "BRANCH_NAME": "PR-3", "CHANGE_BRANCH": "fix"},
            "fix",
        ),
        ({"TF_BUILD": "True", "BUILD_SOURCEVERSION": SHA, "BUILD_SOURCEBRANCH": "refs/heads/a/b"}, "a/b"),
        ({"TF_BUILD": "True", "BUILD_SOURCEVERSION": SHA, "BUILD_SOURCEBRANCH": "refs/tags/v1"}, None),
        ({"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_COMMIT": SHA, "BITBUCKET_BRANCH": "main"}, "main"),
        ({"CIRCLECI": "true", "CIRCLE_SHA1": SHA, "CIRCLE_BRANCH": "main"}, "main"),
    ],
)
def test_ci_systems(environ: dict[str, str], branch: str | None) -> None:
    assert find_revision(environ, working_directory=None) == Revision(SHA, branch)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"GITHUB_SHA": SHA},
        {"BUILDKITE": "true", "BUILDKITE_COMMIT": "HEAD", "BUILDKITE_BRANCH": "main"},
        {"GITLAB_CI": "true"},
    ],
)
def test_what_says_no_commit(environ: dict[str, str], tmp_path: Path) -> None:
    assert find_revision(environ, working_directory=None) is None
    assert find_revision(environ, working_directory=tmp_path) is None


def git(directory: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
        cwd=directory,
        env=clean_environment({"HOME": str(directory)}),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_git_in_the_working_directory(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "release/2")
    assert find_revision({}, working_directory=tmp_path) is None
    git(tmp_path, "commit", "--allow-empty", "-m", "one")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert find_revision({}, working_directory=tmp_path) == Revision(commit, "release/2")
    git(tmp_path, "checkout", "--detach")
    assert find_revision({}, working_directory=tmp_path) == Revision(commit, None)
    ci = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": SHA, "GITHUB_REF_NAME": "main"}
    assert find_revision(ci, working_directory=tmp_path) == Revision(SHA, "main")
