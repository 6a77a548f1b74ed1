"""Read a subject of a JetStream stream with a durable consumer, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbtrack.errors import DbtrackError, LockedError
from dbtrack.stream.destination import Destination
from dbtrack.stream.nats_connection import NatsConnection
from dbtrack.stream.sink import PATIENCE_SECONDS
from dbtrack.stream.source import VAULT, Readers, Received

if TYPE_CHECKING:
    from nats.js import JetStreamContext

_MOST_MESSAGES = 100
# While the vault is away a message is held; what is delivered again then changes nothing.
_ACK_SECONDS = 300
# What a reader that died had is given to another one.
_SHARED_ACK_SECONDS = 10
_MOST_UNACKNOWLEDGED = 10_000


class NatsSource(NatsConnection):
    """A subject that a JetStream stream keeps.

    JetStream may deliver messages that another process left unacknowledged after later ones. So the durable
    consumer is made again when it is opened, and begins after the last message before which all are done.
    Several readers share the consumer as it is, and with it a message that is delivered again is late.
    """

    def __init__(
        self,
        destination: Destination,
        settings: Mapping[str, str],
        *,
        readers: Readers = VAULT,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        super().__init__(destination, settings, patience_seconds=patience_seconds)
        self._readers = readers
        self._subscription: JetStreamContext.PullSubscription | None = None

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left that was given to a reader which may have died."""
        if not self._readers.may_be_several or self._client is None:
            return True
        return self._run(self._count_unacknowledged()) == 0

    @property
    def is_exhausted(self) -> bool:
        """Never: others can publish more."""
        return False

    def poll(self, seconds: float) -> Sequence[Received]:
        """Return the next messages, as `MessageSource.poll`."""
        self.open()
        try:
            if self._subscription is None:
                self._subscription = self._run(self._subscribe())
            return self._run(self._fetch(seconds))
        except BaseException:
            self.close()
            raise

    def done(self, received: Sequence[Received]) -> None:
        """Acknowledge them, as `MessageSource.done`."""
        if self._client is None:
            return
        try:
            self._run(self._acknowledge(received))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Disconnect."""
        self._subscription = None
        super().close()

    @property
    def _durable(self) -> str:
        # A stream may keep several subjects, each with readers of its own.
        own = f"-{self._subject.replace('.', '_')}" if self._readers.may_be_several else ""
        return f"{self._readers.name}{own}"

    async def _count_unacknowledged(self) -> int:
        from nats.errors import Error as NatsError

        try:
            info = await self._jetstream().consumer_info(str(self._stream), self._durable)
        except (NatsError, OSError, TimeoutError):
            # The next round finds out what it is.
            return 0
        return int(info.num_ack_pending or 0)

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        from nats.errors import Error as NatsError
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        jetstream = self._jetstream()
        stream, durable = str(self._stream), self._durable
        is_shared = self._readers.may_be_several
        last = 0 if is_shared else await self._last_done(jetstream, stream)
        try:
            await jetstream.add_consumer(
                stream,
                ConsumerConfig(
                    durable_name=durable,
                    filter_subject=self._subject,
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=_SHARED_ACK_SECONDS if is_shared else _ACK_SECONDS,
                    max_ack_pending=_MOST_UNACKNOWLEDGED,
                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE if last else DeliverPolicy.ALL,
                    opt_start_seq=last + 1 if last else None,
                ),
            )
            return await jetstream.pull_subscribe_bind(consumer=durable, stream=stream)
        except (NatsError, OSError, TimeoutError) as error:
            self._raise_unless_temporary(error)
            raise self._away(error) from error

    async def _last_done(self, jetstream: JetStreamContext, stream: str) -> int:
        """Return the last message before which all are done, and remove the durable consumer."""
        from nats.errors import Error as NatsError
        from nats.js.errors import NotFoundError

        try:
            info = await jetstream.consumer_info(stream, self._durable)
            if info.num_waiting:
                raise LockedError(
                    f"{self._place}: another receiver reads it",
                    hint="stop that one, or give it another subject",
                )
            start = (info.config.opt_start_seq or 1) - 1
            await jetstream.delete_consumer(stream, self._durable)
        except NotFoundError:
            return 0
        except (NatsError, OSError, TimeoutError) as error:
            self._raise_unless_temporary(error)
            raise self._away(error) from error
        return max(start, info.ack_floor.stream_seq if info.ack_floor else 0)

    async def _fetch(self, seconds: float) -> list[Received]:
        from nats.errors import Error as NatsError
        from nats.errors import TimeoutError as NatsTimeoutError

        if self._subscription is None:
            return []
        try:
            messages = await self._subscription.fetch(_MOST_MESSAGES, timeout=seconds)
        except (NatsTimeoutError, TimeoutError) as error:
            if self._client is None or not self._client.is_connected:
                raise self._away(error) from error
            return []
        except (NatsError, OSError) as error:
            self._raise_unless_temporary(error)
            raise self._away(error) from error
        return [Received(dict(message.headers or {}), message.data, message) for message in messages]

    async def _acknowledge(self, received: Sequence[Received]) -> None:
        from nats.errors import Error as NatsError

        try:
            for each in received:
                message: Any = each.place
                await message.ack()
            if self._client is not None:
                await asyncio.wait_for(self._client.flush(), self._patience_seconds)
        except (NatsError, OSError, TimeoutError) as error:
            raise self._away(error) from error

    def _jetstream(self) -> JetStreamContext:
        if self._client is None:
            raise DbtrackError(f"{self._place}: not connected")
        return self._client.jetstream(timeout=self._patience_seconds)
