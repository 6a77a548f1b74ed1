"""What may be kept of a receiver's answer: a short line, without the secrets that the receiver was sent."""

from __future__ import annotations

from collections.abc import Iterable

from dbtrack.notify.message import clip
from dbtrack.redaction.free_text import redact
from dbtrack.terminal.messages import one_line

EXCERPT_CHARACTERS = 200
_SHORTEST_SECRET = 4


def excerpt(body: bytes | str, secrets: Iterable[str]) -> str:
    """Return the beginning of an answer on one line.

    Args:
        secrets: what must not stand in it: a receiver may repeat what it was sent.
    """
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return clip(one_line(redact(text)), EXCERPT_CHARACTERS)
