"""The history of objects: find one by name, compare it at two times, and write differences as words or SQL."""

from __future__ import annotations
