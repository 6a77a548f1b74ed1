"""What a push talks to: a vault, over a connection to its database or over HTTPS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from dbtrack.errors import DbtrackError, NoConnectionError
from dbtrack.sql_files import query

Place = Mapping[str, Any]
"""Which database pushes, and with which version."""


class Step(StrEnum):
    """What a source asks of a vault; each is a query and a path of this name."""

    BEGIN = "begin"
    MONTHS = "months"
    EVENTS = "events"
    BLOCK = "block"
    WAITS = "waits"
    OBJECTS = "objects"


def query_of(step: Step) -> str:
    """Return the query with which the vault's database is asked; it has a token and a body."""
    match step:
        case Step.BEGIN:
            return query("vault/begin")
        case Step.MONTHS:
            return query("vault/months")
        case Step.EVENTS:
            return query("vault/events")
        case Step.BLOCK:
            return query("vault/block")
        case Step.WAITS:
            return query("vault/waits")
        case Step.OBJECTS:
            return query("vault/objects")


class VaultAwayError(NoConnectionError):
    """The vault, and not the source, cannot be reached; or it refuses the login."""


class VaultOlderError(DbtrackError):
    """The vault does not know a step of this source."""

    def __init__(self) -> None:
        super().__init__(
            "the vault is not one, or is older than this source",
            hint="upgrade the vault: dbtrack vault install",
        )


class Receiver(Protocol):
    """A vault. What it has answered is committed there.

    Args:
        is_one_way: a broker takes what is sent, and the vault answers nothing.
    """

    @property
    def is_one_way(self) -> bool:
        """Whether the source must remember what it has sent."""

    def ask(self, step: Step, body: str) -> list[Any]:
        """Send a body, which is JSON, and return the columns of the answer.

        Raises:
            VaultAwayError: it cannot be reached.
            DbtrackError: it refuses the source or the body.
        """

    def close(self) -> None:
        """Disconnect."""


@dataclass(frozen=True)
class Position:
    """How far a source is in the vault.

    Args:
        refused: why the vault takes nothing from this database; None: it does.
    """

    source: str
    event_number: int
    block_number: int
    refused: str | None


@dataclass(frozen=True)
class BlockAnswer:
    """What the vault says of a block.

    Args:
        missing: kind, key in hexadecimal and load_date of sealed rows that it does not have.
        findings: how many things do not agree.
    """

    block_number: int
    missing: Sequence[tuple[str, str, str]]
    findings: int


def begin(receiver: Receiver, place: Place, last_block: int) -> Position:
    """Say who pushes, and ask how far it is."""
    return Position(*receiver.ask(Step.BEGIN, json.dumps({"place": place, "last_block": last_block})))


def prepare_months(receiver: Receiver, months: Sequence[str]) -> None:
    """Say of which months, given as YYYY_MM, rows come next."""
    receiver.ask(Step.MONTHS, json.dumps({"months": list(months)}))


def send_events(receiver: Receiver, batch: Mapping[str, Any], rows: str) -> int:
    """Send events with their rows, which are JSON already; return how many versions were new."""
    answer = receiver.ask(Step.EVENTS, f'{{"batch":{json.dumps(batch)},"rows":{rows}}}')
    return int(answer[1])


def send_waits(receiver: Receiver, place: Place, waits: Sequence[str]) -> tuple[int, int]:
    """Send waits for locks, each JSON already; return how many were new, and how many do not agree."""
    new, findings = receiver.ask(Step.WAITS, f'{{"place":{json.dumps(place)},"waits":[{",".join(waits)}]}}')
    return int(new), int(findings)


def send_objects(receiver: Receiver, place: Place, objects: str) -> tuple[int, int]:
    """Send versions of objects, JSON already; return how many were new, and how many do not agree."""
    new, findings = receiver.ask(Step.OBJECTS, f'{{"place":{json.dumps(place)},"objects":{objects}}}')
    return int(new), int(findings)


def send_block(
    receiver: Receiver, place: Place, block: str, leaves: str | None, *, is_final: bool
) -> BlockAnswer:
    """Send a block of the seals with its leaves, which are JSON already."""
    number, missing, findings = receiver.ask(
        Step.BLOCK,
        f'{{"place":{json.dumps(place)},"block":{block},"leaves":{leaves or "null"},'
        f'"is_final":{json.dumps(is_final)}}}',
    )
    return BlockAnswer(number, [(kind, key, date) for kind, key, date in missing or ()], findings)
