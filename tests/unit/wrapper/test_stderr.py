from __future__ import annotations

import pytest

from dbtrack.wrapper.stderr_tee import KEPT_BYTES, StderrTail


def reported_errors(*pieces: str) -> int:
    tail = StderrTail()
    for piece in pieces:
        tail.append(piece.encode())
    return tail.report().psql_errors


@pytest.mark.parametrize(
    "text",
    [
        "ERROR:  division by zero\n",
        "psql:a b.sql:12: ERROR:  division by zero\n",
        "psql:<stdin>:1: FATAL:  terminating connection",
        "psql:a.sql:1: FEHLER:  Division durch Null\n",
        "\x1b[01mpsql:a.sql:1: \x1b[0mERROR:  in colour\n",
        "psql:a.sql:1: error: b.sql: No such file or directory\n",
        "psql:a.sql:3: Fehler: ungültige Anweisung \\x\n",
    ],
)
def test_an_error_of_psql_is_noticed(text: str) -> None:
    assert reported_errors("NOTICE:  before\n", text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "ERROR: of another program\n",
        "2026-01-01 [7] ERROR:  in a server's log\n",
        "psql:a.sql:1: WARNING:  ERROR:  quoted\n",
        'psql:a.sql:2: warning: \\gset: extra argument "b" ignored\n',
        "error: of any other program\n",
        'psql: error: connection to server failed: FATAL:  database "x" does not exist\n',
    ],
)
def test_other_lines_are_not_errors_of_psql(text: str) -> None:
    assert reported_errors(text) == 0


def test_errors_are_noticed_however_the_stream_is_cut() -> None:
    text = "psql:a.sql:1: ERROR:  one\nLINE 1: x\nERROR:  two\nlast"
    assert reported_errors(*text) == 2
    assert reported_errors(text) == 2


def test_the_end_of_a_long_stream_is_kept() -> None:
    tail = StderrTail()
    for number in range(10_000):
        tail.append(b"%d\n" % number)
    kept = tail.report().tail
    assert len(kept) == KEPT_BYTES
    assert kept.endswith(b"9998\n9999\n")
