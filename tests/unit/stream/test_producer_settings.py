"""Logins and TLS come from a file or the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbtrack.errors import UsageError
from dbtrack.stream.destination import Broker
from dbtrack.stream.producer_settings import producer_settings


def test_a_variable_is_a_property_of_kafka() -> None:
    environ = {"DBTRACK_KAFKA_SASL_PASSWORD": "s", "DBTRACK_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "HOME": "/"}
    expected = {"sasl.password": "s", "security.protocol": "SASL_SSL"}
    assert producer_settings(Broker.KAFKA, None, environ) == expected


def test_nats_has_the_variables_of_its_own_tool() -> None:
    environ = {"NATS_USER": "app", "NATS_PASSWORD": "s", "NATS_URL": "x"}
    assert producer_settings(Broker.NATS, None, environ) == {"user": "app", "password": "s"}


def test_the_file_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    file.write_text("# a comment\n! another\n\nsasl.username = app\nsasl.password=a=b \n")
    environ = {"DBTRACK_KAFKA_SASL_PASSWORD": "other", "DBTRACK_KAFKA_ACKS": "1"}
    assert producer_settings(Broker.KAFKA, file, environ) == {
        "sasl.username": "app",
        "sasl.password": "a=b",
        "acks": "1",
    }


def test_a_line_that_is_not_a_setting_is_named_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    file.write_text("acks=all\ns3cret\n")
    with pytest.raises(UsageError, match="line 2") as refusal:
        producer_settings(Broker.KAFKA, file, {})
    assert "s3cret" not in str(refusal.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        producer_settings(Broker.KAFKA, tmp_path / "nothing", {})


def test_nats_refuses_a_setting_that_it_does_not_have(tmp_path: Path) -> None:
    file = tmp_path / "nats.conf"
    file.write_text("sasl.password=s\n")
    with pytest.raises(UsageError, match=r"no setting 'sasl\.password'"):
        producer_settings(Broker.NATS, file, {})
