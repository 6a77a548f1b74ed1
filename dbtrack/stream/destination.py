"""Where a stream goes: the URL of `--to`, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from dbtrack.errors import UsageError

STANDARD_OUTPUT = "-"

_FORMS = "kafka://HOST:PORT/TOPIC, nats://HOST:PORT/SUBJECT or -"
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z+]*)://(?P<servers>[^/]*)/?(?P<name>.*)", re.DOTALL)
# A host's name, an IPv4 address or an IPv6 address in brackets; the port may be left out.
_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?")
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_SUBJECT = re.compile(r"[^\s.*>]+(?:\.[^\s.*>]+)*")
_NOT_IN_ENDPOINT = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_ENDPOINT = 63


class Broker(StrEnum):
    """What receives a stream."""

    KAFKA = "kafka"
    NATS = "nats"
    LINES = "-"


_DEFAULT_PORTS = {Broker.KAFKA: 9092, Broker.NATS: 4222}


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a stream goes.

    Args:
        servers: `host:port` of each broker to ask first; empty for standard output.
        name: the topic, the subject or the JetStream stream; `-` for standard output.
    """

    broker: Broker
    servers: tuple[str, ...]
    name: str

    @property
    def url(self) -> str:
        """The URL, for people."""
        if self.broker is Broker.LINES:
            return STANDARD_OUTPUT
        return f"{self.broker}://{','.join(self.servers)}/{self.name}"

    @property
    def default_endpoint(self) -> str:
        """The name of the endpoint that delivers there, unless the user gives one."""
        if self.broker is Broker.LINES:
            return "stdout"
        return _NOT_IN_ENDPOINT.sub("-", f"{self.broker}-{self.name}")[:_LONGEST_ENDPOINT]


_SETTINGS_OF = {"--from": "--consumer-config"}


def parse_destination(text: str, option: str = "--to") -> Destination:
    """Return the destination that a URL names.

    Args:
        option: that has the URL, for messages.

    Raises:
        UsageError: it is malformed, or contains a login.
    """
    if text == STANDARD_OUTPUT:
        return Destination(Broker.LINES, (), STANDARD_OUTPUT)
    match = _URL.fullmatch(text)
    if match is None or match["scheme"].lower() not in {Broker.KAFKA, Broker.NATS}:
        raise UsageError(f"{option} needs {_FORMS}")
    if "@" in match["servers"]:
        # The word is not repeated: it may contain a password.
        raise UsageError(
            f"{option} must not contain a login, which every user of this machine can see",
            hint=f"give it in the environment or in {_SETTINGS_OF.get(option, '--producer-config')} FILE",
        )
    broker = Broker(match["scheme"].lower())
    return Destination(
        broker, _servers(match["servers"], broker, option), _name(match["name"], broker, option)
    )


def _servers(text: str, broker: Broker, option: str) -> tuple[str, ...]:
    servers = [server.strip() for server in text.split(",")]
    wrong = next((server for server in servers if not _SERVER.fullmatch(server)), None)
    if wrong is not None:
        raise UsageError(
            f"{option}: {wrong!r} is not HOST:PORT" if wrong else f"{option} names no host; it needs {_FORMS}"
        )
    return tuple(server if _has_port(server) else f"{server}:{_DEFAULT_PORTS[broker]}" for server in servers)


def _has_port(server: str) -> bool:
    return ":" in server.rpartition("]")[2]


def _name(text: str, broker: Broker, option: str) -> str:
    what = "topic" if broker is Broker.KAFKA else "subject"
    if not text:
        raise UsageError(f"{option} names no {what}; it needs {_FORMS}")
    pattern = _TOPIC if broker is Broker.KAFKA else _SUBJECT
    if not pattern.fullmatch(text) or text in {".", ".."}:
        raise UsageError(f"{option}: {text!r} cannot be the name of a {what}")
    return text
