"""Where messages are kept that cannot be recorded: dead letters, in a file or in a topic of a broker."""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import platformdirs

from dbtrack.errors import UsageError
from dbtrack.files import PRIVATE, naming, sync_directory, write_all
from dbtrack.stream.message import Message
from dbtrack.stream.sink import Sink
from dbtrack.stream.source import Received

_REASON = "dbtrack-refused"
_LONGEST_REASON = 1000
# What a broker wrote by itself says nothing of another message.
_OF_BROKER = "nats-"
_ACCESS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was not recorded, and why."""

    received: Received
    reason: str


class DeadLetters(Protocol):
    """Keeps letters. After a crash the same may come again."""

    @property
    def place(self) -> str:
        """Where they are, for people."""

    def open(self) -> None:
        """Check that letters can be kept, before a message is taken.

        Raises:
            DbtrackError: they cannot.
        """

    def keep(self, letters: Sequence[Letter]) -> None:
        """Keep letters, and return when they would survive a crash.

        Raises:
            DbtrackError: they cannot be kept.
        """

    def close(self) -> None:
        """Disconnect."""


def letters_path(environ: Mapping[str, str]) -> Path:
    """Return the file of letters, in `$DBTRACK_STATE/outbox` or the user's state directory."""
    chosen = environ.get("DBTRACK_STATE")
    base = Path(chosen).expanduser() if chosen else platformdirs.user_state_path("dbtrack")
    return base / "outbox" / "letters.jsonl"


class FileLetters:
    """A file of which each line is a letter, and which others cannot read. Several processes can share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        """The file."""
        return str(self._path)

    def open(self) -> None:
        """Create the file, as `DeadLetters.open`."""
        with naming(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, _ACCESS, PRIVATE))

    def keep(self, letters: Sequence[Letter]) -> None:
        """Append letters, as `DeadLetters.keep`."""
        lines = b"".join(json.dumps(_document(each)).encode() + b"\n" for each in letters)
        with naming(self._path):
            with _appended(self._path) as (descriptor, is_torn):
                write_all(descriptor, b"\n" + lines if is_torn else lines)
                os.fsync(descriptor)
            sync_directory(self._path.parent)

    def close(self) -> None:
        """Nothing to do."""


class BrokerLetters:
    """A topic or subject. The messages are as they were, with the reason in another header."""

    def __init__(self, sink: Sink, url: str) -> None:
        self._sink = sink
        self._url = url

    @property
    def place(self) -> str:
        """The URL."""
        return self._url

    def open(self) -> None:
        """Connect, as `DeadLetters.open`."""
        self._sink.open()

    def keep(self, letters: Sequence[Letter]) -> None:
        """Publish letters, as `DeadLetters.keep`."""
        self._sink.send([_message(each) for each in letters])

    def close(self) -> None:
        """Disconnect."""
        self._sink.close()


class LetterFile:
    """A file of letters, to take again; a source of messages that is read once.

    Raises:
        UsageError: it cannot be read.
    """

    is_ready = True

    def __init__(self, path: Path) -> None:
        try:
            self._left = [_received(line) for line in path.read_bytes().splitlines() if line.strip()]
        except OSError as error:
            raise UsageError(f"--from: cannot read {path}: {error.strerror or error}") from error

    @property
    def is_exhausted(self) -> bool:
        """Whether all letters were returned."""
        return not self._left

    def open(self) -> None:
        """Nothing to do."""

    def poll(self, _seconds: float) -> Sequence[Received]:
        """Return the next letters."""
        found, self._left = self._left[:100], self._left[100:]
        return found

    def done(self, _received: Sequence[Received]) -> None:
        """Nothing to do: the file stays."""

    def close(self) -> None:
        """Nothing to do."""


@contextmanager
def _appended(path: Path) -> Iterator[tuple[int, bool]]:
    """Open and lock a file, and say whether a crash has cut its last line."""
    descriptor = os.open(path, _ACCESS, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        yield descriptor, size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    finally:
        os.close(descriptor)


def _document(letter: Letter) -> dict[str, object]:
    try:
        body: dict[str, object] = {"body": letter.received.body.decode()}
    except UnicodeDecodeError:
        body = {"body_base64": base64.b64encode(letter.received.body).decode()}
    headers = {name: value for name, value in letter.received.headers.items() if name != _REASON}
    return {"refused_at": datetime.now(UTC).isoformat(), "refusal": letter.reason, "headers": headers, **body}


def _received(line: bytes) -> Received:
    try:
        document: Any = json.loads(line)
        headers = {str(name): str(value) for name, value in document["headers"].items()}
        body = document.get("body")
        content = base64.b64decode(document["body_base64"]) if body is None else str(body).encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        return Received({}, line, None)
    return Received(headers, content, None)


def _message(letter: Letter) -> Message:
    headers = {
        name: value
        for name, value in letter.received.headers.items()
        if not name.lower().startswith(_OF_BROKER) and name != _REASON
    }
    reason = " ".join(letter.reason.split())[:_LONGEST_REASON]
    content = json.dumps([headers, reason]).encode() + letter.received.body
    return Message(
        id=sha256(content).hexdigest(),
        time=datetime.now(UTC),
        key=headers.get("dbtrack-outbox", ""),
        headers=(*headers.items(), (_REASON, reason)),
        body=letter.received.body,
    )
