"""Record what services published to a bus.

A message is done when the database has committed it, or when it is kept as a dead letter. What comes again is
known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.outbox.letters import DeadLetters, Letter
from dbtrack.outbox.signature import MalformedError, Signed, signed
from dbtrack.stream.intake import passing
from dbtrack.stream.source import MessageSource, Received

OUTCOMES = ("recorded", "closed", "known", "refused")


@dataclass
class OutboxIntake:
    """One topic or subject, and the database that records what is published there.

    Args:
        database: over a connection in autocommit mode.
        letters: where a message is kept that cannot be recorded.
        warn: told of each of them.
        counts: of this run, by outcome.
    """

    source: MessageSource
    database: Database
    letters: DeadLetters
    warn: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)
    _waiting: list[Received] = field(default_factory=list)

    def round(self, seconds: float) -> bool:
        """Record what is there, as `Intake.round` of dbtrack.stream.intake."""
        if not self._waiting:
            self._waiting = list(self.source.poll(seconds))
        if not self._waiting:
            return False
        outcomes = self._record(self._waiting)
        refused = [
            Letter(received, reason)
            for received, (_, reason) in zip(self._waiting, outcomes, strict=True)
            if reason is not None
        ]
        if refused:
            self.letters.keep(refused)
        # Not before: a crash leaves them in the topic.
        for letter in refused:
            self.warn(f"not recorded: {letter.reason}; kept in {self.letters.place}")
        self.counts.update(outcome for outcome, _ in outcomes)
        done, self._waiting = self._waiting, []
        self.source.done(done)
        return True

    def restart(self) -> None:
        """Forget what is not committed: the broker delivers it again."""
        self.source.close()
        self._waiting.clear()

    def _record(self, messages: Sequence[Received]) -> list[tuple[str, str | None]]:
        """Return the outcome of each message, and why it is refused."""
        outcomes: list[tuple[str, str | None]] = [("refused", None)] * len(messages)
        readable: list[tuple[int, Signed]] = []
        for number, received in enumerate(messages):
            try:
                readable.append((number, signed(received)))
            except MalformedError as error:
                outcomes[number] = ("refused", error.message)
        for (number, _), outcome in zip(readable, self._ask([each for _, each in readable]), strict=True):
            outcomes[number] = outcome
        return outcomes

    def _ask(self, messages: Sequence[Signed]) -> list[tuple[str, str | None]]:
        if not messages:
            return []
        try:
            rows = self.database.call(
                "receive_outbox",
                p_token_ids=[each.token_id for each in messages],
                p_tenants=[each.tenant for each in messages],
                p_macs=[each.mac for each in messages],
                p_bodies=[each.body for each in messages],
            )
        except DbtrackError as error:
            raise passing(error) or error from error
        return [
            (outcome, None if refusal is None else f"{name}: {refusal}" if name else str(refusal))
            for _, name, outcome, _, refusal in rows
        ]
