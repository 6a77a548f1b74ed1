"""Publish to a NATS JetStream stream, one message after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from dbtrack.errors import DbtrackError
from dbtrack.stream.message import Message
from dbtrack.stream.nats_connection import CONFIRM_SECONDS, RETRY_SECONDS, NatsConnection

if TYPE_CHECKING:
    from nats.js import JetStreamContext

MESSAGE_ID = "Nats-Msg-Id"
"""The header by which JetStream recognises a message that it has already."""


class NatsSink(NatsConnection):
    """A subject that a JetStream stream keeps.

    Each message is sent after the one before was confirmed. So the stream has them in order, whatever fails.
    A message that is sent again is recognised by its id.
    """

    def send(self, messages: Sequence[Message]) -> None:
        """Send the messages, as `Sink.send`."""
        if self._client is None:
            self.open()
        try:
            self._run(self._send(messages))
        except BaseException:
            self.close()
            raise

    def wait(self, seconds: float) -> None:
        """Wait, and answer the server's pings."""
        self._run(asyncio.sleep(seconds))

    async def _send(self, messages: Sequence[Message]) -> None:
        if self._client is None:
            return
        jetstream = self._client.jetstream(timeout=CONFIRM_SECONDS)
        for message in messages:
            await self._publish(jetstream, message)

    async def _publish(self, jetstream: JetStreamContext, message: Message) -> None:
        """Send one message until it is confirmed; JetStream recognises a repetition by the message's id."""
        from nats.errors import Error as NatsError
        from nats.errors import MaxPayloadError

        headers = {**dict(message.headers), MESSAGE_ID: message.id}
        until = monotonic() + self._patience_seconds
        while True:
            try:
                await jetstream.publish(self._subject, message.body, headers=headers, stream=self._stream)
            except MaxPayloadError as error:
                raise DbtrackError(
                    f"{self._place}: the message of event {message.id} is larger than the server accepts",
                    hint="raise max_payload of the server",
                ) from error
            except (NatsError, OSError, TimeoutError) as error:
                self._raise_unless_temporary(error)
                if monotonic() > until or (self._client is not None and self._client.is_closed):
                    raise self._away(error) from error
            else:
                return
            await asyncio.sleep(RETRY_SECONDS)
