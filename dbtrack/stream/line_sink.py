"""Write a stream to standard output, one JSON document a line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TextIO

from dbtrack.stream.message import Message


class LineSink:
    """Standard output. The messages of a batch are confirmed once the output is flushed."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def open(self) -> None:
        """Do nothing: it is open."""

    def send(self, messages: Sequence[Message]) -> None:
        """Write the messages and flush.

        Raises:
            BrokenPipeError: the reader went away.
        """
        self._output.writelines(f"{message.body.decode()}\n" for message in messages)
        self._output.flush()

    def wait(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def close(self) -> None:
        """Do nothing: the process's output stays open."""
