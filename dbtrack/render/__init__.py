"""Writers: columns and rows in, text out."""

from __future__ import annotations

from dbtrack.render.format import Format, default_format
from dbtrack.render.section import Section
from dbtrack.render.write import write, write_section, write_sections

__all__ = ["Format", "Section", "default_format", "write", "write_section", "write_sections"]
