"""A connection that is opened again when it is lost, for commands that run until they are stopped."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from dbtrack.cli.connection import connected_to, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.errors import NoConnectionError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30


class Connections:
    """The connection to the database, and the next one if it is lost."""

    def __init__(self, connection: ConnectionArguments) -> None:
        self._target = target_of(connection)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.database = self._open.enter_context(connected_to(self._target))
        self._target = self.database.without_asking_again(self._target)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def next(self, lost: NoConnectionError) -> Database:
        """Wait until the server can be reached again; report each new reason once, and that it succeeded.

        Raises:
            NoConnectionError: the server refuses the login.
        """
        messages.warn(f"{lost.message}; trying again until it succeeds")
        self._open.close()
        reasons, pause = {lost.message}, _FIRST_PAUSE_SECONDS
        while True:
            time.sleep(pause)
            try:
                self.database = self._open.enter_context(connected_to(self._target))
            except NoConnectionError as error:
                if error.is_refusal:
                    raise
                if error.message not in reasons:
                    messages.warn(f"{error.message}; trying again")
                reasons.add(error.message)
            else:
                messages.say("dbtrack: connected again")
                return self.database
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
