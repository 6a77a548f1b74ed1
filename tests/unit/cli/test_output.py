from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.columns import Column, Kind
from dbtrack.errors import DbtrackError
from dbtrack.render import Format

COLUMNS = (Column("name", Kind.TEXT), Column("runs", Kind.COUNT))


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("yesterday's")

    def fail_half_way() -> None:
        with destination(report) as stream:
            stream.write("half")
            stream.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    assert report.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [report]


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("old")
    report.chmod(0o640)
    with destination(report) as stream:
        stream.write("new é")
        assert report.read_text() == "old"
    assert report.read_text(encoding="utf-8") == "new é"
    assert stat.S_IMODE(report.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    with destination(tmp_path / "report.txt") as stream:
        stream.write("new")
    assert (tmp_path / "report.txt").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.txt").touch()
    (tmp_path / "link.txt").symlink_to("real.txt")
    with destination(tmp_path / "link.txt") as stream:
        stream.write("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_device_is_written_to() -> None:
    with destination(Path(os.devnull)) as stream:
        stream.write("gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with destination(Path("-")) as stream:
        stream.write("here")
    assert capsys.readouterr().out == "here"


@pytest.mark.parametrize("name", ["missing/report.txt", "."])
def test_a_file_that_cannot_be_written_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with pytest.raises(DbtrackError, match=f"cannot write {path}: "), destination(path) as stream:
        stream.write("never")


@pytest.mark.parametrize(("asked", "written"), [(None, "a"), (Format.CSV, "name,runs")])
def test_the_form_is_the_one_asked_for_or_suits_the_stream(
    asked: Format | None, written: str, tmp_path: Path
) -> None:
    path = tmp_path / "report"
    with destination(path) as stream:
        emit(COLUMNS, [("a", 1)], stream, OutputArguments(asked, path), title="Title", report="odd")
    assert written in path.read_text()
    assert "\x1b" not in path.read_text()


def test_a_title_off_a_terminal_has_the_window_in_it(tmp_path: Path) -> None:
    path = tmp_path / "report"
    output = OutputArguments(Format.MARKDOWN, path)
    with destination(output) as stream:
        emit(
            COLUMNS,
            [("a", 1)],
            stream,
            output,
            title="Runs",
            report="runs",
            window="since Fri 20 Nov 06:28 UTC",
        )
    assert path.read_text().startswith("## Runs, since Fri 20 Nov 06:28 UTC\n")
