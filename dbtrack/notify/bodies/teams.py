"""Microsoft Teams: an adaptive card for a workflow ("when a webhook request is received").

Texts are runs of RichTextBlock, which interprets no Markdown: neither a link nor a mention can be slipped in.
"""

from __future__ import annotations

from dbtrack.events.event import Event
from dbtrack.notify.message import Message, Severity, clip, sections

_MOST_CHARACTERS = 5000
"""Of each longer part; a message may have 28 kB."""
_COLOURS = {
    Severity.INFO: "default",
    Severity.WARNING: "warning",
    Severity.ERROR: "attention",
    Severity.CRITICAL: "attention",
}


def teams_body(event: Event, message: Message) -> dict[str, object]:
    """Return the body for a workflow of Teams."""
    title = _run(message.title, weight="bolder", size="medium", color=_COLOURS[message.severity])
    body = [
        _rich(title),
        *(_rich(_run(f"{name}: ", weight="bolder"), _run(value)) for name, value in message.facts),
    ]
    for heading, text in sections(message):
        body.append(_rich(_run(heading, weight="bolder"), spacing="medium"))
        clipped = clip(text, _MOST_CHARACTERS // 2)
        body += [
            _rich(_run(each, fontType="monospace"), spacing="none") for each in clipped.splitlines() if each
        ]
    body.append(_rich(_run(f"dbtrack {event.type} {event.id}", isSubtle=True, size="small")))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _run(text: str, **style: object) -> dict[str, object]:
    return {"type": "TextRun", "text": text, **style}


def _rich(*runs: dict[str, object], spacing: str = "small") -> dict[str, object]:
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": list(runs)}
