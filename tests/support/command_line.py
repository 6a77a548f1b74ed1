"""Running dbtrack as a user does: as a process, in an environment without this machine's settings."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.warm_start import is_as_good, run_warm

Dbtrack = Callable[..., subprocess.CompletedProcess[str]]

NOWHERE = {"PGHOST": "/nonexistent", "PGPORT": "1", "DBTRACK_SPOOL": "/dev/null/spool"}
_SETTINGS = ("PG", "DBTRACK", "DATABASE_URL", "NO_COLOR", "COLUMNS", "XDG", "PYTHON")
_CI = (
    "TRACEPARENT",
    "GITHUB",
    "GITLAB",
    "CI_",
    "BUILDKITE",
    "JENKINS",
    "GIT_",
    "BRANCH_NAME",
    "CHANGE_",
    "BUILD_",
    "TF_BUILD",
    "SYSTEM_",
    "BITBUCKET_",
    "CIRCLE",
)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without any setting that decides where or how dbtrack works.

    Connecting fails at once, and nothing can be spooled, unless the test says where.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*_SETTINGS, *_CI))}
    return kept | NOWHERE | {"COLUMNS": "80"} | dict(extra or {})


def run_dbtrack(
    *words: str | bytes,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout_seconds: float = 60,
    fresh: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run dbtrack to its end.

    Args:
        fresh: start an interpreter, where the start itself is what is tested.
    """
    found = run_process(
        words, clean_environment(environment), (stdin or "").encode(), timeout_seconds, fresh=fresh
    )
    out, err = (io.TextIOWrapper(io.BytesIO(stream)).read() for stream in (found.stdout, found.stderr))
    return subprocess.CompletedProcess(found.args, found.returncode, out, err)


def run_process(
    words: Sequence[str | bytes],
    environment: Mapping[str, str],
    stdin: bytes = b"",
    timeout_seconds: float = 60,
    *,
    fresh: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run dbtrack to its end in exactly this environment."""
    if not fresh and is_as_good(environment, stdin):
        return run_warm(words, environment, stdin, timeout_seconds)
    return subprocess.run(
        [sys.executable, "-m", "dbtrack", *words],
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=timeout_seconds,
        check=False,
    )


def done(result: subprocess.CompletedProcess[str]) -> str:
    """Return the standard output of a command that must have succeeded without a word."""
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def rows(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return what a command wrote as JSON lines."""
    return [json.loads(line) for line in done(result).splitlines()]


def processor_seconds(run: Callable[[], object]) -> float:
    """Return the least processor time that the processes of five runs took.

    Unlike the time on the clock, it does not count what else a busy machine does meanwhile.
    """

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(5))
