"""`dbtrack evidence --format pdf`: what could not be written in the end is refused before anything is read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dbtrack.cli.commands import evidence
from dbtrack.cli.output import write_binary
from dbtrack.errors import ExitCode, MissingExtraError, UsageError
from tests.support.command_line import run_dbtrack

_WORDS = ("evidence", "--framework", "hipaa", "--since", "1d", "--format", "pdf")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"--format pdf' needs dbtrack\[pdf\]") as refused:
        evidence._check_writer(evidence.EvidenceFormat.PDF, Path("x.pdf"))
    assert refused.value.exit_code == ExitCode.FAILED


def test_a_part_of_a_document_is_refused() -> None:
    refused = run_dbtrack(*_WORDS[:-1], "html", "--part", "sample", "-o", "x.html")
    assert (refused.returncode, refused.stderr.splitlines()[0]) == (
        2,
        "dbtrack: --part is for --format csv: a document in html has all parts",
    )


def test_a_terminal_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for output in (None, Path("-")):
        with pytest.raises(UsageError, match=r"cannot be shown on a terminal .*-o FILE"):
            evidence._check_writer(evidence.EvidenceFormat.PDF, output)
    evidence._check_writer(evidence.EvidenceFormat.PDF, Path("x.pdf"))


def test_to_a_pipe_it_goes_as_far_as_the_server() -> None:
    done = run_dbtrack(*_WORDS)
    assert done.returncode == ExitCode.NO_CONNECTION
    assert done.stdout == ""


def test_the_ending_of_the_file_chooses_the_format() -> None:
    assert evidence.EvidenceArguments(output=Path("a.PDF")).form is evidence.EvidenceFormat.PDF


def test_a_file_is_replaced_as_a_whole_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.pdf", tmp_path / "link.pdf"
    real.write_bytes(b"before")
    real.chmod(0o640)
    link.symlink_to(real)
    write_binary(link, b"after")
    assert link.is_symlink()
    assert real.read_bytes() == b"after"
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.pdf", "real.pdf"]
