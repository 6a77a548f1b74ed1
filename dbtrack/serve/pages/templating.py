"""The templates, and the one style and script that stand in each page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dbtrack.serve.pages import charts, markup

_HERE = Path(__file__).parent
_SCRIPT_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

NAVIGATION = (
    ("/", "Now", "now"),
    ("/history", "History", "history"),
    ("/history?status=failed", "Failures", "failures"),
    ("/objects", "Objects", "objects"),
    ("/reports/performance", "Performance", "performance"),
    ("/reports/dashboard_by_tenant", "Tenants", "dashboard_by_tenant"),
    ("/reports", "Reports", "reports"),
)


@dataclass(frozen=True)
class Assets:
    """The style and the script, and what a Content-Security-Policy must allow for them."""

    style: str
    script: str
    policy: str


@cache
def assets() -> Assets:
    """Return the style and the script, read and hashed once."""
    style = _without_space(_STYLE_COMMENT.sub("", _read("style.css")))
    script = _without_space(_SCRIPT_COMMENT.sub("", _read("page.js")))
    policy = (
        "default-src 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return Assets(style, script, policy)


@cache
def environment() -> Environment:
    """Return the environment of all templates; everything is escaped that is not markup already."""
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        assets=assets(),
        navigation=NAVIGATION,
        glyph=markup.glyph,
        finding=markup.finding,
        key=markup.key,
        address=markup.address,
        count=markup.count,
        duration=markup.duration,
        percentage=markup.percentage,
        change=markup.change,
        statement=markup.statement,
        bar=charts.bar,
        line=charts.line,
        span=charts.span,
        days_chart=charts.days_chart,
        throughput_chart=charts.throughput_chart,
    )
    return templates


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return a template's HTML with these values."""
    return environment().get_template(template).render(values)


def _read(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


def _without_space(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
