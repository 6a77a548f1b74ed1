"""Events reach a receiver: signed, in order, with the same id at each attempt, and none is lost."""

from __future__ import annotations

import pytest
from standardwebhooks import Webhook

from tests.support.receiver import Receiver, Reply, Request
from tests.support.webhooked import Webhooked

pytestmark = pytest.mark.any_server


def subjects(requests: list[Request]) -> list[str]:
    return [request.document["subject"] for request in requests]


def test_a_failed_operation_reaches_the_receiver_signed(hooked: Webhooked, receiver: Receiver) -> None:
    secret = hooked.add("ops", receiver.url())
    assert secret.startswith("whsec_")
    hooked.record("deploy")
    result = hooked.once()
    assert (result.returncode, result.stderr) == (0, "")
    [request] = receiver.posts
    assert request.headers["content-type"] == "application/json"
    verified = Webhook(secret).verify(request.body, request.headers)
    assert verified["type"] == "execution.failed"
    assert verified["data"]["error"] == "no such table"
    assert verified["id"] == request.headers["webhook-id"]
    assert verified["number"] == 1
