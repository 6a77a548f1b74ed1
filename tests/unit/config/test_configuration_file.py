"""The configuration file: what it may hold, and one clear line for each thing it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.errors import ExitCode, UsageError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def _refusal(path: Path, content: str | bytes, environment: str = "prod") -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UsageError) as caught:
        resolve_target(ConnectionOptions(environment=environment), {"DBTRACK_CONFIG": str(path)})
    assert caught.value.exit_code == ExitCode.USAGE
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[environment.prod]", "FILE: unknown key environment (did you mean environments?)"),
        (
            "default_enviroment = 'x'",
            "FILE: unknown key default_enviroment (did you mean default_environment?)",
        ),
        (
            "[environments.prod]\nread_from = 'replica'",
            "FILE: environments.prod.read_from must be primary or standby",
        ),
        (
            "[environments.prod]\nhots = 'db1'",
            "FILE: environments.prod: unknown key hots (did you mean host?)",
        ),
        (
            "[environments.prod]\nzzzz = 'db1'",
            "FILE: environments.prod: unknown key zzzz (see docs/connections.md)",
        ),
        (
            "[environments.prod]\nhost = true",
            "FILE: environments.prod.host must be a string or a whole number",
        ),
        (
            "[environments]\nprod = 'db1'",
            "FILE: environments.prod must be a table (write [environments.NAME] above its keys)",
        ),
        (
            "default_environment = 'gone'\n[environments.prod]",
            "FILE: default_environment names no environment (it has: prod)",
        ),
        (
            "[environments.test]\n[environments.live]",
            "no environment prod in FILE (it has: live, test)",
        ),
        ("", "no environment prod in FILE (it has: none)"),
        ("[environments.prod]\nhost = 'db1", "FILE is not TOML: "),
        (b"[environments.prod]\nhost = '\xe9'", "FILE is not UTF-8"),
    ],
)
def test_mistake_is_one_clear_line(path: Path, content: str | bytes, message: str) -> None:
    assert _refusal(path, content).startswith(message)


@pytest.mark.parametrize(
    "content",
    [
        "password = 'hunter2'",
        "sslpassword = 'hunter2'",
        "dsn = 'postgresql://alice:hunter2@db1/orders'",
        "dsn = 'postgresql://db1/orders?user=alice&password=hunter2'",
        "dsn = 'host=db1 password=hunter2'",
    ],
)
def test_password_is_refused_and_not_shown(path: Path, content: str) -> None:
    message = _refusal(path, f"[environments.prod]\n{content}")
    assert "keep passwords in .pgpass or a service file" in message
    assert "hunter2" not in message


def test_chosen_file_must_exist(path: Path) -> None:
    with pytest.raises(UsageError, match="DBTRACK_CONFIG: there is no file"):
        resolve_target(ConnectionOptions(), {"DBTRACK_CONFIG": str(path)})


def test_usual_file_need_not_exist(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(path.parent))
    assert resolve_target(ConnectionOptions(), {}).source == "libpq defaults"
    with pytest.raises(UsageError, match="no environment prod: there is no configuration file"):
        resolve_target(ConnectionOptions(environment="prod"), {})


def test_usual_file_is_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(path.parent))
    usual = path.parent / "dbtrack" / "config.toml"
    usual.parent.mkdir()
    usual.write_text("\ufeff[environments.prod]\r\nhost = 'db1'\r\n")
    target = resolve_target(ConnectionOptions(environment="prod"), {})
    assert target.overrides["host"] == "db1"


def test_directory_in_place_of_the_file(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UsageError, match="Is a directory"):
        resolve_target(ConnectionOptions(environment="prod"), {"DBTRACK_CONFIG": str(path)})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(path: Path) -> None:
    path.write_text("")
    path.chmod(0)
    with pytest.raises(UsageError, match="Permission denied"):
        resolve_target(ConnectionOptions(environment="prod"), {"DBTRACK_CONFIG": str(path)})


def test_broken_file_does_not_matter_to_a_connection_that_needs_none(path: Path) -> None:
    path.write_text("nonsense")
    target = resolve_target(
        ConnectionOptions(dbname="postgresql://db1/orders"), {"DBTRACK_CONFIG": str(path)}
    )
    assert target.source == "command line"
