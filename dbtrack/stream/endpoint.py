"""The endpoint of a stream: it is created when it is first used, and later calls find it by its name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.stream.destination import Destination
from dbtrack.stream.message import KeyKind
from dbtrack.stream.sink import BrokerAwayError, Sink

_KIND = "stream"
# A server may end idle transactions earlier than a broker that is away is given up.
_LONGEST_OPEN = "1min"


class StreamFormat(StrEnum):
    """What a message looks like."""

    CLOUDEVENTS = "cloudevents"
    DEBEZIUM = "debezium"


# On the server, so that a stream of schema changes is not sent what it leaves out.
_DEFAULT_EVENTS = {StreamFormat.CLOUDEVENTS: ["*"], StreamFormat.DEBEZIUM: ["execution.completed"]}


@dataclass(frozen=True)
class StreamOptions:
    """What a stream delivers, and where.

    Args:
        name: of the endpoint.
        events: types of events, and patterns; empty: those of the format.
        tenants: whose events; empty: all that the endpoint had before, or all.
        from_beginning: a new endpoint begins with the first event of the record, and not with the next one.
    """

    name: str
    destination: Destination
    format: StreamFormat
    key_kind: KeyKind
    events: Sequence[str] = ()
    tenants: Sequence[str] = ()
    from_beginning: bool = False

    def configuration(self) -> dict[str, str]:
        """Return what is kept with the endpoint; it contains no secret."""
        return {"to": self.destination.url, "format": self.format, "key": self.key_kind}


def use_endpoint(database: Database, options: StreamOptions, sink: Sink, *, once: bool) -> None:
    """Create the endpoint, or change what it gets if the options give something else.

    It is created only if the destination answers, so that a mistake leaves no endpoint behind; or without
    `once` also while the destination is away, so that what is recorded until it answers is published. Its
    first event is the next one after this call in both cases.

    Args:
        sink: is opened if the endpoint is created.
        once: the stream does not wait for a destination that is away.

    Raises:
        UsageError: an endpoint of this name delivers something else, or a type of event or tenant is unknown.
        PermissionDeniedError: the role may not administer.
        BrokerAwayError: the destination is away, and `once` was asked for.
        BrokerRefusalError: the destination refuses the login.
        DbtrackError: the destination has no such topic or subject.
    """
    found = next((row for row in database.call("get_endpoints") if row[0] == options.name), None)
    if found is None:
        # The snapshot behind which its events begin is taken before the destination is asked.
        with database.transaction():
            database.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_LONGEST_OPEN}'")
            _create(database, options)
            _open(sink, once=once)
        return
    _check_same(options, kind=found[1], configuration=found[-1])
    database.call(
        "change_endpoint",
        p_name=options.name,
        p_event_types=list(options.events) or None,
        p_tenants=list(options.tenants) or None,
        p_configuration=json.dumps(options.configuration()),
    )


def _create(database: Database, options: StreamOptions) -> None:
    database.call(
        "create_endpoint",
        p_name=options.name,
        p_kind=_KIND,
        p_event_types=list(options.events) or _DEFAULT_EVENTS[options.format],
        p_tenants=list(options.tenants) or None,
        p_configuration=json.dumps(options.configuration()),
        p_from_beginning=options.from_beginning,
    )


def _open(sink: Sink, *, once: bool) -> None:
    try:
        sink.open()
    except BrokerAwayError:
        if once:
            raise


def _check_same(options: StreamOptions, *, kind: str, configuration: dict[str, str]) -> None:
    """Refuse to send to another topic, or in another format, what the endpoint's receivers expect."""
    hint = "give this stream another --name"
    if kind != _KIND:
        raise UsageError(f"endpoint {options.name} is a {kind}", hint=hint)
    for what, before in configuration.items():
        now = options.configuration().get(what, before)
        if _without_servers(now) != _without_servers(before):
            raise UsageError(f"endpoint {options.name} delivers with {what} {before}, not {now}", hint=hint)


def _without_servers(text: str) -> tuple[str, str]:
    """Return scheme and topic of a URL: the servers of a cluster may change."""
    scheme, _, rest = text.partition("://")
    return scheme, rest.partition("/")[2]
