"""Styles and scripts that stand inside a page, with the hashes that its Content-Security-Policy allows."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_SCRIPT_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BASE_STYLE = Path(__file__).parent / "assets" / "base.css"


@dataclass(frozen=True)
class Inlined:
    """The text of a style or script, without comments.

    Args:
        source: what a Content-Security-Policy allows, for example ``sha256-…``.
    """

    text: str
    source: str


def inlined_style(*files: Path) -> Inlined:
    """Return the style that all pages have, and after it those of these files."""
    texts = [_STYLE_COMMENT.sub("", _read(path)) for path in (_BASE_STYLE, *files)]
    return _inlined("\n".join(texts))


def inlined_script(file: Path) -> Inlined:
    """Return a script."""
    return _inlined(_SCRIPT_COMMENT.sub("", _read(file)))


def _inlined(text: str) -> Inlined:
    short = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    digest = base64.b64encode(hashlib.sha256(short.encode()).digest()).decode()
    return Inlined(short, f"sha256-{digest}")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
