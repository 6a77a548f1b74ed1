"""What is recorded of a wrapped command, and what the command and its caller notice of the wrapper: nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from dbtrack import operations, wrapper
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.servers import Server
from tests.support.wrapped import Track, only_execution

pytestmark = pytest.mark.any_server


@pytest.fixture
def track(installed_conninfo: str, server: Server) -> Track:
    return Track(installed_conninfo, server)


def test_a_command_that_succeeds(track: Track, installed: Database) -> None:
    done = track("sh", "-c", "echo out; echo err >&2", name="load", options=("--meta", "ticket=OPS-1"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"out\n", b"err\n")
    found = only_execution(installed)
    assert [version.status for version in found.versions] == ["RUNNING", "COMPLETED"]
    assert (found.current.script_name, found.current.error_message) == ("load", None)
    assert found.current.metadata["exit_code"] == 0
    assert found.current.metadata["ticket"] == "OPS-1"
    assert found.current.metadata["command"] == "sh -c 'echo out; echo err >&2'"


def test_a_command_that_fails(track: Track, installed: Database) -> None:
    done = track("sh", "-c", "echo one >&2; echo two >&2; exit 7")
    found = only_execution(installed)
    closing = f"dbtrack: job is recorded as FAILED; see: dbtrack show {found.key.hex()[:12]}\n"
    assert (done.returncode, done.stderr) == (7, b"one\ntwo\n" + closing.encode())
    current = found.current
    assert (current.status, current.error_message) == ("FAILED", "one\ntwo")
    assert current.metadata["exit_code"] == 7


def test_a_command_that_fails_without_a_word(track: Track, installed: Database) -> None:
    assert track("false").returncode == 1
    assert only_execution(installed).current.error_message == "exit code 1; nothing on stderr"


def test_a_command_continues_when_the_disk_of_its_stderr_is_full(track: Track, installed: Database) -> None:
    script = "for i in 1 2 3; do sleep 0.1; echo lost >&2; done; exit 7"
    wrapper = 'exec "$@" 2>/dev/full'
    done = subprocess.run(
        ["sh", "-c", wrapper, "-", *track.words("sh", "-c", script)],
        env=track.environment(),
        timeout=60,
        check=False,
    )
    assert done.returncode == 7
    current = only_execution(installed).current
    assert (current.status, current.error_message) == ("FAILED", "lost\nlost\nlost")


def test_a_command_killed_by_a_signal(track: Track, installed: Database) -> None:
    done = track("sh", "-c", "echo last words >&2; kill -KILL $$")
    assert (done.returncode, done.stderr.splitlines()[0]) == (-9, b"last words")
    current = only_execution(installed).current
    assert (current.status, current.error_message) == ("FAILED", "killed by SIGKILL\nlast words")
    assert (current.metadata["signal"], current.metadata["exit_code"]) == ("SIGKILL", 137)


def test_a_command_that_does_not_exist(track: Track, installed: Database) -> None:
    done = track("no-such-command")
    assert done.returncode == 127
    assert done.stderr.startswith(b"dbtrack: no-such-command: command not found\n")
    current = only_execution(installed).current
    assert (current.status, current.error_message) == ("FAILED", "no-such-command: command not found")


def test_a_command_that_cannot_be_run(track: Track, installed: Database, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/nonexistent/interpreter\n")
    script.chmod(0o644)
    for command, complaint in [
        (str(tmp_path), b"is a directory"),
        (str(script), b"Permission denied"),
    ]:
        done = track(command)
        assert done.returncode == 126
        assert complaint in done.stderr
    script.chmod(0o755)
    done = track(str(script))
    assert done.returncode == 126
    assert b"interpreter" in done.stderr
    assert (
        installed.value(
            "SELECT count(*) FROM script_tracking.current_execution WHERE execution_status = 'FAILED'"
        )
        == 3
    )


def test_a_script_without_a_first_line_runs_as_in_a_shell(track: Track, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text('echo "$0 $1"; exit 5\n')
    script.chmod(0o755)
    done = track(str(script), "word")
    assert (done.returncode, done.stdout) == (5, f"{script} word\n".encode())


def test_standard_input_passes_byte_for_byte(track: Track) -> None:
    sent = os.urandom(300_000)
    assert track("cat", stdin=sent).stdout == sent


def test_arguments_that_are_not_text_pass_too(track: Track, installed: Database) -> None:
    done = track("printf", "%s", os.fsdecode(b"\xff\xfe"))
    assert (done.returncode, done.stdout) == (0, b"\xff\xfe")
    assert "\ufffd" in only_execution(installed).current.metadata["command"]


def test_a_large_stderr_passes_in_order_and_its_end_is_kept(track: Track, installed: Database) -> None:
    script = "i=0; while [ $i -lt 60000 ]; do echo $i; i=$((i+1)); done >&2; exit 1"
    done = track("sh", "-c", script)
    assert done.stderr.splitlines()[:-1] == [b"%d" % number for number in range(60_000)]
    message = only_execution(installed).current.error_message
    assert message is not None
    assert message.endswith("59998\n59999")
    assert 4000 < len(message) <= 8192


def test_a_process_left_in_the_background_keeps_its_stderr(
    track: Track, installed: Database, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    script = f"(while [ ! -e {flag} ]; do sleep 0.05; done; echo late >&2; touch {flag}2) & exit 3"
    with subprocess.Popen(["sh", "-c", f"sleep 3; touch {flag}"]):
        done = track("sh", "-c", script)
    assert done.returncode == 3
    assert b"late\n" in done.stderr
    assert Path(f"{flag}2").exists()
    assert only_execution(installed).current.execution_timestamp is not None


def test_the_end_is_recorded_while_the_background_still_writes(
    installed_conninfo: str, installed: Database
) -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dbtrack",
            "track",
            "-d",
            installed_conninfo,
            "job",
            "--",
            "sh",
            "-c",
            "sleep 20 & echo $!",
        ],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as wrapper:
        assert wrapper.stdout
        background = int(wrapper.stdout.readline())
        try:
            assert wrapper.wait(timeout=10) == 0
            assert only_execution(installed).current.status == "COMPLETED"
        finally:
            os.kill(background, 9)


def test_the_command_learns_of_its_operation(track: Track, installed: Database) -> None:
    done = track(
        "sh", "-c", 'echo "$PGOPTIONS|$DBTRACK_EXECUTION|$PGAPPNAME"', environment={"PGOPTIONS": "-c jit=off"}
    )
    key = only_execution(installed).key.hex()
    assert done.stdout.decode().strip() == f"-c jit=off -c dbtrack.execution={key}|{key}|dbtrack:job"


def test_the_command_keeps_its_application_name(track: Track) -> None:
    assert track("sh", "-c", "echo $PGAPPNAME", environment={"PGAPPNAME": "mine"}).stdout == b"mine\n"


def test_ddl_of_the_command_is_linked(track: Track, installed: Database, installed_conninfo: str) -> None:
    done = track(
        "psql",
        "-X",
        "-q",
        installed_conninfo,
        "-c",
        "CREATE TABLE a (id int)",
        "-c",
        "CREATE TABLE b (id int)",
    )
    assert (done.returncode, done.stderr) == (0, b"")
    children = only_execution(installed).children
    assert [child.affected_objects for child in children] == [("public.a",), ("public.b",)]
    assert all(child.is_proven for child in children)


def test_a_wrapped_wrapper_is_a_child(track: Track, installed: Database, installed_conninfo: str) -> None:
    inner = [sys.executable, "-m", "dbtrack", "track", "-d", installed_conninfo, "inner", "--", "true"]
    assert track(*inner, name="outer").returncode == 0
    [row] = installed.rows(
        "SELECT script_execution_hk FROM script_tracking.current_execution WHERE script_name = 'outer'"
    )
    assert [child.script_name for child in operations.find_execution(installed, bytes(row[0])).children] == [
        "inner"
    ]


def test_no_password_is_stored(track: Track, installed: Database) -> None:
    done = track(
        "sh",
        "-c",
        "echo 'connecting to postgresql://bob:hunter2@db/x' >&2; echo \"ALTER ROLE bob PASSWORD 'hunter2'\" >&2; "
        "echo PGPASSWORD=$PGPASSWORD >&2; exit 1",
        "--password=hunter2",
        "--password",
        "hunter2",
        name="load postgresql://bob:hunter2@db/x",
        options=("--meta", "db_password=hunter2", "--meta", "dsn=postgresql://bob:hunter2@db/x"),
        environment={"PGPASSWORD": "hunter2"},
    )
    assert b"hunter2" in done.stderr
    stored = installed.value("SELECT string_agg(s::text, '') FROM script_tracking.script_execution_s AS s")
    stored += installed.value("SELECT string_agg(h::text, '') FROM script_tracking.script_execution_h AS h")
    assert "hunter2" not in stored
    assert "bob" in stored


def test_an_unknown_tenant_stops_it_before_the_command(track: Track, tmp_path: Path) -> None:
    made = tmp_path / "made"
    done = track("touch", str(made), options=("--tenant", "nosuch"))
    assert done.returncode == 125
    assert b"nosuch" in done.stderr
    assert not made.exists()


def test_the_key_is_in_a_file_before_the_command_runs(
    track: Track, installed: Database, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    done = track("cat", str(path), options=("--key-file", str(path)))
    assert done.returncode == 0
    assert done.stdout.decode() == path.read_text() == f"{only_execution(installed).key.hex()}\n"
    elsewhere = track("true", options=("--key-file", str(tmp_path / "no" / "key")))
    assert elsewhere.returncode == 0
    assert elsewhere.stderr.count(b"No such file or directory") == 1


def test_a_key_file_keeps_its_permissions_and_may_be_a_pipe(
    track: Track, installed: Database, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    path.write_text("old\n")
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    assert track("true", options=("--key-file", str(link))).returncode == 0
    key = f"{only_execution(installed).key.hex()}\n"
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == (key, 0o640, True)
    done = track("true", options=("--key-file", "/dev/stderr"))
    assert re.search(rb"^[0-9a-f]{64}$", done.stderr, re.MULTILINE)


def test_a_key_file_of_an_earlier_run_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("old\n")
    environment = {"DBTRACK_SPOOL": str(tmp_path / "spool")}
    assert (
        run_dbtrack("track", "job", "--key-file", str(path), "--", "true", environment=environment).returncode
        == 0
    )
    assert path.read_text() == ""


@pytest.mark.parametrize("name", ["n" * 300, "loop/key"], ids=["long", "in a loop"])
def test_a_key_file_that_cannot_exist_does_not_stop_the_command(
    track: Track, installed: Database, tmp_path: Path, name: str
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = track("sh", "-c", "echo ran; exit 7", options=("--key-file", str(tmp_path / name)))
    assert (done.returncode, done.stdout) == (7, b"ran\n")
    assert done.stderr.count(b"warning: the operation's key was not written: cannot write") == 1
    assert only_execution(installed).current.status == "FAILED"


def _track_without_privileges(
    track: Track, *command: str, options: tuple[str, ...]
) -> subprocess.CompletedProcess[bytes]:
    """Wrap a command; file permissions apply to it although it is run by root."""
    # Only the account of the server can reach the socket.
    reached = Track(make_conninfo(track.conninfo, host="127.0.0.1"), track.server)
    words = reached.words(*command, options=options)
    if os.geteuid() == 0:
        drop = ["--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]
        words = ["setpriv", *drop, "--", *words]
    return subprocess.run(words, env=track.environment(), capture_output=True, check=False)


def test_a_key_file_in_a_directory_that_cannot_be_searched(
    track: Track, installed: Database, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o600)
    options = ("--key-file", str(closed / "key"))
    done = _track_without_privileges(track, "sh", "-c", "echo ran; exit 7", options=options)
    assert (done.returncode, done.stdout) == (7, b"ran\n")
    assert done.stderr.count(b"key was not written: cannot write") == 1
    assert done.stderr.count(b"Permission denied") == 1
    assert only_execution(installed).current.status == "FAILED"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_file_that_cannot_be_replaced_is_overwritten(
    track: Track, installed: Database, tmp_path: Path, mode: int
) -> None:
    directory = tmp_path / "fixed"
    directory.mkdir()
    path = directory / "key"
    path.write_text("old\n")
    path.chmod(mode)
    directory.chmod(0o500)
    done = _track_without_privileges(track, "cat", str(path), options=("--key-file", str(path)))
    directory.chmod(0o700)
    assert done.returncode == 0
    if mode == 0o600:
        assert (done.stdout.decode(), done.stderr) == (f"{only_execution(installed).key.hex()}\n", b"")
    else:
        assert done.stdout == b"old\n"
        assert done.stderr.count(b"key was not written: cannot write") == 1


def test_a_key_file_without_a_reader_does_not_stop_the_command(track: Track, installed: Database) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = track.words("sh", "-c", "echo ran; exit 7", options=("--key-file", f"/dev/fd/{writer}"))
    done = subprocess.run(words, env=track.environment(), capture_output=True, pass_fds=[writer], check=False)
    os.close(writer)
    assert (done.returncode, done.stdout) == (7, b"ran\n")
    assert done.stderr.count(b"key was not written: cannot write /dev/fd/") == 1
    assert only_execution(installed).current.status == "FAILED"


def test_a_summary_without_a_reader_does_not_change_the_exit_code(track: Track, installed: Database) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = track.words("sh", "-c", "exit 7", options=("--summary", "gitlab"))
    done = subprocess.run(words, env=track.environment(), stderr=writer, check=False)
    os.close(writer)
    assert done.returncode == 7
    assert only_execution(installed).current.status == "FAILED"


def test_a_summary_that_cannot_be_written_does_not_change_the_exit_code(
    track: Track, installed: Database, tmp_path: Path
) -> None:
    environment = {"GITHUB_STEP_SUMMARY": str(tmp_path / ("n" * 300))}
    done = track("false", options=("--summary", "github"), environment=environment)
    assert (done.returncode, done.stderr.count(b"no summary: ")) == (1, 1)


@pytest.mark.parametrize("error", [BrokenPipeError(32, "Broken pipe"), ValueError("no"), DbtrackError("no")])
def test_an_error_of_a_callback_is_only_reported(
    installed_conninfo: str, installed: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for name in ("PGOPTIONS", "DBTRACK_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    said: list[str] = []

    def fail(_argument: object) -> None:
        raise error

    code = wrapper.run_command(
        ConnectionTarget("a test", conninfo=installed_conninfo),
        operations.NewOperation("job", "MANUAL"),
        ["sh", "-c", "exit 7"],
        say=said.append,
        on_start=fail,
        on_end=fail,
    )
    assert code == 7
    assert [line.partition(": ")[2].partition(":")[0] for line in said].count("warning") == 2
    assert only_execution(installed).current.status == "FAILED"


def test_github_shows_a_summary(track: Track, installed: Database, tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    script = "echo 'psql:a.sql:1: ERROR:  relation \"a|b\" does not exist' >&2; exit 3"
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "42",
        "GITHUB_ACTOR": "ann",
        "GITHUB_STEP_SUMMARY": str(path),
    }
    done = track("sh", "-c", script, options=("--summary", "github"), environment=environment)
    assert done.returncode == 3
    found = only_execution(installed)
    text = path.read_text()
    assert text.startswith("before\n### dbtrack: job: FAILED\n\n| | |\n|---|---|\n| Exit code | 3 |\n")
    assert '| Cause | relation "a\\|b" does not exist |' in text
    assert f"| Key | {found.key.hex()} |" in text
    assert "````\npsql:a.sql:1: ERROR:  relation" in text
    assert found.current.metadata["ci_run_url"] == "https://github.com/acme/shop/actions/runs/42"
    assert found.current.metadata["ci_actor"] == "ann"


def test_a_summary_and_a_junit_file_have_what_the_command_changed(track: Track, tmp_path: Path) -> None:
    summary, junit = tmp_path / "summary.md", tmp_path / "junit.xml"
    script = (
        f"psql -q -d '{track.conninfo}' -v ON_ERROR_STOP=1 -c 'CREATE TABLE public.\"a|b\" (id int)' -c 'CREATE VIEW v AS SELECT 1 AS x'"
        " && echo 'psql:a.sql:1: ERROR:  50% is\x01 <not> enough' >&2; exit 3"
    )
    environment = {"GITHUB_STEP_SUMMARY": str(summary)}
    options = ("--summary", "github", "--junit", str(junit))
    done = track("sh", "-c", script, options=options, environment=environment)
    assert done.returncode == 3
    [annotation] = [line for line in done.stderr.decode().splitlines() if line.startswith("::")]
    assert annotation.startswith("::error title=dbtrack%3A job%3A FAILED::50%25 is")
    lines = summary.read_text().splitlines()
    table = lines[lines.index("| Change | Objects | Status | Duration | Waited for locks |") + 2 :]
    assert re.fullmatch(r'\| CREATE TABLE \| public\."a\\\|b" \| COMPLETED \| [\d.]+ ms \|  \|', table[0]), (
        table[0]
    )
    assert table[1].startswith("| CREATE VIEW | public.v | COMPLETED | ")

    text = re.sub(r'time="[\d.]+"', 'time=""', junit.read_text(encoding="utf-8"))
    assert '<testsuite name="job" tests="3" failures="1" errors="0" time="">' in text
    assert '<testcase name="job" classname="dbtrack.command" time="">' in text
    assert '<testcase name="CREATE TABLE public.&quot;a|b&quot;" classname="dbtrack.job" time="" />' in text
    assert re.search(r'<failure message="[^"]*" type="FAILED">[^<]*&lt;not&gt; enough', text)
    # XML cannot have it in it, in any form.
    assert "\x01" not in text


def test_markdown_goes_to_standard_error_and_a_file_that_fails_changes_nothing(track: Track) -> None:
    options = ("--summary", "markdown", "--junit", "/nonexistent/x.xml")
    script = f"psql -q -d '{track.conninfo}' -c 'CREATE TABLE t (id int)'; exit 7"
    done = track("sh", "-c", script, options=options)
    assert (done.returncode, done.stdout) == (7, b"")
    assert b"### dbtrack: job: FAILED\n\n| | |\n" in done.stderr
    assert b"| CREATE TABLE | public.t | COMPLETED |" in done.stderr
    assert done.stderr.count(b"no JUnit file: /nonexistent/x.xml: No such file or directory") == 1


def test_gitlab_shows_a_section_of_the_log(track: Track, installed: Database) -> None:
    done = track("true", options=("--summary", "gitlab"))
    assert (done.returncode, done.stdout) == (0, b"")
    assert re.fullmatch(
        rb"\x1b\[0Ksection_start:\d+:(dbtrack_\d+)\r\x1b\[0Kdbtrack: job: COMPLETED\n(?:[A-Z].*: .*\n)+"
        rb"\x1b\[0Ksection_end:\d+:\1\r\x1b\[0K\n",
        done.stderr,
    )


def test_a_summary_needs_its_file_and_a_command(track: Track) -> None:
    done = track("true", options=("--summary", "github"))
    assert (done.returncode, b"GITHUB_STEP_SUMMARY is not set" in done.stderr) == (0, True)
    assert run_dbtrack("track", "job", "--summary", "github").returncode == 2
    assert run_dbtrack("track", "job", "--junit", "x.xml").returncode == 2
