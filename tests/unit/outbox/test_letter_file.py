"""A file of messages that `dbtrack outbox receive` takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from dbtrack.cli.take_messages import take_messages
from dbtrack.db import Database
from dbtrack.outbox.letters import LetterFile
from dbtrack.stream.intake import Intake


class _Rounds:
    """Counts how often it is asked for what is there."""

    def __init__(self, source: LetterFile) -> None:
        self.source = source
        self.database = cast("Database", None)
        self.taken: list[int] = []

    def round(self, seconds: float) -> bool:
        self.taken.append(len(self.source.poll(seconds)))
        assert len(self.taken) < 10, "it asks again and again"
        return bool(self.taken[-1])

    def restart(self) -> None:
        """Nothing to do."""


@pytest.mark.parametrize(("lines", "rounds"), [(0, []), (1, [1]), (250, [100, 100, 50])])
def test_a_file_that_was_read_is_not_asked_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: int, rounds: list[int]
) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text("".join(json.dumps({"headers": {}, "body": str(n)}) + "\n" for n in range(lines)))
    intake = _Rounds(LetterFile(path))
    connections: Any = None
    take_messages(connections, cast("Intake", intake), str(path), once=True)
    assert intake.taken == rounds
    assert f"receiving from {path}" in capsys.readouterr().err
