"""An access review as one HTML page that loads nothing and has no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dbtrack.documents import markup
from dbtrack.documents.access_review import KINDS, LIMITS, AccessReview
from dbtrack.documents.inlined import Inlined, inlined_style
from dbtrack.documents.template_environment import template_environment
from dbtrack.render.readable import counted

_HERE = Path(__file__).parent


@cache
def _style() -> Inlined:
    return inlined_style(_HERE / "assets" / "evidence.css")


@cache
def _environment() -> Environment:
    templates = template_environment(_HERE / "templates")
    templates.globals.update(
        count=markup.count,
        finding=markup.finding,
        key=markup.key,
        statement=markup.statement,
        way=way,
        right=right,
    )
    return templates


def access_review_html(review: AccessReview) -> str:
    """Return the page."""
    values = {
        "r": review,
        "m": markup.Markups(review.drawn_at),
        "style": _style(),
        "kinds": KINDS,
        "limits": LIMITS,
        "headline": headline(review),
    }
    return _environment().get_template("access_review.html").render(values)


def headline(review: AccessReview) -> str:
    """Return the finding in one sentence."""
    if not review.objects:
        return "Nothing is classified"
    read, write, still_open = review.logins("can_read"), review.logins("can_write"), review.open
    return (
        f"{counted(len(review.objects), 'classified object')}, {counted(read, 'login')} that can read, "
        f"{write:,} that can write; "
        f"{counted(still_open, 'open exception') if still_open else 'no open exceptions'}"
    )


def way(row: Mapping[str, Any]) -> str:
    """Return by which way a login has access: its own grant, through roles, as owner."""
    through = f" through {', '.join(row['through'])}" if row["through"] else ""
    column = f" on {row['column_name']}" if row["column_name"] else ""
    return f"{row['how']}{column}{through}"


def right(row: Mapping[str, Any]) -> str:
    """Return what a login may do, in words."""
    words = [name for name, has in (("read", row["can_read"]), ("write", row["can_write"])) if has]
    return " and ".join(words) + ("" if row["can_use_schema"] else ", without USAGE on the schema")
