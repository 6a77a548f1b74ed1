"""Find the run of a CI system that this is, and who started it, in the system's variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

_URL = re.compile(r"https?://\S{1,2000}")
_LONGEST_ACTOR = 255


@dataclass(frozen=True)
class _System:
    """The variables of a CI system.

    Args:
        sign: a variable that is set wherever the system runs.
        url: the URL of the run, as a template of variables.
        actors: variables that name who started the run; the first that is set counts.
    """

    sign: str
    url: Template
    actors: tuple[str, ...]


_SYSTEMS = (
    _System(
        "GITHUB_ACTIONS",
        Template("$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"),
        ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
    ),
    _System("GITLAB_CI", Template("$CI_JOB_URL"), ("GITLAB_USER_LOGIN",)),
    _System("BUILDKITE", Template("$BUILDKITE_BUILD_URL"), ("BUILDKITE_BUILD_CREATOR",)),
    _System("JENKINS_URL", Template("$BUILD_URL"), ("BUILD_USER_ID", "CHANGE_AUTHOR")),
)


def ci_metadata(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the URL and actor of the run under the keys of docs/tracking.md; empty outside CI."""
    for system in _SYSTEMS:
        if environ.get(system.sign):
            return _from_variables(system, environ)
    return {}


def _from_variables(system: _System, environ: Mapping[str, str]) -> dict[str, object]:
    actors = [environ[name] for name in system.actors if environ.get(name)]
    known = {"ci_run_url": _url(system, environ), "ci_actor": actors[0][:_LONGEST_ACTOR] if actors else None}
    return {key: value for key, value in known.items() if value}


def _url(system: _System, environ: Mapping[str, str]) -> str | None:
    try:
        url = system.url.substitute(environ)
    except KeyError:
        return None
    return url if _URL.fullmatch(url) else None
