"""What the trailers of a commit's message say about the change: ticket, approval, pull request, emergency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dbtrack.operations.git_revision import ask_git
from dbtrack.operations.pull_request import pull_request_of

_LONGEST_VALUE = 255
# Of several trailers for one key, those of the first name count that the commit has.
_TICKET = ("ticket", "issue", "jira", "refs")
_APPROVED_BY = ("approved-by", "reviewed-by", "acked-by")
_PULL_REQUEST = ("pull-request", "merge-request", "pr")
_EMERGENCY = "emergency"
_NO = frozenset({"", "no", "false", "0", "n"})
_YES = frozenset({"yes", "true", "1", "y"})


def commit_trailers(commit: str, directory: Path) -> dict[str, object]:
    """Return what the trailers of a commit say, under the keys of docs/tracking.md; empty where git has none.

    Args:
        commit: its hash, in hexadecimal.
        directory: where git is asked.
    """
    words = ("show", "-s", "--no-show-signature", "--format=%(trailers:only,unfold)", commit, "--")
    return read_trailers((ask_git(directory, *words) or "").splitlines())


def read_trailers(lines: Iterable[str]) -> dict[str, object]:
    """Return what trailers say, one `Name: value` a line, as `git interpret-trailers --parse` prints them."""
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        found.setdefault(name.strip().casefold(), []).append(_clean(value))
    emergency = (found.get(_EMERGENCY) or [""])[-1]
    said: dict[str, object] = {
        "ticket": _joined(found, _TICKET),
        "approved_by": _joined(found, _APPROVED_BY),
        "pull_request": pull_request_of(*(value for name in _PULL_REQUEST for value in found.get(name, ()))),
    }
    if emergency.casefold() not in _NO:
        said["emergency"] = True
        said["reason"] = "" if emergency.casefold() in _YES else emergency
    return {key: value for key, value in said.items() if value}


def _joined(found: Mapping[str, Sequence[str]], names: Iterable[str]) -> str:
    values = next((found[name] for name in names if any(found.get(name, ()))), [])
    return ", ".join(dict.fromkeys(filter(None, values)))[:_LONGEST_VALUE]


def _clean(value: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
