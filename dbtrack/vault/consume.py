"""Hand what sources sent through a broker to the database of the vault.

A message is done when the database has committed it. After a crash anywhere it comes again, and changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.stream.intake import passing
from dbtrack.stream.source import MessageSource, Received
from dbtrack.vault.parcel import Assembly, MalformedError, Parcel


@dataclass
class Taken:
    """What was received in this run.

    Args:
        refused: messages that the vault does not take: of nobody it knows, or of a copy of a source.
    """

    parcels: int = 0
    versions: int = 0
    refused: int = 0
    findings: int = 0


@dataclass
class Intake:
    """One topic or subject, and the vault that it is for.

    Args:
        database: of the vault, over a connection in autocommit mode.
        warn: told what is not taken, and what does not agree.
    """

    source: MessageSource
    database: Database
    warn: Callable[[str], None]
    taken: Taken = field(default_factory=Taken)
    _assembly: Assembly = field(default_factory=Assembly)
    _waiting: list[Received] = field(default_factory=list)
    _whole: Parcel | None = None

    def round(self, seconds: float) -> bool:
        """Take what is there, as `Intake.round` of dbtrack.stream.intake."""
        if self._whole is None and not self._waiting:
            self._waiting = list(self.source.poll(seconds))
        was_any = bool(self._waiting) or self._whole is not None
        while self._whole is not None or self._waiting:
            if self._whole is None:
                self._next()
            if self._whole is not None:
                self._take(self._whole)
                self._whole = None
        if dropped := self._assembly.shed():
            self.warn("parts of messages were dropped, of which the others did not arrive")
            self.source.done(dropped)
        return was_any

    def restart(self) -> None:
        """Forget what is not committed: the broker delivers it again."""
        self.source.close()
        self._assembly.clear()
        self._waiting.clear()
        self._whole = None

    def _next(self) -> None:
        received = self._waiting.pop(0)
        try:
            self._whole = self._assembly.add(received)
        except MalformedError as error:
            self._refuse(error.message)
            self.source.done([received])

    def _take(self, parcel: Parcel) -> None:
        try:
            rows = self.database.call("receive_message", **parcel.arguments())
        except DbtrackError as error:
            if (later := passing(error)) is not None:
                raise later from error
            # Nobody else's messages wait for it. If it was a source's, the next one shows a gap.
            self._refuse(error.message)
            self.source.done(parcel.received)
            return
        name, refused, versions, findings = rows[0]
        self.taken.parcels += 1
        self.taken.versions += versions or 0
        self.taken.findings += findings or 0
        if refused is not None:
            self._refuse(refused)
        if findings:
            self.warn(f"{name}: {findings} things do not agree; on the vault: dbtrack vault findings {name}")
        self.source.done(self._assembly.finish(parcel))

    def _refuse(self, reason: str) -> None:
        self.taken.refused += 1
        self.warn(f"not taken: {reason}")
