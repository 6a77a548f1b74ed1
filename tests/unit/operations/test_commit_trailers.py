"""What the trailers of a commit say of the change."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbtrack.operations.commit_trailers import commit_trailers, read_trailers
from dbtrack.operations.pull_request import pull_request_of
from tests.unit.operations.test_git_revision import git

_MESSAGE = """Add orders

PR: 99 is not a trailer, here.

Ticket: OPS-17
Reviewed-by: Tom <tom@example.org>
Approved-by: Ines <ines@example.org>
approved-by: Ida
Pull-Request: 12
Emergency: the shop is
 down
"""


def test_the_trailers_of_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", _MESSAGE)
    commit = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "commit", "--allow-empty", "-m", "later", "-m", "Ticket: OPS-18")
    assert commit_trailers(commit, tmp_path) == {
        "ticket": "OPS-17",
        "approved_by": "Ines <ines@example.org>, Ida",
        "pull_request": "#12",
        "emergency": True,
        "reason": "the shop is down",
    }
    assert commit_trailers("8f3c1b2a" * 5, tmp_path) == {}
    assert commit_trailers(commit, tmp_path / "elsewhere") == {}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Issue: #7", "Refs: abc"], {"ticket": "#7"}),
        (["Jira: A-1", "Jira: A-2", "Jira: A-1"], {"ticket": "A-1, A-2"}),
        (["Acked-by: tom"], {"approved_by": "tom"}),
        (["Acked-by: tom", "Reviewed-by:"], {"approved_by": "tom"}),
        (["PR: https://gh/a/pull/3"], {"pull_request": "https://gh/a/pull/3"}),
        (["Pull-Request: soon", "PR: !3"], {"pull_request": "!3"}),
        (["Emergency: yes"], {"emergency": True}),
        (["Emergency: No"], {}),
        (["Signed-off-by: tom", "nothing"], {}),
        (["Ticket: a\x1b[2Jb\u202e"], {"ticket": "a [2Jb"}),
        (["Ticket: " + "x" * 999], {"ticket": "x" * 255}),
    ],
)
def test_the_names_of_trailers(lines: list[str], said: dict[str, object]) -> None:
    assert read_trailers(lines) == said


def test_how_a_pull_request_is_written() -> None:
    texts = (
        "12",
        "#12",
        " !12 ",
        "https://gh/a/pull/12",
        "0",
        "12a",
        "",
        None,
        "https://a:b@gh/1",
        "ftp://x",
    )
    assert [pull_request_of(text) for text in texts] == ["#12", "#12", "!12", texts[3], *[None] * 6]
    assert pull_request_of(None, "false", "3", "4") == "#3"
