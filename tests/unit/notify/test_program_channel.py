"""A program gets an event as JSON on its standard input."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import monotonic, sleep

import pytest

from dbtrack.errors import UsageError
from dbtrack.notify.channels.program_channel import ProgramChannel, program_words
from dbtrack.notify.configuration import BodyFormat, WebhookConfiguration
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.outcome import Outcome, Verdict
from tests.support.events import FAILED


def run(tmp_path: Path, script: str, *, seconds: float = 20.0, arguments: str = "") -> Outcome:
    program = tmp_path / "on event.sh"
    program.write_text(f"#!/bin/sh\ncd '{tmp_path}'\n{script}\n")
    program.chmod(0o755)
    configuration = WebhookConfiguration(BodyFormat.EXEC, f"exec:'{program}' {arguments}")
    return ProgramChannel(configuration, limits=Limits(1.0, seconds)).deliver(FAILED)


def test_it_gets_the_event_and_its_arguments_and_no_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBTRACK_KEY", "k=env:X")
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    outcome = run(
        tmp_path, 'cat >event; env >variables; echo "$1|$2" >words', arguments="'a b; touch x' '$(id)'"
    )
    assert outcome.is_delivered
    assert json.loads((tmp_path / "event").read_text())["id"] == FAILED.id
    assert (tmp_path / "words").read_text() == "a b; touch x|$(id)\n"
    variables = (tmp_path / "variables").read_text()
    assert f"DBTRACK_EVENT_ID={FAILED.id}" in variables
    assert "hunter2" not in variables
    assert "DBTRACK_KEY" not in variables


@pytest.mark.parametrize(("code", "verdict"), [(1, Verdict.FAILED), (75, Verdict.UNREACHABLE)])
def test_its_exit_code_is_the_outcome(tmp_path: Path, code: int, verdict: Verdict) -> None:
    outcome = run(tmp_path, f"echo 'out of paper' >&2; exit {code}")
    assert outcome.verdict is verdict
    assert outcome.answer == f"exit code {code}: out of paper"


def test_one_that_hangs_is_killed_with_what_it_started(tmp_path: Path) -> None:
    outcome = run(tmp_path, "sleep 300 & echo $! >child; sleep 300", seconds=1.0)
    assert (outcome.verdict, outcome.answer) == (Verdict.FAILED, "killed after 1 s")
    child = int((tmp_path / "child").read_text())
    stat = Path(f"/proc/{child}/stat")
    until = monotonic() + 20
    # A zombie has no memory map.
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert monotonic() < until
        sleep(0.01)


def test_one_that_writes_without_an_end_is_not_waited_for(tmp_path: Path) -> None:
    assert run(tmp_path, "head -c 3000000 /dev/zero | tr '\\0' x >&2").is_delivered


def test_one_that_is_not_there(tmp_path: Path) -> None:
    configuration = WebhookConfiguration(BodyFormat.EXEC, f"exec:{tmp_path}/gone")
    outcome = ProgramChannel(configuration).deliver(FAILED)
    assert outcome.verdict is Verdict.UNREACHABLE
    assert "cannot be run" in outcome.answer


@pytest.mark.parametrize("url", ["exec:", "exec:relative", "exec:'open", "exec:./here"])
def test_words_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError):
        program_words(url)
    assert os.path.sep in program_words("exec:/bin/true")[0]
