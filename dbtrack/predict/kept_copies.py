"""Copies of whole schemas that are kept in the embedded server, so that the next prediction restores none.

The name of a kept copy has the digest of all statements that made it. The schema is read again for each
prediction, and a copy is used only if the digest is the same: it cannot be out of date.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dbtrack import embedded, sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.predict.copy_server import OWNER
from dbtrack.predict.dump import Dump, Entry
from dbtrack.predict.source import Source
from dbtrack.redaction.free_text import carries_secret, redact
from dbtrack.version import __version__

FEWEST_OBJECTS = 300
"""A smaller schema is restored again: that takes no longer than copying the kept one."""
MOST_KEPT = 4
MOST_BYTES = 1024**3
MOST_DAYS = 7
# Changed when what is in a kept copy changes.
_FORMAT = 1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SECONDS_A_DAY = 86_400
# Whose whole text is judged. Of all others only the lines with a literal are: a column that is called
# password has no secret in it, its default can have one.
_CODE = frozenset({"FUNCTION", "PROCEDURE", "SERVER", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "RULE"})
# An empty literal, and the name of a sequence.
_HARMLESS = re.compile(r"nextval\('[^']*'::regclass\)|(?<!')''(?!')")


def boot_id() -> str | None:
    """Return what differs after each start of the machine; None where the system does not tell.

    The server writes nothing durably. What it wrote before the machine went down is not trusted.
    """
    try:
        return _BOOT_ID.read_text().strip() or None
    except OSError:
        return None


def may_keep(dump: Dump) -> bool:
    """Return whether a copy is worth keeping, and has nothing in it that looks like a secret."""
    if dump.objects < FEWEST_OBJECTS or boot_id() is None:
        return False
    return not any(_has_secret(entry) for entry in dump.entries)


def _has_secret(entry: Entry) -> bool:
    if entry.type in _CODE:
        return redact(entry.text) != entry.text
    lines = [line for line in _HARMLESS.sub("", entry.text).splitlines() if "'" in line]
    return carries_secret("\n".join(lines))


def new_key(dump: Dump, source: Source) -> str:
    """Return the key of a copy: a digest of everything that decides what is in it."""
    parts = [
        _FORMAT, __version__, embedded.version(), dump.digest(), sorted(source.extensions.items()),
        sorted(source.collations), list(source.populated_views),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class KeptCopies:
    """The kept copies of one embedded server."""

    administrator: Database

    def copy_into(self, name: str, key: str) -> tuple[str, ...] | None:
        """Create a database from the kept copy of a key.

        Returns:
            What could not be restored into it; None where there is no such copy.
        """
        note = self.administrator.value(sql_files.query("predict/kept_copy"), {"name": _name(key)})
        if note is None or note["boot"] != boot_id():
            return None
        try:
            clone(self.administrator, name, _name(key))
        except DbtrackError:
            return None  # dropped just now
        self._note(_name(key), note["missing"])
        return tuple(note["missing"])

    def keep(self, name: str, claimed: str, key: str, missing: Sequence[str]) -> None:
        """Keep a copy of a database, which nobody is connected to.

        Args:
            claimed: a name that no other prediction uses.
        """
        try:
            clone(self.administrator, claimed, name)
            self._note(claimed, missing)
            renaming = {"name": claimed, "kept": _name(key)}
            for (statement,) in self.administrator.rows(sql_files.query("predict/close_copy"), renaming):
                self.administrator.execute(statement)
        except DbtrackError:
            # Another prediction kept the same one, or the disk is full: the prediction continues.
            drop(self.administrator, claimed)

    def clean(self) -> None:
        """Drop the copies that are too old, too many or too large, and those from before a restart."""
        total = 0
        for number, (name, note, size) in enumerate(
            self.administrator.rows(sql_files.query("predict/kept_copies"))
        ):
            total += size
            is_old = note is None or time.time() - note["used"] > MOST_DAYS * _SECONDS_A_DAY
            if is_old or number >= MOST_KEPT or total > MOST_BYTES or note["boot"] != boot_id():
                with suppress(DbtrackError):
                    drop(self.administrator, name)

    def _note(self, name: str, missing: Sequence[str]) -> None:
        note = json.dumps({"missing": list(missing), "boot": boot_id(), "used": time.time()})
        parameters = {"name": name, "note": note}
        with suppress(DbtrackError):
            self.administrator.execute(
                self.administrator.value(sql_files.query("predict/note_copy"), parameters)
            )


def _name(key: str) -> str:
    return f"dbtrack_kept_{key}"


def clone(administrator: Database, name: str, template: str) -> None:
    """Create a database for a copy from another one; with the system's own way to copy files if it has one.

    Raises:
        DbtrackError: it cannot be created.
    """
    parameters = {"name": name, "template": template, "owner": OWNER}
    create = administrator.value(sql_files.query("predict/create_copy"), parameters)
    try:
        administrator.execute("SET file_copy_method = clone")
        administrator.execute(create)
    except DbtrackError:
        administrator.execute("RESET file_copy_method")
        administrator.execute(create)


def drop(administrator: Database, name: str) -> None:
    """Drop the database of a copy.

    Raises:
        DbtrackError: it cannot be dropped.
    """
    administrator.execute(administrator.value(sql_files.query("predict/drop_database"), {"name": name}))
