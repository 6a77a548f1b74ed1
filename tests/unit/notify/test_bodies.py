"""Each service gets the difference, within its limits, and no text of an event becomes markup there."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import Any

import pytest

from dbtrack.events import Event
from dbtrack.notify.bodies.mail import mail_body
from dbtrack.notify.bodies.pagerduty import pagerduty_body
from dbtrack.notify.bodies.slack import slack_body
from dbtrack.notify.bodies.teams import teams_body
from dbtrack.notify.message import message_of, plain_text
from tests.support.events import FAILED, event, notice

HOSTILE = "<!channel> <@U1> <https://evil.example|click> [x](https://evil.example) ```*b*``` &\r\nBcc: a@b\x00\u202e"


def texts(document: Any) -> list[str]:
    """Return all strings of a document that people see."""
    if isinstance(document, dict):
        return [
            text for key, value in document.items() if key not in {"type", "$schema"} for text in texts(value)
        ]
    if isinstance(document, list):
        return [text for value in document for text in texts(value)]
    return [document] if isinstance(document, str) else []


def all_bodies(subject: Event) -> dict[str, Any]:
    message = message_of(subject, "shop")
    mail = mail_body(subject, message, sender="dbtrack@example.com", recipients=["dba@example.com"])
    return {
        "slack": slack_body(subject, message),
        "teams": teams_body(subject, message),
        "pagerduty": pagerduty_body(subject, message, "postgresql://db1:5432/shop", "key"),
        "mail": {"subject": mail["Subject"], "text": mail.get_content()},
    }


@pytest.mark.parametrize("service", ["slack", "teams", "pagerduty", "mail"])
def test_the_message_says_what_who_where_and_why(service: str) -> None:
    text = "\n".join(texts(all_bodies(FAILED)[service]))
    for part in (
        "Failed: migrate_users", "alice as app_owner", "flyway at 192.0.2.7", "release 42", "public.users", "1.2 s",
        "ADD COLUMN email text NOT NULL", "contains null values", "23502", "acme", "OPS-1", "shop", FAILED.id,
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize("service", ["slack", "teams", "pagerduty", "mail"])
def test_the_difference_is_in_the_message(service: str) -> None:
    privilege = {
        "grantee": "bob",
        "object": "public.pay",
        "object_type": "table",
        "gained": ["SELECT", "INSERT"],
    }
    granted = all_bodies(event("privilege.changed", privileges=[privilege], status="COMPLETED"))
    assert "bob gained SELECT, INSERT on table public.pay" in "\n".join(texts(granted[service]))
    before, after = (
        {"columns": {"a": {"type": "int"}, "b": {}}},
        {"columns": {"a": {"type": "bigint"}, "c": {}}},
    )
    changed = event("change.unattributed", metadata={"before": before, "after": after, "change": "altered"})
    lines = "\n".join(texts(all_bodies(changed)[service])).replace("&gt;", ">")
    for part in ("~ columns.a.type: int → bigint", "- columns.b: {}", "+ columns.c: {}"):
        assert part in lines


@pytest.mark.parametrize("service", ["slack", "teams", "pagerduty", "mail"])
def test_a_notice_shows_what_it_has(service: str) -> None:
    text = "\n".join(
        texts(all_bodies(notice("alert.fired", "success low", value=0.91, message="too low"))[service])
    )
    for part in ("Alert: success low", "0.91", "too low"):
        assert part in text


def test_slack_sees_no_command_link_or_end_of_code() -> None:
    subject = event(subject=HOSTILE, statement=HOSTILE, error=HOSTILE, user=HOSTILE)
    body: dict[str, Any] = slack_body(subject, message_of(subject, "shop"))
    for block in body["blocks"]:
        if block["type"] == "section" and "text" in block:
            assert block["text"]["verbatim"] is True
            assert "<" not in block["text"]["text"]
            assert block["text"]["text"].count("```") == 2
        else:
            # Plain text is shown as it is.
            assert '"mrkdwn"' not in json.dumps(block)
    assert "<" not in str(body["text"])


def test_teams_gets_runs_of_text_only() -> None:
    subject = event(subject=HOSTILE, statement=HOSTILE, error=HOSTILE)
    body: dict[str, Any] = teams_body(subject, message_of(subject, "shop"))
    card = body["attachments"][0]["content"]
    assert {element["type"] for element in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for element in card["body"] for run in element["inlines"]} == {"TextRun"}
    assert "entities" not in card["msteams"]


def test_mail_headers_cannot_be_added_to() -> None:
    subject = event(subject=HOSTILE, statement="Bcc: a@b\r\n.\r\nRCPT TO", user=HOSTILE)
    mail = mail_body(
        subject, message_of(subject, "shop"), sender="a@example.com", recipients=["b@example.com"]
    )
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read["Bcc"] is None
    assert read["To"] == "b@example.com"
    assert "\n" not in read["Subject"]
    assert read["Message-ID"] == f"<{FAILED.id}@dbtrack>"
    assert read.get_content_type() == "text/plain"


@pytest.mark.parametrize("character", ["x", "<", "&", "`", "ü", "😀", "\n"])
def test_long_texts_are_clipped_to_the_limits(character: str) -> None:
    long = character * 100_000
    objects = [f"public.{character * 50}{number}" for number in range(500)]
    subject = event(subject=long, statement=long, error=long, user=long, objects=objects)
    bodies = all_bodies(subject)
    slack = bodies["slack"]
    assert len(slack["blocks"]) <= 50
    assert len(slack["blocks"][0]["text"]["text"]) <= 150
    for block in slack["blocks"]:
        assert len(block.get("fields", [])) <= 10
        assert all(len(each["text"]) <= 2000 for each in block.get("fields", []))
        if block["type"] == "section" and "text" in block:
            assert len(block["text"]["text"]) <= 3000
    assert len(json.dumps(bodies["teams"], ensure_ascii=False).encode()) < 28_000
    assert len(bodies["pagerduty"]["payload"]["summary"]) <= 1024
    assert len(json.dumps(bodies["pagerduty"]).encode()) < 512_000
    assert len(str(bodies["mail"]["subject"])) <= 150


def test_an_alert_that_is_resolved_resolves_its_incident() -> None:
    fired, resolved = notice("alert.fired", "lag"), notice("alert.resolved", "lag")
    bodies = [pagerduty_body(each, message_of(each, "shop"), "s", "k") for each in (fired, resolved)]
    assert [body["event_action"] for body in bodies] == ["trigger", "resolve"]
    assert bodies[0]["dedup_key"] == bodies[1]["dedup_key"]


def test_each_group_of_an_alert_is_an_incident_of_its_own() -> None:
    keys = {
        str(pagerduty_body(each, message_of(each, "shop"), "s", "k")["dedup_key"])
        for each in (
            notice("alert.fired", "lag", group_by="name", group=name) for name in ("a", "b", "x" * 500)
        )
    }
    assert len(keys) == 3
    assert all(len(key) <= 255 for key in keys)


@pytest.mark.parametrize("service", ["slack", "teams", "pagerduty", "mail"])
def test_an_alert_shows_the_last_row_that_matched(service: str) -> None:
    last = {
        "db_session_user": "ci",
        "client_ip": "192.0.2.9",
        "affected_objects": ["public.t", "public.u"],
        "sql_command": "ALTER TABLE t ADD x int",
        "execution_key": "ab" * 32,
    }
    fired = notice(
        "alert.fired", "migration-failed", severity="critical", summary='MIGRATION v42 FAILED: no "t" (by ci)',
        count=3, group="v42", next_step="dbtrack show 3f9ac2d41b07", last=last, first=last, endpoints=["pager"],
    )  # fmt: skip
    text = "\n".join(texts(all_bodies(fired)[service]))
    for part in (
        "Alert: migration-failed", 'MIGRATION v42 FAILED: no "t" (by ci)', "ci", "192.0.2.9", "public.t, public.u",
        "ALTER TABLE t ADD x int", "dbtrack show 3f9ac2d41b07", "v42",
    ):  # fmt: skip
        assert part in text, part
    assert "execution_key" not in text
    assert message_of(fired, "shop").severity.value == "critical"


def test_a_message_without_details_is_a_message() -> None:
    assert "Test message: ops" in plain_text(message_of(notice("webhook.test", "ops"), "shop"))
