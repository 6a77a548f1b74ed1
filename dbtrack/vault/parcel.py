"""What a push sends through a broker: a body in one or several messages, with the proof of who sent it.

The headers of each message have the step, the time, a MAC and which part of the body it is. The MAC is
HMAC-SHA256 over step, time and body, with the SHA-256 of the source's token as the key. A message names the
key by its own hash, so that the token is in none. See docs/vault.md.
"""

from __future__ import annotations

import gzip
import hmac
import re
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from dbtrack.errors import DbtrackError
from dbtrack.stream.message import MOST_BYTES, Message
from dbtrack.stream.source import Received
from dbtrack.vault.receiver import Step

VERSION = "1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_BODY_BYTES = 256 * 1024 * 1024
_MOST_PARTS = 1000
_PART = re.compile(r"(\d{1,4})/(\d{1,4})")
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_NAMES = ("dbtrack-vault", "key-id", "step", "sent-at", "mac", "parcel", "part")


class MalformedError(DbtrackError):
    """A message of the topic is not one of a push."""


@dataclass
class Parcel:
    """A body, of which some or all messages have arrived.

    Args:
        key_id: which token proves it.
        sent_at: in microseconds since 1970.
        parts: the messages' bodies, by their number from 1.
        received: the messages themselves.
    """

    key_id: bytes
    step: str
    sent_at: int
    mac: bytes
    part_count: int
    parts: dict[int, bytes] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all parts are here."""
        return len(self.parts) == self.part_count

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return sum(map(len, self.parts.values()))

    def arguments(self) -> dict[str, object]:
        """Return the arguments of the function receive_message of a vault.

        Raises:
            MalformedError: the parts are not a compressed text.
        """
        unpacker = zlib.decompressobj(wbits=31)
        packed = b"".join(self.parts[number] for number in sorted(self.parts))
        try:
            body = unpacker.decompress(packed, _MOST_BODY_BYTES).decode()
        except (zlib.error, UnicodeDecodeError) as error:
            raise MalformedError("a message is not a compressed text") from error
        if not unpacker.eof:
            raise MalformedError(f"a message is not whole, or has more than {_MOST_BODY_BYTES} bytes")
        return {
            "p_key_id": self.key_id,
            "p_step": self.step,
            "p_sent_at": _EPOCH + self.sent_at * _MICROSECOND,
            "p_body": body,
            "p_mac": self.mac,
        }


def messages_of(token: str, step: Step, body: str, now: datetime) -> list[Message]:
    """Return the messages of a body, each as long as brokers take."""
    key = sha256(token.encode()).digest()
    sent_at = (now - _EPOCH) // _MICROSECOND
    mac = hmac.digest(key, f"dbtrack vault {VERSION}\n{step}\n{sent_at}\n{body}".encode(), "sha256")
    key_id = sha256(key).hexdigest()
    packed = gzip.compress(body.encode(), compresslevel=3)
    pieces = [packed[start : start + MOST_BYTES] for start in range(0, len(packed), MOST_BYTES)]
    parcel = uuid.uuid4().hex
    return [
        Message(
            id=f"{parcel}-{number}",
            time=now,
            key=key_id,
            headers=tuple(
                zip(
                    _NAMES,
                    (VERSION, key_id, str(step), str(sent_at), mac.hex(), parcel, f"{number}/{len(pieces)}"),
                    strict=True,
                )
            ),
            body=piece,
        )
        for number, piece in enumerate(pieces, start=1)
    ]


class Assembly:
    """Puts parcels together, of messages that may come twice, and mixed with those of other sources.

    Args:
        most_bytes: more than this is not kept of parcels that are not whole; the oldest is dropped then.
    """

    def __init__(self, most_bytes: int = _MOST_BODY_BYTES) -> None:
        self._most_bytes = most_bytes
        self._open: dict[tuple[str, str], Parcel] = {}

    def add(self, received: Received) -> Parcel | None:
        """Take a message, and return its parcel if that is whole now.

        Raises:
            MalformedError: it is not a message of a push.
        """
        headers = {name: received.headers.get(name, "") for name in _NAMES}
        number, count = _part_of(headers)
        key = (headers["key-id"], headers["parcel"])
        parcel = self._open.setdefault(
            key,
            Parcel(
                bytes.fromhex(headers["key-id"]),
                headers["step"],
                int(headers["sent-at"]),
                bytes.fromhex(headers["mac"]),
                count,
            ),
        )
        parcel.received.append(received)
        parcel.parts[number] = received.body
        if not parcel.is_whole:
            return None
        del self._open[key]
        return parcel

    def finish(self, parcel: Parcel) -> Sequence[Received]:
        """Return the messages that are done with this parcel: its own, and those of older ones of its source.

        A source sends one parcel after the other, so an older one that is not whole stays so: the push ended
        in the middle of it, and has sent the same in another.
        """
        older = [
            key
            for key, other in self._open.items()
            if other.key_id == parcel.key_id and other.sent_at < parcel.sent_at
        ]
        dropped = [each for key in older for each in self._open.pop(key).received]
        return [*parcel.received, *dropped]

    def shed(self) -> Sequence[Received]:
        """Drop the oldest parcels that are not whole, if they are too much; return their messages."""
        dropped: list[Received] = []
        while self._open and sum(parcel.size for parcel in self._open.values()) > self._most_bytes:
            dropped += self._open.pop(next(iter(self._open))).received
        return dropped

    def clear(self) -> None:
        """Forget everything: the broker delivers it again."""
        self._open.clear()


def _part_of(headers: Mapping[str, str]) -> tuple[int, int]:
    part = _PART.fullmatch(headers["part"])
    is_of_push = headers["dbtrack-vault"] == VERSION and part is not None
    is_hex = _HEX.fullmatch(headers["key-id"]) and _HEX.fullmatch(headers["mac"])
    if part is None or not is_of_push or not is_hex or not re.fullmatch(r"\d{1,17}", headers["sent-at"]):
        raise MalformedError("a message is not one of dbtrack push")
    number, count = int(part[1]), int(part[2])
    if not 1 <= number <= count <= _MOST_PARTS:
        raise MalformedError("a message is not one of dbtrack push")
    return number, count
