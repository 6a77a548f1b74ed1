"""The action for GitHub and the template for GitLab, run as the services run them, against an API on this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.test_readme import blocks
from tests.support.command_line import clean_environment
from tests.support.paths import DOCS
from tests.support.receiver import Receiver, Reply, Request
from tests.support.rehearsed import rehearsal_directory

pytestmark = pytest.mark.any_server  # the copy is on a server of its own

_ACTION, _TEMPLATE, _PAGE = (
    DOCS / "ci" / "github" / "action.yml",
    DOCS / "ci" / "gitlab.yml",
    DOCS / "rehearse.md",
)
_TOKEN = "ghs_0123456789abcdef"


def _api(comments: list[dict[str, Any]]) -> Any:
    """Answer as both APIs do, for one pull request."""

    def answer(request: Request) -> Reply:
        assert _TOKEN in request.headers.get("authorization", "") + request.headers.get("private-token", "")
        found: Any = comments
        if request.path.endswith("/user"):
            found = {"login": "bot", "username": "bot"}
        elif request.method in {"PATCH", "PUT"}:
            found = comments[0] | request.document
            comments[0] = found
        elif request.method == "POST":
            found = {"id": 1, "user": {"login": "bot"}, "author": {"username": "bot"}, **request.document}
            comments.append(found)
        return Reply(200, {}, json.dumps(found).encode())

    return answer


def _checkout(directory: Path) -> None:
    (directory / "migrations").mkdir()
    (directory / "schema.sql").write_text("CREATE TABLE orders (id int PRIMARY KEY, amount int);\n")
    (directory / "migrations" / "V1 due.sql").write_text("ALTER TABLE orders ADD COLUMN due date;\n")
    (directory / "migrations" / "V2.sql").write_text("\nALTER TABLE orders ALTER amount TYPE bigint;\n")


def _run(
    script: str, variables: Mapping[str, str], directory: Path, shell: str
) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(
        {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(directory), **variables}
    )
    options = ["--noprofile", "--norc", "-eo", "pipefail"] if shell == "bash" else ["-e"]
    return subprocess.run(
        [shell, *options, "-c", script],
        env=environment, cwd=directory, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip


def _action(**inputs: str) -> tuple[str, dict[str, str]]:
    """Return the script of the action and its variables, as the runner fills them in."""
    action = yaml.safe_load(_ACTION.read_text())
    assert set(inputs) <= set(action["inputs"])
    values = {name: str(each["default"]) for name, each in action["inputs"].items()} | inputs
    step = action["runs"]["steps"][-1]
    assert "${{" not in step["run"], "what a pull request contains must not become code"

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)

    return step["run"], {name: filled(value) for name, value in step["env"].items()}


def test_the_action_of_github(tmp_path: Path) -> None:
    _checkout(tmp_path)
    comments: list[dict[str, Any]] = []
    with Receiver(_api(comments)) as api, rehearsal_directory() as folder:
        github = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": api.url(path=""),
            "GITHUB_REPOSITORY": "shop/backend",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        }
        given = {
            "token": _TOKEN,
            "files": "migrations/*.sql",
            "schema": "schema.sql",
            "fail-on": "rewrite",
            "options": f"--directory\n{folder}",
        }
        script, variables = _action(**given)
        done = _run(script, github | variables, tmp_path, "bash")
    assert done.returncode == 3, done.stdout + done.stderr
    assert (
        "::error file=migrations/V2.sql,line=2,title=dbtrack rehearse::rewrites a table: ALTER" in done.stdout
    )
    [comment] = comments
    assert comment["body"] == (tmp_path / "summary.md").read_text()
    assert "`migrations/V2.sql:2`" in comment["body"]
    assert _TOKEN not in done.stdout + done.stderr

    # Without files there is nothing to do; the words of an input are never code.
    script, variables = _action(files="none/$(touch${IFS}made)*.sql", schema="schema.sql")
    assert _run(script, github | variables, tmp_path, "bash").returncode == 0
    assert not (tmp_path / "made").exists()


def test_the_template_of_gitlab(tmp_path: Path) -> None:
    _checkout(tmp_path)
    job = yaml.safe_load(_TEMPLATE.read_text())[".dbtrack-rehearse"]
    comments: list[dict[str, Any]] = [
        {"id": 1, "body": "<!-- dbtrack-rehearsal:shop --> old", "author": {"username": "bot"}}
    ]
    with Receiver(_api(comments)) as api, rehearsal_directory() as folder:
        gitlab = {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": api.url(path="/api/v4"),
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "7",
            "DBTRACK_GITLAB_TOKEN": _TOKEN,
            "REHEARSE_COMMAND": 'for file in migrations/*.sql; do psql "$DATABASE_URL" -Xq -f "$file"; done; test -z "$DBTRACK_GITLAB_TOKEN"',
            "REHEARSE_SCHEMA": "schema.sql",
            "REHEARSE_OPTIONS": f"--name shop --source migrations --directory {folder}",
        }
        variables = job["variables"] | gitlab
        done = _run("\n".join(job["script"]), variables, tmp_path, "sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed the comment" in done.stderr
    [comment] = comments
    assert "✅ dbtrack: the migration runs on the copy" in comment["body"]
    report = json.loads((tmp_path / job["artifacts"]["reports"]["codequality"]).read_text())
    assert [each["location"] for each in report] == [{"path": "migrations/V2.sql", "lines": {"begin": 2}}]


def test_the_page_shows_inputs_and_variables_that_are_there() -> None:
    workflow, pipeline = (yaml.safe_load(block) for block in blocks(_PAGE, "yaml"))
    step = workflow["jobs"]["rehearse"]["steps"][-1]
    assert set(step["with"]) <= set(yaml.safe_load(_ACTION.read_text())["inputs"])
    assert step["uses"].split("@")[0].endswith(str(_ACTION.parent.relative_to(DOCS.parent)))
    [template] = yaml.safe_load(_TEMPLATE.read_text())
    assert pipeline["rehearse"]["extends"] == template
    assert set(pipeline["rehearse"]["variables"]) <= set(
        yaml.safe_load(_TEMPLATE.read_text())[template]["variables"]
    )
