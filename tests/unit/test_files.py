"""A file is there whole or not at all, and nothing waits for what is not a file."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dbtrack import files


@contextmanager
def no_room(limit: int = 0) -> Iterator[None]:
    """Let no file become longer than this, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_new_file_is_private_and_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "key"
    files.write_new(path, b"secret\n")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"secret\n", 0o600)
    with pytest.raises(FileExistsError):
        files.write_new(path, b"other\n")
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
    assert path.read_bytes() == b"secret\n"


def test_a_link_to_nothing_has_the_name(tmp_path: Path) -> None:
    (tmp_path / "digest").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        files.write_new(tmp_path / "digest", b"x")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("limit", [0, 5])
def test_nothing_is_left_where_there_is_no_room(tmp_path: Path, limit: int) -> None:
    (tmp_path / "kept").write_bytes(b"before")
    with no_room(limit):
        with pytest.raises(OSError, match="too large"):
            files.write_new(tmp_path / "new", b"0123456789")
        with (
            pytest.raises(OSError, match="too large"),
            files.replacing(tmp_path / "kept", mode=0o644) as stream,
        ):
            stream.write(b"0123456789")
        with pytest.raises(OSError, match="too large"), files.ReservedFile(tmp_path / "reserved"):
            pytest.fail("there was room")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"kept": b"before"}


def test_a_file_system_without_hard_links_has_whole_files_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    files.write_new(tmp_path / "new", b"whole")
    with pytest.raises(FileExistsError):
        files.write_new(tmp_path / "new", b"other")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"new": b"whole"}


def test_a_reserved_file_goes_unless_it_is_filled(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.ReservedFile(tmp_path / "key"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with files.ReservedFile(tmp_path / "key") as file:
        file.fill(b"secret\n")
    assert (tmp_path / "key").read_bytes() == b"secret\n"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/null")):
        with pytest.raises(files.NotRegularError):
            files.read_regular(path, most_bytes=10)
    (tmp_path / "long").write_bytes(b"x" * 100)
    assert len(files.read_regular(tmp_path / "long", most_bytes=10)) == 11
