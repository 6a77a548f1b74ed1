"""Which copies of a schema may be kept, and how they are forgotten."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest

from dbtrack.predict import kept_copies
from dbtrack.predict.copy_server import forget_copies
from dbtrack.predict.dump import Dump, Entry

pytestmark = pytest.mark.any_server

_TABLE = "CREATE TABLE public.users (\n    password text,\n{line}\n    seq integer DEFAULT nextval('tokens_seq'::regclass)\n);"


@pytest.mark.parametrize(
    ("kind", "text", "is_kept"),
    [
        ("TABLE", _TABLE.format(line="    status text DEFAULT 'new'::text,"), True),
        ("TABLE", _TABLE.format(line="    password_hash text DEFAULT ''::text NOT NULL,"), True),
        ("TABLE", _TABLE.format(line="    password_hash text DEFAULT 'hunter2'::text NOT NULL,"), False),
        ("TRIGGER", "CREATE TRIGGER t BEFORE UPDATE ON x EXECUTE FUNCTION f('password=hunter2');", False),
        ("DEFAULT", "ALTER TABLE ONLY u ALTER COLUMN api_key SET DEFAULT 'sk_live_51Abcdefgh';", False),
        ("POLICY", "CREATE POLICY p ON t USING ((token = 'hunter2'::text));", False),
        (
            "FUNCTION",
            "CREATE FUNCTION f() RETURNS text AS $$SELECT 'password=hunter2'$$ LANGUAGE sql;",
            False,
        ),
    ],
)
def test_a_schema_with_a_secret_anywhere_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, kind: str, text: str, is_kept: bool
) -> None:
    monkeypatch.setattr(kept_copies, "boot_id", lambda: "boot")
    others = [
        Entry(number, "TABLE", f"t{number}", (), f"CREATE TABLE t{number} ();") for number in range(2, 400)
    ]
    assert kept_copies.may_keep(Dump((Entry(1, kind, "x", (), text), *others))) is is_kept


def test_the_copies_are_forgotten_unless_a_prediction_uses_them(tmp_path: Path) -> None:
    copies = tmp_path / "predict-18"
    copies.mkdir(mode=0o700)
    (copies / "1259").write_text("alice")
    lock = tmp_path / "predict-18.lock"
    using = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(using, fcntl.LOCK_SH)
    assert not forget_copies(copies)
    assert (copies / "1259").read_text() == "alice"
    os.close(using)
    assert forget_copies(copies)
    assert not copies.exists()
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
