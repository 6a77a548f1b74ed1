"""Slack: Block Kit, whose facts are plain text and whose longer parts are escaped blocks of code.

Limits: https://api.slack.com/reference/block-kit/blocks
"""

from __future__ import annotations

from dbtrack.events.event import Event
from dbtrack.notify.message import Message, Severity, clip, line, sections

_HEADER_CHARACTERS = 150
_FIELD_CHARACTERS = 2000
_SECTION_CHARACTERS = 3000
_FIELDS_IN_SECTION = 10
_MARKS = {
    Severity.INFO: "\N{INFORMATION SOURCE}",
    Severity.WARNING: "\N{WARNING SIGN}",
    Severity.ERROR: "\N{CROSS MARK}",
    Severity.CRITICAL: "\N{POLICE CARS REVOLVING LIGHT}",
}
# Between back quotes, so that three of them in a statement do not end the block of code.
_WORD_JOINER = "\N{WORD JOINER}"


def slack_body(event: Event, message: Message) -> dict[str, object]:
    """Return the body for an incoming webhook of Slack."""
    title = f"{_MARKS[message.severity]} {message.title}"
    facts = [_plain(f"{name}: {value}", _FIELD_CHARACTERS) for name, value in message.facts]
    blocks: list[dict[str, object]] = [{"type": "header", "text": _plain(title, _HEADER_CHARACTERS)}]
    blocks += [
        {"type": "section", "fields": facts[start : start + _FIELDS_IN_SECTION]}
        for start in range(0, len(facts), _FIELDS_IN_SECTION)
    ]
    blocks += [{"type": "section", "text": _code(heading, text)} for heading, text in sections(message)]
    blocks.append({"type": "context", "elements": [_plain(f"dbtrack {event.type} {event.id}", 300)]})
    return {"text": escaped(title), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def escaped(text: str) -> str:
    """Return the text without anything that Slack takes for a mention, a link or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, longest: int) -> dict[str, object]:
    return {"type": "plain_text", "text": clip(line(text), longest) or "-", "emoji": False}


def _code(heading: str, text: str) -> dict[str, object]:
    joined = text.replace("```", f"`{_WORD_JOINER}`{_WORD_JOINER}`")
    room = _SECTION_CHARACTERS - len(heading) - 20
    return {"type": "mrkdwn", "verbatim": True, "text": f"{heading}\n```\n{_clip_escaped(joined, room)}\n```"}


def _clip_escaped(text: str, longest: int) -> str:
    """Escape, and clip so that no escape is cut in two."""
    whole = escaped(text)
    while len(whole) > longest:
        text = clip(text, len(text) - max((len(whole) - longest) // 5, 1))
        whole = escaped(text)
    return whole
