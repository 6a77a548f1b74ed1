"""Escapes in the commands by which a job tells GitHub something: ``::error title=...::...``."""

from __future__ import annotations


def command_data(text: str) -> str:
    """Return the text as it stands after the second ``::``."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Return the text as the value of a property."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")
