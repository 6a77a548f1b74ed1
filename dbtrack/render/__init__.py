"""Write columns and rows as text, in several formats."""

from __future__ import annotations

from dbtrack.render.formats import Format, Look, Section, default_format
from dbtrack.render.write import write, write_section, write_sections

__all__ = ["Format", "Look", "Section", "default_format", "write", "write_section", "write_sections"]
