"""Read jsonlog: one object on each line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from dbtrack.ingest.find_ddl import candidate_offsets
from dbtrack.ingest.formats.entry import (
    DamagedEntryError,
    LogEntry,
    known_name,
    numbered_identity,
    sqlstate,
    transaction,
    whole_number,
)
from dbtrack.ingest.formats.log_format import EntryOrDamage, first_readable
from dbtrack.ingest.formats.log_time import LogClock


class JsonLogReader:
    """Reads jsonlog."""

    def __init__(self, clock: LogClock) -> None:
        self._clock = clock

    def complete_length(self, data: bytes, *, settled: bool) -> int:
        """As `LogReader.complete_length`; each line is an entry."""
        del settled
        return data.rfind(b"\n") + 1

    def entries(self, block: bytes) -> Iterator[EntryOrDamage]:
        """As `LogReader.entries`."""
        end = 0
        for position in candidate_offsets(block):
            if position < end:
                continue
            start = block.rfind(b"\n", 0, position) + 1
            end = block.find(b"\n", position) + 1 or len(block)
            yield self._read(block[start:end])

    def first_entry(self, sample: bytes) -> int | None:
        """As `LogReader.first_entry`."""
        starts = [0, *(match.end() for match in re.finditer(b"\n", sample))]
        return first_readable((start, self._read(sample[start:end])) for start, end in pairwise(starts))

    def _read(self, line: bytes) -> EntryOrDamage:
        try:
            fields = json.loads(line.decode(errors="replace"))
        except ValueError as error:
            return DamagedEntryError(str(error))
        except RecursionError:
            return DamagedEntryError("it is nested too deeply")
        if not isinstance(fields, dict):
            return DamagedEntryError("not a JSON object")
        try:
            return self._entry({key: value for key, value in fields.items() if value is not None}, line)
        except DamagedEntryError as damage:
            return damage

    def _entry(self, fields: Mapping[str, Any], line: bytes) -> LogEntry:
        def text(name: str) -> str | None:
            value = fields.get(name)
            return None if value is None else str(value)

        time, session_id, line_number = (
            text("timestamp") or "",
            text("session_id"),
            whole_number(text("line_num")),
        )
        identity = numbered_identity(session_id, line_number, time, text("message") or "")
        return LogEntry(
            time=self._clock.parse(time),
            severity=text("error_severity") or "",
            message=text("message") or "",
            pid=whole_number(text("pid")),
            user=known_name(text("user")),
            database=known_name(text("dbname")),
            application=known_name(text("application_name")),
            client=text("remote_host"),
            sqlstate=sqlstate(text("state_code")),
            detail=text("detail"),
            hint=text("hint"),
            position=whole_number(text("cursor_position")),
            statement=text("statement"),
            internal_query=text("internal_query"),
            context=text("context"),
            session_id=session_id,
            line_number=line_number,
            transaction_id=transaction(text("txid")),
            identity=identity or line.strip(),
            is_numbered=identity is not None,
        )
