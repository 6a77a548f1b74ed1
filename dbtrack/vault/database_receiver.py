"""A vault that is reached over a connection to its database."""

from __future__ import annotations

from typing import Any

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import NoConnectionError, NotInstalledError
from dbtrack.vault.receiver import Step, VaultAwayError, VaultOlderError, query_of


class DatabaseReceiver:
    """Calls the functions of the vault; its login says which source this is."""

    is_one_way = False

    def __init__(self, target: ConnectionTarget) -> None:
        """Describe it; the first question connects, and so does the next one after a failure."""
        self._target = target
        self._database: Database | None = None

    def ask(self, step: Step, body: str) -> list[Any]:
        """Send a body; see `Receiver`."""
        try:
            if self._database is None:
                self._database = Database.connect(self._target, application_name="dbtrack push")
            row = self._database.row(query_of(step), {"body": body, "token": None})
        except NoConnectionError as error:
            self.close()
            raise VaultAwayError(
                f"the vault: {error.message}",
                hint=error.hint,
                may_pass=not error.is_refusal,
                is_refusal=error.is_refusal,
            ) from error
        except NotInstalledError as error:
            raise VaultOlderError from error
        return list(row or ())

    def close(self) -> None:
        """Disconnect."""
        if self._database is not None:
            self._database.close()
            self._database = None
