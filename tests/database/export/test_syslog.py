"""A real rsyslog receives every execution, over TLS, and nothing is lost when the connection breaks."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from jsonschema import Draft202012Validator

from tests.support.command_line import done, run_dbtrack
from tests.support.exporting import record, recorded_ids
from tests.support.log_server import LogServer, find_rsyslog, running_log_server, write_certificates
from tests.support.paths import DOCS, SAMPLES
from tests.support.required import missing
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

_RESET = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def program() -> str:
    """The log server's program."""
    found = find_rsyslog()
    if found is None:
        missing("rsyslog with TLS", "apt-get install rsyslog rsyslog-gnutls")
    return found


@pytest.fixture
def log_server(program: str, tmp_path: Path) -> Iterator[LogServer]:
    """A log server that checks no client."""
    directory = tmp_path / "log"
    directory.mkdir()
    with running_log_server(program, directory) as server:
        yield server


def received_ids(server: LogServer) -> list[str]:
    return [json.loads(line.partition(" {")[2].join(("{", "")))["id"] for line in server.messages()]


def sent(conninfo: str, *words: str) -> None:
    done(run_dbtrack("export", "executions", *words, "-d", conninfo))


def test_every_version_arrives_once(installed_conninfo: str, log_server: LogServer, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    for name in ("one", "two", 'ü\n"]'):
        record(installed_conninfo, name)
        sent(installed_conninfo, *state, *log_server.words)
    expected = recorded_ids(installed_conninfo)
    wait_until(lambda: len(log_server.messages()) >= len(expected), "the log server has written them")
    assert Counter(received_ids(log_server)) == Counter(expected)
    assert all(line.startswith("dbtrack info ") for line in log_server.messages())
    assert 'user="postgres"' in log_server.whole()[0]


def test_a_failure_is_an_error_there(installed_conninfo: str, log_server: LogServer) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation('bad'), false, 'broke')"
        )
    sent(installed_conninfo, "--full", *log_server.words)
    wait_until(lambda: len(log_server.messages()) == 1, "it has arrived")
    assert log_server.messages()[0].startswith("dbtrack err ")
    assert '"error_message":"broke"' in log_server.messages()[0]


def test_ocsf_arrives_valid(installed_conninfo: str, log_server: LogServer) -> None:
    schema = json.loads((SAMPLES / "ocsf" / "datastore_activity_1.8.0.json").read_text())
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute(f"COMMENT ON TABLE orders IS '{'long ' * 10_000}'".encode())
    sent(installed_conninfo, "--format", "ocsf", "--full", *log_server.words)
    wait_until(lambda: len(log_server.messages()) == 2, "both have arrived")
    events = [json.loads("{" + line.partition(" {")[2]) for line in log_server.messages()]
    assert [list(Draft202012Validator(schema).iter_errors(event)) for event in events] == [[], []]
    assert ["is_truncated" in event["metadata"] for event in events] == [False, True]


def test_many_messages_arrive_whole(installed_conninfo: str, log_server: LogServer, tmp_path: Path) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(
            "SELECT script_tracking.track_operation('run_' || n) FROM generate_series(1, 5000) AS n"
        )
    sent(installed_conninfo, "--state", str(tmp_path / "state"), *log_server.words)
    wait_until(lambda: len(log_server.messages()) >= 5000, "the log server has written them")
    assert Counter(received_ids(log_server)) == Counter(recorded_ids(installed_conninfo))


def test_the_configuration_of_the_page_works(installed_conninfo: str, program: str, tmp_path: Path) -> None:
    record(installed_conninfo, "one")
    page = (DOCS / "export.md").read_text()
    configuration = page[page.index("   global(maxMessageSize") :].partition("   ```")[0]
    for there, here in (("/etc/rsyslog.d/", f"{tmp_path}/"), ("/var/log/", f"{tmp_path}/")):
        configuration = configuration.replace(there, here)
    with running_log_server(program, tmp_path, configuration=configuration) as server:
        sent(installed_conninfo, "--full", "--format", "ocsf", *server.words)
        kept = tmp_path / "dbtrack.jsonl"
        wait_until(lambda: kept.exists() and kept.read_text().endswith("\n"), "the event is in the file")
    assert json.loads(kept.read_text())["class_uid"] == 6005


def test_plain_tcp_is_possible(installed_conninfo: str, program: str, tmp_path: Path) -> None:
    record(installed_conninfo, "one")
    with running_log_server(program, tmp_path, tls=None) as server:
        sent(installed_conninfo, "--syslog", f"127.0.0.1:{server.port}", "--syslog-plain")
        wait_until(lambda: len(server.messages()) == 1, "it has arrived")


def test_a_log_server_may_ask_for_a_certificate(
    installed_conninfo: str, program: str, tmp_path: Path
) -> None:
    record(installed_conninfo, "one")
    state = tmp_path / "state"
    with running_log_server(program, tmp_path, tls="x509/certvalid") as server:
        refused = run_dbtrack(
            "export", "executions", "--state", str(state), *server.words, "-d", installed_conninfo
        )
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("dbtrack: cannot send to the log server")
        certificate = ("--syslog-cert", str(tmp_path / "client.pem"))
        sent(installed_conninfo, "--state", str(state), *server.words, *certificate)
        wait_until(lambda: len(server.messages()) == 2, "both versions have arrived")


def test_a_log_server_that_is_not_trusted_gets_nothing(
    installed_conninfo: str, log_server: LogServer, tmp_path: Path
) -> None:
    record(installed_conninfo, "one")
    write_certificates(tmp_path)
    for words in (log_server.words[:2], (*log_server.words[:2], "--syslog-ca", str(tmp_path / "ca.pem"))):
        result = run_dbtrack("export", "executions", *words, "-d", installed_conninfo)
        assert (result.returncode, result.stderr.count("\n")) == (1, 1)
        assert "the certificate of the log server" in result.stderr
    assert log_server.messages() == []


def test_a_log_server_that_is_not_there_is_no_connection(installed_conninfo: str) -> None:
    words = ("--syslog", "127.0.0.1:1", "--syslog-plain", "-d", installed_conninfo)
    result = run_dbtrack("export", "executions", *words)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (12, "", 1)
    assert "the log server 127.0.0.1:1 cannot be reached" in result.stderr


def test_a_missing_certificate_is_named(installed_conninfo: str, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    for option, name in (
        ("--syslog-ca", "missing.pem"),
        ("--syslog-ca", "none.pem"),
        ("--syslog-cert", "none.pem"),
    ):
        words = ("--syslog", "localhost:1", option, str(tmp_path / name))
        result = run_dbtrack("export", "executions", *words, "-d", installed_conninfo)
        assert (result.returncode, result.stderr.count("\n")) == (2, 1)
        assert name in result.stderr


@contextmanager
def cut_after(server: LogServer, limit_bytes: int) -> Iterator[int]:
    """Forward to a log server, and reset the connection once so many bytes have passed; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def forward() -> None:
            client, _ = listening.accept()
            target = socket.create_connection(("127.0.0.1", server.port))
            threading.Thread(target=_pump, args=(target, client), daemon=True).start()
            passed = 0
            while passed < limit_bytes and (data := client.recv(min(65_536, limit_bytes - passed))):
                target.sendall(data)
                passed += len(data)
            target.close()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            client.close()

        threading.Thread(target=forward, daemon=True).start()
        yield listening.getsockname()[1]


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
    except OSError:
        pass


@pytest.mark.parametrize("limit_bytes", [10_000, 300_000])
def test_nothing_is_lost_when_the_connection_breaks(
    installed_conninfo: str, log_server: LogServer, tmp_path: Path, limit_bytes: int
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(
            "SELECT script_tracking.track_operation('run_' || n) FROM generate_series(1, 1000) AS n"
        )
    state = ("--state", str(tmp_path / "state"))
    with cut_after(log_server, limit_bytes) as port:
        words = ("--syslog", f"localhost:{port}", *log_server.words[2:])
        result = run_dbtrack("export", "executions", *state, *words, "-d", installed_conninfo)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "sends all of it again, with the same ids" in result.stderr
    sent(installed_conninfo, *state, *log_server.words)
    expected = set(recorded_ids(installed_conninfo))
    wait_until(lambda: set(received_ids(log_server)) == expected, "every one has arrived")
    # All of it has been confirmed now.
    before = len(log_server.messages())
    sent(installed_conninfo, *state, *log_server.words)
    record(installed_conninfo, "last")
    sent(installed_conninfo, *state, *log_server.words)
    wait_until(lambda: len(log_server.messages()) == before + 2, "only what is new has arrived")


def test_a_log_server_that_closes_at_the_end_without_reading_is_noticed(
    installed_conninfo: str, tmp_path: Path
) -> None:
    record(installed_conninfo, "one")
    write_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            client, _ = listening.accept()
            secure = context.wrap_socket(client, server_side=True)
            secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            secure.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        place = f"localhost:{listening.getsockname()[1]}"
        words = (
            "--state",
            str(tmp_path / "state"),
            "--syslog",
            place,
            "--syslog-ca",
            str(tmp_path / "ca.pem"),
        )
        result = run_dbtrack("export", "executions", *words, "-d", installed_conninfo)
        thread.join()
    assert result.returncode == 1
    assert "cannot send to the log server" in result.stderr
