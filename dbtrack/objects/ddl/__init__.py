"""Write the SQL that makes objects, or turns what they were into what they became."""

from __future__ import annotations
