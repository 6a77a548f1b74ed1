"""Expected output in tests/golden/: compared byte for byte, and rewritten when the environment asks for it."""

from __future__ import annotations

import os

from tests.support.paths import GOLDEN


def is_updating() -> bool:
    """Return whether golden files are to be written: DBTRACK_UPDATE_GOLDEN=1."""
    return os.environ.get("DBTRACK_UPDATE_GOLDEN") == "1"


def assert_golden(name: str, actual: str) -> None:
    """Fail unless the text is that of the golden file, and name the command that rewrites the file."""
    path = GOLDEN / name
    if is_updating():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual.encode())
    expected = path.read_bytes().decode() if path.exists() else ""
    assert actual == expected, f"tests/golden/{name} differs. {how_to_update()}"


def how_to_update(options: str = "-n0") -> str:
    """Return the sentence that says how the golden files of the running test are rewritten."""
    test = os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]
    return f"To accept it: DBTRACK_UPDATE_GOLDEN=1 pytest {options} {test}; then read git diff"
