"""The commands about webhooks: what is refused, what is shown, and that no secret is."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from standardwebhooks import Webhook

from tests.support.receiver import Receiver, Reply
from tests.support.servers.sandbox import RoleFactory
from tests.support.webhooked import Webhooked

pytestmark = pytest.mark.any_server


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["https://127.0.0.1/"], "loopback address"),
        (["https://2130706433/"], "unusual form"),
        (["https://169.254.169.254/", "--allow-private"], "metadata"),
        (["http://example.com/"], "--allow-plain"),
        (["https://hooks.slack.com/services/T0/B0/x"], "secret"),
        (["https://x.webhook.office.com/abc"], "secret"),
        (["apprise:tgram://token/chat"], "secret"),
        (["https://u:p@example.com/"], "secret"),
        (["https://example.com/?token=abcdefgh123"], "secret"),
        (["https://events.pagerduty.com/v2/enqueue"], "routing key"),
        (["https://example.com/", "--secret", "whsec_abc"], "must not be on the command line"),
        (["https://example.com/", "--secret", "env:SHORT"], "whsec_"),
        (["https://example.com/", "--header", "Authorization=Bearer x"], "must not be on the command line"),
        (["https://example.com/", "--header", "Host=env:SHORT"], "cannot set"),
        (["https://example.com/", "--events", "nonsense"], "nonsense"),
        (["https://example.com/", "--tenant", "nobody"], "nobody"),
        (["exec:relative"], "absolute path"),
        (["smtps://mail.example.com"], "sender and recipients"),
        (["smtps://mail.example.com?from=a@b.c&to=d@e.f", "--format", "slack"], "secret"),
        (["ftp://example.com/"], "cannot receive events"),
    ],
)  # fmt: skip
def test_what_is_refused(hooked: Webhooked, words: list[str], says: str) -> None:
    result = hooked.run("webhook", "add", "ops", *words, SHORT="short", timeout="x")
    assert result.returncode == 2, result.stderr
    assert says in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert hooked.value("SELECT count(*) FROM script_tracking.event_endpoint") == 0


def test_without_a_key_or_a_name_nothing_is_added(hooked: Webhooked) -> None:
    result = hooked.run("webhook", "add", "ops", "https://example.com/", DBTRACK_KEY="")
    assert result.returncode == 2
    assert "need an encryption key" in result.stderr
    assert "dbtrack key new" in result.stderr
    assert hooked.run("webhook", "add", "bad name", "https://example.com/").returncode == 2
    hooked.add("ops", "https://example.com/")
    assert "already" in hooked.run("webhook", "add", "ops", "https://example.com/").stderr


@pytest.mark.parametrize("command", ["show", "test", "pause", "resume", "remove", "replay", "dead", "rotate"])
def test_a_webhook_that_is_not_there(hooked: Webhooked, command: str) -> None:
    result = hooked.run("webhook", command, "gone")
    assert result.returncode == 2
    assert 'there is no webhook "gone"' in result.stderr


def test_people_get_alerts_and_programs_each_failure(hooked: Webhooked) -> None:
    for name, url in (("team", "https://hooks.slack.com/services/T0/B0/x"), ("program", "exec:/bin/cat")):
        words = ("webhook", "add", name, "env:URL" if name == "team" else url)
        result = hooked.run(*words, *(("--format", "slack") if name == "team" else ()), URL=url)
        assert result.returncode == 0
        assert ("there is none yet; run: dbtrack alert add --ready all" in result.stderr) == (name == "team")
    types = "SELECT event_types FROM script_tracking.event_endpoint WHERE endpoint_name = '{}'"
    assert hooked.value(types.format("team")) == ["alert.*", "record.rewound"]
    assert "execution.failed" in str(hooked.value(types.format("program")))
    # Once there are alerts, nothing needs to be said.
    assert hooked.run("alert", "add", "--ready", "migration-failed").returncode == 0
    again = hooked.run("webhook", "add", "mail", "smtps://mail.example.com?from=a@b.c&to=d@e.f")
    assert again.stderr == ""


def test_no_secret_is_shown_or_stored_in_the_clear(hooked: Webhooked) -> None:
    secret = hooked.add(
        "slack", "env:URL", "--format", "slack", URL="https://hooks.slack.com/services/T0SECRET/B0/abcdefgh"
    )
    assert secret == ""
    made = hooked.add("std", "https://example.com/hook", "--header", "X-Key=env:HDR", HDR="header-secret")
    shown = hooked.run("webhook", "list", "--format", "json").stdout
    assert "https://hooks.slack.com/***" in shown
    stored = str(hooked.value("SELECT string_agg(e::text, ' ') FROM script_tracking.event_endpoint AS e"))
    for word in ("T0SECRET", "abcdefgh", "header-secret", made, made.removeprefix("whsec_")):
        assert word not in shown
        assert word not in stored


def test_a_configuration_that_was_altered_or_moved_is_not_used(
    hooked: Webhooked, receiver: Receiver, tmp_path: Path
) -> None:
    """Whoever can only write to the database can neither redirect events nor let a program run."""
    program = tmp_path / "evil"
    hooked.add("exec", f"exec:/bin/touch {program}")
    hooked.add("ops", receiver.url())
    hooked.connection.execute(
        "UPDATE script_tracking.event_endpoint SET configuration = "
        "(SELECT configuration FROM script_tracking.event_endpoint WHERE endpoint_name = 'exec') "
        "WHERE endpoint_name = 'ops'; "
        "SELECT script_tracking.drop_endpoint('exec')"
    )
    hooked.record("one")
    result = hooked.once()
    assert result.returncode == 3
    assert "altered, or moved" in result.stderr
    assert not program.exists()
    assert receiver.requests == []


def test_test_says_what_came_back(hooked: Webhooked, receiver: Receiver) -> None:
    secret = hooked.add("ops", receiver.url())
    result = hooked.run("webhook", "test", "ops")
    assert (result.returncode, result.stderr) == (
        0,
        "dbtrack: webhook ops took the test event: 204 No Content\n",
    )
    assert Webhook(secret).verify(receiver.posts[0].body, receiver.posts[0].headers)["type"] == "webhook.test"
    receiver.answer = lambda _: Reply(404, body=b"nothing here")
    result = hooked.run("webhook", "test", "ops")
    assert result.returncode == 3
    assert "404 Not Found: nothing here" in result.stderr
    assert hooked.value("SELECT sent_count FROM script_tracking.event_endpoint") == 0


def test_pause_keeps_events_and_resume_sends_them(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.add("ops", receiver.url())
    assert hooked.run("webhook", "pause", "ops", "--reason", "moving").returncode == 0
    hooked.record("one")
    assert hooked.once().returncode == 0
    assert receiver.requests == []
    [row] = json.loads(hooked.run("webhook", "show", "ops", "--format", "json").stdout)["rows"]
    assert (row["endpoint_state"], row["problem"]) == ("paused", "moving")
    hooked.run("webhook", "resume", "ops")
    hooked.once()
    assert len(receiver.posts) == 1
    [row] = json.loads(hooked.run("webhook", "show", "ops", "--format", "json").stdout)["rows"]
    assert (row["last_sent_at"] is not None, row["problem"]) == (True, None)


def test_a_secret_is_replaced_without_a_gap(hooked: Webhooked, receiver: Receiver) -> None:
    old = hooked.add("ops", receiver.url())
    new = hooked.run("webhook", "rotate", "ops").stdout.strip()
    hooked.record("one")
    hooked.once()
    for secret in (old, new):
        Webhook(secret).verify(receiver.posts[0].body, receiver.posts[0].headers)
    assert hooked.run("webhook", "rotate", "ops", "--finish").returncode == 0
    hooked.record("two")
    hooked.once()
    Webhook(new).verify(receiver.posts[1].body, receiver.posts[1].headers)
    assert " " not in receiver.posts[1].headers["webhook-signature"]


def test_a_configuration_can_be_encrypted_with_another_key(hooked: Webhooked, receiver: Receiver) -> None:
    secret = hooked.add("ops", receiver.url())
    file = hooked.directory / "config.toml"
    file.write_text('encryption_key = "new"\n[keys]\nnew = "env:NEW"\ntest = "env:WEBHOOK_TEST_KEY"\n')
    both = {"DBTRACK_CONFIG": str(file), "DBTRACK_KEY": "", "NEW": "22" * 32}
    assert hooked.run("webhook", "change", "ops", "--rekey", **both).returncode == 0
    hooked.record("one")
    assert hooked.once(DBTRACK_KEY="new=env:NEW", NEW="22" * 32).returncode == 0
    Webhook(secret).verify(receiver.posts[0].body, receiver.posts[0].headers)
    assert "is not configured" in hooked.run("webhook", "test", "ops").stderr


def test_change_and_remove(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.add("ops", receiver.url())
    assert hooked.run("webhook", "change", "ops").returncode == 2
    assert hooked.run("webhook", "change", "ops", "--events", "execution.completed").returncode == 0
    hooked.record("fails")
    hooked.connection.execute("CREATE TABLE succeeds (id int)")
    hooked.once()
    assert [request.document["type"] for request in receiver.posts] == ["execution.completed"]
    assert hooked.run("webhook", "remove", "ops").returncode == 0
    assert hooked.run("webhook", "list", "--format", "jsonl").stdout == ""


def test_a_program_and_apprise_get_events(hooked: Webhooked, receiver: Receiver, tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat >> {tmp_path}/events\n")
    program.chmod(0o755)
    hooked.add("program", f"exec:{program}")
    every = ("--events", "execution.failed")
    hooked.add("apprise", "env:URL", *every, URL=f"apprise:json://127.0.0.1:{receiver.port}/note")
    hooked.record("one")
    result = hooked.once()
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads((tmp_path / "events").read_text())["subject"] == "one"
    assert "no such table" in receiver.posts[0].document["message"]


def test_only_administrators_manage_webhooks(hooked: Webhooked, role: RoleFactory) -> None:
    hooked.add("ops", "https://example.com/hook")
    reader = role("reader", member_of=("dbtrack_reader",))
    with psycopg.connect(hooked.conninfo, user=reader, autocommit=True) as connection:
        for query in (
            "SELECT * FROM script_tracking.webhook_delivery",
            "SELECT * FROM script_tracking.webhook_dead_letter",
            "SELECT script_tracking.remove_dead_letter('ops', 'x')",
            "SELECT script_tracking.save_webhook_attempt('ops', 'x', 1, 'x', 1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(query.encode())
    admin = role("admin", member_of=("dbtrack_admin",))
    with psycopg.connect(hooked.conninfo, user=admin, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.save_webhook_attempt('ops', 'x', 1, 'x', 1)")


def test_an_administrator_who_is_no_superuser_can_do_everything(
    hooked: Webhooked, receiver: Receiver, role: RoleFactory
) -> None:
    admin = {"DBTRACK_DSN": make_conninfo(hooked.conninfo, user=role("admin", member_of=("dbtrack_admin",)))}
    receiver.answer = lambda request: Reply(400 if request.document["subject"] == "bad" else 204)
    add = ("webhook", "add", "ops", receiver.url(), "--allow-private", "--allow-plain", "--from-beginning")
    hooked.record("good", "bad")
    assert hooked.run(*add, **admin).returncode == 0
    for _ in range(5):
        hooked.once(**admin)
        hooked.skip_wait()
    for words in (["list"], ["show", "ops"], ["dead"], ["test", "ops"], ["pause", "ops"], ["resume", "ops"]):
        result = hooked.run("webhook", *words, **admin)
        assert result.returncode == 0, result.stderr
    receiver.answer = lambda _: Reply()
    assert hooked.run("webhook", "replay", "ops", **admin).returncode == 0
    assert hooked.run("webhook", "remove", "ops", **admin).returncode == 0
    reader = {
        "DBTRACK_DSN": make_conninfo(hooked.conninfo, user=role("reader", member_of=("dbtrack_reader",)))
    }
    refused = hooked.once(**reader)
    assert refused.returncode == 1
    assert "dbtrack_admin" in refused.stderr


def test_without_the_role_notify_says_one_thing(hooked: Webhooked, role: RoleFactory) -> None:
    reader = make_conninfo(hooked.conninfo, user=role("night", member_of=("dbtrack_reader",)))
    result = hooked.run("notify", "--once", DBTRACK_DSN=reader)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "GRANT dbtrack_admin" in result.stderr
